import { type Iam, sessionArn } from '../../iam/iam.ts';
import { policyAllows } from '../../iam/resource-policy.ts';
import type { Role } from '../../iam/roles.ts';
import { AwsError } from '../../wire/errors.ts';
import type { Principal } from '../../wire/service.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Sqs } from '../sqs/sqs.ts';
import type { Sender, Targets } from './targets.ts';

/** The embedded services as targets of each other, each behind its own resource policy or the sender's role. */
export function targetsOf({
  lambda,
  sqs,
  iam,
}: {
  readonly lambda: Pick<Lambda, 'invokeForService'>;
  readonly sqs: Pick<Sqs, 'send' | 'attributes'>;
  readonly iam: Pick<Iam, 'role' | 'authorize' | 'trusts' | 'sessionConditions' | 'principalConditions'>;
}): Targets {
  const sessionOf = (role: Role): Principal => ({
    kind: 'role',
    account: role.account,
    roleName: role.roleName,
    arn: sessionArn(role, 'service'),
  });
  const trustsSender = (roleArn: string, { service, sourceArn, sourceAccount }: Sender): boolean => {
    const conditions = { 'aws:SourceArn': [sourceArn], 'aws:SourceAccount': [sourceAccount] };
    return iam.trusts(roleArn, { kind: 'service', service }, conditions);
  };
  const roleAllows: Targets['roleAllows'] = (roleArn, action, resource, sender) => {
    const role = iam.role(roleArn);
    if (role === undefined || (sender !== undefined && !trustsSender(roleArn, sender))) return false;
    return iam.authorize(sessionOf(role), [{ action, resources: [resource] }]) === undefined;
  };
  return {
    roleAllows,
    conditionsOf: (roleArn) => {
      const role = iam.role(roleArn);
      return role === undefined ? {} : iam.sessionConditions(role);
    },
    callerConditions: (caller) => iam.principalConditions(caller),
    invokeFunction: (functionArn, payload, sender) => lambda.invokeForService(functionArn, payload, sender),
    sendMessage: async (queueArn, { body, groupId, attributes = {} }, sender) => {
      const { service, sourceArn, sourceAccount, roleArn } = sender;
      const { Policy: policy } = sqs.attributes(queueArn);
      const allowed =
        roleArn === undefined
          ? policyAllows(policy, {
              principal: { service },
              action: 'sqs:SendMessage',
              resource: queueArn,
              conditions: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount },
            })
          : roleAllows(roleArn, 'sqs:SendMessage', queueArn, sender);
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
