import {
  type AdvancedEventSelector,
  type CloudTrailClient,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';

/** A trail that is seen in the region. */
export interface TrailFacts {
  readonly arn: string;
  readonly homeRegion: string;
  readonly logging: boolean;
  /** Whether it records management events that write, those of App Runner included. */
  readonly recordsWrites: boolean;
}

export async function askTrails(client: CloudTrailClient): Promise<readonly TrailFacts[]> {
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({}));
  return Promise.all(
    trailList.map(async ({ TrailARN: arn = '', HomeRegion: homeRegion = '' }) => {
      // A shadow trail can be read by its ARN only (documented).
      const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: arn }));
      const { EventSelectors, AdvancedEventSelectors } = await client.send(
        new GetEventSelectorsCommand({ TrailName: arn }),
      );
      const recordsWrites =
        (EventSelectors ?? []).some(selects) || (AdvancedEventSelectors ?? []).some(selectsInAdvance);
      return { arn, homeRegion, logging: IsLogging === true, recordsWrites };
    }),
  );
}

const APP_RUNNER = 'apprunner.amazonaws.com';

const selects = ({
  ReadWriteType,
  IncludeManagementEvents,
  ExcludeManagementEventSources: except,
}: EventSelector): boolean =>
  IncludeManagementEvents !== false && ReadWriteType !== 'ReadOnly' && except?.includes(APP_RUNNER) !== true;

/** The event in question, in the fields that selectors of management events may have (documented). */
const EVENT: Readonly<Record<string, string>> = {
  eventCategory: 'Management',
  readOnly: 'false',
  eventSource: APP_RUNNER,
};

const selectsInAdvance = ({ FieldSelectors = [] }: AdvancedEventSelector): boolean =>
  FieldSelectors.every(({ Field = '', Equals, NotEquals }) => {
    const value = EVENT[Field];
    return value !== undefined && (Equals?.includes(value) ?? true) && NotEquals?.includes(value) !== true;
  });

const HELPLESS = 'Without one, changed tags are noticed by the sweep only.';
const ALL_MANAGEMENT_EVENTS = [{ ReadWriteType: 'All', IncludeManagementEvents: true }];

/**
 * Whether EventBridge gets changes of tags at once: they arrive via CloudTrail only
 * (docs/facts.md#cloudtrail-events).
 */
export function judgeTrails(trails: readonly TrailFacts[], account: string, region: string): DoctorCheck {
  const check = about('trail', `CloudTrail in ${region}`);
  const whole = trails.find(({ logging, recordsWrites }) => logging && recordsWrites);
  if (whole !== undefined) return check.ok(`${whole.arn} records management events that write`);
  const stopped = trails.find(({ recordsWrites }) => recordsWrites);
  if (stopped !== undefined) {
    return check.warning(
      `${stopped.arn} is stopped`,
      `Start it. ${HELPLESS}`,
      awsCommand('cloudtrail start-logging', { name: stopped.arn, region: stopped.homeRegion }),
    );
  }
  const [blind] = trails;
  if (blind !== undefined) {
    const options = { 'trail-name': blind.arn, 'event-selectors': ALL_MANAGEMENT_EVENTS, region: blind.homeRegion };
    return check.warning(
      `${blind.arn} does not record App Runner's management events that write`,
      `Let it record all management events (this replaces its event selectors). ${HELPLESS}`,
      awsCommand('cloudtrail put-event-selectors', options),
    );
  }
  const name = 'management-events';
  const bucket = `${name}-${account}`;
  return check.warning(
    'there is no trail',
    `Make one, and the bucket it writes into; the first trail's management events cost nothing but the bucket. ${HELPLESS}`,
    awsCommand('s3 mb', { region }).replace('s3 mb', `s3 mb s3://${bucket}`),
    awsCommand('s3api put-bucket-policy', { bucket, policy: bucketPolicy(bucket, account, region, name), region }),
    awsCommand('cloudtrail create-trail', { name, 's3-bucket-name': bucket, 'is-multi-region-trail': true, region }),
    awsCommand('cloudtrail start-logging', { name, region }),
  );
}

/** What CloudTrail requires of a bucket (documented), for this trail alone. */
function bucketPolicy(bucket: string, account: string, region: string, name: string): object {
  const Principal = { Service: 'cloudtrail.amazonaws.com' };
  const ofTrail = { 'aws:SourceArn': `arn:aws:cloudtrail:${region}:${account}:trail/${name}` };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal,
        Action: 's3:GetBucketAcl',
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringEquals: ofTrail },
      },
      {
        Effect: 'Allow',
        Principal,
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${bucket}/AWSLogs/${account}/*`,
        Condition: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      },
    ],
  };
}
