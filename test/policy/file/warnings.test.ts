import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/policy/file/parse.ts';
import { completed } from './valid.ts';

/** The warnings of a policy with these rules, and what follows them. */
const warnings = (text: string) =>
  parsePolicy(completed(text), 'policy.yml', undefined).warnings.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
const rules = (...each: readonly string[]) => `rules:\n${each.map((one) => `  - ${one}\n`).join('')}`;

const bound = '{ name: all, private: required, mode: enforce }';
const byTag = '{ name: others, private: by-tag }';
const prod = '{ name: prod, match: { tags: { stage: prod } }, private: required, mode: enforce }';

// The VPCs that an enforced rule needs.
const given = `regions: [ap-northeast-1]
networks:
  - { account: "111111111111", region: ap-northeast-1, vpc: vpc-0123456789abcdef0 }
  - { account: "222222222222", region: ap-northeast-1, vpc: vpc-0123456789abcdef1 }
`;
const two = given.replace('[ap-northeast-1]', '[ap-northeast-1, eu-west-1]');

describe('a rule that requires services to be private', () => {
  it.each<[string, string]>([
    ['for all', rules(bound)],
    ['for an account', rules('{ name: a, match: { accounts: ["111111111111"] }, private: required }', byTag)],
    ['for a unit', rules('{ name: a, match: { units: [r-abcd] }, private: required }', byTag)],
    ['for every name', rules('{ name: a, match: { services: ["*"] }, private: required }')],
    ['for all regions in scope', rules('{ name: a, match: { regions: [ap-northeast-1] }, private: required }')],
    ['by a tag, before one for all', rules(prod, bound)],
    [
      'behind one that leaves one service to its tag',
      rules('{ name: x, match: { services: [x] }, private: by-tag }', bound),
    ],
    [
      'behind one that leaves an account to tags',
      rules('{ name: x, match: { accounts: ["111111111111"] }, private: by-tag }', bound),
    ],
  ])('%s: cannot be left', (_, text) => {
    expect(warnings(given + text)).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'by a tag',
      given,
      rules(prod, byTag),
      /^6:28 a service without "stage" leaves the rule "prod", and "others" may apply \(private: by-tag\)/,
    ],
    [
      'by a tag, without another rule',
      given,
      rules(prod),
      /without "stage" leaves the rule "prod", and no rule may apply/,
    ],
    [
      'by names',
      given,
      rules('{ name: pay, match: { services: ["pay-*"] }, private: required }', byTag),
      /made anew under another name leaves the rule "pay"/,
    ],
    [
      'by a region',
      two,
      rules('{ name: tokyo, match: { regions: [ap-northeast-1] }, private: required }', byTag),
      /made anew in another region leaves the rule "tokyo"/,
    ],
    [
      'by a tag, before one in audit mode',
      given,
      rules(prod, '{ name: all, private: required }'),
      /"all" may apply \(private: required, mode: audit\)/,
    ],
    [
      'by a tag, with a by-tag rule between',
      given,
      rules(prod, '{ name: t, match: { services: ["t*"] }, private: by-tag }', bound),
      /without "stage" leaves the rule "prod", and "t" may apply/,
    ],
    [
      'behind one for a tag',
      given,
      rules('{ name: dev, match: { tags: { stage: dev } }, private: ignored }', bound),
      /gets the rule "dev" by the tag "stage", in place of "all", which requires it to be private/,
    ],
    [
      'behind one for a pattern of names',
      given,
      rules('{ name: load, match: { services: ["*-load"] }, private: ignored }', bound),
      /gets the rule "load" by its name, in place of "all"/,
    ],
    [
      'with an exception for a tag',
      given,
      `${rules(bound)}exceptions:\n  - { match: { tags: { legacy: "*" } }, reason: moving, until: 2099-12-31 }\n`,
      /gets the exception by the tag "legacy", in place of "all"/,
    ],
    [
      'with an exception for a pattern of names',
      given,
      `${rules(bound)}exceptions:\n  - { match: { services: ["old-*"] }, reason: moving, until: 2099-12-31 }\n`,
      /gets the exception by its name, in place of "all"/,
    ],
  ])('%s: can be left', (_, scope, text, expected) => {
    const found = warnings(scope + text);
    expect(found.join('\n')).toMatch(new RegExp(expected.source, 'm'));
  });

  it.each([
    ['names', 'names: ["*.corp.example.com"]', '"names"'],
    ['domains', 'domains: ["{service}.corp.example.com"]', '"domains"'],
    ['the right to adopt', 'adopt: true', '"adopt"'],
  ])('gives %s by a tag, which anyone who tags may write', (_, key, named) => {
    const text = rules(`{ name: gift, match: { tags: { team: "*" } }, private: by-tag, ${key} }`);
    expect(warnings(given + text)).toEqual([
      expect.stringContaining(`gets ${named} of the rule "gift" by the tag "team"`),
    ]);
    const ofAccount = text.replace('match: {', 'match: { accounts: ["111111111111"],');
    expect(warnings(given + ofAccount)).toEqual([]);
  });

  it('gives all names by a tag where other rules give few', () => {
    const few = '{ name: few, private: by-tag, names: ["few.corp.example.com"] }';
    const text = rules('{ name: gift, match: { tags: { team: "*" } }, private: by-tag }', few);
    expect(warnings(given + text)).toEqual([expect.stringContaining('gets "names" of the rule "gift"')]);
  });

  it('gives a name that a service with a fitting name gets from another rule', () => {
    const first =
      '{ name: first, match: { accounts: ["111111111111"] }, private: by-tag, domains: ["{service}-{account}.corp.example.com"] }';
    const second = (template: string) =>
      `{ name: second, match: { accounts: ["222222222222"] }, private: by-tag, domains: ["${template}"] }`;
    expect(warnings(given + rules(first, second('{service}.corp.example.com')))).toEqual([
      expect.stringContaining(
        '"{service}.corp.example.com" also makes x-111111111111.corp.example.com, which "{service}-{account}.corp.example.com" of the rule "first" gives',
      ),
    ]);
    for (const apart of ['{service}.{account}.corp.example.com', '{service}-{account}.corp.example.com']) {
      expect(warnings(given + rules(first, second(apart)))).toEqual([]);
    }
  });

  it('is not left for rules of other accounts, or by what was meant for one service', () => {
    const elsewhere = '{ name: dev, match: { accounts: ["222222222222"], tags: { stage: dev } }, private: ignored }';
    const here = '{ name: all, match: { accounts: ["111111111111"] }, private: required, mode: enforce }';
    const excepted = `exceptions:\n  - { match: { services: [legacy] }, reason: moving, until: 2099-12-31 }\n`;
    expect(warnings(given + rules(elsewhere, here) + excepted)).toEqual([]);
  });
});
