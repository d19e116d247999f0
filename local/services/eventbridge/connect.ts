import { type Iam, sessionArn } from '../../iam/iam.ts';
import { AwsError } from '../../wire/errors.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { policyAllows } from './resource-policy.ts';
import type { Targets } from './targets.ts';

/** The embedded services as targets of each other, each behind its own resource policy or the sender's role. */
export function targetsOf({
  lambda,
  sqs,
  iam,
}: {
  readonly lambda: Pick<Lambda, 'invokeForService'>;
  readonly sqs: Pick<Sqs, 'send' | 'attributes'>;
  readonly iam: Pick<Iam, 'role' | 'authorize'>;
}): Targets {
  const roleAllows = (roleArn: string, action: string, resource: string): boolean => {
    const role = iam.role(roleArn);
    if (role === undefined) return false;
    const { account, roleName } = role;
    const principal = { kind: 'role', account, roleName, arn: sessionArn(role, 'service') } as const;
    return iam.authorize(principal, [{ action, resources: [resource] }]) === undefined;
  };
  return {
    roleAllows,
    invokeFunction: (functionArn, payload, sender) => lambda.invokeForService(functionArn, payload, sender),
    sendMessage: async (
      queueArn,
      { body, groupId, attributes = {} },
      { service, sourceArn, sourceAccount, roleArn },
    ) => {
      const { Policy: policy } = sqs.attributes(queueArn);
      const allowed =
        roleArn === undefined
          ? policyAllows(policy, {
              principal: { service },
              action: 'sqs:SendMessage',
              resource: queueArn,
              conditions: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount },
            })
          : roleAllows(roleArn, 'sqs:SendMessage', queueArn);
      if (!allowed) {
        const who = roleArn ?? `${service} for ${sourceArn}`;
        const remedy = roleArn === undefined ? "the queue's policy (AWS::SQS::QueuePolicy)" : "the role's policies";
        throw new AwsError('AccessDenied', `${who} is not allowed sqs:SendMessage on ${queueArn} by ${remedy}`, {
          status: 403,
        });
      }
      sqs.send(queueArn, body, { attributes, ...(groupId === undefined ? {} : { groupId }) });
    },
  };
}
