import {
  AssociateCustomDomainCommand,
  DeleteServiceCommand,
  DescribeCustomDomainsCommand,
  DisassociateCustomDomainCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import { cloud, vpcId } from './cloud.ts';

type Aws = ReturnType<typeof cloud>;

const HOUR = 60 * 60 * 1000;
const only = async (aws: Aws, arn: string) => (await aws.domains(arn))[0];
const disassociate = (aws: Aws, ServiceArn: string, DomainName: string) =>
  aws.send(new DisassociateCustomDomainCommand({ ServiceArn, DomainName }));

/** A service with one domain whose records are shown but published nowhere. */
async function awaiting(aws: Aws, name = 'orders.example.com', www = false): Promise<string> {
  const arn = await aws.service();
  await aws.associate(arn, name, www);
  await aws.clock.advance(aws.profile.validationRecords);
  return arn;
}

describe('a domain goes through its states', () => {
  test('creating → pending_certificate_dns_validation → binding_certificate → active', async () => {
    const aws = cloud();
    const arn = await aws.service();
    const { CustomDomain } = await aws.associate(arn, 'orders.example.com');
    expect(CustomDomain).toEqual({ DomainName: 'orders.example.com', EnableWWWSubdomain: false, Status: 'creating' });

    await aws.clock.advance(aws.profile.validationRecords - 1);
    expect(await only(aws, arn)).not.toHaveProperty('CertificateValidationRecords');
    await aws.clock.advance(1);
    expect(await only(aws, arn)).toMatchObject({
      Status: 'pending_certificate_dns_validation',
      CertificateValidationRecords: expect.arrayContaining([
        {
          Name: expect.stringMatching(/^_[0-9a-f]{32}\.orders\.example\.com\.$/),
          Type: 'CNAME',
          Value: expect.stringMatching(/^_[0-9a-f]{32}\.[a-z2-7]{10}\.acm-validations\.aws\.$/),
          Status: 'PENDING_VALIDATION',
        },
      ]),
    });

    await aws.clock.advance(24 * HOUR);
    expect((await only(aws, arn))?.Status).toBe('pending_certificate_dns_validation');
    await aws.publish(arn);
    await aws.clock.advance(aws.profile.certificateIssuance);
    expect((await only(aws, arn))?.Status).toBe('pending_certificate_dns_validation');
    await aws.clock.advance(aws.profile.certificateIssuance / 4);
    expect(await only(aws, arn)).toMatchObject({
      Status: 'binding_certificate',
      CertificateValidationRecords: expect.arrayContaining([expect.objectContaining({ Status: 'SUCCESS' })]),
    });
    await aws.clock.advance(aws.profile.certificateBinding);
    expect((await only(aws, arn))?.Status).toBe('active');
  });

  test('a record that goes before the certificate is issued starts the wait anew', async () => {
    const aws = cloud();
    const arn = await awaiting(aws);
    await aws.publish(arn);
    await aws.clock.advance(aws.profile.certificateIssuance / 2);
    const published = [...aws.cnames];
    aws.cnames.clear();
    await aws.clock.advance(aws.profile.certificateIssuance);
    for (const [name, value] of published) aws.cnames.set(name, value);
    await aws.clock.advance(aws.profile.certificateIssuance - 1);
    expect((await only(aws, arn))?.Status).toBe('pending_certificate_dns_validation');
    await aws.clock.advance(aws.profile.certificateIssuance / 2 + aws.profile.certificateBinding);
    expect((await only(aws, arn))?.Status).toBe('active');
  });

  test('a wrong value, or one record of several, validates nothing; after 72 hours it has failed', async () => {
    const aws = cloud();
    const arn = await awaiting(aws, 'orders.example.com', true);
    await aws.publish(arn);
    const [first = ''] = aws.cnames.keys();
    aws.cnames.set(first, 'elsewhere.example.com');
    await aws.clock.advance(71 * HOUR);
    expect((await only(aws, arn))?.Status).toBe('pending_certificate_dns_validation');
    await aws.clock.advance(2 * HOUR);
    expect(await only(aws, arn)).toMatchObject({
      Status: 'create_failed',
      CertificateValidationRecords: expect.arrayContaining([expect.objectContaining({ Status: 'FAILED' })]),
    });
  });

  test.each([
    { issuers: undefined, end: 'active' },
    { issuers: ['amazon.com'], end: 'active' },
    { issuers: ['letsencrypt.org', 'amazontrust.com'], end: 'active' },
    { issuers: ['awstrust.com'], end: 'active' },
    { issuers: ['amazonaws.com'], end: 'active' },
    { issuers: ['letsencrypt.org'], end: 'create_failed' },
    { issuers: [], end: 'create_failed' },
  ])('with CAA issuers $issuers it ends $end', async ({ issuers, end }) => {
    const aws = cloud();
    if (issuers) aws.issuers.set('orders.example.com', issuers);
    const arn = await aws.service();
    await aws.activate(arn, 'orders.example.com');
    expect((await only(aws, arn))?.Status).toBe(end);
  });

  test('a certificate can be made to fail', async () => {
    const aws = cloud();
    aws.appRunner.failNext('certificate');
    const arn = await aws.service();
    await aws.activate(arn, 'orders.example.com');
    expect((await only(aws, arn))?.Status).toBe('create_failed');
  });

  test('it stays active when its records go; only their status says so', async () => {
    const aws = cloud();
    const arn = await aws.service();
    await aws.activate(arn, 'orders.example.com');
    aws.cnames.clear();
    await aws.clock.advance(24 * HOUR);
    expect(await only(aws, arn)).toMatchObject({
      Status: 'active',
      CertificateValidationRecords: expect.arrayContaining([expect.objectContaining({ Status: 'PENDING_VALIDATION' })]),
    });
    await aws.publish(arn);
    await aws.clock.advance(24 * HOUR);
    expect(JSON.stringify(await only(aws, arn))).not.toContain('PENDING_VALIDATION');
  });

  test('deleting → gone, or delete_failed', async () => {
    const aws = cloud();
    const arn = await aws.service();
    await aws.activate(arn, 'orders.example.com');
    aws.appRunner.failNext('domain-deletion');
    expect((await disassociate(aws, arn, 'orders.example.com')).CustomDomain?.Status).toBe('deleting');
    await expect(disassociate(aws, arn, 'orders.example.com')).rejects.toMatchObject({ code: 'InvalidStateException' });
    await aws.clock.advance(aws.profile.domainDeletion);
    expect((await only(aws, arn))?.Status).toBe('delete_failed');
    await disassociate(aws, arn, 'orders.example.com');
    await aws.clock.advance(aws.profile.domainDeletion);
    expect(await aws.domains(arn)).toEqual([]);
  });

  test('a domain on its way out is not validated any more', async () => {
    const aws = cloud();
    const arn = await awaiting(aws);
    await aws.publish(arn);
    await aws.clock.advance(1.25 * aws.profile.certificateIssuance - 1);
    await disassociate(aws, arn, 'orders.example.com');
    await aws.clock.advance(1);
    expect((await only(aws, arn))?.Status).toBe('deleting');
  });
});

describe('validation records', () => {
  test.each([
    ['as-captured', 2, 3],
    ['one-fewer', 1, 2],
  ] as const)('%s: %d of them, %d with www', async (validationRecords, plain, www) => {
    const aws = cloud({ switches: { validationRecords } });
    const arn = await aws.service();
    await aws.associate(arn, 'plain.example.com');
    await aws.associate(arn, 'example.com', true);
    await aws.clock.advance(aws.profile.validationRecords);
    const records = (await aws.domains(arn)).map(({ CertificateValidationRecords }) => CertificateValidationRecords);
    expect(records.map((one) => one?.length)).toEqual([plain, www]);
    const names = (records[1] ?? []).map(({ Name }) => Name?.replace(/^_[0-9a-f]{32}\./, ''));
    expect(names.slice(0, 2)).toEqual(['example.com.', 'www.example.com.']);
    expect(names.slice(2)).toEqual(www === 3 ? [expect.stringMatching(/^[a-z2-7]{31}\.example\.com\.$/)] : []);
  });

  test('a wildcard and its root share one, and so does a domain that comes back', async () => {
    const aws = cloud();
    const arn = await awaiting(aws, 'example.com');
    const [first] = (await only(aws, arn))?.CertificateValidationRecords ?? [];
    await aws.associate(arn, '*.example.com');
    await aws.clock.advance(aws.profile.validationRecords);
    expect((await aws.domains(arn))[1]?.CertificateValidationRecords?.[0]).toEqual(first);
    await disassociate(aws, arn, 'example.com');
    await aws.clock.advance(aws.profile.domainDeletion);
    await aws.associate(arn, 'example.com');
    await aws.clock.advance(aws.profile.validationRecords);
    expect((await aws.domains(arn))[1]?.CertificateValidationRecords?.[0]).toEqual(first);
  });
});

describe('around the domains', () => {
  test('www is on by default', async () => {
    const aws = cloud();
    const ServiceArn = await aws.service();
    const { CustomDomain } = await aws.send(
      new AssociateCustomDomainCommand({ ServiceArn, DomainName: 'Example.com' }),
    );
    expect(CustomDomain).toMatchObject({ DomainName: 'example.com', EnableWWWSubdomain: true });
  });

  test('targets: the service url, and one per connection once there is one', async () => {
    const aws = cloud();
    aws.endpoints.put();
    const ServiceArn = await aws.service('orders', false);
    const describeDomains = new DescribeCustomDomainsCommand({ ServiceArn });
    expect((await aws.send(describeDomains)).VpcDNSTargets).toEqual([]);
    const connectionArn = await aws.connect(ServiceArn);
    const { DomainName } = await aws.connection(connectionArn);
    expect((await aws.send(describeDomains)).VpcDNSTargets).toEqual([
      { VpcIngressConnectionArn: connectionArn, VpcId: vpcId, DomainName },
    ]);

    const open = await aws.service('open');
    const { DNSTarget } = await aws.send(new DescribeCustomDomainsCommand({ ServiceArn: open }));
    expect(DNSTarget).toBe((await aws.describeService(open)).ServiceUrl);
  });

  test('pages of at most five', async () => {
    const aws = cloud();
    const ServiceArn = await aws.service();
    for (const name of ['a', 'b', 'c']) await aws.associate(ServiceArn, `${name}.example.com`);
    const first = await aws.send(new DescribeCustomDomainsCommand({ ServiceArn, MaxResults: 2 }));
    const second = await aws.send(new DescribeCustomDomainsCommand({ ServiceArn, NextToken: first.NextToken }));
    expect([first, second].map(({ CustomDomains }) => CustomDomains?.map(({ DomainName }) => DomainName))).toEqual([
      ['a.example.com', 'b.example.com'],
      ['c.example.com'],
    ]);
    await expect(aws.send(new DescribeCustomDomainsCommand({ ServiceArn, MaxResults: 6 }))).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });

  test('events tell every change of a validation', async () => {
    const aws = cloud();
    const arn = await aws.service();
    await aws.activate(arn, 'orders.example.com');
    const reported = aws.events.filter(
      ({ 'detail-type': type }) => type === 'AppRunner Custom Domain Validation Status Update',
    );
    expect(reported.map(({ detail }) => detail)).toEqual(
      ['pending_certificate_dns_validation', 'binding_certificate', 'active'].map((domainStatus) =>
        expect.objectContaining({ domainName: 'orders.example.com', domainStatus, serviceName: 'orders' }),
      ),
    );
    expect(reported[0]?.resources).toEqual([arn]);
  });

  test('they go with their service', async () => {
    const aws = cloud();
    const ServiceArn = await aws.service();
    await aws.activate(ServiceArn, 'orders.example.com');
    await aws.send(new DeleteServiceCommand({ ServiceArn }));
    await aws.clock.advance(aws.profile.serviceOperation);
    await expect(aws.domains(ServiceArn)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(aws.associate(await aws.service('other'), 'orders.example.com')).resolves.toBeDefined();
  });
});

describe('refusals', () => {
  test.each([
    { name: '*.example.com', www: true, of: 'a wildcard with www' },
    { name: 'www.*.example.com', www: false, of: 'a wildcard in the middle' },
    { name: '*.app.example.com', www: false, of: 'a wildcard below a subdomain' },
    { name: '*.co.uk', www: false, of: 'a wildcard below a public suffix' },
    { name: 'localhost', www: false, of: 'a single label' },
    { name: 'example.com.', www: false, of: 'a final dot' },
    { name: `${'a'.repeat(64)}.example.com`, www: false, of: 'a label that is too long' },
  ])('$of', async ({ name, www }) => {
    const aws = cloud();
    await expect(aws.associate(await aws.service(), name, www)).rejects.toMatchObject({
      code: 'InvalidRequestException',
    });
  });

  test.each(['*.example.com', '*.example.co.uk'])('but not %s, directly below a registered domain', async (name) => {
    const aws = cloud();
    await expect(aws.associate(await aws.service(), name)).resolves.toBeDefined();
  });

  test('a domain that is associated already, with this service or another one', async () => {
    const aws = cloud();
    const arn = await aws.service();
    const other = await aws.service('others');
    await aws.associate(arn, 'example.com', true);
    for (const [service, name] of [
      [arn, 'example.com'],
      [other, 'example.com'],
      [other, 'www.example.com'],
    ] as const) {
      await expect(aws.associate(service, name)).rejects.toMatchObject({
        code: 'InvalidRequestException',
        message: `${name} is already associated with ${arn}.`,
      });
    }
    await expect(aws.associate(other, 'else.example.com')).resolves.toBeDefined();
  });

  test('the sixth domain, a missing one, a missing service, a busy service', async () => {
    const aws = cloud();
    const arn = await aws.service();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await aws.associate(arn, `${name}.example.com`);
    await expect(aws.associate(arn, 'f.example.com')).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(disassociate(aws, arn, 'x.example.com')).rejects.toMatchObject({
      code: 'InvalidRequestException',
      message: expect.stringContaining('No custom domain x.example.com found for the provided service'),
    });
    await expect(aws.associate(`${arn}0`, 'x.example.com')).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await expect(aws.domains(`${arn}0`)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await aws.send(new StartDeploymentCommand({ ServiceArn: arn }));
    await expect(aws.associate(arn, 'x.example.com')).rejects.toMatchObject({ code: 'InvalidStateException' });
    await expect(disassociate(aws, arn, 'a.example.com')).rejects.toMatchObject({ code: 'InvalidStateException' });
  });
});
