import { isIPv4, isIPv6 } from 'node:net';
import { NameError, type RecordName, recordName } from './names.ts';
import { serviceBinding } from './service-binding.ts';
import { ValueError } from './value-error.ts';

/** Route 53's wording of a problem with a name or a value, or `undefined` when `read` finds none. */
function problemOf(text: string, read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof NameError) && !(error instanceof ValueError)) throw error;
    return `FATAL problem: ${error.code} (${error.message}) encountered with '${text}'`;
  }
}

/** What is wrong with a domain name, in Route 53's words (captured). */
export const nameProblem = (text: string): string | undefined => problemOf(text, () => recordName(text));

/** What is wrong with a record's value, in Route 53's words (A, AAAA, CNAME, TXT: captured; the fields of the others: inferred). */
export const valueProblem = (type: string, value: string): string | undefined =>
  problemOf(value, () => check(type, value));

function check(type: string, value: string): void {
  switch (type) {
    case 'A':
      if (!isIPv4(value)) throw new ValueError('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address');
      return;
    case 'AAAA':
      if (!isIPv6(value)) throw new ValueError('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address');
      return;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      nameValue(value);
      return;
    case 'TXT':
    case 'SPF':
      characterStrings(value);
      return;
    case 'CAA':
      caaValue(value);
      return;
    case 'MX':
      mxValue(value);
      return;
    case 'SRV':
      srvValue(value);
      return;
    case 'SOA':
      soaValue(value);
      return;
    case 'SVCB':
    case 'HTTPS':
      serviceBinding(value);
      return;
    default:
      if (value.trim() === '') throw new ValueError('RRDATAEmpty', 'Value is empty');
  }
}

/** The single domain name that a CNAME, NS or PTR value is. */
export function nameValue(value: string): RecordName {
  if (/\s/.test(value)) throw new ValueError('RRDATANotSingleField', 'Value contains spaces');
  return recordName(value);
}

/**
 * The strings of a TXT value, `"a" "b"`; each character is one byte (char codes 0–255).
 * `\"`, `\\` and octal escapes are read as Route 53 reads them (documented).
 */
export function characterStrings(value: string): readonly string[] {
  if (/[^ -~]/.test(value)) throw new ValueError('UnsupportedCharacter', 'Value contains unsupported characters');
  const notQuoted = new ValueError('InvalidCharacterString', 'Value should be enclosed in quotation marks');
  if (!/^\s*"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*\s*$/s.test(value)) throw notQuoted;
  return Array.from(value.matchAll(/"((?:[^"\\]|\\.)*)"/gs), ([, quoted = '']) => {
    const text = quoted.replace(/\\([0-3][0-7]{2}|.)/gs, (_, escaped: string) =>
      escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : escaped,
    );
    if (text.length > 255) throw new ValueError('CharacterStringTooLong', 'Value is too long');
    return text;
  });
}

function fields(value: string, count: number, type: string): readonly string[] {
  const found = value.trim().split(/\s+/);
  if (found.length !== count) {
    throw new ValueError(`${type}RRDATANotCorrectFieldCount`, `${type} record doesn't have ${count} fields`);
  }
  return found;
}

function number(text: string | undefined, limit: number, type: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text ?? '') || value > limit) {
    throw new ValueError(`${type}RRDATAIllegalNumber`, `Value is not a number from 0 to ${limit}`);
  }
  return value;
}

const UINT16 = 0xffff;
const UINT32 = 0xffffffff;

/** `0 issue "amazon.com"`. */
export function caaValue(value: string): { readonly flags: number; readonly tag: string; readonly value: string } {
  const [, flags, tag, rest] = /^\s*(\S+)\s+([A-Za-z0-9]+)\s+(\S.*?)\s*$/s.exec(value) ?? [];
  if (tag === undefined || rest === undefined) {
    throw new ValueError('CAARRDATANotCorrectFieldCount', "CAA record doesn't have 3 fields");
  }
  const [text = '', ...more] = characterStrings(rest);
  if (more.length > 0) throw new ValueError('InvalidCharacterString', 'Value should be one quoted string');
  return { flags: number(flags, 255, 'CAA'), tag: tag.toLowerCase(), value: text };
}

/** `10 mail.example.com`. */
export function mxValue(value: string): { readonly preference: number; readonly exchange: RecordName } {
  const [preference, exchange = ''] = fields(value, 2, 'MX');
  return { preference: number(preference, UINT16, 'MX'), exchange: exchange === '.' ? '.' : recordName(exchange) };
}

/** `1 10 5269 server.example.com`. */
export function srvValue(value: string): {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: RecordName;
} {
  const [priority, weight, port, target = ''] = fields(value, 4, 'SRV');
  return {
    priority: number(priority, UINT16, 'SRV'),
    weight: number(weight, UINT16, 'SRV'),
    port: number(port, UINT16, 'SRV'),
    target: target === '.' ? '.' : recordName(target),
  };
}

/** `ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`; times in seconds. */
export function soaValue(value: string): {
  readonly mname: RecordName;
  readonly rname: RecordName;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
} {
  const [mname = '', rname = '', ...times] = fields(value, 7, 'SOA');
  const [serial, refresh, retry, expire, minimum] = times.map((text) => number(text, UINT32, 'SOA'));
  return {
    mname: recordName(mname),
    rname: recordName(rname),
    serial: serial ?? 0,
    refresh: refresh ?? 0,
    retry: retry ?? 0,
    expire: expire ?? 0,
    minimum: minimum ?? 0,
  };
}
