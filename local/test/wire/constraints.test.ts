import * as apprunner from '@aws-sdk/client-apprunner';
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import * as organizations from '@aws-sdk/client-organizations';
import { NormalizedSchema } from '@smithy/core/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../src/deploy/resource.ts';
import { constraintData } from '../../src/wire/constraint-data.ts';
import { type ServiceConstraints, violationMessage, violations, wholeMatch } from '../../src/wire/constraints.ts';
import type { CallContext } from '../../src/wire/service.ts';
import { type OperationSetting, setting } from '../every-operation/setting.ts';

let made: OperationSetting;
beforeAll(async () => {
  made = await setting();
});
afterAll(() => made.cloud.stop());

type Service = Omit<apprunner.CreateServiceCommandInput, 'ServiceName' | 'SourceConfiguration'>;

const service = (rest: Service = {}, image: Partial<apprunner.ImageRepository> = {}) =>
  new apprunner.CreateServiceCommand({
    ServiceName: 'orders',
    SourceConfiguration: {
      ImageRepository: { ImageIdentifier: 'public.ecr.aws/x/y:1', ImageRepositoryType: 'ECR_PUBLIC', ...image },
    },
    ...rest,
  });

/** A value that the SDK's types forbid, as other languages can send it. */
const wrong = <Value>(value: unknown): Value => JSON.parse(JSON.stringify(value));

describe('input that breaks a constraint of the API model', () => {
  it.each([
    [
      'an image repository type',
      service({}, { ImageRepositoryType: wrong('DOCKERHUB') }),
      "Value 'DOCKERHUB' at 'sourceConfiguration.imageRepository.imageRepositoryType' failed to satisfy constraint: Member must satisfy enum value set: [ECR, ECR_PUBLIC]",
    ],
    [
      'a CPU size',
      service({ InstanceConfiguration: { Cpu: '3 vCPU' } }),
      "Value '3 vCPU' at 'instanceConfiguration.cpu' failed to satisfy constraint: Member must satisfy regular expression pattern: 256|512|1024|2048|4096|(0.25|0.5|1|2|4) vCPU",
    ],
    [
      'an interval of health checks',
      service({ HealthCheckConfiguration: { Interval: 99 } }),
      "Value '99' at 'healthCheckConfiguration.interval' failed to satisfy constraint: Member must have value less than or equal to 20",
    ],
    [
      'a tag key in a list',
      service({
        Tags: [
          { Key: 'a', Value: 'b' },
          { Key: '', Value: 'c' },
        ],
      }),
      "Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ])('%s is refused by App Runner before anything happens', async (_, command, message) => {
    const call = made.appRunner.send(command);
    await expect(call).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    });
    const { ServiceSummaryList } = await made.appRunner.send(new apprunner.ListServicesCommand({}));
    expect(ServiceSummaryList).toEqual([]);
  });

  it('is refused by Organizations in its own words', async () => {
    const client = made.organizations;
    const call = client.send(new organizations.DescribeAccountCommand({ AccountId: 'not-a-number' }));
    await expect(call).rejects.toMatchObject({
      name: 'InvalidInputException',
      Reason: 'INVALID_PATTERN',
      message: 'You provided a value that does not match the required pattern.',
    });
  });

  it('is refused by ECR in its own words', async () => {
    const client = made.ecr;
    const call = client.send(new DescribeRepositoriesCommand({ registryId: '12' }));
    await expect(call).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "Invalid parameter at 'registryId' failed to satisfy constraint: 'must satisfy regular expression '[0-9]{12}''",
    });
  });
});

it('is refused when a stack makes the resource, too', async () => {
  const account = '123456789012';
  const context: CallContext = {
    account,
    region: 'ap-northeast-1',
    requestId: 'r',
    principal: { kind: 'root', account, arn: `arn:aws:iam::${account}:root` },
    accessKeyId: account,
    userAgent: '',
    sourceAddress: '',
  };
  const putRule = call(made.cloud.events.definition, 'PutRule', { Name: 'x'.repeat(65) }, context);
  await expect(putRule).rejects.toThrow(
    "at 'name' failed to satisfy constraint: Member must have length less than or equal to 64",
  );
});

describe('violations', () => {
  const ns = NormalizedSchema.of([3, 'test', 'Thing', 0, ['Names', 'Labels', 'Size'], [64 | 0, 128 | 0, 1]]);
  const constraints: ServiceConstraints = {
    Thing: {
      Names: { max: 2, member: { min: 2, pattern: '[a-z]+' } },
      Labels: { key: { max: 3 }, member: { enum: ['on', 'off'] } },
      Size: { min: 1, max: 3 },
    },
  };
  const of = (value: object) => violationMessage(violations(ns, value, constraints));

  it.each([
    [{ Names: ['ab', 'cd'], Labels: { a: 'on' }, Size: 3 }, '0 validation errors detected: '],
    [
      { Size: 0 },
      "1 validation error detected: Value '0' at 'size' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { Names: ['ab', 'C'] },
      "1 validation error detected: Value '[ab, C]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z]+]",
    ],
    [
      { Names: ['ab', 'cd', 'ef'], Labels: { long: 'maybe' } },
      "3 validation errors detected: Value '[ab, cd, ef]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 2; Value '{long=maybe}' at 'labels' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 3]; Value '{long=maybe}' at 'labels' failed to satisfy constraint: Map value must satisfy constraint: [Member must satisfy enum value set: [on, off]]",
    ],
  ])('%j', (value, message) => {
    expect(of(value)).toBe(message);
  });

  it('a pattern is of the whole value, Unicode classes included', () => {
    expect(wholeMatch('[a-z]|b').test('ab')).toBe(false);
    expect(wholeMatch('[\\p{L}_.:/=+\\-@]*').test('größe')).toBe(true);
    expect(wholeMatch('[\\w-_]+').test('a-b')).toBe(true);
  });
});

describe('the generated constraints', () => {
  it('name only structures and members that inputs of served operations have', () => {
    for (const [signingName, structures] of Object.entries(constraintData)) {
      const service = made.cloud.gateway.services.find((each) => each.signingName === signingName);
      const members = new Map<string, Set<string>>();
      const walk = (ns: NormalizedSchema): void => {
        if (ns.isListSchema() || ns.isMapSchema()) walk(ns.getValueSchema());
        if (!ns.isStructSchema() || members.has(ns.getName() ?? '')) return;
        const names = new Set<string>();
        members.set(ns.getName() ?? '', names);
        for (const [name, member] of ns.structIterator()) {
          names.add(name);
          walk(member);
        }
      };
      for (const { schema } of service?.operations ?? []) walk(NormalizedSchema.of(schema[4]));
      for (const [structure, constraints] of Object.entries(structures)) {
        for (const member of Object.keys(constraints)) {
          expect(members.get(structure)?.has(member), `${signingName} ${structure}.${member}`).toBe(true);
        }
      }
    }
  });
});
