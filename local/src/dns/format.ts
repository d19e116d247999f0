import { plainName, type RecordName, recordName } from '../services/route53/names.ts';
import type { DnsAnswer, DnsRecord } from './resolver.ts';

/** What `dig +short` prints: one value a line, nothing for no answer. */
export const digShort = (answer: DnsAnswer): string => answer.answers.map(presentation).join('\n');

/** What `dig` prints of an answer, without the lines about the program and the connection. */
export function digFull(question: { readonly name: string; readonly type: string }, answer: DnsAnswer): string {
  const flags = ['qr', ...(answer.authoritative ? ['aa'] : []), 'rd', 'ra'].join(' ');
  const counts = `QUERY: 1, ANSWER: ${answer.answers.length}, AUTHORITY: ${answer.authority.length}, ADDITIONAL: 0`;
  const sections = [
    `;; ->>HEADER<<- opcode: QUERY, status: ${answer.rcode}\n;; flags: ${flags}; ${counts}`,
    `;; QUESTION SECTION:\n;${question.name.replace(/\.?$/, '.')}\t\tIN\t${question.type}`,
    ...section('ANSWER', answer.answers),
    ...section('AUTHORITY', answer.authority),
  ];
  return `${sections.join('\n\n')}\n`;
}

const section = (title: string, records: readonly DnsRecord[]) =>
  records.length === 0 ? [] : [`;; ${title} SECTION:\n${records.map(line).join('\n')}`];

const line = (record: DnsRecord) =>
  `${dotted(record.name)}\t${record.ttl}\tIN\t${record.type}\t${presentation(record)}`;

const dotted = (name: RecordName) => `${plainName(name)}.`;

/** Names are kept without final dot by some who write them; dig always shows it. */
function presentation({ type, value }: DnsRecord): string {
  return type === 'CNAME' || type === 'NS' || type === 'PTR' ? dotted(recordName(value)) : value;
}
