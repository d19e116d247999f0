import * as sdk from '@aws-sdk/client-cloudtrail';
import { policyAllows } from '../../iam/resource-policy.ts';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation, type RequiredPermission } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { everyManagementEvent, selectorsOf } from './selectors.ts';
import type { Trail, Trails } from './trails.ts';

type Place = Pick<CallContext, 'account' | 'region'>;

const arnOf = ({ account, region }: Place, name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;

const onTrail = (action: string, context: CallContext, name: string | undefined): RequiredPermission => ({
  action: `cloudtrail:${action}`,
  resources: [arnOf(context, name ?? '')],
});

const anywhere = (action: string): RequiredPermission => ({ action: `cloudtrail:${action}`, resources: ['*'] });

function describe(trail: Trail): sdk.Trail {
  return {
    Name: trail.name,
    S3BucketName: trail.bucketName,
    S3KeyPrefix: trail.keyPrefix,
    IncludeGlobalServiceEvents: trail.globalServiceEvents,
    IsMultiRegionTrail: trail.multiRegion,
    HomeRegion: trail.homeRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: trail.logFileValidation,
    HasCustomEventSelectors: trail.selectors !== everyManagementEvent,
    HasInsightSelectors: false,
    IsOrganizationTrail: trail.organization,
  };
}

/** What CreateTrail and UpdateTrail answer. */
function answered(trail: Trail): Omit<sdk.CreateTrailResponse, '$metadata'> {
  const { HomeRegion: _, HasCustomEventSelectors: __, HasInsightSelectors: ___, ...answer } = describe(trail);
  return answer;
}

function checkNames(name: string, bucketName: string): void {
  if (!/^[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*$/.test(name) || name.length < 3 || name.length > 128)
    throw new AwsError('InvalidTrailNameException', `Trail name or ARN is not valid: ${name}`);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName))
    throw new AwsError('InvalidS3BucketNameException', `Bucket name is not valid: ${bucketName}`);
}

/** Settings that are refused, because they would have no effect here. */
function refuseUnknown(input: object): void {
  const unknown = [
    'SnsTopicName',
    'CloudWatchLogsLogGroupArn',
    'CloudWatchLogsRoleArn',
    'KmsKeyId',
    'RecursiveLogging',
  ];
  const given = unknown.filter((member) => member in input);
  if (given.length > 0) {
    const message = `${given.join(', ')} of a trail is not implemented by the embedded cloud`;
    throw new AwsError('NotImplemented', message, { status: 501 });
  }
}

/** The buckets that trails may write to, of every account. */
export interface TrailBuckets {
  find(name: string): { readonly policy: string | undefined } | undefined;
}

const SERVICE = { service: 'cloudtrail.amazonaws.com' } as const;

/**
 * CloudTrail has to be able to write to the bucket
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html). The second message is
 * captured, the first an inference.
 * @throws AwsError S3BucketDoesNotExistException, InsufficientS3BucketPolicyException
 */
function checkBucket(buckets: TrailBuckets, trail: Pick<Trail, 'account' | 'arn' | 'bucketName' | 'keyPrefix'>): void {
  const { account, arn, bucketName, keyPrefix } = trail;
  const bucket = buckets.find(bucketName);
  if (bucket === undefined) {
    throw new AwsError('S3BucketDoesNotExistException', `S3 bucket ${bucketName} does not exist!`);
  }
  const bucketArn = `arn:aws:s3:::${bucketName}`;
  const folder = keyPrefix === undefined ? '' : `${keyPrefix}/`;
  const conditions = {
    'aws:SourceArn': arn,
    'aws:SourceAccount': account,
    's3:x-amz-acl': 'bucket-owner-full-control',
  };
  const wanted = [
    { action: 's3:GetBucketAcl', resource: bucketArn },
    { action: 's3:PutObject', resource: `${bucketArn}/${folder}AWSLogs/${account}/CloudTrail/log.json.gz` },
  ];
  if (wanted.every((access) => policyAllows(bucket.policy, { ...access, principal: SERVICE, conditions }))) return;
  throw new AwsError(
    'InsufficientS3BucketPolicyException',
    `Incorrect S3 bucket policy is detected for bucket: ${bucketName}`,
  );
}

/**
 * Trails. A trail's bucket has to exist and admit CloudTrail, and no log file is ever written. What a trail is for here is that
 * EventBridge gets `AWS API Call via CloudTrail` only where one records management events that write.
 */
export function trailOperations(world: World, trails: Trails, buckets: TrailBuckets): readonly OperationDefinition[] {
  const found = (place: Place, name: string | undefined): Trail => {
    const trail = trails.find(place.account, place.region, name ?? '');
    if (trail !== undefined) return trail;
    throw new AwsError('TrailNotFoundException', `Unknown trail: ${arnOf(place, name ?? '')}`);
  };
  /** A trail is changed where it lives, by the account that has it (documented). */
  const own = (context: CallContext, name: string | undefined): Trail => {
    const trail = found(context, name);
    if (trail.homeRegion !== context.region) {
      const message = `The trail ${trail.name} can be changed in its home region ${trail.homeRegion} only.`;
      throw new AwsError('InvalidHomeRegionException', message);
    }
    if (trail.account !== context.account) {
      const message = `The trail ${trail.name} is the organization's: only account ${trail.account} can change it.`;
      throw new AwsError('NotOrganizationMasterAccountException', message);
    }
    return trail;
  };
  const now = () => world.clock.now();
  return [
    operation<sdk.CreateTrailCommandInput, sdk.CreateTrailCommandOutput>(sdk.CreateTrail$, {
      writes: true,
      permissions: ({ Name }, context) => onTrail('CreateTrail', context, Name),
      run: (input, context) => {
        const { Name: name = '', S3BucketName: bucketName = '' } = input;
        const { account, region } = context;
        refuseUnknown(input);
        checkNames(name, bucketName);
        if (trails.find(account, region, arnOf(context, name)) !== undefined)
          throw new AwsError('TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${account}`);
        const multiRegion = input.IsMultiRegionTrail ?? false;
        const globalServiceEvents = input.IncludeGlobalServiceEvents ?? true;
        if (multiRegion && !globalServiceEvents) {
          const message = 'Multi-Region trail must include global service events.';
          throw new AwsError('InvalidParameterCombinationException', message);
        }
        checkBucket(buckets, { account, arn: arnOf(context, name), bucketName, keyPrefix: input.S3KeyPrefix });
        const trail = trails.put({
          name,
          arn: arnOf(context, name),
          account,
          homeRegion: region,
          bucketName,
          keyPrefix: input.S3KeyPrefix,
          multiRegion,
          globalServiceEvents,
          organization: input.IsOrganizationTrail ?? false,
          logFileValidation: input.EnableLogFileValidation ?? false,
          selectors: everyManagementEvent,
          // The API's trails record nothing until they are started (documented).
          logging: false,
          startedAt: undefined,
          stoppedAt: undefined,
        });
        return answered(trail);
      },
    }),
    operation<sdk.UpdateTrailCommandInput, sdk.UpdateTrailCommandOutput>(sdk.UpdateTrail$, {
      writes: true,
      permissions: ({ Name }, context) => onTrail('UpdateTrail', context, Name),
      run: (input, context) => {
        refuseUnknown(input);
        const trail = own(context, input.Name);
        const bucketName = input.S3BucketName ?? trail.bucketName;
        checkNames(trail.name, bucketName);
        checkBucket(buckets, { ...trail, bucketName, keyPrefix: input.S3KeyPrefix ?? trail.keyPrefix });
        const changed = trails.put({
          ...trail,
          bucketName,
          keyPrefix: input.S3KeyPrefix ?? trail.keyPrefix,
          multiRegion: input.IsMultiRegionTrail ?? trail.multiRegion,
          globalServiceEvents: input.IncludeGlobalServiceEvents ?? trail.globalServiceEvents,
          organization: input.IsOrganizationTrail ?? trail.organization,
          logFileValidation: input.EnableLogFileValidation ?? trail.logFileValidation,
        });
        return answered(changed);
      },
    }),
    operation<sdk.DeleteTrailCommandInput, sdk.DeleteTrailCommandOutput>(sdk.DeleteTrail$, {
      writes: true,
      permissions: ({ Name }, context) => onTrail('DeleteTrail', context, Name),
      run: ({ Name }, context) => {
        trails.delete(own(context, Name));
        return {};
      },
    }),
    operation<sdk.DescribeTrailsCommandInput, sdk.DescribeTrailsCommandOutput>(sdk.DescribeTrails$, {
      permissions: () => anywhere('DescribeTrails'),
      run: ({ trailNameList: names = [], includeShadowTrails: shadows = true }, { account, region }) => {
        const seen = trails.seenIn(account, region).filter(({ homeRegion }) => shadows || homeRegion === region);
        const named =
          names.length === 0 ? seen : seen.filter(({ name, arn }) => names.includes(name) || names.includes(arn));
        return { trailList: named.map(describe) };
      },
    }),
    operation<sdk.GetTrailCommandInput, sdk.GetTrailCommandOutput>(sdk.GetTrail$, {
      permissions: ({ Name }, context) => onTrail('GetTrail', context, Name),
      run: ({ Name }, context) => ({ Trail: describe(found(context, Name)) }),
    }),
    operation<sdk.GetTrailStatusCommandInput, sdk.GetTrailStatusCommandOutput>(sdk.GetTrailStatus$, {
      permissions: ({ Name }, context) => onTrail('GetTrailStatus', context, Name),
      run: ({ Name }, context) => {
        const { logging, startedAt, stoppedAt } = found(context, Name);
        return {
          IsLogging: logging,
          ...(startedAt === undefined ? {} : { StartLoggingTime: new Date(startedAt) }),
          ...(stoppedAt === undefined ? {} : { StopLoggingTime: new Date(stoppedAt) }),
        };
      },
    }),
    operation<sdk.StartLoggingCommandInput, sdk.StartLoggingCommandOutput>(sdk.StartLogging$, {
      writes: true,
      permissions: ({ Name }, context) => onTrail('StartLogging', context, Name),
      run: ({ Name }, context) => {
        trails.put({ ...own(context, Name), logging: true, startedAt: now() });
        return {};
      },
    }),
    operation<sdk.StopLoggingCommandInput, sdk.StopLoggingCommandOutput>(sdk.StopLogging$, {
      writes: true,
      permissions: ({ Name }, context) => onTrail('StopLogging', context, Name),
      run: ({ Name }, context) => {
        trails.put({ ...own(context, Name), logging: false, stoppedAt: now() });
        return {};
      },
    }),
    operation<sdk.GetEventSelectorsCommandInput, sdk.GetEventSelectorsCommandOutput>(sdk.GetEventSelectors$, {
      permissions: ({ TrailName }, context) => onTrail('GetEventSelectors', context, TrailName),
      run: ({ TrailName }, context) => {
        const { arn, selectors } = found(context, TrailName);
        return { TrailARN: arn, ...selectorsTold(selectors) };
      },
    }),
    operation<sdk.PutEventSelectorsCommandInput, sdk.PutEventSelectorsCommandOutput>(sdk.PutEventSelectors$, {
      writes: true,
      permissions: ({ TrailName }, context) => onTrail('PutEventSelectors', context, TrailName),
      run: ({ TrailName, EventSelectors, AdvancedEventSelectors }, context) => {
        const selectors = selectorsOf(EventSelectors, AdvancedEventSelectors);
        const { arn } = trails.put({ ...own(context, TrailName), selectors });
        return { TrailARN: arn, ...selectorsTold(selectors) };
      },
    }),
  ];
}

const selectorsTold = ({ basic, advanced }: Trail['selectors']) => ({
  ...(basic === undefined ? {} : { EventSelectors: [...basic] }),
  ...(advanced === undefined ? {} : { AdvancedEventSelectors: [...advanced] }),
});
