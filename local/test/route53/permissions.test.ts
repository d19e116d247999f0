import * as sdk from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, alias, CREATE, type Route53Setting, record, setting, UPSERT } from './client.ts';

const ZONE = 'arn:aws:route53:::hostedzone/';

/** A client whose role may do just what the statement says. */
function clientOfRole({ iam, clientOf }: Route53Setting, statement: object): sdk.Route53Client {
  const role = iam.createRole(ACCOUNT, {
    RoleName: 'publisher',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'records',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Resource: '*', ...statement }] },
      },
    ],
  });
  return clientOf(iam.issueRoleCredentials(role.arn).accessKeyId);
}

describe('permissions', () => {
  it('of a zone are on its ARN', async () => {
    const made = setting();
    const [mine, other] = [await made.zone('example.com'), await made.zone('example.net')];
    const client = clientOfRole(made, { Action: 'route53:*', Resource: `${ZONE}${mine}` });
    for (const [id, allowed] of [
      [mine, true],
      [other, false],
    ] as const) {
      const calls = [
        client.send(new sdk.GetHostedZoneCommand({ Id: id })),
        client.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId: id })),
        client.send(new sdk.ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: id })),
        client.send(
          new sdk.ChangeResourceRecordSetsCommand({
            HostedZoneId: id,
            ChangeBatch: {
              Changes: [UPSERT(record(id === mine ? 'a.example.com' : 'a.example.net', 'A', '10.0.0.1'))],
            },
          }),
        ),
      ];
      for (const call of calls) {
        if (allowed) await expect(call).resolves.toBeDefined();
        else await expect(call).rejects.toMatchObject({ name: 'AccessDenied' });
      }
    }
    await expect(client.send(new sdk.ListHostedZonesByNameCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('of a change are on change/*', async () => {
    const made = setting();
    const Id = await made.change(await made.zone('example.com'), CREATE(record('a.example.com', 'A', '10.0.0.1')));
    const client = clientOfRole(made, { Action: 'route53:GetChange', Resource: 'arn:aws:route53:::change/*' });
    await expect(client.send(new sdk.GetChangeCommand({ Id }))).resolves.toBeDefined();
  });

  it('of record changes can be narrowed by normalized names, types and actions', async () => {
    const made = setting();
    const id = await made.zone('example.com');
    const client = clientOfRole(made, {
      Action: 'route53:ChangeResourceRecordSets',
      Condition: {
        'ForAllValues:StringLike': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['\\052.example.com', 'app.example.com'],
        },
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
          'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
        },
      },
    });
    const change = (...Changes: sdk.Change[]) =>
      client.send(new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId: id, ChangeBatch: { Changes } }));
    const denied = { name: 'AccessDenied' };
    const app = record('app.example.com', 'A', '10.0.0.1');
    await expect(change(CREATE(record('*.EXAMPLE.com.', 'A', '10.0.0.1')), CREATE(app))).resolves.toBeDefined();
    await expect(change(UPSERT(app))).rejects.toMatchObject(denied);
    await expect(change(CREATE(record('app.example.com', 'TXT', '"v=1"')))).rejects.toMatchObject(denied);
    await expect(change(CREATE(record('www.example.com', 'A', '10.0.0.1')))).rejects.toMatchObject(denied);
    await expect(change(CREATE(alias('app.example.com', 'x.example.com', id)), UPSERT(app))).rejects.toMatchObject(
      denied,
    );
  });

  it('of private zones want ec2:DescribeVpcs too', async () => {
    const made = setting();
    const VPC = { VPCId: 'vpc-0a1b2c3d', VPCRegion: 'ap-northeast-1' } as const;
    const client = clientOfRole(made, { Action: 'route53:*' });
    const create = (more: object) =>
      client.send(new sdk.CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a', ...more }));
    await expect(create({ VPC })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(create({})).resolves.toBeDefined();
    await expect(client.send(new sdk.ListHostedZonesByVPCCommand(VPC))).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
