import { ACCOUNT, createCloud, REGION } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { expect, it, onTestFinished } from 'vitest';
import { RateBudget, type RateLines } from '../../shared/aws/rate-budget.ts';
import { withCause } from '../../shared/cause.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import { type ClockAndDns, createObservers, createServiceAccess } from '../../shared/reconcile/service-access.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { cname, DOMAIN, SERVICE_ARN, service, VPC } from '../fixtures.ts';
import { memoryClaims } from '../memory-claims.ts';
import { memoryRateLines } from '../memory-rate-lines.ts';

const MEMBER = '210987654321';
const ZONES = '333333333333';
const here = { account: ACCOUNT, region: REGION };
const there = { account: MEMBER, region: 'eu-west-1' };
const unused = () => Promise.reject(new Error('no DNS in this test'));
const zoneRole = { roleArn: `arn:aws:iam::${ZONES}:role/zones`, externalId: 'of-the-zones', allowedNames: [] };

/** A hub, a member account and an account of zones. */
function hub() {
  const clock = new VirtualClock();
  const cloud = createCloud({ clock });
  onTestFinished(() => cloud.stop());
  const role = (account: string, RoleName: string, externalId: string) => {
    const Principal = { AWS: ACCOUNT };
    const Condition = { StringEquals: { 'sts:ExternalId': externalId } };
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal, Condition } as const;
    const PolicyDocument = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    } as const;
    cloud.iam.createRole(account, {
      RoleName,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trust },
      Policies: [{ PolicyName: 'all', PolicyDocument }],
    });
  };
  for (const purpose of ['read', 'write']) role(MEMBER, `ingress-${purpose}`, 'of-the-member');
  for (const name of ['zones', 'zones-write']) role(ZONES, name, 'of-the-zones');
  /** Who called what, where. */
  const calls: string[] = [];
  const inputs: object[] = [];
  cloud.gateway.observe(({ operation, input, context: { account, region, principal } }) => {
    if (operation !== 'AssumeRole') inputs.push(input);
    calls.push([operation, account, region, principal.kind === 'role' ? principal.roleName : principal.kind].join(' '));
  });
  const buckets: string[] = [];
  const memory = memoryRateLines();
  const lines: RateLines = {
    reserve: (asked) => {
      buckets.push(asked.bucket);
      return memory.reserve(asked);
    },
  };
  const now = () => clock.now();
  const budget = new RateBudget({ lines, now, random: () => 0.5, sleep: (time) => clock.pause(time) });
  const settings = parseRuleSettings({
    ...{ INSTALLATION: 'default', ALLOWED_ZONES: 'Z1', ALLOWED_NAMES: '*.example.com' },
    ...{ HUB_ACCOUNT: ACCOUNT, AWS_REGION: REGION, MEMBER_ROLE_PREFIX: 'ingress', MEMBER_EXTERNAL_ID: 'of-the-member' },
  });
  const zones = [{ id: 'Z1', allowedNames: [] }, ...['Z2', 'Z3'].map((id) => ({ id, ...zoneRole }))];
  const policy = { ...policyOfParameters(settings, settings.hub), zones };
  const environment: ClockAndDns = {
    ...{ now, resolve: unused, issuers: unused, nameServers: unused, cname: unused },
    route53Budget: { budget, rate: { perSecond: 5, burst: 5 } },
  };
  const config = cloud.clientConfig();
  return {
    ...{ cloud, calls, inputs, buckets },
    observers: createObservers(settings, policy, config, environment),
    accessTo: createServiceAccess(settings, policy, { claims: memoryClaims(), token: () => 't' }, config, environment),
  };
}

it('reads the hub with the function’s own role, and a member with its role that can only read', async () => {
  const { observers, calls } = hub();
  await observers(here).services();
  await observers(there).services();
  await observers({ ...there, region: 'us-east-1' }).services();
  expect(calls).toEqual([
    `ListServices ${ACCOUNT} ${REGION} root`,
    `AssumeRole ${ACCOUNT} ${REGION} root`,
    `ListServices ${MEMBER} eu-west-1 ingress-read`,
    // The same credentials.
    `ListServices ${MEMBER} us-east-1 ingress-read`,
  ]);
});

it('writes in a member with its role that can write, and reads it with the other', async () => {
  const { accessTo, calls } = hub();
  const { execute, observer } = accessTo(there);
  await observer.services();
  await execute({ kind: 'make-private', why: 'it is public' }, service);
  await execute({ kind: 'create-security-group', vpcId: VPC, cidrs: ['10.0.0.0/16'], why: 'it has none' }, service);
  const made = calls.filter((call) => !call.startsWith('AssumeRole'));
  expect(made[0]).toBe(`ListServices ${MEMBER} eu-west-1 ingress-read`);
  expect(made.length).toBeGreaterThan(2);
  for (const call of made.slice(1)) expect(call).toContain(`${MEMBER} eu-west-1 ingress-write`);
  expect(accessTo({ ...there })).toBe(accessTo(there));
});

it('reaches a zone of another account by its roles, one to read and one to write, and counts its calls there', async () => {
  const { observers, accessTo, calls, buckets } = hub();
  for (const zone of ['Z1', 'Z2', 'Z3'])
    await expect(observers(there).claims(zone, 'default')).rejects.toThrow('No hosted zone found');
  const record = cname(`_x.${DOMAIN}`, '_y.example.com.');
  const change = { kind: 'change-records', purpose: 'traffic', domain: DOMAIN, why: 'it is wanted' } as const;
  for (const zoneId of ['Z1', 'Z3'])
    await accessTo(there).execute({ ...change, zoneId, changes: [{ action: 'CREATE', record }] }, service);
  const made = calls.filter((call) => !call.startsWith('AssumeRole'));
  expect(made).toEqual([
    `ListResourceRecordSets ${ACCOUNT} us-east-1 root`,
    `ListResourceRecordSets ${ZONES} us-east-1 zones`,
    `ListResourceRecordSets ${ZONES} us-east-1 zones`,
    `ChangeResourceRecordSets ${ACCOUNT} us-east-1 root`,
    `ChangeResourceRecordSets ${ZONES} us-east-1 zones-write`,
  ]);
  expect(new Set(buckets)).toEqual(new Set([`route53/${ACCOUNT}`, `route53/${ZONES}`]));
  expect(calls.filter((call) => call.startsWith('AssumeRole'))).toHaveLength(2);
});

it('asks the probe in the account of the VPC, and says for which service', async () => {
  const { observers, cloud, calls, inputs } = hub();
  cloud.gateway.intercept(({ operation }) =>
    operation === 'Invoke' ? new AwsError('AccessDeniedException', 'no', { status: 403 }) : undefined,
  );
  const check = { check: 'name', name: DOMAIN, probe: 'probe' } as const;
  await withCause({ serviceArn: SERVICE_ARN }, () => observers(there).check(check, service));
  expect(calls.at(-1)).toBe(`Invoke ${MEMBER} eu-west-1 ingress-read`);
  const { FunctionName, Payload, ClientContext } = Object(inputs.at(-1));
  expect(FunctionName).toBe('probe');
  expect(JSON.parse(Buffer.from(Payload).toString())).toMatchObject({ names: [{ name: DOMAIN }] });
  expect(JSON.parse(Buffer.from(ClientContext, 'base64').toString())).toEqual({ serviceArn: SERVICE_ARN });
});
