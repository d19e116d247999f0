import type { Iam } from './iam/iam.ts';
import { policyAllows } from './services/eventbridge/resource-policy.ts';
import type { Targets } from './services/eventbridge/targets.ts';
import type { Lambda } from './services/lambda/lambda.ts';
import type { Sqs } from './services/sqs/sqs.ts';
import { AwsError } from './wire/errors.ts';

/** Where EventBridge and Lambda deliver to: functions and queues whose own policies, or the sender's role, let them. */
export function deliveryTargets({ iam, lambda, sqs }: { iam: Iam; lambda: Lambda; sqs: Sqs }): Targets {
  const roleAllows = (roleArn: string, action: string, resource: string): boolean => {
    const role = iam.role(roleArn);
    if (role === undefined) return false;
    const principal = { kind: 'role', account: role.account, arn: roleArn, roleName: role.roleName } as const;
    return iam.authorize(principal, [{ action, resources: [resource] }]) === undefined;
  };
  return {
    invokeFunction: (arn, payload, sender) => lambda.invokeForService(arn, payload, sender),
    async sendMessage(queueArn, { body, groupId, attributes }, { service, sourceArn, sourceAccount, roleArn }) {
      const { Policy } = sqs.attributes(queueArn);
      const allowed =
        roleArn === undefined
          ? policyAllows(Policy === undefined ? undefined : JSON.parse(Policy), {
              principal: { service },
              action: 'sqs:SendMessage',
              resource: queueArn,
              conditions: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount },
            })
          : roleAllows(roleArn, 'sqs:SendMessage', queueArn);
      if (!allowed) {
        throw new AwsError('AccessDenied', `${queueArn} has no policy that lets ${service} send for ${sourceArn}`, {
          status: 403,
        });
      }
      sqs.send(queueArn, body, {
        ...(attributes === undefined ? {} : { attributes }),
        ...(groupId === undefined ? {} : { groupId }),
      });
    },
    roleAllows,
  };
}
