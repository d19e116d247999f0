import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../shared/duration.ts';
import { parsePolicy } from '../../../shared/policy/file/parse.ts';
import { PolicyFileError, type PolicyProblem } from '../../../shared/policy/file/problems.ts';
import { readPolicy } from '../../../shared/policy/file/read.ts';
import { START } from '../../fixtures.ts';
import { brokenFiles } from './broken-files.ts';
import { completed, parts } from './valid.ts';

/** No problems if the text is valid. Rethrows errors of other kinds. */
function problemsOf(text: string): readonly PolicyProblem[] {
  try {
    parsePolicy(text, 'policy.yml', START);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyFileError)) throw error;
    return error.problems;
  }
}

describe('an invalid policy file', () => {
  it.each(brokenFiles)('$what', ({ text, problems }) => {
    const reported = problemsOf(text).map(({ line, column, message }) => `${line}:${column}: ${message}`);
    expect(reported.map((message, index) => message.slice(0, problems[index]?.length))).toEqual(problems);
    for (const message of reported) expect(message).toMatch(/; (expected|put|in single quotes)/);
  });

  it('is reported in lines of file:line:column', () => {
    const twice = () => parsePolicy(completed('owner: A\nregions: []\n'), 'my/policy.yml', START);
    expect(twice).toThrow(
      new PolicyFileError('my/policy.yml', [
        { line: 1, column: 8, message: '"A" is invalid; expected 1 to 32 of a-z, 0-9 and hyphen' },
        { line: 2, column: 10, message: 'the list is empty; expected a list of regions, at least one' },
      ]),
    );
    expect(twice).toThrow(/^my\/policy\.yml:1:8: .*\nmy\/policy\.yml:2:10: .*$/);
  });

  it('is reported as one kind of error, whatever it contains', () => {
    const words = fc.constantFrom(
      ...Object.values(parts).flatMap((part) => part.split(/(?<=[\s:[\]{}",])/)),
      ...[
        '&a',
        '*a',
        '<<:',
        '!!map',
        '---\n',
        '? ',
        '\t',
        '|\n',
        "'",
        '#',
        '%',
        '{',
        '[',
        '\u0000',
        '__proto__: ',
        'null',
      ],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((found) => found.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const { message } of problemsOf(text)) expect(message).toMatch(/^[^\n]+; [^\n]+$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('is reported at a position that exists, however a valid file is cut or changed', () => {
    const whole = completed('');
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(20), fc.string({ maxLength: 5 }), (from, length, instead) => {
        const text = whole.slice(0, from) + instead + whole.slice(from + length);
        const lines = text.split('\n');
        for (const { line, column } of problemsOf(text)) {
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      }),
      // The library's own count of lines skips one here.
      { numRuns: 500, examples: [[0, 9, '[{]']] },
    );
  });
});

describe('a valid policy file', () => {
  it('is read with its defaults', () => {
    expect(parsePolicy(completed(''), 'policy.yml', START).policy).toEqual({
      owner: 'platform',
      accounts: { kind: 'listed', ids: ['111111111111', '222222222222'] },
      regions: ['ap-northeast-1', 'eu-west-1'],
      networks: [
        {
          account: '111111111111',
          region: 'ap-northeast-1',
          vpcId: 'vpc-0123456789abcdef0',
          endpoint: { kind: 'create', subnetIds: [], securityGroupIds: [], allowFrom: [] },
        },
      ],
      zones: [
        {
          name: 'corp.example.com',
          id: 'Z0123456789ABCDEFGHIJ',
          visibility: 'private',
          allowedNames: ['*.corp.example.com'],
        },
      ],
      rules: [
        {
          name: 'all',
          match: {},
          enforcement: 'required',
          mode: 'audit',
          domains: ['{service}.{account}.corp.example.com'],
        },
      ],
      exceptions: [],
      limits: { changes: { count: 20 }, detaches: { count: 5 } },
    });
  });

  it('the example is valid', async () => {
    const text = await readFile(new URL('../../../policy.example.yml', import.meta.url), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=docs\/policy\.schema\.json\n/);
    const { policy } = parsePolicy(text, 'policy.example.yml', START);
    expect(policy).toMatchObject({
      accounts: { kind: 'organization', units: ['r-abcd'], except: ['333333333333'] },
      networks: [
        { endpoint: { kind: 'given', id: 'vpce-0123456789abcdef0' }, probe: 'apprunner-private-ingress-main-probe' },
        {},
      ],
      zones: [{ roleArn: expect.stringContaining('444444444444'), externalId: 'private-ingress-platform' }, {}],
      rules: [
        { enforcement: 'ignored' },
        {
          enforcement: 'required',
          mode: 'enforce',
          strategy: 'endpoint',
          cutover: 'when-possible',
          cutoverDeadline: 3 * DAY,
        },
        {},
        { enforcement: 'by-tag' },
      ],
      exceptions: [{ match: { services: ['pay-legacy'] }, until: '2099-06-30' }],
      limits: { changes: { share: 0.25 }, detaches: { count: 3 } },
    });
  });

  it.each([
    ['with a byte order mark and lines of Windows', `\ufeff${completed('').replaceAll('\n', '\r\n')}`],
    ['as JSON', JSON.stringify(parsePolicy(completed(''), 'policy.yml', START).document)],
    [
      'with a wildcard',
      completed('rules: [{ name: all, private: by-tag, domains: ["*.{service}.corp.example.com"] }]'),
    ],
    [
      'with one name, of one service',
      completed('rules: [{ name: a, private: by-tag, match: { services: [web] }, domains: [web.corp.example.com] }]'),
    ],
    [
      'with names to claim',
      completed(
        'rules: [{ name: all, private: by-tag, adopt: true, names: ["*.corp.example.com", "*.example.com", "{service}.{region}.corp.example.com", "_wildcard.corp.example.com", "_wildcard.*.corp.example.com", "_wildcard.{service}.corp.example.com"] }]',
      ),
    ],
    ['that limits nothing', completed('limits: { changes: 100%, detaches: 100% }')],
    ['that allows nothing', completed('limits: { changes: 0, detaches: 1% }')],
    [
      'with an exception on its last day',
      completed('exceptions: [{ match: { services: [old] }, reason: moving, until: 2026-01-01 }]'),
    ],
    [
      'whose rules overlap without one being inside the other',
      completed(
        'rules:\n  - { name: a, private: by-tag, match: { services: ["pay-*"] } }\n  - { name: b, private: by-tag, match: { services: ["*-api"] } }\n  - { name: c, private: required }\n',
      ),
    ],
    [
      'with addresses of IPv6',
      completed(
        'networks: [{ account: "111111111111", region: eu-west-1, vpc: vpc-01234567, allowFrom: ["fd00::/8"] }]',
      ),
    ],
    [
      'for one service by its tag',
      completed(
        'rules: [{ name: a, private: by-tag, match: { tags: { app: portal } }, domains: [web.corp.example.com] }]',
      ),
    ],
  ])('%s', (_, text) => expect(problemsOf(text)).toEqual([]));

  const withRange = (range: string) =>
    completed(`networks: [{ account: "111111111111", region: eu-west-1, vpc: vpc-01234567, allowFrom: ["${range}"] }]`);
  it.each(['0.0.0.0/0', '10.0.0.0/32', '10.20.0.0/16', '::/0', 'fd00::/128'])(
    'has %s as a range of addresses',
    (range) => {
      expect(problemsOf(withRange(range))).toEqual([]);
    },
  );
  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/8x',
    '10.0.0.0/x8',
    'fd00::/129',
    'x/0',
    '/8',
  ])('does not have %s as one', (range) =>
    expect(problemsOf(withRange(range))).toMatchObject([{ message: expect.stringContaining('in CIDR form') }]),
  );

  it.each([
    ['as it is', 'organization: {}', { units: [], except: [] }],
    [
      'in part, read by a role',
      'organization: { role: "arn:aws:iam::111111111111:role/reader", units: [r-abcd], except: ["333333333333"] }',
      { roleArn: 'arn:aws:iam::111111111111:role/reader', units: ['r-abcd'], except: ['333333333333'] },
    ],
  ])('is for an organisation %s', (_, line, expected) => {
    const text = completed(`${line}\nnetworks: []\n`).replace(parts.accounts, '');
    const { accounts } = parsePolicy(text, 'policy.yml', START).policy;
    expect(accounts).toStrictEqual({ kind: 'organization', ...expected });
  });

  const zone = (id: string, more: string) =>
    `  - { name: corp.example.com, id: ${id}, visibility: private, allowedNames: ["*.corp.example.com"]${more} }\n`;
  const role = (name: string) => `, role: "arn:aws:iam::111111111111:role/${name}"`;
  it.each<[string, string, string, string | undefined]>([
    [
      'two zones of one role and external id',
      `${role('a')}, externalId: one`,
      `${role('a')}, externalId: one`,
      undefined,
    ],
    ['zones of two roles', `${role('a')}, externalId: one`, `${role('b')}, externalId: two`, undefined],
    ['zones with and without a role', `${role('a')}, externalId: one`, '', undefined],
    [
      'one role with two external ids',
      `${role('a')}, externalId: one`,
      `${role('a')}, externalId: two`,
      'the external id one',
    ],
    ['one role without an external id and with one', role('a'), `${role('a')}, externalId: two`, 'no external id'],
  ])('has %s, or says what is wrong with it', (_, one, other, problem) => {
    const found = problemsOf(completed(`zones:\n${zone('Z1', one)}${zone('Z2', other)}`));
    expect(found).toMatchObject(
      problem === undefined
        ? []
        : [{ line: 3, message: expect.stringContaining(`another zone has this role with ${problem}`) }],
    );
  });

  it('is the same policy when it is read again from policy.json', () => {
    const { policy, document } = parsePolicy(completed(''), 'policy.yml', START);
    expect(readPolicy(JSON.parse(JSON.stringify(document)))).toEqual(policy);
  });
});
