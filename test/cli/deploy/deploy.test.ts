import { describe, expect, test } from 'vitest';
import type { ResourceChange } from '../../../cli/deploy/changes.ts';
import { resourceChanges } from '../../../cli/deploy/changes.ts';
import { type DeployOptions, deploy } from '../../../cli/deploy/deploy.ts';
import { type PolicyChange, policyChange } from '../../../cli/deploy/policy-change.ts';
import { serverlessCommand } from '../../../cli/deploy/serverless.ts';
import { changesText } from '../../../cli/deploy/text.ts';
import { about, type DoctorCheck } from '../../../cli/doctor/check.ts';
import type { StackFacts } from '../../../cli/doctor/checks/stack.ts';
import type { ServiceSource } from '../../../cli/policy/services.ts';
import { type Output, plainLayout } from '../../../cli/terminal/output.ts';
import { typedAgain } from '../../../cli/typed.ts';
import type { PolicyInForce } from '../../../shared/policy/policy.ts';
import { START } from '../../fixtures.ts';
import { policy, rule, subject } from '../../policy/builders.ts';

const STACK = 'apprunner-private-ingress-main';
const added: ResourceChange = {
  kind: 'added',
  id: 'Table',
  type: 'AWS::DynamoDB::Table',
  physicalId: undefined,
  properties: [],
};

/** A deployment whose parts say what they were asked. */
async function deployed(
  options: Partial<DeployOptions>,
  has: {
    checks?: readonly DoctorCheck[];
    answer?: string;
    code?: number;
    stackName?: string;
    policy?: PolicyChange;
  } = {},
) {
  const done: string[] = [];
  const said: string[] = [];
  const data: object[] = [];
  const { answer } = has;
  const layout = {
    ...plainLayout,
    typed: typedAgain({ stage: has.stackName?.replace('apprunner-private-ingress-', '') }),
  };
  const output: Output = {
    json: false,
    live: false,
    layout,
    say: (one, text) => {
      data.push(one);
      said.push(text(layout));
    },
    sayAll: () => {},
    note: (text) => said.push(text),
  };
  let stack: StackFacts = { kind: 'none' };
  const outcome = await deploy(
    has.stackName ?? STACK,
    { yes: false, dryRun: false, ignoreMissing: false, withoutPolicy: false, ...options },
    {
      output,
      examine: async () => has.checks ?? [about('node', 'Node.js').ok('fine')],
      stack: async () => stack,
      policyChange: async () => has.policy ?? { kind: 'first', after: { from: 'parameters', policy: policy({}) } },
      changes: async ({ kind }) => {
        done.push(`changes of ${kind}`);
        return [added];
      },
      ask:
        answer === undefined
          ? undefined
          : async (question) => {
              done.push(question.trim());
              return answer;
            },
      run: async () => {
        done.push('run');
        stack = {
          kind: 'present',
          status: 'CREATE_COMPLETE',
          parameters: {},
          outputs: { ApiUrl: 'https://api.example.com' },
        };
        return has.code ?? 0;
      },
    },
  );
  return { outcome, done, data, text: said.join('\n') };
}

const QUESTION = `Deploy ${STACK}? [y/N]`;

describe('a deployment', () => {
  test.each(['y', 'Y', 'yes', ' YES '])('is run after the answer %j, and tells what to do next', async (answer) => {
    const { outcome, done, text } = await deployed({}, { answer });
    expect({ outcome, done }).toEqual({ outcome: 'fine', done: ['changes of none', QUESTION, 'run'] });
    expect(text).toContain('The API is at https://api.example.com');
    expect(text).toContain('aws apprunner tag-resource');
    expect(text).toContain('npm run cli -- watch <service-arn>\n');
  });

  test('of a stack with another name points at that one', async () => {
    const { text } = await deployed({ yes: true }, { stackName: 'apprunner-private-ingress-blue' });
    expect(text).toContain('npm run cli -- watch <service-arn> --stack apprunner-private-ingress-blue\n');
  });

  test.each(['', 'n', 'no', 'yeah', 'ok'])('is not run after the answer %j', async (answer) => {
    const { outcome, done, text } = await deployed({}, { answer });
    expect({ outcome, done }).toEqual({ outcome: 'fine', done: ['changes of none', QUESTION] });
    expect(text).toContain('Nothing was deployed.');
  });

  test('does not run without a terminal', async () => {
    expect((await deployed({})).done).toEqual(['changes of none']);
  });

  test('is run without a question with --yes', async () => {
    expect((await deployed({ yes: true }, { answer: 'n' })).done).toEqual(['changes of none', 'run']);
  });

  test('is shown only with --dry-run, also with --yes', async () => {
    const { outcome, done, text } = await deployed({ dryRun: true, yes: true });
    expect({ outcome, done }).toEqual({ outcome: 'fine', done: ['changes of none'] });
    expect(text).toContain('DynamoDB::Table: Table');
  });

  test('that fails is reported as failed', async () => {
    const { outcome, data } = await deployed({ yes: true }, { code: 1 });
    expect(outcome).toBe('failed');
    expect(data.at(-1)).toEqual({ event: 'failed' });
  });

  const lacking = about('zone', 'Z1').missing('gone', 'Give another.');
  test('does not begin while something is missing', async () => {
    const { outcome, done, text, data } = await deployed({ yes: true }, { checks: [lacking] });
    expect({ outcome, done }).toEqual({ outcome: 'findings', done: [] });
    expect(text).toContain('✗ missing  zone');
    expect(data).toEqual([{ event: 'refused', missing: [lacking] }]);
  });

  test('begins all the same with --ignore-missing', async () => {
    const { outcome, done } = await deployed({ yes: true, ignoreMissing: true }, { checks: [lacking] });
    expect({ outcome, done }).toEqual({ outcome: 'fine', done: ['changes of none', 'run'] });
  });

  test('is not stopped by warnings and unknown results, which are shown', async () => {
    const checks = [about('trail', 'T').warning('weak', 'Better it.'), about('stack', 'S').unknown('hidden')];
    const { done, text } = await deployed({ yes: true }, { checks });
    expect(done).toEqual(['changes of none', 'run']);
    expect(text).toContain('1 warning, 1 unknown.');
  });
});

describe('a deployment over a policy file', () => {
  const production = rule({ name: 'production' });
  const before = policy({ rules: [production], limits: { changes: { share: 0.25 }, detaches: { count: 3 } } });
  const after = { from: 'parameters', policy: policy({ rules: [{ ...production, enforcement: 'by-tag' }] }) } as const;
  const source = (inForce: PolicyInForce): ServiceSource => ({
    inForce: async () => inForce,
    describe: async () => ({ tags: {}, units: [] }),
    list: async () => [subject()],
    unknownTags: async () => [],
  });
  const file = { from: 'file', policy: before } as const;
  const dropped = () => policyChange(after, async () => source(file), START);

  test('is refused without a policy file, also with --yes and --ignore-missing, and shows what would change hands', async () => {
    const { outcome, done, text, data } = await deployed(
      { yes: true, ignoreMissing: true },
      { policy: await dropped() },
    );
    expect({ outcome, done }).toEqual({ outcome: 'findings', done: [] });
    expect(text).toContain('Policy: from the policy file to the parameters\n');
    expect(text).toContain('  - required (enforce) by the rule "production"\n  + by-tag by the rule "production"\n');
    expect(text).toContain('Limit of a sweep, changes: 25% → none.\nLimit of a sweep, detaches: 3 → none.\n');
    expect(text).toContain('1 of 1 service would change hands.');
    expect(text).toContain('pass --without-policy.');
    expect(data.at(-1)).toMatchObject({
      event: 'refused',
      policy: { difference: { changed: [{ effects: ['enforcement', 'mode'] }] } },
    });
  });

  test('is run with --without-policy', async () => {
    const { done } = await deployed({ yes: true, withoutPolicy: true }, { policy: await dropped() });
    expect(done).toEqual(['changes of none', 'run']);
  });

  test('is refused without a file where the policy of the stack cannot be read', async () => {
    const unread = await policyChange(after, () => Promise.reject(new Error('no answer')), START);
    const { outcome, done, text } = await deployed({ yes: true }, { policy: unread });
    expect({ outcome, done }).toEqual({ outcome: 'findings', done: [] });
    expect(text).toContain('cannot be read, so nothing is compared. no answer');
  });

  test('is run with a file, shows the difference, and says nothing where there is none', async () => {
    const next = { from: 'file', policy: policy({ ...before, rules: [] }) } as const;
    const changed = await policyChange(next, async () => source(file), START);
    const { done, text } = await deployed({ yes: true }, { policy: changed });
    expect(done).toEqual(['changes of none', 'run']);
    expect(text).toContain('  + ignored: no rule matches\n');
    const same = await policyChange(file, async () => source(file), START);
    expect((await deployed({ yes: true }, { policy: same })).text).not.toContain('Policy');
  });

  test('is run without one where the stack has none', async () => {
    const none = await policyChange(after, async () => source(after), START);
    expect((await deployed({ yes: true }, { policy: none })).done).toEqual(['changes of none', 'run']);
  });
});

test('a change set is read: what is made, changed, made anew and taken away', () => {
  const change = (LogicalResourceId: string, more: object) => ({
    ResourceChange: { LogicalResourceId, ResourceType: 'AWS::SQS::Queue', ...more },
  });
  const changes = resourceChanges([
    change('A', { Action: 'Add' }),
    change('B', {
      Action: 'Modify',
      Replacement: 'False',
      PhysicalResourceId: 'b',
      Details: [
        { Target: { Attribute: 'Properties', Name: 'VisibilityTimeout' } },
        { Target: { Attribute: 'Properties', Name: 'VisibilityTimeout' } },
        { Target: { Attribute: 'Tags' } },
      ],
    }),
    change('C', { Action: 'Modify', Replacement: 'True', PhysicalResourceId: 'c' }),
    change('D', { Action: 'Modify', Replacement: 'Conditional', PhysicalResourceId: 'd' }),
    change('E', { Action: 'Remove', PhysicalResourceId: 'e' }),
    {},
  ]);
  expect(changes.map(({ id, kind, properties }) => [id, kind, properties])).toEqual([
    ['A', 'added', []],
    ['B', 'changed', ['VisibilityTimeout', 'Tags']],
    ['C', 'replaced', []],
    ['D', 'perhaps-replaced', []],
    ['E', 'removed', []],
  ]);
  expect(changesText(STACK, changes, plainLayout)).toBe(`${STACK}: 5 resources

REPLACED: CloudFormation creates a new one and deletes the old one with its content (1)
  SQS::Queue c

Perhaps replaced: known only during the deployment (1)
  SQS::Queue d

Removed (1)
  SQS::Queue e

Changed (1)
  SQS::Queue b: VisibilityTimeout, Tags

Added (1)
  SQS::Queue: A`);
});

test('no changes are shown as none', () => {
  expect(changesText(STACK, [], plainLayout)).toBe(`${STACK}: no resource changes.`);
});

test('serverless is given the stage, the region and each parameter, and the embedded cloud by its environment', () => {
  const run = {
    command: 'deploy',
    stage: 'blue',
    region: 'eu-west-1',
    parameters: { AllowedNames: '*.a.example,b.example' },
  } as const;
  const policyFile = '/project/policy.yml';
  expect(serverlessCommand({ ...run, policyFile, local: undefined, credentials: undefined })).toEqual({
    words: ['deploy', '--stage', 'blue', '--region', 'eu-west-1', '--param=AllowedNames=*.a.example,b.example'],
    environment: { POLICY_FILE: policyFile },
  });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  expect(
    serverlessCommand({ ...run, policyFile: undefined, local: 'http://127.0.0.1:1', credentials }).environment,
  ).toEqual({
    POLICY_FILE: '',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  });
});
