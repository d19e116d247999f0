import * as sdk from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { createSsm } from '../../src/services/ssm/ssm.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import type { ServiceEvent } from '../../src/world.ts';
import { errorOf } from '../wire/fake.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';

function cloud() {
  const clock = new VirtualClock();
  const chance = seededChance('ssm');
  const iam = new Iam({ chance });
  const events: ServiceEvent[] = [];
  const world = { clock, chance, profile: profiles.fast, switches: defaultSwitches };
  const { definition } = createSsm(world, { emit: (event) => events.push(event) });
  const gateway = new Gateway({ clock, chance, iam, services: [definition], defaultRegion: REGION });
  const client = (accessKeyId = ACCOUNT, region = REGION) =>
    new sdk.SSMClient({
      region,
      credentials: { accessKeyId, secretAccessKey: 'any' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
    });
  return { clock, iam, events, client, ssm: client() };
}

const put = (ssm: sdk.SSMClient, Name: string, Value: string, more: Partial<sdk.PutParameterCommandInput> = {}) =>
  ssm.send(new sdk.PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (ssm: sdk.SSMClient, Name: string, more: Partial<sdk.GetParameterCommandInput> = {}) =>
  (await ssm.send(new sdk.GetParameterCommand({ Name, ...more }))).Parameter;

describe('a parameter', () => {
  it('keeps its versions, which can be read', async () => {
    const { ssm, clock } = cloud();
    await put(ssm, '/stack/mode', 'policy');
    await clock.advance(1000);
    expect(await put(ssm, '/stack/mode', 'audit', { Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await get(ssm, '/stack/mode')).toMatchObject({ Value: 'audit', Version: 2 });
    expect(await get(ssm, '/stack/mode:1')).toMatchObject({ Value: 'policy', Selector: ':1' });
    const arn = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/stack/mode`;
    expect(await get(ssm, arn)).toMatchObject({ ARN: arn, Value: 'audit', LastModifiedDate: new Date(clock.now()) });
    expect(await errorOf(get(ssm, '/stack/mode:3'))).toMatchObject({ name: 'ParameterVersionNotFound' });
  });

  it('is of one account and region', async () => {
    const { client, ssm } = cloud();
    await put(ssm, 'mode', 'policy');
    for (const other of [client('111122223333'), client(ACCOUNT, 'us-east-1')]) {
      expect(await errorOf(get(other, 'mode'))).toMatchObject({ name: 'ParameterNotFound' });
    }
  });

  it('that is secret is readable only decrypted', async () => {
    const { ssm } = cloud();
    await put(ssm, 'key', 'sesame', { Type: 'SecureString' });
    expect((await get(ssm, 'key'))?.Value).not.toContain('sesame');
    expect(await get(ssm, 'key', { WithDecryption: true })).toMatchObject({ Value: 'sesame' });
  });

  it('sends its changes to EventBridge', async () => {
    const { ssm, events } = cloud();
    await put(ssm, '/stack/mode', 'policy');
    await put(ssm, '/stack/mode', 'audit', { Overwrite: true });
    await ssm.send(new sdk.DeleteParameterCommand({ Name: '/stack/mode' }));
    expect(events.map(({ detail }) => Object(detail).operation)).toEqual(['Create', 'Update', 'Delete']);
    expect(events[0]).toMatchObject({
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      resources: [`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/stack/mode`],
    });
  });

  it.each<[string, string, string, Partial<sdk.PutParameterCommandInput>, string]>([
    ['without a type', 'a', 'v', { Type: undefined }, 'ValidationException'],
    ['of an unknown type', 'a', 'v', { Type: 'Number' as sdk.ParameterType }, 'ValidationException'],
    ['with spaces in its name', 'a b', 'v', {}, 'ValidationException'],
    ['below AWS', '/aws/a', 'v', {}, 'AccessDeniedException'],
    ['sixteen levels deep', '/1'.repeat(16), 'v', {}, 'HierarchyLevelLimitExceededException'],
    ['that is empty', 'a', '', {}, 'ValidationException'],
    ['over 4 KB', 'a', 'v'.repeat(4097), {}, 'ValidationException'],
    ['that its pattern forbids', 'a', 'v', { AllowedPattern: '^\\d+$' }, 'ParameterPatternMismatchException'],
    [
      'tagged and overwritten at once',
      'a',
      'v',
      { Overwrite: true, Tags: [{ Key: 'k', Value: 'v' }] },
      'ValidationException',
    ],
  ])('%s is refused', async (_, name, value, more, code) => {
    const { ssm } = cloud();
    expect(await errorOf(put(ssm, name, value, more))).toMatchObject({ name: code });
  });
});

describe('parameters by path', () => {
  it('are those directly below, or all, in pages of ten', async () => {
    const { ssm } = cloud();
    const names = Array.from({ length: 12 }, (_, index) => `/a/${String(index).padStart(2, '0')}`);
    for (const name of names) await put(ssm, name, 'v');
    await put(ssm, '/a/deep/er', 'v');
    await put(ssm, '/ab', 'v');
    const pages: number[] = [];
    const found: (string | undefined)[] = [];
    const all = sdk.paginateGetParametersByPath({ client: ssm }, { Path: '/a', Recursive: true });
    for await (const { Parameters = [] } of all) {
      pages.push(Parameters.length);
      found.push(...Parameters.map(({ Name }) => Name));
    }
    expect(pages).toEqual([10, 3]);
    expect(found).toEqual([...names, '/a/deep/er']);
    const { Parameters } = await ssm.send(new sdk.GetParametersByPathCommand({ Path: '/a/deep/' }));
    expect(Parameters?.map(({ Name }) => Name)).toEqual(['/a/deep/er']);
  });

  it.each<[string, sdk.ParameterStringFilter, string[]]>([
    ['a name', { Key: 'Name', Values: ['/a/x'] }, ['/a/x']],
    ['the beginning of a name', { Key: 'Name', Option: 'BeginsWith', Values: ['/a'] }, ['/a/b/y', '/a/x']],
    ['a part of a name', { Key: 'Name', Option: 'Contains', Values: ['b'] }, ['/a/b/y']],
    ['a path', { Key: 'Path', Values: ['/a'] }, ['/a/x']],
    ['a path and all below', { Key: 'Path', Option: 'Recursive', Values: ['/a'] }, ['/a/b/y', '/a/x']],
    ['a type', { Key: 'Type', Values: ['StringList'] }, ['z']],
    ['a tag', { Key: 'tag:team', Values: ['a'] }, ['z']],
  ])('can be found by %s', async (_, filter, names) => {
    const { ssm } = cloud();
    await put(ssm, '/a/x', 'v');
    await put(ssm, '/a/b/y', 'v');
    await put(ssm, 'z', 'v,w', { Type: 'StringList', Tags: [{ Key: 'team', Value: 'a' }] });
    const { Parameters } = await ssm.send(new sdk.DescribeParametersCommand({ ParameterFilters: [filter] }));
    expect(Parameters?.map(({ Name }) => Name)).toEqual(names);
  });
});

it('permissions are checked for each parameter by its ARN', async () => {
  const { iam, client, ssm } = cloud();
  await put(ssm, '/stack/mode', 'policy');
  await put(ssm, '/stack/secret', 'v');
  const { arn } = iam.createRole(ACCOUNT, {
    RoleName: 'reads-mode',
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
    Policies: [
      {
        PolicyName: 'p',
        PolicyDocument: {
          Statement: {
            Effect: 'Allow',
            Action: ['ssm:GetParameter', 'ssm:GetParameters'],
            Resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/stack/mode`,
          },
        },
      },
    ],
  });
  const role = client(iam.issueRoleCredentials(arn).accessKeyId);
  expect(await get(role, '/stack/mode')).toMatchObject({ Value: 'policy' });
  const both = new sdk.GetParametersCommand({ Names: ['/stack/mode', '/stack/secret'] });
  for (const refused of [get(role, '/stack/secret'), role.send(both), put(role, '/stack/mode', 'x')]) {
    expect(await errorOf(refused)).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/on resource: arn:aws:ssm:ap-northeast-1:123456789012:parameter\/stack\//),
    });
  }
});
