import * as sdk from '@aws-sdk/client-cloudtrail';
import { createTrailBucket, TRAIL_NAME } from '../../src/seed.ts';
import { ACCOUNT, type OperationSetting, REGION, type Row, type Rows } from './setting.ts';

const Name = 'mine';
const TrailARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${Name}`;
const BUCKET = 'logs-of-mine';
const create = async ({ cloud, cloudTrail }: OperationSetting) => {
  await createTrailBucket(cloud, BUCKET);
  return cloudTrail.send(new sdk.CreateTrailCommand({ Name, S3BucketName: BUCKET }));
};

/** The trail is there in one call and not in the other. */
const onTrail = (call: (cloudTrail: sdk.CloudTrailClient) => Promise<object>, answer: object = {}): Row => ({
  call: async (s) => {
    await create(s);
    return call(s.cloudTrail);
  },
  answer,
  refused: { call: ({ cloudTrail }) => call(cloudTrail), by: sdk.TrailNotFoundException },
});

const managementEvents = { ReadWriteType: 'WriteOnly', IncludeManagementEvents: true } as const;

export const cloudTrailRows: Rows = {
  CreateTrail: {
    call: create,
    answer: { Name, TrailARN, IsMultiRegionTrail: false, IncludeGlobalServiceEvents: true },
    refused: {
      call: ({ cloudTrail }) => cloudTrail.send(new sdk.CreateTrailCommand({ Name, S3BucketName: BUCKET })),
      by: sdk.S3BucketDoesNotExistException,
    },
  },
  UpdateTrail: onTrail((client) => client.send(new sdk.UpdateTrailCommand({ Name, IsMultiRegionTrail: true })), {
    TrailARN,
    IsMultiRegionTrail: true,
  }),
  DeleteTrail: onTrail((client) => client.send(new sdk.DeleteTrailCommand({ Name }))),
  DescribeTrails: {
    call: ({ cloudTrail }) => cloudTrail.send(new sdk.DescribeTrailsCommand({})),
    answer: { trailList: [{ Name: TRAIL_NAME, HomeRegion: REGION, IsMultiRegionTrail: true }] },
  },
  GetTrail: onTrail((client) => client.send(new sdk.GetTrailCommand({ Name })), { Trail: { Name, TrailARN } }),
  GetTrailStatus: onTrail((client) => client.send(new sdk.GetTrailStatusCommand({ Name })), { IsLogging: false }),
  StartLogging: onTrail((client) => client.send(new sdk.StartLoggingCommand({ Name }))),
  StopLogging: onTrail((client) => client.send(new sdk.StopLoggingCommand({ Name }))),
  GetEventSelectors: onTrail((client) => client.send(new sdk.GetEventSelectorsCommand({ TrailName: Name })), {
    TrailARN,
    EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
  }),
  PutEventSelectors: onTrail(
    (client) => client.send(new sdk.PutEventSelectorsCommand({ TrailName: Name, EventSelectors: [managementEvents] })),
    { TrailARN, EventSelectors: [managementEvents] },
  ),
};
