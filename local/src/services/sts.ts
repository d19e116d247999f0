import * as sdk from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import { type Iam, sessionArn } from '../iam/iam.ts';
import type { Regions } from '../regions.ts';
import { AwsError } from '../wire/errors.ts';
import { errorSchemas, operationSchemas } from '../wire/sdk-schemas.ts';
import { operation, type ServiceDefinition } from '../wire/service.ts';

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const SHORTEST = 900;
const LONGEST = 43_200;
const DEFAULT = 3600;

const invalid = (value: string | number, member: string, constraint: string) =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );

/** STS: who a key is, and keys that are a role. */
export function createSts({
  iam,
  clock,
  regions = { isEnabled: () => true },
}: {
  readonly iam: Iam;
  readonly clock: Clock;
  readonly regions?: Pick<Regions, 'isEnabled'>;
}): ServiceDefinition {
  const getCallerIdentity = operation<sdk.GetCallerIdentityCommandInput, sdk.GetCallerIdentityCommandOutput>(
    sdk.GetCallerIdentity$,
    {
      // Needs no permission, and no policy can deny it (documented).
      permissions: () => [],
      run: (_, { principal }) => ({ UserId: iam.userId(principal), Account: principal.account, Arn: principal.arn }),
    },
  );

  const assumeRole = operation<sdk.AssumeRoleCommandInput, sdk.AssumeRoleCommandOutput>(sdk.AssumeRole$, {
    // AWS asks the caller's own policies too, save where a trust policy of the same account names the very caller.
    // Here they are asked always: what works here works there.
    permissions: ({ RoleArn = '', ExternalId }) => ({
      action: 'sts:AssumeRole',
      resources: [RoleArn],
      ...(ExternalId === undefined ? {} : { conditions: { 'sts:ExternalId': [ExternalId] } }),
    }),
    run(input, { principal, region }) {
      const { RoleArn = '', RoleSessionName = '', DurationSeconds = DEFAULT, ExternalId } = input;
      if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(RoleArn))
        throw new AwsError('ValidationError', `${RoleArn} is invalid`);
      if (!SESSION_NAME.test(RoleSessionName)) {
        const constraint = 'Member must satisfy regular expression pattern: [\\w+=,.@-]* and have 2 to 64 characters';
        throw invalid(RoleSessionName, 'roleSessionName', constraint);
      }
      if (DurationSeconds < SHORTEST) {
        throw invalid(
          DurationSeconds,
          'durationSeconds',
          `Member must have value greater than or equal to ${SHORTEST}`,
        );
      }
      if (DurationSeconds > LONGEST) {
        throw invalid(DurationSeconds, 'durationSeconds', `Member must have value less than or equal to ${LONGEST}`);
      }
      if (input.PolicyArns !== undefined || input.Tags !== undefined) {
        const what = 'managed session policies and session tags of sts:AssumeRole';
        throw new AwsError('NotImplemented', `${what} are not implemented by the embedded cloud`, { status: 501 });
      }
      const role = iam.role(RoleArn);
      const conditions = {
        'sts:RoleSessionName': [RoleSessionName],
        ...(ExternalId === undefined ? {} : { 'sts:ExternalId': [ExternalId] }),
      };
      // A role that is not there and one that does not trust the caller look the same from outside.
      if (role === undefined || !iam.trusts(RoleArn, principal, conditions)) {
        const message = `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
        throw new AwsError('AccessDenied', message, { status: 403 });
      }
      if (!regions.isEnabled({ account: role.account, region })) {
        throw new AwsError(
          'RegionDisabledException',
          `STS is not activated in this region for account:${role.account}. Your account administrator can activate STS in this region using the IAM Console.`,
        );
      }
      const { accessKeyId, secretAccessKey, sessionToken } = iam.issueRoleCredentials(
        RoleArn,
        RoleSessionName,
        input.Policy,
      );
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(clock.now() + DurationSeconds * 1000),
        },
        AssumedRoleUser: {
          AssumedRoleId: `${role.roleId}:${RoleSessionName}`,
          Arn: sessionArn(role, RoleSessionName),
        },
      };
    },
  });

  return {
    signingName: 'sts',
    eventSource: 'sts.amazonaws.com',
    protocol: 'aws-query',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    version: '2011-06-15',
    errors: errorSchemas(sdk),
    operations: [getCallerIdentity, assumeRole],
    api: operationSchemas(sdk),
    // Their token is the proof (STS API reference).
    unsigned: ['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
  };
}
