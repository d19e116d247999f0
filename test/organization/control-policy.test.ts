import { readFile } from 'node:fs/promises';
import {
  AppRunnerClient,
  CreateVpcIngressConnectionCommand,
  DeleteVpcIngressConnectionCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateVpcIngressConnectionCommand,
} from '@aws-sdk/client-apprunner';
import {
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DeleteVpcEndpointsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ModifyVpcEndpointCommand,
} from '@aws-sdk/client-ec2';
import {
  DeleteRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { REGION } from 'apprunner-embedded-cloud';
import { errorOf } from 'apprunner-embedded-cloud/test/wire/fake';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ensurePackaged } from '../../build/package.ts';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { OWNER_TAG_VALUE } from '../scenarios/vocabulary.ts';
import { MEMBER, Members } from './members.ts';

const text = await readFile(new URL('../../docs/service-control-policy.json', import.meta.url), 'utf8');
const content = JSON.stringify(JSON.parse(text));

/** Documented: "Quotas for AWS Organizations". */
const LONGEST = 5120;

const statements = z
  .object({ Statement: z.array(z.looseObject({ Sid: z.string(), Effect: z.string(), Action: z.array(z.string()) })) })
  .parse(JSON.parse(text)).Statement;

describe('the service control policy', () => {
  it('fits, and only forbids', () => {
    expect(content.length).toBeLessThanOrEqual(LONGEST);
    expect(new Set(statements.map(({ Effect }) => Effect))).toEqual(new Set(['Deny']));
    for (const statement of statements) expect(statement).not.toHaveProperty('Principal');
  });
});

const ID = '0123456789abcdef0123456789abcdef';

/** A resource that each statement protects, one that it does not, and who is excepted. */
const PROTECTED: Readonly<Record<string, { ours: string; others: string; excepted: string; tagged?: true }>> = {
  Connections: {
    ours: `arn:aws:apprunner:us-east-1:${MEMBER}:vpcingressconnection/pi-${ID}/${ID}`,
    others: `arn:aws:apprunner:us-east-1:${MEMBER}:vpcingressconnection/by-hand/${ID}`,
    excepted: `${STACK_NAME}-write`,
  },
  Endpoints: {
    ours: `arn:aws:ec2:us-east-1:${MEMBER}:vpc-endpoint/vpce-0123456789abcdef0`,
    others: `arn:aws:ec2:us-east-1:${MEMBER}:subnet/subnet-0123456789abcdef0`,
    excepted: `${STACK_NAME}-write`,
    tagged: true,
  },
  Roles: {
    ours: `arn:aws:iam::${MEMBER}:role/${STACK_NAME}-write`,
    others: `arn:aws:iam::${MEMBER}:role/another`,
    excepted: 'stacksets-exec-0123',
  },
  Rules: {
    ours: `arn:aws:events:us-east-1:${MEMBER}:rule/${STACK_NAME}-forward-api-call`,
    others: `arn:aws:events:us-east-1:${MEMBER}:rule/another`,
    excepted: 'stacksets-exec-0123',
  },
  Probe: {
    ours: `arn:aws:lambda:us-east-1:${MEMBER}:function:${STACK_NAME}-probe`,
    others: `arn:aws:lambda:us-east-1:${MEMBER}:function:another`,
    excepted: 'stacksets-exec-0123',
  },
  Stacks: {
    ours: `arn:aws:cloudformation:us-east-1:${MEMBER}:stack/StackSet-apprunner-private-ingress-member-0123/4567`,
    others: `arn:aws:cloudformation:us-east-1:${MEMBER}:stack/StackSet-another-0123/4567`,
    excepted: 'stacksets-exec-0123',
  },
};

/** A ready service of the member account, and the clients of its administrator. */
async function ready(members: Members) {
  const serviceArn = await members.createService('shop', { 'private-ingress': 'enabled' });
  await members.installation.until(serviceArn, ['ready', 'ready-unverified']);
  const root = new EC2Client(members.config());
  const ours = [{ Name: 'tag-key', Values: ['private-ingress:owner'] }];
  const { VpcEndpoints } = await root.send(new DescribeVpcEndpointsCommand({ Filters: ours }));
  const { SecurityGroups } = await root.send(new DescribeSecurityGroupsCommand({ Filters: ours }));
  const key = members.administrator();
  return {
    serviceArn,
    connectionArn: await members.connectionOf(serviceArn),
    endpointId: VpcEndpoints?.[0]?.VpcEndpointId ?? '',
    groupId: SecurityGroups?.[0]?.GroupId ?? '',
    vpcId: members.vpcId,
    appRunner: new AppRunnerClient(members.config(key)),
    ec2: new EC2Client(members.config(key)),
    events: new EventBridgeClient(members.config(key)),
    iam: new IAMClient(members.config(key, REGION)),
  };
}
type Ready = Awaited<ReturnType<typeof ready>>;

const role = (name: string) => `${STACK_NAME}-${name}`;
const rule = `${STACK_NAME}-forward-api-call`;
const noStatements = JSON.stringify({ Version: '2012-10-17', Statement: [] });
const everyPrincipal = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: MEMBER }, Action: 'sts:AssumeRole' }],
});
const AdministratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** What an administrator of a member account might do to get out of it. */
const ATTEMPTS: Readonly<Record<string, (there: Ready) => Promise<unknown>>> = {
  'delete the connection': ({ appRunner, connectionArn }) =>
    appRunner.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: connectionArn })),
  'lead the connection elsewhere': ({ appRunner, connectionArn, vpcId, endpointId }) =>
    appRunner.send(
      new UpdateVpcIngressConnectionCommand({
        VpcIngressConnectionArn: connectionArn,
        IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
      }),
    ),
  'take the owner off the connection': ({ appRunner, connectionArn }) =>
    appRunner.send(new UntagResourceCommand({ ResourceArn: connectionArn, TagKeys: ['private-ingress:owner'] })),
  'delete the endpoint': ({ ec2, endpointId }) =>
    ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpointId] })),
  'change the endpoint': ({ ec2, endpointId, groupId }) =>
    ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, RemoveSecurityGroupIds: [groupId] })),
  'take the owner off the endpoint': ({ ec2, endpointId }) =>
    ec2.send(new DeleteTagsCommand({ Resources: [endpointId], Tags: [{ Key: 'private-ingress:owner' }] })),
  'delete the security group': ({ ec2, groupId }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId })),
  'take a right from a role': ({ iam }) =>
    iam.send(new DeleteRolePolicyCommand({ RoleName: role('write'), PolicyName: 'write' })),
  'give a role less': ({ iam }) =>
    iam.send(new PutRolePolicyCommand({ RoleName: role('read'), PolicyName: 'read', PolicyDocument: noStatements })),
  'give a role more': ({ iam }) =>
    iam.send(new AttachRolePolicyCommand({ RoleName: role('write'), PolicyArn: AdministratorAccess })),
  'let a role be assumed by others': ({ iam }) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role('write'), PolicyDocument: everyPrincipal })),
  'delete a role': ({ iam }) => iam.send(new DeleteRoleCommand({ RoleName: role('read') })),
  'make a role that may change them': ({ iam }) =>
    iam.send(new CreateRoleCommand({ RoleName: 'stacksets-exec-mine', AssumeRolePolicyDocument: everyPrincipal })),
  'take the name of a connection': ({ appRunner, serviceArn, vpcId, endpointId }) =>
    appRunner.send(
      new CreateVpcIngressConnectionCommand({
        ServiceArn: serviceArn,
        VpcIngressConnectionName: `pi-${ID}`,
        IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
      }),
    ),
  "change the probe's role": ({ iam }) =>
    iam.send(new AttachRolePolicyCommand({ RoleName: role(`probe-${REGION}`), PolicyArn: AdministratorAccess })),
  'turn a rule off': ({ events }) => events.send(new DisableRuleCommand({ Name: rule })),
  'send a rule elsewhere': ({ events }) =>
    events.send(
      new PutTargetsCommand({
        Rule: rule,
        Targets: [{ Id: 'hub', Arn: `arn:aws:sqs:us-east-1:${MEMBER}:elsewhere` }],
      }),
    ),
  'take the target from a rule': ({ events }) => events.send(new RemoveTargetsCommand({ Rule: rule, Ids: ['hub'] })),
  'delete a rule': ({ events }) => events.send(new DeleteRuleCommand({ Name: rule })),
};

describe('an administrator of a member account', () => {
  // Packaging takes its time where many do it at once.
  beforeAll(() => ensurePackaged(), 120_000);

  let members: Members;
  beforeEach(async () => {
    members = await Members.start();
    await members.deploy({ Access: 'full' });
  });
  afterEach(() => members.installation.stop());

  it('can do none of it under the policy, while the product does its work', async () => {
    await members.attach(content);
    const there = await ready(members);
    for (const [what, attempt] of Object.entries(ATTEMPTS)) {
      expect(await errorOf(attempt(there)), what).toMatchObject({
        message: expect.stringContaining('with an explicit deny in a service control policy'),
      });
    }
    expect(await members.isPublic(there.serviceArn)).toBe(false);
  });

  it('could do all of it without the policy', async () => {
    const there = await ready(members);
    for (const [what, attempt] of Object.entries(ATTEMPTS)) {
      // Done, or refused because one hangs on the other; not for want of a right.
      const refused: unknown = await attempt(there).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(String(refused), what).not.toMatch(/not authorized|denied/i);
    }
  });

  it('is refused each action on what is protected, and nothing else; those excepted are not', async () => {
    await members.attach(content);
    for (const { Sid, Action } of statements) {
      const { ours, others, excepted, tagged } = PROTECTED[Sid] ?? { ours: '', others: '', excepted: '' };
      const conditions = tagged ? { 'aws:ResourceTag/private-ingress:owner': [OWNER_TAG_VALUE] } : {};
      for (const action of Action) {
        const asked = (who: string, resource: string) =>
          members.denial(who, { action, resources: [resource], conditions });
        expect(asked('administrator', ours), `${action} on ${ours}`).toMatchObject({
          explicit: true,
          by: 'service control policy',
        });
        expect(asked('administrator', others), `${action} on ${others}`).toBeUndefined();
        expect(asked(excepted, ours)?.by, `${action} by ${excepted}`).not.toBe('service control policy');
      }
    }
  });

  it('can make a service public, which is mended', async () => {
    await members.attach(content);
    const { serviceArn, appRunner } = await ready(members);
    await appRunner.send(
      new UpdateServiceCommand({
        ServiceArn: serviceArn,
        NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: true } },
      }),
    );
    expect(await members.isPublic(serviceArn)).toBe(true);
    await members.installation.quiet(5 * 60_000);
    expect(await members.isPublic(serviceArn)).toBe(false);
  });
});
