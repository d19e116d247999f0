import * as sdk from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { ACCOUNT, type OperationSetting, type Rows } from './setting.ts';

const RoleArn = `arn:aws:iam::${ACCOUNT}:role/hub`;
const assume = ({ sts }: OperationSetting, DurationSeconds = 900) =>
  sts.send(new sdk.AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', DurationSeconds }));

export const stsRows: Rows = {
  GetCallerIdentity: {
    call: ({ sts }) => sts.send(new sdk.GetCallerIdentityCommand({})),
    answer: { Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root` },
  },
  AssumeRole: {
    call: (s) => {
      const AssumeRolePolicyDocument = {
        Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
      };
      s.cloud.iam.createRole(ACCOUNT, { RoleName: 'hub', AssumeRolePolicyDocument });
      return assume(s);
    },
    answer: { Credentials: { AccessKeyId: expect.any(String), Expiration: expect.any(Date) } },
    refused: { call: (s) => assume(s), by: 'AccessDenied' },
  },
};
