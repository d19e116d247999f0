import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type OptAnswer,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import { nameOfLabels, plainName, type RecordName } from '../services/route53/names.ts';
import {
  caaValue,
  characterStrings,
  mxValue,
  nameValue,
  soaValue,
  srvValue,
} from '../services/route53/record-values.ts';
import { type ServiceBinding, serviceBinding } from '../services/route53/service-binding.ts';
import type { DnsView } from '../world.ts';
import type { DnsRecord, Resolver } from './resolver.ts';

const HEADER = 12;
/** What every client takes over UDP (RFC 1035 §2.3.4), and what is sent at most (DNS flag day 2020). */
const SMALLEST_UDP = 512;
const LARGEST_UDP = 1232;

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };
/** Extended (RFC 6891 §9): its low four bits stand in the header, the others in the OPT record. */
const BADVERS = 16;

const OPCODE_BITS = 0x7800;
const CLASS_IN = 1;
const TRANSFERS: readonly string[] = ['AXFR', 'IXFR'];

/** Types that `dns-packet` knows by their number only. */
const LATE_TYPES: Readonly<Record<string, number>> = { SVCB: 64, HTTPS: 65 };

interface Question {
  /** The question section as it came, so that the answer repeats it in the case it was asked. */
  readonly bytes: Buffer;
  readonly name: RecordName;
  readonly writtenName: string;
  readonly type: string;
  readonly class: number;
}

/**
 * The answer to a DNS message, or `undefined` to one that deserves none: too short for a header, or an answer itself.
 * Never throws.
 */
export function respond(
  resolver: Resolver,
  view: DnsView,
  message: Buffer,
  transport: 'udp' | 'tcp',
): Buffer | undefined {
  if (message.length < HEADER) return undefined;
  const bits = message.readUInt16BE(2);
  if ((bits & 0x8000) !== 0) return undefined;
  const reply: Reply = {
    id: message.readUInt16BE(0),
    flags: RECURSION_AVAILABLE | (bits & (OPCODE_BITS | RECURSION_DESIRED)),
  };

  if ((bits & OPCODE_BITS) !== 0) return encodeReply(reply, rcodes.NOTIMP);
  let question: Question;
  let edns: OptAnswer | undefined;
  try {
    if (message.readUInt16BE(4) !== 1) return encodeReply(reply, rcodes.FORMERR);
    const { questions, additionals } = decode(message);
    question = readQuestion(message, questions?.[0]?.type ?? '');
    edns = additionals?.find((record) => record.type === 'OPT');
  } catch {
    return encodeReply(reply, rcodes.FORMERR);
  }
  const asked = { ...reply, question, edns };
  if (edns !== undefined && edns.ednsVersion !== 0) return encodeReply(asked, BADVERS);
  if (question.class !== CLASS_IN || TRANSFERS.includes(question.type)) return encodeReply(asked, rcodes.REFUSED);

  let encoded: Buffer;
  let rcode: number;
  try {
    const answer = resolver.answer(view, question.name, question.type);
    rcode = rcodes[answer.rcode];
    encoded = encodeReply(
      { ...asked, flags: asked.flags | (answer.authoritative ? AUTHORITATIVE_ANSWER : 0) },
      rcode,
      answer.answers.map((record) => packetRecord(record, question)),
      answer.authority.map((record) => packetRecord(record, question)),
    );
  } catch {
    return encodeReply(asked, rcodes.SERVFAIL);
  }
  const room = transport === 'tcp' ? 0xffff : Math.min(Math.max(edns?.udpPayloadSize ?? 0, SMALLEST_UDP), LARGEST_UDP);
  if (encoded.length <= room) return encoded;
  return encodeReply({ ...asked, flags: encoded.readUInt16BE(2) | TRUNCATED_RESPONSE }, rcode);
}

/** @throws Error when the question is cut short, compressed or holds an impossible label. */
function readQuestion(message: Buffer, type: string): Question {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    if (length > 63) throw new Error('a question is not compressed');
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  const number = message.readUInt16BE(end - 4);
  return {
    bytes: message.subarray(HEADER, end),
    name: labels.length === 0 ? '.' : nameOfLabels(labels),
    writtenName: labels.join('.'),
    type: Object.entries(LATE_TYPES).find(([, known]) => known === number)?.[0] ?? type,
    class: message.readUInt16BE(end - 2),
  };
}

interface Reply {
  readonly id: number;
  /** The header's second word without the response bit and the rcode. */
  readonly flags: number;
  readonly question?: Question;
  readonly edns?: OptAnswer | undefined;
}

function encodeReply(reply: Reply, rcode: number, answers: Answer[] = [], authorities: Answer[] = []): Buffer {
  const message = encode({
    type: 'response',
    id: reply.id,
    flags: (reply.flags & ~0xf) | (rcode & 0xf),
    answers,
    authorities,
    additionals: reply.edns === undefined ? [] : [ownEdns(rcode >> 4)],
  });
  if (reply.question === undefined) return message;
  message.writeUInt16BE(1, 4);
  return Buffer.concat([message.subarray(0, HEADER), reply.question.bytes, message.subarray(HEADER)]);
}

const ownEdns = (extendedRcode: number): OptAnswer => ({
  type: 'OPT',
  name: '.',
  udpPayloadSize: LARGEST_UDP,
  extendedRcode,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
});

/** The record as `dns-packet` takes it; under the asked name it has the case it was asked in. */
function packetRecord({ name, type, ttl, value }: DnsRecord, question: Question): Answer {
  const base = { name: name === question.name ? question.writtenName : plainName(name), ttl, class: 'IN' as const };
  switch (type) {
    case 'A':
    case 'AAAA':
      return { ...base, type, data: value };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { ...base, type, data: plainName(nameValue(value)) };
    case 'TXT':
      return { ...base, type, data: characterStrings(value).map((text) => Buffer.from(text, 'latin1')) };
    case 'CAA': {
      const { flags, tag, value: text } = caaValue(value);
      if (tag !== 'issue' && tag !== 'issuewild' && tag !== 'iodef') break;
      return { ...base, type, data: { flags, tag, value: text, issuerCritical: flags >= 128 } };
    }
    case 'MX': {
      const { preference, exchange } = mxValue(value);
      return { ...base, type, data: { preference, exchange: plainName(exchange) } };
    }
    case 'SRV': {
      const { target, ...numbers } = srvValue(value);
      return { ...base, type, data: { ...numbers, target: plainName(target) } };
    }
    case 'SVCB':
    case 'HTTPS': {
      const data = serviceBindingData(serviceBinding(value));
      // `dns-packet` encodes UNKNOWN_65 with raw data, and its types do not say so.
      return { ...base, type: `UNKNOWN_${LATE_TYPES[type]}`, data } as unknown as Answer;
    }
    case 'SOA': {
      const { mname, rname, ...numbers } = soaValue(value);
      return { ...base, type, data: { ...numbers, mname: plainName(mname), rname: plainName(rname) } };
    }
  }
  throw new Error(`${type} records have no wire form here`);
}

/** RFC 9460 §2.2. The target is never compressed. */
function serviceBindingData({ priority, target, parameters }: ServiceBinding): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(priority);
  const tail = parameters.map(({ key, value }) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16BE(key);
    bytes.writeUInt16BE(value.length, 2);
    return Buffer.concat([bytes, value]);
  });
  return Buffer.concat([head, encodeName(target === '.' ? target : plainName(target)), ...tail]);
}

function encodeName(text: string): Buffer {
  const labels = text === '.' ? [] : text.split('.');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);
}
