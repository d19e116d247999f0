import {
  CreateVpcEndpoint$,
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DeleteVpc$,
  DeleteVpcCommand,
  DescribeVpcEndpoints$,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ImportKeyPair$,
  ImportKeyPairCommand,
  RunInstances$,
} from '@aws-sdk/client-ec2';
import {
  AssumeRole$,
  AssumeRoleCommand,
  GetCallerIdentity$,
  GetCallerIdentityCommand,
  MalformedPolicyDocumentException,
  MalformedPolicyDocumentException$,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/wire/errors.ts';
import { bodyText, errorOf, fakeCloud, fakeOperation, fakeService, raw } from './fake.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('EC2 query', () => {
  const creation: CreateVpcEndpointCommandInput = {
    VpcId: 'vpc-1',
    VpcEndpointType: 'Interface',
    ServiceName: 'com.amazonaws.eu-west-1.apprunner.requests',
    SubnetIds: ['subnet-1', 'subnet-2'],
    SecurityGroupIds: ['sg-1'],
    ClientToken: 'token',
    PrivateDnsEnabled: false,
    TagSpecifications: [
      {
        ResourceType: 'vpc-endpoint',
        Tags: [
          { Key: 'Name', Value: 'a & b = c+d' },
          { Key: 'x', Value: '' },
        ],
      },
    ],
  };

  it('reads flattened lists and EC2 names', async () => {
    const create = fakeOperation(CreateVpcEndpoint$);
    await new EC2Client(fakeCloud([fakeService('ec2', [create])]).client()).send(
      new CreateVpcEndpointCommand(creation),
    );
    expect(create.inputs).toEqual([creation]);
  });

  it('keeps the order of more than nine items', async () => {
    const describe = fakeOperation(DescribeVpcEndpoints$);
    const client = new EC2Client(fakeCloud([fakeService('ec2', [describe])]).client());
    const VpcEndpointIds = Array.from({ length: 12 }, (_, index) => `vpce-${index}`);
    const Filters = [{ Name: 'vpc-id', Values: ['vpc-1', 'vpc-2'] }];
    await client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds, Filters }));
    expect(describe.inputs).toEqual([{ VpcEndpointIds, Filters }]);
  });

  it('reads blobs', async () => {
    const importKey = fakeOperation(ImportKeyPair$);
    const client = new EC2Client(fakeCloud([fakeService('ec2', [importKey])]).client());
    const input = { KeyName: 'k', PublicKeyMaterial: new Uint8Array([0, 255, 62, 63]) };
    await client.send(new ImportKeyPairCommand(input));
    expect(importKey.inputs).toEqual([input]);
  });

  it('answers with item lists, ISO timestamps and the request id', async () => {
    const CreationTimestamp = new Date('2026-01-02T03:04:05.678Z');
    const endpoint = {
      VpcEndpointId: 'vpce-1',
      State: 'pending',
      CreationTimestamp,
      PrivateDnsEnabled: false,
      SubnetIds: ['subnet-1', 'subnet-2'],
      DnsEntries: [{ DnsName: 'vpce-1.x', HostedZoneId: 'Z1' }],
      Groups: [],
    };
    const describe = fakeOperation(DescribeVpcEndpoints$, () => ({ VpcEndpoints: [endpoint], NextToken: '<next>&' }));
    const cloud = fakeCloud([fakeService('ec2', [describe])]);
    const output = await new EC2Client(cloud.client()).send(new DescribeVpcEndpointsCommand({}));
    expect(output).toMatchObject({ VpcEndpoints: [endpoint], NextToken: '<next>&' });
    const response = await raw(cloud.gateway, 'ec2', {
      headers: form,
      body: 'Action=DescribeVpcEndpoints&Version=2016-11-15',
    });
    const text = bodyText(response);
    expect(text).toContain(
      '<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>',
    );
    expect(text).toContain('<subnetIdSet><item>subnet-1</item><item>subnet-2</item></subnetIdSet>');
    expect(text).toContain('<creationTimestamp>2026-01-02T03:04:05.678Z</creationTimestamp>');
  });

  it('answers operations without output with return', async () => {
    const cloud = fakeCloud([fakeService('ec2', [fakeOperation(DeleteVpc$)])]);
    await new EC2Client(cloud.client()).send(new DeleteVpcCommand({ VpcId: 'vpc-1' }));
    const response = await raw(cloud.gateway, 'ec2', { headers: form, body: 'Action=DeleteVpc&VpcId=vpc-1' });
    expect(bodyText(response)).toContain('<return>true</return></DeleteVpcResponse>');
  });

  it('returns errors under Errors', async () => {
    const remove = fakeOperation(DeleteVpc$, () => {
      throw new AwsError('InvalidVpcID.NotFound', "The vpc ID 'vpc-1' does not exist");
    });
    const cloud = fakeCloud([fakeService('ec2', [remove])]);
    const error = await errorOf(new EC2Client(cloud.client()).send(new DeleteVpcCommand({ VpcId: 'vpc-1' })));
    expect(error).toMatchObject({ name: 'InvalidVpcID.NotFound', message: "The vpc ID 'vpc-1' does not exist" });
    const response = await raw(cloud.gateway, 'ec2', { headers: form, body: 'Action=DeleteVpc&VpcId=vpc-1' });
    expect(bodyText(response)).toMatch(
      /<Response><Errors><Error><Code>InvalidVpcID.NotFound<\/Code><Message>.*<\/Error><\/Errors><RequestID>.*<\/RequestID><\/Response>$/,
    );
  });

  it.each([
    ['CreateVpcEndpoint', '', 'MissingParameter', 'The request must contain the parameter VpcId'],
    ['CreateVpcEndpoint', '&VpcId=v&PrivateDnsEnabled=x', 'InvalidParameterValue', 'PrivateDnsEnabled'],
    ['RunInstances', '&MinCount=1&MaxCount=many', 'InvalidParameterValue', 'MaxCount'],
    ['RunInstances', '&MinCount=1', 'MissingParameter', 'MaxCount'],
    [
      'CreateVpcEndpoint',
      '&VpcId=v&TagSpecification.1.Tag.1.Key.Deep=x',
      'InvalidParameterValue',
      'TagSpecification.1.Tag.1.Key',
    ],
  ])('refuses %s%s', async (action, fields, code, says) => {
    const { gateway } = fakeCloud([
      fakeService('ec2', [fakeOperation(CreateVpcEndpoint$), fakeOperation(RunInstances$)]),
    ]);
    const response = await raw(gateway, 'ec2', { headers: form, body: `Action=${action}${fields}` });
    expect(response.status).toBe(400);
    expect(bodyText(response)).toContain(`<Code>${code}</Code>`);
    expect(bodyText(response)).toContain(says);
  });

  it('only tries with DryRun', async () => {
    const remove = fakeOperation(DeleteVpc$);
    const cloud = fakeCloud([fakeService('ec2', [remove])]);
    const error = await errorOf(
      new EC2Client(cloud.client()).send(new DeleteVpcCommand({ VpcId: 'vpc-1', DryRun: true })),
    );
    expect(error).toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
    expect(remove.inputs).toEqual([]);
  });

  it('asks for an action', async () => {
    const { gateway } = fakeCloud([fakeService('ec2', [])]);
    expect(bodyText(await raw(gateway, 'ec2', { headers: form, body: 'Version=2016-11-15' }))).toContain(
      '<Code>MissingAction</Code>',
    );
  });
});

describe('AWS query', () => {
  it('reads member lists and answers a result with its metadata', async () => {
    const Expiration = new Date('2026-01-01T01:00:00Z');
    const Credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 's/+=', SessionToken: 't', Expiration };
    const assume = fakeOperation(AssumeRole$, () => ({
      Credentials,
      AssumedRoleUser: { AssumedRoleId: 'A:b', Arn: 'arn' },
    }));
    const cloud = fakeCloud([fakeService('sts', [assume])]);
    const input = {
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      RoleSessionName: 'session',
      DurationSeconds: 900,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
      TransitiveTagKeys: ['a', 'b'],
    };
    const output = await new STSClient(cloud.client()).send(new AssumeRoleCommand(input));
    expect(assume.inputs).toEqual([input]);
    expect(output).toMatchObject({ Credentials, AssumedRoleUser: { AssumedRoleId: 'A:b', Arn: 'arn' } });
    const response = await raw(cloud.gateway, 'sts', {
      headers: form,
      body: 'Action=AssumeRole&RoleArn=r&RoleSessionName=s',
    });
    expect(bodyText(response)).toMatch(
      /<AssumeRoleResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/"><AssumeRoleResult>.*<\/AssumeRoleResult><ResponseMetadata><RequestId>[^<]+<\/RequestId><\/ResponseMetadata><\/AssumeRoleResponse>$/,
    );
  });

  it('is answered to a GET too', async () => {
    const { gateway } = fakeCloud([fakeService('sts', [fakeOperation(GetCallerIdentity$, () => ({ Account: '1' }))])]);
    const response = await gateway.handle({
      method: 'GET',
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request' },
      body: new Uint8Array(),
    });
    expect(bodyText(response)).toContain('<Account>1</Account>');
  });

  it('returns errors by the code of the query protocol', async () => {
    const assume = fakeOperation(AssumeRole$, () => {
      throw new AwsError('MalformedPolicyDocumentException', 'no');
    });
    const cloud = fakeCloud([fakeService('sts', [assume], [MalformedPolicyDocumentException$])]);
    const call = new STSClient(cloud.client()).send(new AssumeRoleCommand({ RoleArn: 'r', RoleSessionName: 's' }));
    const error = await errorOf(call);
    expect(error).toBeInstanceOf(MalformedPolicyDocumentException);
    expect(error).toMatchObject({ Code: 'MalformedPolicyDocument', Type: 'Sender', message: 'no' });
  });

  it('refuses what the schema does', async () => {
    const cloud = fakeCloud([fakeService('sts', [fakeOperation(AssumeRole$)])]);
    const response = await raw(cloud.gateway, 'sts', { headers: form, body: 'Action=AssumeRole&Tags.member.1.Key=a' });
    expect(response.status).toBe(400);
    const text = bodyText(response);
    expect(text).toContain('<Code>ValidationError</Code>');
    for (const path of ['roleArn', 'roleSessionName', 'tags.1.member.value']) expect(text).toContain(path);
  });

  it('returns an error of GetCallerIdentity with its request id', async () => {
    const identity = fakeOperation(GetCallerIdentity$, () => {
      throw new AwsError('Throttling', 'Rate exceeded', { status: 400 });
    });
    const cloud = fakeCloud([fakeService('sts', [identity])]);
    const error = await errorOf(new STSClient(cloud.client()).send(new GetCallerIdentityCommand({})));
    expect(error).toMatchObject({ name: 'Throttling', $metadata: { requestId: cloud.calls[0]?.context.requestId } });
  });
});
