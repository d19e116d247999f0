import { createSocket } from 'node:dgram';
import { Resolver as NodeResolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { decode, encode, type OptAnswer, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { respond } from '../../src/dns/packet.ts';
import { type DnsServer, startDnsServer } from '../../src/dns/server.ts';
import { PortInUseError } from '../../src/wire/http-server.ts';
import type { DnsView } from '../../src/world.ts';
import { alias, CREATE, record } from '../route53/client.ts';
import { unassignedPort } from '../unassigned-port.ts';
import { ADDRESSES, dnsSetting, PUBLIC, SERVICE, TOKYO, VPC, VPC_ID } from './setting.ts';

const servers: DnsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const addresses = (count: number) => Array.from({ length: count }, (_, at) => `10.1.0.${at}`);

async function started() {
  const made = dnsSetting();
  const id = await made.zone('example.com');
  await made.change(
    id,
    CREATE(record('www.example.com', 'A', ['10.0.0.1', '10.0.0.2'])),
    CREATE(record('six.example.com', 'AAAA', '2001:db8::1')),
    CREATE(record('name.example.com', 'CNAME', 'www.example.com')),
    CREATE(record('text.example.com', 'TXT', ['"v=1 owner=a" "b"', '"\\"q\\" \\303\\274"'])),
    CREATE(record('example.com', 'CAA', '128 issue "amazon.com"')),
    CREATE(record('example.com', 'MX', '10 mail.example.com')),
    CREATE(record('_sip._tcp.example.com', 'SRV', '1 2 5060 sip.example.com')),
    CREATE(record('spf.example.com', 'SPF', '"v=spf1 -all"')),
    CREATE(record('some.example.com', 'A', addresses(25))),
    CREATE(record('many.example.com', 'A', addresses(60))),
    CREATE(alias('app.example.com', SERVICE, TOKYO)),
  );
  await made.change(await made.zone('example.net', VPC_ID), CREATE(record('www.example.net', 'A', '10.0.0.9')));
  const serve = async (view: DnsView, port = 0) => {
    const server = await startDnsServer({ resolver: made.resolver, view, port });
    servers.push(server);
    return server;
  };
  return { ...made, serve };
}

function nodeResolver(port: number) {
  const resolver = new NodeResolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return resolver;
}

async function udp(port: number, message: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4');
  socket.send(message, port, '127.0.0.1');
  const [answer]: Buffer[] = await once(socket, 'message');
  socket.close();
  return answer ?? Buffer.alloc(0);
}

/** Sends the parts as they are, each after an answer to what came before, and reads `count` answers. */
async function tcp(port: number, parts: readonly Buffer[], count: number): Promise<Buffer[]> {
  const socket = connect(port, '127.0.0.1');
  const [first = Buffer.alloc(0), ...later] = parts;
  socket.write(first);
  const answers: Buffer[] = [];
  let received: Buffer = Buffer.alloc(0);
  for await (const data of socket) {
    received = Buffer.concat([received, data]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      answers.push(received.subarray(2, end));
      received = received.subarray(end);
      const next = later.shift();
      if (next !== undefined) socket.write(next);
    }
    if (answers.length >= count) break;
  }
  socket.destroy();
  return answers;
}

const framed = (message: Buffer) => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
};

const query = (name: string, type: 'A' | 'AAAA' | 'TXT' | 'AXFR', more: Packet = {}) =>
  encode({ type: 'query', id: 4711, flags: 0x100, questions: [{ name, type }], ...more });

const edns = (udpPayloadSize: number): OptAnswer => ({
  type: 'OPT',
  name: '.',
  udpPayloadSize,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
});

const rcodeOf = (message: Buffer) => message.readUInt16BE(2) & 0xf;

describe('a DNS client', () => {
  /** The examples of RFC 9460, appendix D. */
  it.each([
    ['0 foo.example.com', '0000 03666f6f 076578616d706c65 03636f6d 00'],
    ['16 foo.example.com port=53', '0010 03666f6f 076578616d706c65 03636f6d 00 0003 0002 0035'],
    [
      '1 foo.example.com ipv6hint="2001:db8::1,2001:db8::53:1"',
      '0001 03666f6f 076578616d706c65 03636f6d 00 0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001',
    ],
    [
      '16 foo.example.org alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
      '0010 03666f6f 076578616d706c65 036f7267 00 0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 0004 0004 c0000201',
    ],
  ])('gets the HTTPS record %s', async (value, wire) => {
    const made = dnsSetting();
    await made.change(await made.zone('example.com'), CREATE(record('example.com', 'HTTPS', value)));
    const asked = query('example.com', 'A');
    asked.writeUInt16BE(65, asked.length - 4);
    const answer = respond(made.resolver, PUBLIC, asked, 'udp') ?? Buffer.alloc(0);
    expect(rcodeOf(answer)).toBe(0);
    expect(decode(answer).answers).toMatchObject([
      { name: 'example.com', data: Buffer.from(wire.replaceAll(' ', ''), 'hex') },
    ]);
  });

  it('gets every type over UDP', async () => {
    const { serve } = await started();
    const dns = nodeResolver((await serve(PUBLIC)).port);
    expect(await dns.resolve4('www.example.com', { ttl: true })).toEqual([
      { address: '10.0.0.1', ttl: 300 },
      { address: '10.0.0.2', ttl: 300 },
    ]);
    expect(await dns.resolve6('six.example.com')).toEqual(['2001:db8::1']);
    expect(await dns.resolveCname('name.example.com')).toEqual(['www.example.com']);
    expect(await dns.resolve4('name.example.com')).toEqual(['10.0.0.1', '10.0.0.2']);
    // Node shows each byte of a TXT record as one character.
    expect(await dns.resolveTxt('text.example.com')).toEqual([['v=1 owner=a', 'b'], ['"q" \u00c3\u00bc']]);
    expect(await dns.resolveCaa('example.com')).toMatchObject([{ critical: 128, issue: 'amazon.com' }]);
    expect(await dns.resolveMx('example.com')).toMatchObject([{ priority: 10, exchange: 'mail.example.com' }]);
    expect(await dns.resolveSrv('_sip._tcp.example.com')).toMatchObject([
      { priority: 1, weight: 2, port: 5060, name: 'sip.example.com' },
    ]);
    expect(await dns.resolveNs('example.com')).toHaveLength(4);
    expect(await dns.resolveSoa('example.com')).toMatchObject({
      hostmaster: 'awsdns-hostmaster.amazon.com',
      minttl: 86400,
    });
  });

  it('falls back to TCP for a long answer', async () => {
    const { serve } = await started();
    expect(await nodeResolver((await serve(PUBLIC)).port).resolve4('many.example.com')).toHaveLength(60);
  });

  it('gets NXDOMAIN for what does not exist', async () => {
    const { serve } = await started();
    const dns = nodeResolver((await serve(PUBLIC)).port);
    await expect(dns.resolve4('missing.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(dns.resolve6('www.example.com')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(dns.resolveAny('www.example.com')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('sees what its view lets it see', async () => {
    const { serve } = await started();
    const outside = nodeResolver((await serve(PUBLIC)).port);
    const inside = nodeResolver((await serve(VPC)).port);
    await expect(outside.resolve4('www.example.net')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(await inside.resolve4('www.example.net')).toEqual(['10.0.0.9']);
    await expect(outside.resolve4('app.example.com')).rejects.toMatchObject({ code: 'ENODATA' });
    expect(await inside.resolve4('app.example.com')).toEqual(ADDRESSES);
  });
});

describe('messages', () => {
  it('repeat the question in its own case', async () => {
    const { serve } = await started();
    const answer = decode(await udp((await serve(PUBLIC)).port, query('wWw.eXample.com', 'A')));
    expect(answer).toMatchObject({ id: 4711, type: 'response', flag_aa: true, flag_rd: true, flag_ra: true });
    expect(answer.questions).toMatchObject([{ name: 'wWw.eXample.com', type: 'A' }]);
    expect(answer.answers).toMatchObject([{ name: 'wWw.eXample.com' }, { name: 'wWw.eXample.com' }]);
  });

  // An address under a name of that length takes 32 bytes.
  it.each([
    ['512 bytes without EDNS', 'some', undefined, true],
    ['the size that EDNS names', 'some', 1232, false],
    ['512 bytes at least, whatever EDNS says', 'www', 100, false],
    ['no more than that', 'some', 100, true],
    ['1232 bytes at most', 'many', 4096, true],
  ])('fit into %s', async (_, name, udpPayloadSize, truncated) => {
    const { serve } = await started();
    const additionals = udpPayloadSize === undefined ? [] : [edns(udpPayloadSize)];
    const answer = await udp((await serve(PUBLIC)).port, query(`${name}.example.com`, 'A', { additionals }));
    const { flag_tc, answers, additionals: own } = decode(answer);
    expect(flag_tc).toBe(truncated);
    expect(answers?.length).toBe(truncated ? 0 : name === 'some' ? 25 : 2);
    expect(own).toHaveLength(additionals.length);
  });

  it('come in pieces and in heaps over TCP, and stay in order', async () => {
    const { serve } = await started();
    const { port } = await serve(PUBLIC);
    const one = framed(query('www.example.com', 'A', { id: 1 }));
    const two = framed(query('many.example.com', 'A', { id: 2 }));
    const stream = Buffer.concat([one, two, one]);
    const answers = await tcp(port, [stream.subarray(0, one.length + 5), stream.subarray(one.length + 5)], 3);
    expect(answers.map((it) => [it.readUInt16BE(0), decode(it).answers?.length, decode(it).flag_tc])).toEqual([
      [1, 2, false],
      [2, 60, false],
      [1, 2, false],
    ]);
  });

  it.each([
    ['a zone transfer', query('example.com', 'AXFR'), 5],
    [
      'another class',
      encode({ type: 'query', id: 1, questions: [{ name: 'example.com', type: 'TXT', class: 'CH' }] }),
      5,
    ],
    ['another opcode', query('example.com', 'A', { flags: 2 << 11 }), 4],
    [
      'two questions',
      query('a', 'A', {
        questions: [
          { name: 'a', type: 'A' },
          { name: 'b', type: 'A' },
        ],
      }),
      1,
    ],
    ['no question', query('a', 'A', { questions: [] }), 1],
    ['a question cut short', query('www.example.com', 'A').subarray(0, 20), 1],
    ['a question that points into itself', Buffer.from('000101000001000000000000c00c00010001', 'hex'), 1],
    [
      'a question that points into the header',
      Buffer.concat([Buffer.from('000001000001000000000000c00000010001', 'hex'), Buffer.alloc(300)]),
      1,
    ],
    ['an unknown type', withType(query('www.example.com', 'A'), 65), 0],
    ['a type without a wire form here', withType(query('spf.example.com', 'A'), 99), 2],
    [
      'a newer EDNS',
      Buffer.concat([withCounts(query('www.example.com', 'A'), 1), Buffer.from('0000290200000100000000', 'hex')]),
      0,
    ],
  ])('answers %s ', async (_, message, rcode) => {
    const { serve } = await started();
    const answer = await udp((await serve(PUBLIC)).port, message);
    expect(answer.readUInt16BE(0)).toBe(message.readUInt16BE(0));
    expect(rcodeOf(answer)).toBe(rcode);
    expect(decode(answer).answers).toEqual([]);
  });

  it('returns BADVERS in the OPT record', async () => {
    const { serve } = await started();
    const asked = Buffer.concat([
      withCounts(query('www.example.com', 'A'), 1),
      Buffer.from('0000290200000100000000', 'hex'),
    ]);
    const { additionals } = decode(await udp((await serve(PUBLIC)).port, asked));
    expect(additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1, ednsVersion: 0 }]);
  });

  it('that deserve no answer get none, and the next one is answered', async () => {
    const { serve, resolver } = await started();
    const { port } = await serve(PUBLIC);
    const response = encode({ type: 'response', id: 7, questions: [{ name: 'www.example.com', type: 'A' }] });
    for (const message of [Buffer.alloc(0), Buffer.alloc(11), response]) {
      expect(respond(resolver, PUBLIC, message, 'udp')).toBeUndefined();
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => socket.send(message, port, '127.0.0.1', () => resolve()));
      socket.close();
      // Over TCP the connection is closed instead.
      expect(await tcp(port, [framed(message)], 1)).toEqual([]);
    }
    expect(rcodeOf(await udp(port, query('www.example.com', 'A')))).toBe(0);
  });

  it('of whatever bytes never break the server', async () => {
    const { resolver } = await started();
    const valid = query('www.example.com', 'A');
    const noise = fc.uint8Array({ maxLength: 80 });
    const damaged = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }).map((edits) => {
      const copy = Buffer.from(valid);
      for (const [at, byte] of edits) copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(noise, damaged), fc.constantFrom('udp' as const, 'tcp' as const), (bytes, transport) => {
        const answer = respond(resolver, PUBLIC, Buffer.from(bytes), transport);
        if (answer === undefined) return;
        expect(answer.subarray(0, 2)).toEqual(Buffer.from(bytes).subarray(0, 2));
        expect(decode(answer).type).toBe('response');
      }),
      { numRuns: 500 },
    );
  });
});

function withType(message: Buffer, type: number): Buffer {
  message.writeUInt16BE(type, message.length - 4);
  return message;
}

function withCounts(message: Buffer, additionals: number): Buffer {
  message.writeUInt16BE(additionals, 10);
  return message;
}

describe('the port', () => {
  it('is the same for UDP and TCP, and free again after stop', async () => {
    const { serve } = await started();
    const { port, stop } = await serve(PUBLIC);
    expect(rcodeOf(await udp(port, query('www.example.com', 'A')))).toBe(0);
    expect(await tcp(port, [framed(query('www.example.com', 'A'))], 1)).toHaveLength(1);
    servers.splice(0);
    await stop();
    expect((await serve(PUBLIC, port)).port).toBe(port);
  });

  it('ends connections that are still open', async () => {
    const { serve } = await started();
    const { port, stop } = await serve(PUBLIC);
    servers.splice(0);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(framed(query('www.example.com', 'A')));
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await stop();
    await expect(closed).resolves.toBeDefined();
  });

  it('taken for TCP is a PortInUseError', async () => {
    const { serve } = await started();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(serve(PUBLIC, port)).rejects.toThrow(PortInUseError);
    await expect(serve(PUBLIC, port)).rejects.toMatchObject({ port });
    other.close();
  });

  it('taken for UDP is a PortInUseError, and TCP is closed', async () => {
    const { serve } = await started();
    const port = await unassignedPort();
    const other = createSocket('udp4').bind(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(serve(PUBLIC, port)).rejects.toMatchObject({ name: 'PortInUseError', port });
    other.close();
    await once(other, 'close');
    expect((await serve(PUBLIC, port)).port).toBe(port);
  });
});
