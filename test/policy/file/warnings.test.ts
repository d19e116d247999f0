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

  const inTokyo = (name: string, template: string, match: string) =>
    `{ name: ${name}, match: { ${match} }, private: by-tag, domains: ["${template}"] }`;
  const pairOf = '{service}-{account}.corp.example.com';
  it.each<[string, string, string, string, string | undefined]>([
    ['of a rule for one account', 'accounts: ["111111111111"]', '{service}.corp.example.com', '', 'x-111111111111'],
    ['of a rule for all accounts', 'tags: { team: x }', '{service}.corp.example.com', '', 'x-111111111111'],
    [
      'for services of another pattern: no',
      'tags: { team: x }',
      '{service}.corp.example.com',
      'services: ["pay-*"]',
      undefined,
    ],
    [
      'for services of a fitting pattern',
      'tags: { team: x }',
      '{service}.corp.example.com',
      'services: ["x-*"]',
      'x-111111111111',
    ],
    ['for a pattern of its own', 'services: ["pay-?"]', '{service}.corp.example.com', '', 'pay-x-111111111111'],
    [
      'of another account: no',
      'accounts: ["111111111111"]',
      'x-{account}.corp.example.com',
      'accounts: ["222222222222"], services: [x]',
      undefined,
    ],
    [
      'of that account',
      'accounts: ["111111111111"]',
      'x-{account}.corp.example.com',
      'services: [x]',
      'x-111111111111',
    ],
  ])('gives a name that another rule gives too: %s', (_, victim, template, other, name) => {
    const found = warnings(given + rules(inTokyo('first', pairOf, victim), inTokyo('second', template, other)));
    const collisions = found.filter((one) => one.includes(`"${template}" also makes`));
    expect(collisions).toEqual(
      name === undefined
        ? []
        : [expect.stringContaining(`"${template}" also makes ${name}.corp.example.com, which "${pairOf}" of`)],
    );
    // It is where the other template is.
    if (name !== undefined) expect(collisions[0]).toMatch(/^7:/);
  });

  it.each([
    ['its own', 'regions: [ap-northeast-1]', 'ap-northeast-1'],
    ['the first in scope', 'tags: { team: x }', 'eu-west-1'],
  ])('gives a name in a region, %s', (_, match, region) => {
    const text = two.replace('[ap-northeast-1, eu-west-1]', '[eu-west-1, ap-northeast-1]');
    const regional = '{service}-{region}.corp.example.com';
    const found = warnings(
      text + rules(inTokyo('first', regional, match), inTokyo('second', '{service}.corp.example.com', '')),
    );
    expect(found.filter((one) => one.includes('"{service}.corp.example.com" also makes'))).toEqual([
      expect.stringContaining(`also makes x-${region}.corp.example.com`),
    ]);
  });

  it('is reported in the order of the file, with all that can be done about it', () => {
    const gift =
      '{ name: gift, match: { tags: { team: "*" } }, private: by-tag, adopt: true, names: ["*.corp.example.com"] }';
    const dev = '{ name: dev, match: { tags: { stage: dev, unit: x }, services: ["d*"] }, private: ignored }';
    const exception = 'exceptions:\n  - { match: { tags: { legacy: "*" } }, reason: moving, until: 2099-12-31 }\n';
    const found = warnings(given + rules(prod, gift, dev, bound) + exception);
    const positions = found.map((one) => Number(/^\d+/.exec(one)?.[0]));
    expect(positions).toEqual([...positions].sort((one, other) => one - other));
    expect(found).toEqual([
      expect.stringMatching(/^6:\d+ a service without "stage" leaves the rule "prod", and "gift" may apply/),
      expect.stringMatching(/^6:\d+ a service gets "names" of the rule "prod" by the tag "stage"/),
      expect.stringMatching(
        /^7:\d+ a service gets the rule "gift" by the tag "team", in place of "all", which requires/,
      ),
      expect.stringMatching(/^7:\d+ a service gets "names", "adopt" of the rule "gift" by the tag "team"/),
      expect.stringMatching(
        /^8:\d+ a service gets the rule "dev" by the tag "stage", "unit" and its name, in place of "all"/,
      ),
      expect.stringMatching(
        /^11:\d+ a service gets the exception by the tag "legacy", in place of "prod", "all", which require/,
      ),
    ]);
  });

  it.each<[string, string, boolean]>([
    ['a name among patterns', 'services: [legacy, "old-*"]', true],
    ['names only', 'services: [legacy, older]', false],
    ['one name with a tag', 'services: [legacy], tags: { stage: dev }', false],
    ['an account', 'accounts: ["111111111111"]', false],
  ])('is left by what a rule before it matches: %s', (_, match, isReported) => {
    const weaker = `{ name: weaker, match: { ${match} }, private: ignored }`;
    expect(warnings(given + rules(weaker, bound)).length > 0).toBe(isReported);
  });

  it('is left by rules in audit mode only where it is enforced itself', () => {
    const audited = '{ name: audited, match: { tags: { stage: dev } }, private: required }';
    const isEntered = (found: readonly string[]) => found.some((one) => one.includes('gets the rule "audited"'));
    expect(isEntered(warnings(given + rules(audited, bound)))).toBe(true);
    expect(isEntered(warnings(given + rules(audited, '{ name: all, private: required }')))).toBe(false);
  });

  it('is not left for rules of other accounts, or by what was meant for one service', () => {
    const elsewhere = '{ name: dev, match: { accounts: ["222222222222"], tags: { stage: dev } }, private: ignored }';
    const here = '{ name: all, match: { accounts: ["111111111111"] }, private: required, mode: enforce }';
    const excepted = `exceptions:\n  - { match: { services: [legacy] }, reason: moving, until: 2099-12-31 }\n`;
    expect(warnings(given + rules(elsewhere, here) + excepted)).toEqual([]);
    const some = elsewhere.replace('["222222222222"]', '["222222222222", "111111111111"]');
    expect(warnings(given + rules(some, here)).join()).toContain('gets the rule "dev" by the tag "stage"');
  });
});
