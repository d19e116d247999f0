import { isIPv4, isIPv6 } from 'node:net';
import { type RecordName, recordName } from './names.ts';
import { ValueError } from './value-error.ts';

/** A SvcParam: its key's number, and its value as the wire has it. */
interface ServiceParameter {
  readonly key: number;
  readonly value: Buffer;
}

/** The value of an SVCB or HTTPS record (RFC 9460), such as `1 . alpn="h2,h3" port=443`. */
export interface ServiceBinding {
  /** 0 makes the record an alias of the target. */
  readonly priority: number;
  readonly target: RecordName | '.';
  /** In the order of their keys, as the wire wants them. */
  readonly parameters: readonly ServiceParameter[];
}

/** The names of SvcParamKeys, by number (RFC 9460 §14.3.2). */
const KEYS: readonly string[] = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint'];

const invalid = (explanation: string) => new ValueError('InvalidSvcb', explanation);

/** @throws ValueError, NameError */
export function serviceBinding(value: string): ServiceBinding {
  const [priority = '', target, ...written] = value.trim().match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  if (!/^\d{1,5}$/.test(priority) || Number(priority) > 0xffff) {
    throw invalid('SvcPriority is not a number from 0 to 65535');
  }
  if (target === undefined) throw invalid('TargetName is missing');
  if (priority === '0' && written.length > 0) throw invalid('SvcPriority 0 takes no parameters');
  const parameters = written.map(parameter).sort((one, other) => one.key - other.key);
  if (new Set(parameters.map(({ key }) => key)).size < parameters.length) throw invalid('a parameter is there twice');
  return { priority: Number(priority), target: target === '.' ? target : recordName(target), parameters };
}

function parameter(text: string): ServiceParameter {
  const [, name = '', written] = /^([a-z0-9-]+)(?:=(.*))?$/s.exec(text) ?? [];
  const key = keyOf(name);
  const value = (written ?? '').replace(/^"(.*)"$/s, '$1');
  if (key === undefined) throw invalid(`unknown parameter '${text}'`);
  return { key, value: encoded(name, value) };
}

function keyOf(name: string): number | undefined {
  const generic = /^key(\d{1,5})$/.exec(name)?.[1];
  const key = generic === undefined ? KEYS.indexOf(name) : Number(generic);
  return key < 0 || key > 0xffff ? undefined : key;
}

function encoded(name: string, value: string): Buffer {
  const items = value.split(',');
  const wrong = () => invalid(`the value of ${name} is not valid: '${value}'`);
  switch (name) {
    case 'mandatory':
      return Buffer.concat(
        items
          .map((item) => keyOf(item) ?? 0)
          .sort((one, other) => one - other)
          .map((key) => {
            if (key === 0) throw wrong();
            return uint16(key);
          }),
      );
    case 'alpn':
      if (items.some((item) => item.length < 1 || item.length > 255)) throw wrong();
      return Buffer.concat(items.flatMap((item) => [Buffer.from([item.length]), Buffer.from(item, 'latin1')]));
    case 'no-default-alpn':
      if (value !== '') throw wrong();
      return Buffer.alloc(0);
    case 'port':
      if (!/^\d{1,5}$/.test(value) || Number(value) > 0xffff) throw wrong();
      return uint16(Number(value));
    case 'ipv4hint':
      if (!items.every(isIPv4)) throw wrong();
      return Buffer.from(items.flatMap((item) => item.split('.').map(Number)));
    case 'ipv6hint':
      if (!items.every(isIPv6)) throw wrong();
      return Buffer.concat(items.map(ipv6));
    case 'ech':
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw wrong();
      return Buffer.from(value, 'base64');
    default:
      return Buffer.from(value, 'latin1');
  }
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** The address in its 16 bytes. Addresses that end in IPv4 notation are left out of the hints people write. */
function ipv6(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array<number>(8 - first.length - last.length).fill(0);
  return Buffer.concat([...first, ...zeros, ...last].map(uint16));
}
