import {
  CreateFunction$,
  CreateFunctionCommand,
  InvalidRequestContentException$,
  Invoke$,
  InvokeCommand,
  LambdaClient,
  ListFunctions$,
  ListFunctionsCommand,
  ListTags$,
  ListTagsCommand,
  ResourceNotFoundException,
  ResourceNotFoundException$,
  UntagResource$,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import {
  ChangeResourceRecordSets$,
  ChangeResourceRecordSetsCommand,
  type ChangeResourceRecordSetsCommandInput,
  CreateHostedZone$,
  CreateHostedZoneCommand,
  GetHostedZone$,
  InvalidChangeBatch,
  InvalidChangeBatch$,
  ListHostedZones$,
  ListHostedZonesByName$,
  ListHostedZonesByNameCommand,
  ListResourceRecordSets$,
  ListResourceRecordSetsCommand,
  NoSuchHostedZone,
  NoSuchHostedZone$,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/wire/errors.ts';
import { bodyText, errorOf, fakeCloud, fakeOperation, fakeService, raw } from './fake.ts';

const ZONE = 'Z0123456789ABCDEFGHIJ';

describe('REST XML', () => {
  const change: ChangeResourceRecordSetsCommandInput = {
    HostedZoneId: ZONE,
    ChangeBatch: {
      Comment: 'a <comment> & "quotes"',
      Changes: [
        {
          Action: 'CREATE',
          ResourceRecordSet: {
            Name: 'shop.example.com',
            Type: 'A',
            AliasTarget: { HostedZoneId: 'Z2', DNSName: 'x.vpce.amazonaws.com', EvaluateTargetHealth: false },
          },
        },
        {
          Action: 'CREATE',
          ResourceRecordSet: {
            Name: '_private-ingress.shop.example.com',
            Type: 'TXT',
            TTL: 60,
            ResourceRecords: [{ Value: '"v=1 owner=x"' }, { Value: ' "two" ' }],
          },
        },
      ],
    },
  };
  const info = { Id: '/change/C1', Status: 'PENDING' as const, SubmittedAt: new Date('2026-01-02T03:04:05.678Z') };

  it('carries lists of structures and labels', async () => {
    const write = fakeOperation(ChangeResourceRecordSets$, () => ({ ChangeInfo: info }));
    const client = new Route53Client(fakeCloud([fakeService('route53', [write])]).client());
    const output = await client.send(new ChangeResourceRecordSetsCommand(change));
    expect(write.inputs).toEqual([change]);
    expect(output.ChangeInfo).toEqual(info);
  });

  it('creates with 201, Location and the answer named after the operation', async () => {
    const zone = {
      Id: `/hostedzone/${ZONE}`,
      Name: 'example.com.',
      CallerReference: 'r',
      Config: { PrivateZone: false },
    };
    const create = fakeOperation(CreateHostedZone$, () => ({
      HostedZone: zone,
      ChangeInfo: info,
      DelegationSet: { NameServers: ['ns-1.example', 'ns-2.example'] },
      Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${ZONE}`,
    }));
    const cloud = fakeCloud([fakeService('route53', [create])]);
    const output = await new Route53Client(cloud.client()).send(
      new CreateHostedZoneCommand({
        Name: 'example.com',
        CallerReference: 'r',
        VPC: { VPCId: 'vpc-1', VPCRegion: 'eu-west-1' },
      }),
    );
    expect(create.inputs).toEqual([
      { Name: 'example.com', CallerReference: 'r', VPC: { VPCId: 'vpc-1', VPCRegion: 'eu-west-1' } },
    ]);
    expect(output).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      HostedZone: zone,
      DelegationSet: { NameServers: ['ns-1.example', 'ns-2.example'] },
      Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${ZONE}`,
    });
    const response = await raw(cloud.gateway, 'route53', {
      path: '/2013-04-01/hostedzone',
      body: '<x><Name>a</Name><CallerReference>b</CallerReference></x>',
    });
    const text = bodyText(response);
    expect(text).toContain('<CreateHostedZoneResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">');
    expect(text).toContain('<NameServers><NameServer>ns-1.example</NameServer>');
    expect(text).not.toContain('<Location>');
    expect(response.headers.location).toContain(ZONE);
  });

  it('binds the query, and knows hostedzone from hostedzonesbyname', async () => {
    const list = fakeOperation(ListResourceRecordSets$, () => ({
      ResourceRecordSets: [{ Name: 'a.', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.0.0.1' }] }],
      IsTruncated: true,
      MaxItems: 1,
      NextRecordName: 'b.',
    }));
    const byName = fakeOperation(ListHostedZonesByName$, () => ({
      HostedZones: [],
      IsTruncated: false,
      MaxItems: 100,
    }));
    const operations = [fakeOperation(GetHostedZone$), fakeOperation(ListHostedZones$), list, byName];
    const client = new Route53Client(fakeCloud([fakeService('route53', operations)]).client());
    const StartRecordName = '*.shop.example.com';
    const output = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: `/hostedzone/${ZONE}`,
        StartRecordName,
        StartRecordType: 'A',
        MaxItems: 1,
      }),
    );
    expect(list.inputs).toEqual([{ HostedZoneId: ZONE, StartRecordName, StartRecordType: 'A', MaxItems: 1 }]);
    expect(output).toMatchObject({ IsTruncated: true, MaxItems: 1, ResourceRecordSets: [{ TTL: 60 }] });
    const zones = await client.send(new ListHostedZonesByNameCommand({ DNSName: 'example.com' }));
    expect(byName.inputs).toEqual([{ DNSName: 'example.com' }]);
    expect(zones.HostedZones).toEqual([]);
  });

  it('takes the path with a slash at the end, as botocore sends it', async () => {
    const write = fakeOperation(ChangeResourceRecordSets$, () => ({ ChangeInfo: info }));
    const { gateway } = fakeCloud([fakeService('route53', [write])]);
    const response = await raw(gateway, 'route53', {
      path: `/2013-04-01/hostedzone/${ZONE}/rrset/`,
      body: '<C><ChangeBatch><Changes/></ChangeBatch></C>',
    });
    expect(response.status).toBe(200);
    expect(write.inputs).toEqual([{ HostedZoneId: ZONE, ChangeBatch: { Changes: [] } }]);
  });

  it('returns modelled errors', async () => {
    const list = fakeOperation(ListResourceRecordSets$, () => {
      throw new AwsError('NoSuchHostedZone', 'No hosted zone found with ID: Z');
    });
    const cloud = fakeCloud([fakeService('route53', [list], [NoSuchHostedZone$])]);
    const error = await errorOf(
      new Route53Client(cloud.client()).send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z' })),
    );
    expect(error).toBeInstanceOf(NoSuchHostedZone);
    expect(error).toMatchObject({ message: 'No hosted zone found with ID: Z', $metadata: { httpStatusCode: 404 } });
  });

  it.each([
    ['a message of its own', '[first, second]'],
    ['the messages only', ''],
  ])('tells InvalidChangeBatch with its messages, thrown with %s', async (_, thrown) => {
    const messages = ['first', 'second'];
    const write = fakeOperation(ChangeResourceRecordSets$, () => {
      throw new AwsError('InvalidChangeBatch', thrown, { members: { messages } });
    });
    const cloud = fakeCloud([fakeService('route53', [write], [InvalidChangeBatch$])]);
    const error = await errorOf(new Route53Client(cloud.client()).send(new ChangeResourceRecordSetsCommand(change)));
    expect(error).toBeInstanceOf(InvalidChangeBatch);
    expect(error).toMatchObject({ messages, message: '[first, second]', $metadata: { httpStatusCode: 400 } });
  });

  it.each([
    ['not XML', 'MalformedInput', 'body is not XML'],
    ['<a><b></a>', 'MalformedInput', 'body is not XML'],
    ['<a>text</a>', 'MalformedInput', 'text instead of elements'],
    ['', 'InvalidInput', "'changeBatch'"],
    ['<C><ChangeBatch/></C>', 'InvalidInput', "'changeBatch.changes'"],
    ['<C><ChangeBatch>x</ChangeBatch></C>', 'InvalidInput', "'changeBatch'"],
    [
      '<C><ChangeBatch><Changes><Change/></Changes></ChangeBatch></C>',
      'InvalidInput',
      "'changeBatch.changes.1.member.action'",
    ],
    [
      '<C><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>a</Name><Type>A</Type><TTL>x</TTL></ResourceRecordSet></Change></Changes></ChangeBatch></C>',
      'InvalidInput',
      "'changeBatch.changes.1.member.resourceRecordSet.tTL'",
    ],
  ])('refuses %s', async (body, code, says) => {
    const { gateway } = fakeCloud([fakeService('route53', [fakeOperation(ChangeResourceRecordSets$)])]);
    const response = await raw(gateway, 'route53', { path: `/2013-04-01/hostedzone/${ZONE}/rrset`, body });
    expect(response.status).toBe(400);
    const text = bodyText(response).replaceAll('&apos;', "'");
    expect(text).toContain(
      '<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type>',
    );
    expect(text).toContain(`<Code>${code}</Code>`);
    expect(text).toContain(says);
  });

  it('refuses a query parameter of the wrong type', async () => {
    const { gateway } = fakeCloud([fakeService('route53', [fakeOperation(ListHostedZones$)])]);
    const response = await gateway.handle({
      method: 'GET',
      path: '/2013-04-01/hostedzone',
      query: { maxitems: 'many' },
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request' },
      body: new Uint8Array(),
    });
    expect(response.status).toBe(400);
    expect(bodyText(response)).toContain('InvalidInput');
  });
});

describe('REST JSON', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:reconcile';

  it('carries a payload of bytes with its headers and status', async () => {
    const Payload = new Uint8Array([123, 0, 255, 125]);
    const invoke = fakeOperation(Invoke$, () => ({
      StatusCode: 202,
      FunctionError: 'Unhandled',
      ExecutedVersion: '$LATEST',
      Payload,
    }));
    const client = new LambdaClient(fakeCloud([fakeService('lambda', [invoke])]).client());
    const output = await client.send(
      new InvokeCommand({ FunctionName: ARN, InvocationType: 'Event', Qualifier: 'live', Payload }),
    );
    expect(invoke.inputs).toEqual([{ FunctionName: ARN, InvocationType: 'Event', Qualifier: 'live', Payload }]);
    expect(output).toMatchObject({ StatusCode: 202, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST' });
    expect([...(output.Payload ?? [])]).toEqual([...Payload]);
  });

  it('invokes without a payload', async () => {
    const invoke = fakeOperation(Invoke$, () => ({ StatusCode: 204 }));
    const client = new LambdaClient(fakeCloud([fakeService('lambda', [invoke])]).client());
    const output = await client.send(new InvokeCommand({ FunctionName: 'f' }));
    expect(invoke.inputs).toEqual([{ FunctionName: 'f' }]);
    expect(output.StatusCode).toBe(204);
  });

  it('carries documents both ways', async () => {
    const create = fakeOperation(CreateFunction$, () => ({
      FunctionName: 'f',
      CodeSize: 3,
      Environment: { Variables: { A: 'b' } },
    }));
    const client = new LambdaClient(fakeCloud([fakeService('lambda', [create])]).client());
    const input = {
      FunctionName: 'f',
      Role: 'arn:aws:iam::123456789012:role/r',
      Code: { ZipFile: new Uint8Array([80, 75]) },
      Environment: { Variables: { A: 'b' } },
      VpcConfig: { SubnetIds: ['subnet-1'] },
      Timeout: 30,
    };
    const output = await client.send(new CreateFunctionCommand(input));
    expect(create.inputs).toEqual([input]);
    expect(output).toMatchObject({
      FunctionName: 'f',
      CodeSize: 3,
      Environment: { Variables: { A: 'b' } },
      $metadata: { httpStatusCode: 201 },
    });
  });

  it('binds lists in the query and answers 204 with nothing', async () => {
    const untag = fakeOperation(UntagResource$);
    const client = new LambdaClient(fakeCloud([fakeService('lambda', [untag])]).client());
    await client.send(new UntagResourceCommand({ Resource: ARN, TagKeys: ['a', 'b c'] }));
    await client.send(new UntagResourceCommand({ Resource: ARN, TagKeys: ['a'] }));
    expect(untag.inputs).toEqual([
      { Resource: ARN, TagKeys: ['a', 'b c'] },
      { Resource: ARN, TagKeys: ['a'] },
    ]);
  });

  it('carries pagination markers', async () => {
    const list = fakeOperation(ListFunctions$, () => ({ Functions: [{ FunctionName: 'f' }], NextMarker: 'm/2=' }));
    const client = new LambdaClient(fakeCloud([fakeService('lambda', [list])]).client());
    const output = await client.send(new ListFunctionsCommand({ Marker: 'm/1=', MaxItems: 1 }));
    expect(list.inputs).toEqual([{ Marker: 'm/1=', MaxItems: 1 }]);
    expect(output.NextMarker).toBe('m/2=');
  });

  it('returns errors by header and body', async () => {
    const tags = fakeOperation(ListTags$, () => {
      throw new AwsError('ResourceNotFoundException', 'Function not found', { members: { Type: 'User' } });
    });
    const cloud = fakeCloud([fakeService('lambda', [tags], [ResourceNotFoundException$])]);
    const error = await errorOf(new LambdaClient(cloud.client()).send(new ListTagsCommand({ Resource: ARN })));
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({ message: 'Function not found', Type: 'User', $metadata: { httpStatusCode: 404 } });
  });

  it.each([
    ['{', 'InvalidRequestContentException', 'body is not JSON'],
    ['{"FunctionName":"f"}', 'ValidationException', "'role'"],
    ['{"FunctionName":"f","Role":"r","Code":{"ZipFile":"!"}}', 'ValidationException', "'code.zipFile'"],
    ['{"FunctionName":"f","Role":"r","Code":{},"Timeout":"1"}', 'ValidationException', "'timeout'"],
  ])('refuses %s', async (body, code, says) => {
    const { gateway } = fakeCloud([
      fakeService('lambda', [fakeOperation(CreateFunction$)], [InvalidRequestContentException$]),
    ]);
    const response = await raw(gateway, 'lambda', { path: '/2015-03-31/functions', body });
    expect(response.status).toBe(400);
    expect(response.headers['x-amzn-errortype']).toBe(code);
    expect(bodyText(response)).toContain(says);
  });
});
