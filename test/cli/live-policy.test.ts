import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unknownTags } from '../../cli/policy/live-services.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import type { Policy, PolicyRule } from '../../shared/policy/policy.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { start } from '../installation/worlds.ts';
import { type as typeAnywhere } from './command-line.ts';
import { deskAt } from './embedded-desk.ts';

const HEAD = `version: 1
owner: default
accounts: ["123456789012"]
regions: [ap-northeast-1]
rules:
  - name: production
    match: { tags: { stage: prod } }
    private: `;

let folder: string;
const file = (name: string) => join(folder, `${name}.yml`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-policy-'));
  await writeFile(file('required'), `${HEAD}required\n`);
  await writeFile(file('ignored'), `${HEAD}ignored\n`);
  await writeFile(file('by-team'), `${HEAD.replace('stage: prod', 'team: pay')}ignored\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const production: PolicyRule = {
  name: 'production',
  match: { tags: { stage: 'prod' } },
  enforcement: 'required',
  mode: 'audit',
  domains: [],
};

/** An untagged service that the policy in force requires to be private. */
async function requiredService() {
  const world = await start();
  world.deployPolicy({ rules: [production] });
  const arn = await world.createService('hello', { stage: 'prod', team: 'pay' });
  await world.until(arn, 'blocked');
  return { world, arn, type: await deskAt(world) };
}

describe('plan', () => {
  test('judges as the stack does, and says so', async () => {
    const { arn, type } = await requiredService();
    const { code, stdout, stderr } = await type(['plan', arn]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('by the policy    required, audit: the rule "production" applies\n');
    expect(stdout).toContain(
      "settings from    function apprunner-private-ingress-main-reconcile; policy: the stack's own, of its policy file\n",
    );
  });

  test('by another file, or by the parameters, with --policy', async () => {
    const { arn, type } = await requiredService();
    const ignored = await type(['plan', arn, '--policy', file('ignored')]);
    expect(ignored.stdout).toContain('by the policy    ignored: the rule "production" applies');
    expect(ignored.stdout).toContain(`policy: ${file('ignored')}`);
    const parameters = await type(['plan', arn, '--policy', 'parameters']);
    expect(parameters.stdout).toContain('by the policy    by-tag: the rule "tagged services" applies');
    expect(parameters.stdout).toContain('policy: the parameters');
  });
});

describe('policy', () => {
  test('show prints the one in force', async () => {
    const { type } = await requiredService();
    const { code, stdout } = await type(['policy', 'show']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# of the policy file that was deployed\naccounts:\n[\s\S]* {2}- name: production\n/);
  });

  test('show --file prints a file that check accepts, with the names of the zones', async () => {
    const { type } = await requiredService();
    const { code, stdout } = await type(['policy', 'show', '--file']);
    expect(code).toBe(0);
    await writeFile(file('shown'), stdout);
    const checked = await typeAnywhere(['policy', 'check', file('shown')]);
    expect(checked.stdout).toContain('no problems, 1 warning (1 rule, 1 network, 2 zones, 0 exceptions)\n');
    expect(stdout).toContain('  - name: example.com\n');
  });

  test('explain goes by the tags a service has, and by the policy in force where there is no file', async () => {
    const { arn, type } = await requiredService();
    const live = await type(['policy', 'explain', arn, '--json']);
    expect(JSON.parse(live.stdout)).toMatchObject({
      tags: { stage: 'prod' },
      rule: 'production',
      enforcement: 'required',
    });
    const other = await type(['policy', 'explain', arn, '--file', file('ignored')]);
    expect(other.stdout).toContain('ignored by the rule "production"');
  });

  test('diff compares what the stack knows, and says what the stack does not tell', async () => {
    const { arn, type } = await requiredService();
    const diff = await type(['policy', 'diff', file('required'), file('ignored'), '--json']);
    expect(JSON.parse(diff.stdout)).toMatchObject({
      services: 1,
      changed: [{ serviceArn: arn, effects: ['enforcement', 'mode'] }],
    });
    expect(diff.stdout).not.toContain('untold');
    const team = await type(['policy', 'diff', file('required'), file('by-team')]);
    expect(team.stderr).toMatch(/^Evaluated without the tag "team": the policy in force does not use it/);
    const data = await type(['policy', 'diff', file('required'), file('by-team'), '--json']);
    expect(JSON.parse(data.stdout)).toMatchObject({ unknownTags: ['the tag "team"'] });
  });
});

describe('what a stack does not tell', () => {
  const settings = parseRuleSettings({ INSTALLATION: 'default', ALLOWED_ZONES: 'Z1', ALLOWED_NAMES: 'example.com' });
  const policy = (match: PolicyRule['match']): Policy => ({
    ...policyOfParameters(settings, settings.hub),
    rules: [{ ...production, match }],
  });

  test.each([
    ['nothing is asked for', {}, {}, []],
    ['the same tag', { tags: { stage: 'prod' } }, { tags: { stage: '*' } }, []],
    ['another tag', { tags: { stage: 'prod' } }, { tags: { team: '*' } }, ['the tag "stage"']],
    ['a tag of the product', { tags: { 'private-ingress': '*' } }, {}, []],
    ['units', { units: ['ou-1'] }, {}, ['the units of accounts']],
    ['units that are asked for', { units: ['ou-1'] }, { units: ['ou-2'] }, []],
  ])('%s', (_, asked, inForce, expected) => {
    expect(unknownTags(policy(asked), policy(inForce))).toEqual(expected);
  });
});
