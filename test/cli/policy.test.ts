import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyCommandWith } from '../../cli/commands/policy.ts';
import type { CliEnvironment } from '../../cli/environment.ts';
import type { ServiceSource } from '../../cli/policy/services.ts';
import { type Output, plainLayout } from '../../cli/terminal/output.ts';
import { openPolicy } from '../../shared/policy/file/open.ts';
import { run } from '../demo/program.ts';
import { START } from '../fixtures.ts';
import { completed } from '../policy/file/valid.ts';
import { type Desk, Recorder, type } from './command-line.ts';

const ID = '0123456789abcdef0123456789abcdef';
const arnOf = (name: string, account = '111111111111', region = 'eu-west-1') =>
  `arn:aws:apprunner:${region}:${account}:service/${name}/${ID}`;
const PAY = arnOf('pay-api');

const RULES = `rules:
  - name: payments
    match: { services: [pay-*], tags: { stage: prod } }
    private: required
    domains: ["{service}.corp.example.com"]
  - name: rest
    private: by-tag
`;
const EXCEPTED = `${RULES}exceptions:
  - { match: { services: [pay-old] }, reason: moving, until: 2025-06-30 }
`;

let folder: string;
const fileOf = (name: string) => join(folder, `${name}.yml`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  await writeFile(fileOf('right'), completed(RULES));
  await writeFile(fileOf('ended'), completed(EXCEPTED));
  await writeFile(fileOf('wrong'), completed('owner: A\nregions: [b]\n'));
  await writeFile(
    fileOf('enforced'),
    completed(RULES.replace('private: required', 'private: required\n    mode: enforce')),
  );
  await writeFile(
    fileOf('fewer'),
    completed(`accounts: ["111111111111"]\nowner: team\n${RULES.replace('name: rest', 'name: others')}`),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const policy = (words: readonly string[], desk: Desk = {}) => type(['policy', ...words], desk);

describe('policy check', () => {
  it('a right file: 0, with where owners can leave a rule', async () => {
    const { code, stdout, stderr } = await policy(['check', fileOf('right')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /right\.yml:3:14: warning: a service made anew under another name leaves the rule "payments"/,
      ),
      expect.stringMatching(/right\.yml:3:33: warning: a service without "stage" leaves the rule "payments"/),
      expect.stringContaining('gets "domains" of the rule "payments" by the tag "stage"'),
      `${fileOf('right')}: no problems, 3 warnings (2 rules, 1 network, 1 zone, 0 exceptions)`,
      '',
    ]);
  });

  it('a wrong file: 3, every problem with its place', async () => {
    const { code, stdout } = await policy(['check', fileOf('wrong')]);
    expect(code).toBe(3);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/wrong\.yml:1:8: "A" is invalid; expected/);
    expect(lines[1]).toMatch(/wrong\.yml:2:11: "b" is invalid; expected/);
  });

  it('a file that is not there: 2', async () => {
    expect(await policy(['check', 'nowhere.yml'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no file nowhere.yml.\n',
    });
  });

  it('problems as JSON', async () => {
    const { code, stdout } = await policy(['check', fileOf('wrong'), '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      file: fileOf('wrong'),
      problems: expect.arrayContaining([expect.objectContaining({ line: 1, column: 8 })]),
    });
    const right = await policy(['check', fileOf('right'), '--json']);
    expect(JSON.parse(right.stdout)).toMatchObject({ file: fileOf('right'), problems: [] });
  });

  it('an exception that has ended: 3', async () => {
    expect(await policy(['check', fileOf('ended')])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('the exception ended on 2025-06-30'),
    });
  });

  it('the file that POLICY_FILE names, and none: 2', async () => {
    expect(await policy(['check'], { environment: { POLICY_FILE: fileOf('right') } })).toMatchObject({ code: 0 });
    const { code, stderr } = await policy(['check'], { environment: { POLICY_FILE: '' } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('There is no policy.yml in this folder. Pass a file, or set POLICY_FILE.'),
    });
  });
});

describe('policy explain', () => {
  const explain = (words: readonly string[], file = 'right') => policy(['explain', ...words, '--file', fileOf(file)]);

  it('says which rule matches and why the earlier ones do not', async () => {
    expect(await explain([arnOf('web'), '--tags', 'stage=prod'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `${arnOf('web')}
  by-tag by the rule "rest"

Rules tried
  1. payments: no, the name web does not match pay-*
  2. rest: matches
`,
    });
  });

  it('takes tags and units', async () => {
    const { stdout } = await explain([PAY, '--tags', 'stage=prod', 'note=a=b', '--unit', 'r-abcd', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      serviceArn: PAY,
      tags: { stage: 'prod', note: 'a=b' },
      units: ['r-abcd'],
      rule: 'payments',
      enforcement: 'required',
      mode: 'audit',
      domains: ['pay-api.corp.example.com'],
      matchTrace: [{ rule: 'payments', matched: true, why: '' }],
    });
  });

  it('says what it does not know', async () => {
    const { stdout, stderr } = await explain([PAY]);
    expect(stdout).toContain('1. payments: no, it has no tag "stage"');
    expect(stderr).toMatch(/^Explained for a service without tags .* --tags and --unit, or --stack to read them\.\n$/);
  });

  it('an exception that has ended is shown, and no reason to refuse the file', async () => {
    const { code, stdout } = await explain([arnOf('pay-old'), '--tags', 'stage=prod'], 'ended');
    expect(code).toBe(0);
    expect(stdout).toContain('required (audit) by the rule "payments"');
    expect(stdout).toContain('exception  until 2025-06-30 (expired, without effect): moving');
  });

  it.each([
    ['an account', arnOf('pay-api', '999999999999'), 'ignored: account 999999999999 is not in scope'],
    ['a region', arnOf('pay-api', '111111111111', 'us-east-1'), 'ignored: region us-east-1 is not in scope'],
  ])('%s that is not in scope: no rule is tried', async (_, arn, expected) => {
    const { stdout } = await explain([arn, '--tags', 'stage=prod']);
    expect(stdout).toContain(expected);
    expect(stdout).not.toContain('Rules tried');
  });

  it.each([
    ['an ARN of something else', ['arn:aws:s3:::bucket'], 'is not the ARN of an App Runner service'],
    ['a tag without a value', [PAY, '--tags', 'stage'], '"stage" is not a tag; write key=value'],
    ['no ARN', [], "missing required argument 'service-arn'"],
  ])('%s: 2', async (_, words, message) => {
    const { code, stdout, stderr } = await explain(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('a wrong file: 3', async () => {
    const { code, stdout, stderr } = await explain([PAY], 'wrong');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/wrong\.yml:1:8: "A" is invalid/);
  });
});

describe('policy diff', () => {
  const services = JSON.stringify([
    { arn: PAY, tags: { stage: 'prod' } },
    { arn: arnOf('web') },
    { arn: arnOf('web', '222222222222'), units: ['r-abcd'] },
  ]);
  const diff = (newer: string, more: readonly string[] = ['--services', '-'], input = services) =>
    policy(['diff', fileOf('right'), fileOf(newer), ...more], { input });

  it('of the same file: nothing', async () => {
    expect(await diff('right')).toEqual({ code: 0, stderr: '', stdout: '0 of 3 services would change hands.\n' });
  });

  it('says what changes for which service', async () => {
    expect((await diff('enforced')).stdout).toBe(`${PAY}
  - required (audit) by the rule "payments"
  + required (enforce) by the rule "payments"

1 of 3 services would change hands.
`);
  });

  it('shows another owner, accounts that left, and rules that only have another name', async () => {
    const { stdout } = await diff('fewer', ['--services', '-', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      owner: { before: 'platform', after: 'team' },
      services: 3,
      changed: [
        { serviceArn: arnOf('web'), before: { rule: 'rest' }, after: { rule: 'others' }, effects: [] },
        {
          serviceArn: arnOf('web', '222222222222'),
          before: { enforcement: 'by-tag' },
          after: { enforcement: 'ignored', whyOutOfScope: 'account 222222222222 is not in scope' },
          effects: ['enforcement'],
        },
      ],
    });
    const text = (await diff('fewer')).stdout;
    expect(text).toMatch(/^The owner changes from platform to team/);
    expect(text).toContain('to the same effect');
  });

  it('the mode of a rule that leaves it to the tags is no change', async () => {
    await writeFile(
      fileOf('tagged'),
      completed(RULES.replace('private: by-tag', 'private: by-tag\n    mode: enforce')),
    );
    expect((await diff('tagged')).stdout).toBe('0 of 3 services would change hands.\n');
  });

  it('of services in a file', async () => {
    await writeFile(join(folder, 'services.json'), services);
    expect(await diff('right', ['--services', join(folder, 'services.json')])).toMatchObject({ code: 0 });
  });

  it.each([
    ['no services', [], '', 'No services to compare. Pass --services FILE (- for standard input)'],
    ['no JSON', ['--services', '-'], 'web', 'standard input: Unexpected token'],
    ['no list', ['--services', '-'], '{}', 'standard input: it: '],
    ['no ARN', ['--services', '-'], '[{"arn":"web"}]', 'standard input: "web" is not the ARN of an App Runner service'],
    [
      'an unknown key',
      ['--services', '-'],
      `[{"arn":"${PAY}","tag":{}}]`,
      'standard input: 0: Unrecognized key: "tag"',
    ],
    [
      'a file that is not there',
      ['--services', '/nowhere.json'],
      '',
      '--services /nowhere.json cannot be read: ENOENT',
    ],
  ])('%s: 2', async (_, more, input, message) => {
    const { code, stderr } = await diff('right', more, input);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('with a source of services', () => {
  const source: ServiceSource = {
    inForce: async () => ({ from: 'file', policy: (await openPolicy(fileOf('right'), undefined)).policy }),
    unknownTags: async () => [],
    describe: async () => ({ tags: { stage: 'prod' }, units: ['r-abcd'] }),
    list: async () => [
      { arn: PAY, account: '111111111111', region: 'eu-west-1', name: 'pay-api', tags: { stage: 'prod' }, units: [] },
    ],
  };
  /** What the command says as data. */
  async function asked(words: readonly string[]): Promise<unknown> {
    const said: object[] = [];
    const output: Output = {
      json: true,
      live: false,
      layout: plainLayout,
      say: (data) => void said.push(data),
      sayAll: (all) => void said.push(...all),
      note: () => {},
    };
    const environment: CliEnvironment = {
      stdout: new Recorder(undefined),
      stderr: new Recorder(undefined),
      ask: undefined,
      readInput: async () => '',
      environment: {},
      now: () => START,
      pause: async () => {},
      interrupted: new AbortController().signal,
    };
    const command = policyCommandWith(async () => source)(async (_, work) => {
      await work({ output, environment });
    });
    await command.parseAsync(words, { from: 'user' });
    return said[0];
  }

  it('explain asks it for what is not given', async () => {
    expect(await asked(['explain', PAY, '--file', fileOf('right'), '--local'])).toMatchObject({
      rule: 'payments',
      units: ['r-abcd'],
    });
    expect(await asked(['explain', PAY, '--file', fileOf('right'), '--tags', 'stage=test', '--local'])).toMatchObject({
      rule: 'rest',
    });
  });

  it('diff compares all it has', async () => {
    expect(await asked(['diff', fileOf('right'), fileOf('enforced'), '--stack', 'mine'])).toMatchObject({
      services: 1,
      changed: [{ serviceArn: PAY, effects: ['mode'] }],
    });
  });
});

it('is a program of its own, as its npm script runs it', async () => {
  const { code, stdout } = await run('cli/main.ts', ['policy', 'check', 'policy.example.yml']);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^(policy\.example\.yml:\d+:\d+: warning: .*\n){4}policy\.example\.yml: no problems, 4 warnings \(4 rules, 2 networks, 2 zones, 1 exception\)\n$/,
    ),
  });
});
