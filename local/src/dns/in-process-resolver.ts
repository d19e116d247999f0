import { plainName } from '../services/route53/names.ts';
import { caaValue, characterStrings, nameValue } from '../services/route53/record-values.ts';
import type { DnsView } from '../world.ts';
import type { Resolver } from './resolver.ts';

export interface DnsQuestion {
  readonly view: DnsView;
  readonly name: string;
  readonly type: string;
}

/**
 * What a question is answered in place of the truth.
 * @param truth the values of the records. @throws as `node:dns` rejects: `dnsError`
 */
export type AnswerDns = (question: DnsQuestion, truth: () => readonly string[]) => readonly string[];

/** The lookups of `Resolver` in `node:dns/promises`, without a socket, and rejected as it rejects them. */
export interface InProcessResolver {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  resolveCaa(
    name: string,
  ): Promise<{ readonly critical: number; readonly issue?: string; readonly issuewild?: string }[]>;
  resolveCname(name: string): Promise<string[]>;
  resolveNs(name: string): Promise<string[]>;
  resolveTxt(name: string): Promise<string[][]>;
}

export function inProcessResolver(
  resolver: Resolver,
  view: DnsView,
  answerDns: AnswerDns = (_, truth) => truth(),
): InProcessResolver {
  const truth = (name: string, type: string): readonly string[] => {
    const { rcode, answers } = resolver.answer(view, name, type);
    const values = answers.filter((record) => record.type === type).map(({ value }) => value);
    if (values.length > 0) return values;
    if (rcode === 'NXDOMAIN') throw dnsError('ENOTFOUND', name, type);
    throw dnsError(rcode === 'NOERROR' ? 'ENODATA' : `E${rcode}`, name, type);
  };
  const ask = async (name: string, type: string): Promise<string[]> => [
    ...answerDns({ view, name, type }, () => truth(name, type)),
  ];
  const names = async (name: string, type: string) =>
    (await ask(name, type)).map((value) => plainName(nameValue(value)));
  return {
    resolve4: (name) => ask(name, 'A'),
    resolve6: (name) => ask(name, 'AAAA'),
    resolveCname: (name) => names(name, 'CNAME'),
    resolveNs: (name) => names(name, 'NS'),
    resolveTxt: async (name) => (await ask(name, 'TXT')).map((value) => [...characterStrings(value)]),
    resolveCaa: async (name) =>
      (await ask(name, 'CAA')).map((text) => {
        const { flags, tag, value } = caaValue(text);
        return { critical: flags, [tag]: value };
      }),
  };
}

/** @param code `ENOTFOUND` and `ENODATA` say that there is nothing; `ESERVFAIL`, `ETIMEOUT` and others, that there is no answer. */
export function dnsError(code: string, hostname: string, type: string): Error {
  return Object.assign(new Error(`query${type} ${code} ${hostname}`), { code, hostname });
}
