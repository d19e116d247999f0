import { readFile, stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ensurePackaged, type Package } from '../../build/package.ts';
import { readStackSource } from '../../build/stack-source.ts';
import { readHub } from '../../build/templates/hub.ts';
import { forHub, UnknownStatementError } from '../../build/templates/member.ts';
import { parseTemplate } from '../../build/templates/yaml.ts';
import { actionsIn } from './actions.ts';
import { logicalIds, type PackagedTemplate, properties, readTemplate, statements } from './template.ts';

let packaged: Package;
let hub: PackagedTemplate;
let member: PackagedTemplate;
let zones: PackagedTemplate;
let organization: PackagedTemplate;

beforeAll(async () => {
  packaged = await ensurePackaged();
  hub = await readTemplate(packaged.template);
  member = await readTemplate(packaged.memberTemplate);
  zones = await readTemplate(packaged.zonesTemplate);
  organization = await readTemplate(packaged.organizationTemplate);
}, 120_000);

/** `sub('arn:<AWS::Partition>:…')` is `!Sub`, with `<X>` for a reference. */
const sub = (text: string) => ({ 'Fn::Sub': text.replaceAll('<', '${').replaceAll('>', '}') });

const HUB = 'apprunner-private-ingress-main';

const actionsOf = (template: PackagedTemplate, role: string) =>
  [...new Set(statements(template, role).flatMap(({ Action }) => Action))].sort();

/** Zones are read and written by the hub's own role or by that of `zones.yml`, and probes are called in `shared/reconcile/service-access.ts`. */
const OF_ZONES = ['route53:ChangeResourceRecordSets', 'route53:ListHostedZones', 'route53:ListResourceRecordSets'];

/**
 * What AWS asks of a caller besides: tags given at creation, and what a connection leads to
 * (docs/facts.md#creating-a-connection-reads-the-network).
 */
const ASKED_OF_WRITERS = [
  'apprunner:TagResource',
  'ec2:CreateTags',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
];

describe('the rules of a member account', () => {
  const eventRules = (template: PackagedTemplate) =>
    logicalIds(template, 'AWS::Events::Rule')
      .map((id) => properties(template, id))
      .filter(({ EventPattern, EventBusName }) => EventPattern !== undefined && EventBusName === undefined);

  it('are those of the hub', () => {
    const patterns = eventRules(hub).map(({ EventPattern }) => EventPattern);
    expect(patterns.length).toBeGreaterThan(0);
    expect(eventRules(member).map(({ EventPattern }) => EventPattern)).toEqual(patterns);
  });

  it('send to the hub’s bus with a role, from every region', () => {
    for (const { Targets } of eventRules(member)) {
      expect(Targets).toMatchObject([
        {
          Arn: sub('arn:<AWS::Partition>:events:<HubRegion>:<HubAccount>:event-bus/<HubName>'),
          RoleArn: {
            'Fn::If': [
              'IsHome',
              { 'Fn::GetAtt': ['ForwardRole', 'Arn'] },
              sub('arn:<AWS::Partition>:iam::<AWS::AccountId>:role/<HubName>-forward'),
            ],
          },
        },
      ]);
      // docs/facts.md#bus-target-takes-no-retry-policy
      for (const target of z.array(z.looseObject({})).parse(Targets)) {
        expect(Object.keys(target)).not.toContain('RetryPolicy');
        expect(Object.keys(target).filter((key) => key.startsWith('Input'))).toEqual([]);
      }
    }
  });

  it('send to the bus that the hub has, by the name it has', () => {
    expect(properties(hub, 'Bus').Name).toBe(
      z.object({ Default: z.string() }).parse(member.Parameters.HubName).Default,
    );
  });
});

describe('the roles of a member account', () => {
  it('are made in one region, and those that write only on full access', () => {
    const conditions = logicalIds(member, 'AWS::IAM::Role').map((id) => [id, member.Resources[id]?.Condition]);
    expect(Object.fromEntries(conditions)).toEqual({
      ForwardRole: 'IsHome',
      ReadRole: 'IsHome',
      WriteRole: 'MayWrite',
      TagRole: 'MayWrite',
      ProbeRole: 'HasProbe',
    });
  });

  it('read what the reading half reads', async () => {
    const ofOthers = [...OF_ZONES, ...(await actionsIn('shared/observe/organization.ts'))];
    const read = [...(await actionsIn('shared/observe'))].filter((action) => !ofOthers.includes(action));
    expect(actionsOf(member, 'ReadRole')).toEqual([...read, 'lambda:InvokeFunction'].sort());
  });

  it('write what the writing half writes', async () => {
    const written = [...(await actionsIn('shared/execute'))].filter((action) => !OF_ZONES.includes(action));
    // It looks at a service once more before it makes it private.
    const expected = new Set([...written, 'apprunner:DescribeService', ...ASKED_OF_WRITERS]);
    expect(actionsOf(member, 'WriteRole')).toEqual([...expected].sort());
  });

  it('create under the owner tag of the hub’s stack', () => {
    const written = JSON.stringify(statements(member, 'WriteRole'));
    const ofHub = JSON.stringify({
      'Fn::If': ['HasInstallation', { Ref: 'Installation' }, sub('<HubAccount>/<HubRegion>/<HubName>')],
    });
    expect(written.split(ofHub)).toHaveLength(4);
    const ofStack = JSON.stringify({
      'Fn::If': ['HasInstallation', { Ref: 'Installation' }, sub(`<AWS::AccountId>/<AWS::Region>/${HUB}`)],
    });
    expect(JSON.stringify(statements(hub, 'ReconcileRole')).split(ofStack)).toHaveLength(4);
    expect(JSON.stringify(properties(hub, 'ReconcileLambdaFunction').Environment)).toContain(ofStack);
  });

  it('tag under the product’s own keys only', () => {
    expect(statements(member, 'TagRole')).toMatchObject([
      {
        Action: ['apprunner:TagResource', 'apprunner:UntagResource'],
        Condition: {
          Null: { 'aws:TagKeys': 'false' },
          'ForAllValues:StringLike': { 'aws:TagKeys': ['private-ingress', 'private-ingress:*'] },
        },
      },
    ]);
  });

  it('change nothing by reading', () => {
    const changing = actionsOf(member, 'ReadRole').filter(
      (action) => !/:(Describe|Get|List|InvokeFunction$)/.test(action),
    );
    expect(changing).toEqual([]);
  });

  it.each([
    ['ReadRole', 'read'],
    ['WriteRole', 'write'],
    ['TagRole', 'tag'],
  ])('%s trusts those of the hub that may assume it, within the organisation and with the external id', (id, name) => {
    expect(properties(member, id).AssumeRolePolicyDocument).toEqual(trust(hubRolesFor(name), HUB_IS_KNOWN));
  });

  it('all have the boundary of the parameter', () => {
    for (const id of logicalIds(member, 'AWS::IAM::Role')) {
      expect(properties(member, id).PermissionsBoundary).toMatchObject({ 'Fn::If': ['HasBoundary', {}, {}] });
    }
  });
});

const HUB_IS_KNOWN = { 'aws:PrincipalOrgID': { Ref: 'OrganizationId' }, 'sts:ExternalId': { Ref: 'ExternalId' } };

/** The roles of the hub, by their names behind its own, whose policies let them assume a role of that name elsewhere. */
function hubRolesFor(name: string): readonly string[] {
  return logicalIds(hub, 'AWS::IAM::Role').flatMap((id) => {
    const resources = statements(hub, id)
      .filter(({ Action }) => Action.includes('sts:AssumeRole'))
      .flatMap(({ Resource }) => JSON.stringify(Resource));
    if (!resources.some((resource) => resource.includes(`iam::*:role/${HUB}-${name}"`))) return [];
    const named = JSON.stringify(properties(hub, id).RoleName);
    return [...named.matchAll(new RegExp(`"${HUB}-([a-z-]+)"`, 'g'))].map(([, own = '']) => own);
  });
}

/** The account as principal and the roles in a condition, so that roles made anew are still known. */
function trust(names: readonly string[], known: object) {
  const arns = names.map((name) => sub(`arn:<AWS::Partition>:iam::<HubAccount>:role/<HubName>-${name}`));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: sub('arn:<AWS::Partition>:iam::<HubAccount>:root') },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: known,
          ArnEquals: { 'aws:PrincipalArn': arns.length === 1 ? arns[0] : arns },
        },
      },
    ],
  };
}

describe('the probe of a member account', () => {
  it('is the hub’s own, but for its place and its code', () => {
    const { FunctionName, Code, Environment, Role, VpcConfig, ...same } = properties(member, 'ProbeFunction');
    expect(properties(hub, 'ProbeLambdaFunction')).toMatchObject(same);
    expect(Object.keys(same).sort()).toEqual(
      ['Architectures', 'Description', 'Handler', 'MemorySize', 'Runtime', 'Timeout'].sort(),
    );
    const variables = (value: unknown) => Object.keys(Object(Object(value).Variables)).sort();
    expect(variables(Environment)).toEqual(variables(properties(hub, 'ProbeLambdaFunction').Environment));
  });

  it('may do what the hub’s may', () => {
    expect(actionsOf(member, 'ProbeRole')).toEqual(actionsOf(hub, 'ProbeRole'));
  });
});

describe('the roles for hosted zones', () => {
  it('have the hub’s own rights on zones, one those to read, the other those to write, on full access only', () => {
    const own = statements(hub, 'ReconcileRole').filter(({ Action }) =>
      Action.some((action) => OF_ZONES.includes(action)),
    );
    const denied = own.filter(({ Effect }) => Effect === 'Deny');
    const writes = own.filter(
      ({ Effect, Action }) => Effect === 'Allow' && Action.includes('route53:ChangeResourceRecordSets'),
    );
    expect([denied.length, writes.length]).toEqual([1, 1]);
    expect(statements(zones, 'ZonesRole')).toEqual(own.filter((statement) => !writes.includes(statement)));
    expect(statements(zones, 'ZonesWriteRole')).toEqual([...denied, ...writes]);
    expect(zones.Resources.ZonesWriteRole).toMatchObject({ Condition: 'MayWrite' });
  });

  it('trust the roles that read zones, and the one that writes them', () => {
    expect(properties(zones, 'ZonesRole').AssumeRolePolicyDocument).toEqual(trust(hubRolesFor('zones'), HUB_IS_KNOWN));
    const writers = hubRolesFor('zones-write');
    expect(writers).toEqual(['reconcile']);
    expect(properties(zones, 'ZonesWriteRole').AssumeRolePolicyDocument).toEqual(trust(writers, HUB_IS_KNOWN));
  });
});

describe('the role for the organisation', () => {
  it('lists what the policy asks for, and changes nothing', async () => {
    expect(actionsOf(organization, 'OrganizationRole')).toEqual(
      [...(await actionsIn('shared/observe/organization.ts'))].sort(),
    );
  });

  it('trusts who asks for accounts and units', () => {
    const { 'aws:PrincipalOrgID': known } = HUB_IS_KNOWN;
    expect(properties(organization, 'OrganizationRole').AssumeRolePolicyDocument).toEqual(
      trust(hubRolesFor('organization'), { 'aws:PrincipalOrgID': known }),
    );
  });
});

describe('the templates of other accounts', () => {
  it('fit into a call of CloudFormation as they are', async () => {
    for (const path of [packaged.memberTemplate, packaged.zonesTemplate, packaged.organizationTemplate]) {
      // Documented: TemplateBody of CreateStackSet and CreateStack.
      expect((await stat(path)).size).toBeLessThanOrEqual(51_200);
    }
  });

  it('name no statement that the hub does not have', async () => {
    const source = await readStackSource('stack/member/zones.yml', z.unknown());
    const parts = readHub(
      JSON.parse(await readFile(packaged.template, 'utf8')),
      await readStackSource('stack/allowed-records.yml', z.unknown()),
    );
    const without = new Map([...parts.statements].filter(([sid]) => sid !== 'WriteRecords'));
    expect(() => forHub(source, { ...parts, statements: without })).toThrow(UnknownStatementError);
  });

  it('are given a hub of another name', async () => {
    const source = await readStackSource('stack/member/template.yml', z.unknown());
    const parts = readHub(
      JSON.parse(await readFile(packaged.template, 'utf8')),
      await readStackSource('stack/allowed-records.yml', z.unknown()),
    );
    expect(forHub(source, { ...parts, name: 'another-hub' }).Parameters.HubName.Default).toBe('another-hub');
  });
});

describe('CloudFormation’s short forms', () => {
  it('are read as what they stand for', () => {
    const text =
      'a: &x !Ref B\nc: !GetAtt D.E.F\ng: !Sub H\ni: !If [J, *x, !Ref AWS::NoValue]\nk: [!Condition L, 1]\nm: {n: true}';
    expect(parseTemplate(text)).toEqual({
      a: { Ref: 'B' },
      c: { 'Fn::GetAtt': ['D', 'E.F'] },
      g: sub('H'),
      i: { 'Fn::If': ['J', { Ref: 'B' }, { Ref: 'AWS::NoValue' }] },
      k: [{ Condition: 'L' }, 1],
      m: { n: true },
    });
  });

  it('are refused where the text is not YAML', () => {
    expect(() => parseTemplate('a: [')).toThrow(/line 1/);
  });
});
