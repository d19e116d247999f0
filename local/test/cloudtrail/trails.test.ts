import { CreateServiceCommand } from '@aws-sdk/client-apprunner';
import * as sdk from '@aws-sdk/client-cloudtrail';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { createTrailBucket, TRAIL_NAME } from '../../src/seed.ts';
import type { ServiceEvent } from '../../src/world.ts';
import { ACCOUNT, type OperationSetting, REGION, setting } from '../every-operation/setting.ts';

const running = new Set<OperationSetting>();
afterEach(async () => {
  for (const { cloud } of running) await cloud.stop();
  running.clear();
});

/** A seeded cloud, its trail, and what EventBridge received about API calls. */
async function start() {
  const made = await setting();
  running.add(made);
  const reported: ServiceEvent[] = [];
  const emit = made.cloud.events.emit;
  made.cloud.events.emit = (event) => {
    if (event['detail-type'] === 'AWS API Call via CloudTrail') reported.push(event);
    emit(event);
  };
  const { cloudTrail, appRunner, route53 } = made;
  return {
    ...made,
    /** The regions of the events of a call that writes. */
    async writes(what: 'apprunner' | 'route53'): Promise<readonly string[]> {
      reported.length = 0;
      if (what === 'apprunner') {
        const ImageRepository = { ImageIdentifier: 'public.ecr.aws/x/y', ImageRepositoryType: 'ECR_PUBLIC' } as const;
        const ServiceName = `hello-${made.calls.length}`;
        await appRunner.send(new CreateServiceCommand({ ServiceName, SourceConfiguration: { ImageRepository } }));
      } else {
        const CallerReference = `${made.calls.length}`;
        await route53.send(new CreateHostedZoneCommand({ Name: 'example.org', CallerReference }));
      }
      return reported.filter(({ source }) => source === `aws.${what}`).map(({ region }) => region);
    },
    select: (selectors: Omit<sdk.PutEventSelectorsCommandInput, 'TrailName'>) =>
      cloudTrail.send(new sdk.PutEventSelectorsCommand({ TrailName: TRAIL_NAME, ...selectors })),
  };
}

const selector = (more: Partial<sdk.EventSelector>) => ({
  EventSelectors: [{ ReadWriteType: 'All' as const, IncludeManagementEvents: true, ...more }],
});
const advanced = (...FieldSelectors: sdk.AdvancedFieldSelector[]) => ({
  AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, ...FieldSelectors] }],
});

describe('EventBridge hears of API calls', () => {
  it('with the seeded trail: in the region of the call, and of global services in us-east-1', async () => {
    const { writes } = await start();
    expect(await writes('apprunner')).toEqual([REGION]);
    expect(await writes('route53')).toEqual(['us-east-1']);
  });

  it('no longer when the trail is stopped, and again when it is started', async () => {
    const { writes, cloudTrail } = await start();
    await cloudTrail.send(new sdk.StopLoggingCommand({ Name: TRAIL_NAME }));
    expect(await writes('apprunner')).toEqual([]);
    await cloudTrail.send(new sdk.StartLoggingCommand({ Name: TRAIL_NAME }));
    expect(await writes('apprunner')).toEqual([REGION]);
  });

  it('not without a trail', async () => {
    const { writes, cloudTrail } = await start();
    await cloudTrail.send(new sdk.DeleteTrailCommand({ Name: TRAIL_NAME }));
    expect(await writes('apprunner')).toEqual([]);
  });

  it('with a trail of one region: there only', async () => {
    const { writes, cloudTrail } = await start();
    await cloudTrail.send(new sdk.UpdateTrailCommand({ Name: TRAIL_NAME, IsMultiRegionTrail: false }));
    expect([await writes('apprunner'), await writes('route53')]).toEqual([[REGION], []]);
  });

  it.each([
    ['all', selector({}), true],
    ['writes only', selector({ ReadWriteType: 'WriteOnly' }), true],
    ['reads only', selector({ ReadWriteType: 'ReadOnly' }), false],
    ['no management events', selector({ IncludeManagementEvents: false }), false],
    ['all but those of App Runner', selector({ ExcludeManagementEventSources: ['apprunner.amazonaws.com'] }), false],
    ['all, in the advanced form', advanced(), true],
    ['writes, in the advanced form', advanced({ Field: 'readOnly', Equals: ['false'] }), true],
    ['reads, in the advanced form', advanced({ Field: 'readOnly', Equals: ['true'] }), false],
    ['KMS left out, in the advanced form', advanced({ Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }), true],
  ])('when the trail records %s: %3$s', async (_, selectors, heard) => {
    const { writes, select } = await start();
    await select(selectors);
    expect(await writes('apprunner')).toEqual(heard ? [REGION] : []);
  });
});

describe('trails', () => {
  it('of all regions are seen in the others as shadows, and changed at home only', async () => {
    const { cloud } = await start();
    const elsewhere = new sdk.CloudTrailClient({ ...cloud.clientConfig(), region: 'eu-west-1' });
    const names = async (input: sdk.DescribeTrailsCommandInput) =>
      (await elsewhere.send(new sdk.DescribeTrailsCommand(input))).trailList?.map(({ Name }) => Name);
    expect(await names({})).toEqual([TRAIL_NAME]);
    expect(await names({ includeShadowTrails: false })).toEqual([]);
    await expect(elsewhere.send(new sdk.StopLoggingCommand({ Name: TRAIL_NAME }))).rejects.toBeInstanceOf(
      sdk.InvalidHomeRegionException,
    );
  });

  it('of the organisation are seen by its accounts, and changed by the one that has them only', async () => {
    const { cloud } = await start();
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'x' };
    const member = new sdk.CloudTrailClient({ ...cloud.clientConfig(), credentials });
    const arn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${TRAIL_NAME}`;
    expect(await member.send(new sdk.GetTrailStatusCommand({ Name: arn }))).toMatchObject({ IsLogging: true });
    await expect(member.send(new sdk.DeleteTrailCommand({ Name: arn }))).rejects.toBeInstanceOf(
      sdk.NotOrganizationMasterAccountException,
    );
  });

  it.each([
    ['a name that is none', { Name: 'a' }, sdk.InvalidTrailNameException],
    ['a name that is taken', { Name: TRAIL_NAME }, sdk.TrailAlreadyExistsException],
    [
      'all regions without the global services',
      { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false },
      sdk.InvalidParameterCombinationException,
    ],
  ])('are refused: %s', async (_, input, refusal) => {
    const { cloudTrail } = await start();
    const create = new sdk.CreateTrailCommand({ Name: 'mine', S3BucketName: 'logs', ...input });
    await expect(cloudTrail.send(create)).rejects.toBeInstanceOf(refusal);
  });

  it.each([
    ['none', {}],
    ['both kinds', { ...selector({}), ...advanced() }],
    ['no category', { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'readOnly', Equals: ['false'] }] }] }],
  ])('refuse event selectors: %s', async (_, selectors) => {
    const { select } = await start();
    await expect(select(selectors)).rejects.toBeInstanceOf(sdk.InvalidEventSelectorsException);
  });

  it('need a bucket that CloudTrail may write to', async () => {
    const { cloudTrail, s3, cloud } = await start();
    const input = { Name: 'mine', S3BucketName: 'logs-of-mine' };
    const create = () => cloudTrail.send(new sdk.CreateTrailCommand(input));
    await expect(create()).rejects.toBeInstanceOf(sdk.S3BucketDoesNotExistException);
    await createTrailBucket(cloud, 'logs-of-mine');
    const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket: 'logs-of-mine' }));
    const [aclOnly] = JSON.parse(Policy).Statement;
    await s3.send(
      new PutBucketPolicyCommand({
        Bucket: 'logs-of-mine',
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [aclOnly] }),
      }),
    );
    await expect(create()).rejects.toMatchObject({
      name: 'InsufficientS3BucketPolicyException',
      message: 'Incorrect S3 bucket policy is detected for bucket: logs-of-mine',
    });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'logs-of-mine', Policy }));
    await expect(create()).resolves.toMatchObject({ Name: 'mine' });
    const elsewhere = new sdk.UpdateTrailCommand({ Name: 'mine', S3BucketName: 'logs-of-nobody' });
    await expect(cloudTrail.send(elsewhere)).rejects.toBeInstanceOf(sdk.S3BucketDoesNotExistException);
    const inFolder = new sdk.UpdateTrailCommand({ Name: 'mine', S3KeyPrefix: 'trails' });
    await expect(cloudTrail.send(inFolder)).rejects.toBeInstanceOf(sdk.InsufficientS3BucketPolicyException);
  });

  it('do not pretend to what is not there', async () => {
    const { cloudTrail } = await start();
    const create = new sdk.CreateTrailCommand({ Name: 'mine', S3BucketName: 'logs', KmsKeyId: 'alias/key' });
    await expect(cloudTrail.send(create)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});
