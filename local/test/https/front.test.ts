import { X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { DisassociateCustomDomainCommand, PauseServiceCommand } from '@aws-sdk/client-apprunner';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpsFront } from '../../src/https/front.ts';
import { cloud, endpointId, region, vpcId } from '../apprunner/cloud.ts';

const shut = { interfaces: [], state: 'deleted' } as const;
const ownName = `${endpointId}-abc.requests.apprunner.${region}.vpce.amazonaws.com`;

let aws: ReturnType<typeof cloud>;
let front: HttpsFront;

beforeEach(async () => {
  aws = cloud();
  front = new HttpsFront({ world: aws.world, endpoints: aws.endpoints, router: aws.appRunner });
  await front.start();
});

afterEach(() => front.stop());

/** What a client in the VPC sees that resolved `host` to `interfaceAddress`, over a real TLS connection. */
async function get(
  interfaceAddress: string,
  host: string,
  options: { readonly servername?: string; readonly rejectUnauthorized?: boolean; readonly path?: string } = {},
) {
  await front.whenUpdated();
  const [address, port] = (front.addresses()[interfaceAddress] ?? '').split(':');
  return new Promise<{ status?: number; server: string; body: string; certificate: X509Certificate }>(
    (resolve, reject) => {
      httpsRequest(
        {
          host: address,
          port,
          headers: { host },
          servername: host,
          path: '/',
          ca: front.caCertificatePem,
          agent: false,
          ...options,
        },
        (response) => {
          // `response.socket` is declared as a plain one, but HTTPS has no other than TLS.
          const certificate = (response.socket as TLSSocket).getPeerX509Certificate();
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => {
            if (certificate === undefined) return reject(new Error('the server has shown no certificate'));
            const { statusCode: status, headers } = response;
            resolve({
              ...(status && { status }),
              server: String(headers.server),
              body,
              certificate,
            });
          });
        },
      )
        .on('error', reject)
        .end();
    },
  );
}

describe('over TLS on the loopback', () => {
  test('a service answers by its own name through every interface', async () => {
    const { domainName } = await aws.connected();
    for (const interfaceAddress of ['10.0.22.10', '10.0.21.218']) {
      const { status, body, certificate } = await get(interfaceAddress, domainName, { path: '/hello?x=1' });
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({ service: 'orders', host: domainName, path: '/hello?x=1' });
      expect(certificate.subjectAltName).toBe(`DNS:*.${region}.awsapprunner.com`);
    }
  });

  test('and by its custom domain, with that domain’s certificate, once it is active', async () => {
    const { serviceArn } = await aws.connected();
    await aws.associate(serviceArn, 'orders.example.com');
    await expect(get('10.0.22.10', 'orders.example.com')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await aws.activate(serviceArn, '*.example.net');
    const { status, certificate } = await get('10.0.22.10', 'any.example.net');
    expect([status, certificate.subjectAltName]).toEqual([200, 'DNS:*.example.net']);
  });

  test('the endpoint’s own name gets the default certificate and an empty 404', async () => {
    await aws.connected();
    await expect(get('10.0.22.10', ownName)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    const answer = await get('10.0.22.10', ownName, { rejectUnauthorized: false });
    expect(answer).toMatchObject({ status: 404, server: 'envoy', body: '' });
    expect(answer.certificate.subjectAltName).toBe(`DNS:*.${region}.awsapprunner.com`);
  });

  test('the certificate follows SNI, the answer follows Host', async () => {
    const { domainName } = await aws.connected();
    const answer = await get('10.0.22.10', ownName, { servername: domainName, rejectUnauthorized: false });
    expect(answer.status).toBe(404);
    const other = await get('10.0.22.10', domainName, { servername: ownName, rejectUnauthorized: false });
    expect(other.status).toBe(200);
  });

  test('no client trusts it without its certificate authority', async () => {
    const { domainName } = await aws.connected();
    const { certificate } = await get('10.0.22.10', domainName);
    const authority = new X509Certificate(front.caCertificatePem);
    expect(authority.ca).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    const stranger = new HttpsFront({ world: cloud().world, endpoints: aws.endpoints, router: aws.appRunner });
    await stranger.start();
    expect(certificate.verify(new X509Certificate(stranger.caCertificatePem).publicKey)).toBe(false);
    await stranger.stop();
  });

  test('a closed security group refuses connections, and an opened one accepts them', async () => {
    const { domainName } = await aws.connected();
    const { interfaces } = aws.endpoints.put();
    aws.endpoints.put({ interfaces: interfaces.map((one) => ({ ...one, allowsHttps: false })) });
    await expect(get('10.0.22.10', domainName)).rejects.toMatchObject({ code: 'ECONNRESET' });
    aws.endpoints.put();
    expect((await get('10.0.22.10', domainName)).status).toBe(200);
  });
});

describe('listeners', () => {
  test('come and go with the interfaces of available App Runner endpoints', async () => {
    let changes = 0;
    front.onChange(() => {
      changes++;
    });
    expect(front.addresses()).toEqual({});
    aws.endpoints.put({ state: 'pending' });
    await front.whenUpdated();
    expect(front.addresses()).toEqual({});
    const { interfaces } = aws.endpoints.put();
    await front.whenUpdated();
    expect(Object.keys(front.addresses()).toSorted()).toEqual(['10.0.21.218', '10.0.22.10', 'fd00::a', 'fd00::b']);
    expect(changes).toBe(1);
    const before = front.addresses()['10.0.22.10'];
    aws.endpoints.put({ interfaces: interfaces.slice(0, 1) });
    await front.whenUpdated();
    expect(front.addresses()).toEqual({ '10.0.22.10': before, 'fd00::a': before });
    aws.endpoints.put(shut);
    aws.endpoints.put({ endpointId: 'vpce-sqs', serviceName: `com.amazonaws.${region}.sqs` });
    await front.whenUpdated();
    expect(front.addresses()).toEqual({});
    expect(changes).toBe(3);
  });

  test('are listed for each VPC, where two have the same addresses', async () => {
    aws.endpoints.put();
    aws.endpoints.put({ endpointId: 'vpce-other', vpcId: 'vpc-other', account: '111122223333' });
    await front.whenUpdated();
    const [here, there] = [vpcId, 'vpc-other'].map((id) => front.addresses(id)['10.0.22.10']);
    expect(here).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(there).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(there).not.toBe(here);
    expect(front.addresses()['10.0.22.10']).toBe(here);
    expect(front.addresses('vpc-none')).toEqual({});
  });

  test('end with the front', async () => {
    const { domainName } = await aws.connected();
    await front.whenUpdated();
    expect((await get('10.0.22.10', domainName)).status).toBe(200);
    const [address, port] = (front.addresses()['10.0.22.10'] ?? '').split(':');
    await front.stop();
    expect(front.addresses()).toEqual({});
    const refused = new Promise((_, reject) => {
      httpsRequest({ host: address, port }).on('error', reject).end();
    });
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('without a socket', () => {
  const ask = (host: string, extra: { readonly servername?: string; readonly vpcId?: string } = {}) =>
    front.request({ interfaceAddress: '10.0.22.10', host, path: '/hello', ...extra });

  test('the same answers', async () => {
    const { serviceArn, domainName } = await aws.connected();
    await aws.activate(serviceArn, 'orders.example.com', true);
    const wildcard = `*.${region}.awsapprunner.com`;
    expect(ask(domainName)).toMatchObject({ status: 200, certificateNames: [wildcard] });
    expect(ask('www.orders.example.com')).toMatchObject({ status: 200, certificateNames: ['www.orders.example.com'] });
    expect(JSON.parse(ask('orders.example.com:443').body)).toEqual({
      service: 'orders',
      host: 'orders.example.com',
      path: '/hello',
    });
    expect(ask(ownName)).toMatchObject({
      status: 404,
      headers: { server: 'envoy' },
      body: '',
      certificateNames: [wildcard],
    });
    expect(ask(ownName, { servername: 'orders.example.com' })).toMatchObject({
      status: 404,
      certificateNames: ['orders.example.com'],
    });
  });

  test('a paused service is a 503', async () => {
    const { serviceArn, domainName } = await aws.connected();
    await aws.send(new PauseServiceCommand({ ServiceArn: serviceArn }));
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(ask(domainName).status).toBe(503);
  });

  test('an application’s own 404 differs from the router’s 404 of an unknown Host', async () => {
    const { serviceArn, domainName } = await aws.connected();
    await aws.activate(serviceArn, 'orders.example.com');
    aws.appRunner.setApplicationStatus(serviceArn, 404);
    const own = ask('orders.example.com');
    expect([own.status, JSON.parse(own.body)]).toEqual([404, expect.objectContaining({ service: 'orders' })]);
    expect(ask(domainName).body).not.toBe('');
    for (const unknown of ['random.example.com', `random.${region}.awsapprunner.com`]) {
      expect(ask(unknown, { servername: 'orders.example.com' })).toMatchObject({
        status: 404,
        body: '',
        certificateNames: ['orders.example.com'],
      });
    }
  });

  test('a domain that is disassociated is unknown to the router, though App Runner’s own certificate is still shown', async () => {
    const { serviceArn, domainName } = await aws.connected();
    await aws.activate(serviceArn, 'orders.example.com');
    await aws.send(new DisassociateCustomDomainCommand({ ServiceArn: serviceArn, DomainName: 'orders.example.com' }));
    expect(ask('orders.example.com', { servername: domainName })).toMatchObject({ status: 404, body: '' });
  });

  test('no interface and a closed one', async () => {
    const { domainName } = await aws.connected();
    expect(() => ask(domainName, { vpcId: 'vpc-other' })).toThrow(expect.objectContaining({ code: 'EHOSTUNREACH' }));
    const { interfaces } = aws.endpoints.put();
    aws.endpoints.put({ interfaces: interfaces.map((one) => ({ ...one, allowsHttps: false })) });
    expect(() => ask(domainName)).toThrow(expect.objectContaining({ code: 'ETIMEDOUT' }));
  });
});
