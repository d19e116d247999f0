import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, type ApiCloud, apiCloud, type Credentials, type Signing, signed, template, textOf } from './cloud.ts';

const MEMBER = '111122223333';
const caller: Credentials = { accessKeyId: 'me', secretAccessKey: 'me' };

let api: ApiCloud;
beforeEach(async () => {
  const routes = template([
    ['GET /services', 'AWS_IAM'],
    ['POST /services/{name}', 'AWS_IAM'],
    ['GET /open', 'NONE'],
  ]);
  api = await apiCloud(routes, (event) => event);
});
afterEach(() => api.cloud.stop());

const call = (
  target: string,
  how: Partial<Signing> = {},
  request: { method?: string; body?: string; headers?: object } = {},
) => sendSigned(target, { credentials: caller, at: api.clock.now(), ...how }, request);

async function sendSigned(
  target: string,
  signing: Signing,
  request: { method?: string; body?: string; headers?: object },
  change: (headers: Record<string, string>) => Readonly<Record<string, string | undefined>> = (headers) => headers,
) {
  const changedHeaders = Object.entries(change({ ...(await signed({ target, ...request }, signing)) }));
  const headers = Object.fromEntries(
    changedHeaders.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const { method = 'GET', body = '' } = request;
  const answer = await api.send({ target, method, body, headers });
  return { ...answer, reason: answer.headers['x-embedded-reason'], json: JSON.parse(textOf(answer)) };
}

/** Keys of a role's session. */
function role(account: string, action: string, resource: string): Credentials {
  const { arn } = api.cloud.iam.createRole(account, {
    RoleName: 'caller',
    AssumeRolePolicyDocument: { Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' } },
    Policies: [
      { PolicyName: 'own', PolicyDocument: { Statement: { Effect: 'Allow', Action: action, Resource: resource } } },
    ],
  });
  return api.cloud.iam.issueRoleCredentials(arn, 'session');
}

describe('a signed caller', () => {
  test.each(['me', ACCOUNT])('with the key %s is root of the account', async (accessKeyId) => {
    const { status, json } = await call('/services', { credentials: { accessKeyId, secretAccessKey: 'anything' } });
    expect(status).toBe(200);
    expect(json.requestContext.authorizer).toEqual({
      iam: {
        accessKey: accessKeyId,
        accountId: ACCOUNT,
        callerId: ACCOUNT,
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: `arn:aws:iam::${ACCOUNT}:root`,
        userId: ACCOUNT,
      },
    });
  });

  test('with a handed out key is that role, may do what its policies allow, and no more', async () => {
    const resource = `arn:aws:execute-api:ap-northeast-1:${ACCOUNT}:${api.apiId}/$default/GET/*`;
    const credentials = role(ACCOUNT, 'execute-api:Invoke', resource);
    const allowed = await call('/services?b=2&a=1&a=%20', { credentials });
    expect(allowed.status).toBe(200);
    const { iam } = allowed.json.requestContext.authorizer;
    expect(iam).toMatchObject({
      accessKey: credentials.accessKeyId,
      userArn: `arn:aws:sts::${ACCOUNT}:assumed-role/caller/session`,
      userId: expect.stringMatching(/^AROA\w{17}:session$/),
    });
    expect(iam.callerId).toBe(iam.userId);

    const denied = await call('/services/web', { credentials }, { method: 'POST', body: '{}' });
    expect(denied).toMatchObject({
      status: 403,
      json: { message: 'Forbidden' },
      reason: expect.stringContaining(
        `execute-api:Invoke on resource: arn:aws:execute-api:ap-northeast-1:${ACCOUNT}:${api.apiId}/$default/POST/services/web`,
      ),
    });
  });

  test('of another account is refused, even its root, and even with the right', async () => {
    const root = { accessKeyId: MEMBER, secretAccessKey: 'x' };
    const credentials = role(MEMBER, '*', '*');
    for (const one of [root, credentials]) {
      expect(await call('/services', { credentials: one })).toMatchObject({
        status: 403,
        json: { message: 'Forbidden' },
        reason: expect.stringContaining(`of the account ${MEMBER}`),
      });
    }
  });

  test('is not required on an open route', async () => {
    expect(await api.send({ target: '/open' })).toMatchObject({ status: 200 });
  });
});

describe('the signature of a handed out key', () => {
  let credentials: Credentials;
  beforeEach(() => {
    credentials = role(ACCOUNT, '*', '*');
  });
  const post = (change?: Parameters<typeof sendSigned>[3], target = '/services/a%20b%2Fc?x=%2F%20&y&x=1') =>
    sendSigned(
      target,
      { credentials, at: api.clock.now() },
      { method: 'POST', body: '{}', headers: { 'x-note': '  a   b ' } },
      change,
    );

  test('is verified over path, query, headers and body', async () => {
    expect(await post()).toMatchObject({ status: 200 });
    expect(await post(undefined, "/services/it's(a)*!")).toMatchObject({ status: 200 });
  });

  test.each<readonly [string, Parameters<typeof sendSigned>[3], string]>([
    [
      'another secret',
      ({ authorization = '', ...rest }) => ({
        ...rest,
        authorization: authorization.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      }),
      'signature is not the one',
    ],
    ['a changed header', (headers) => ({ ...headers, 'x-note': 'other' }), 'signature is not the one'],
    ['a changed host', (headers) => ({ ...headers, host: 'elsewhere' }), 'signature is not the one'],
    ['no token', (headers) => ({ ...headers, 'x-amz-security-token': undefined }), 'X-Amz-Security-Token'],
    ['another token', (headers) => ({ ...headers, 'x-amz-security-token': 'x' }), 'X-Amz-Security-Token'],
    [
      'another payload hash',
      (headers) => ({ ...headers, 'x-amz-content-sha256': '0'.repeat(64) }),
      'signature is not the one',
    ],
  ])('is refused with %s', async (_, change, reason) => {
    expect(await post(change)).toMatchObject({
      status: 403,
      json: { message: 'Forbidden' },
      reason: expect.stringContaining(reason),
    });
  });

  test('says nothing for a body that is not the signed one', async () => {
    const target = '/services/web';
    const headers = await signed({ target, method: 'POST', body: '{"a":1}' }, { credentials, at: api.clock.now() });
    for (const [body, status] of [
      ['{"a":1}', 200],
      ['{"a":2}', 403],
    ] as const) {
      expect(await api.send({ method: 'POST', target, body, headers })).toMatchObject({ status });
    }
  });
});

describe('a request is forbidden', () => {
  test.each<readonly [string, Partial<Signing>, string]>([
    ['for another service', { service: 'lambda' }, 'for the service lambda'],
    ['for another region', { region: 'us-east-1' }, 'for the region us-east-1'],
    [
      'with an unknown temporary key',
      { credentials: { accessKeyId: 'ASIANOBODY', secretAccessKey: 'x' } },
      'does not exist',
    ],
  ])('signed %s', async (_, how, reason) => {
    expect(await call('/services', how)).toMatchObject({
      status: 403,
      json: { message: 'Forbidden' },
      reason: expect.stringContaining(reason),
    });
  });

  test('signed more than five minutes ago, or for a time to come', async () => {
    const minutes = async (past: number) => (await call('/services', { at: api.clock.now() - past * 60_000 })).status;
    await api.clock.advance(3_600_000);
    expect([await minutes(5), await minutes(-5)]).toEqual([200, 200]);
    expect([await minutes(5.1), await minutes(-5.1)]).toEqual([403, 403]);
  });

  test.each<readonly [string, (headers: Record<string, string>) => Readonly<Record<string, string | undefined>>]>([
    ['no Authorization', (headers) => ({ ...headers, authorization: undefined })],
    ['a bearer token', (headers) => ({ ...headers, authorization: 'Bearer x' })],
    ['no date', (headers) => ({ ...headers, 'x-amz-date': undefined })],
    ['a date that is none', (headers) => ({ ...headers, 'x-amz-date': '20260199T990000Z' })],
    [
      'a date of another day',
      (headers) => ({ ...headers, authorization: headers.authorization?.replace(/\/\d{8}\//, '/20200101/') }),
    ],
    [
      'half a Credential',
      (headers) => ({ ...headers, authorization: headers.authorization?.replace(/\/aws4_request/, '') }),
    ],
    ['a short signature', (headers) => ({ ...headers, authorization: headers.authorization?.replace(/.$/, '') })],
    ['the host not signed', (headers) => ({ ...headers, authorization: headers.authorization?.replace('host;', '') })],
  ])('with %s', async (_, change) => {
    const answer = await sendSigned('/services', { credentials: caller, at: api.clock.now() }, {}, change);
    expect(answer).toMatchObject({ status: 403, json: { message: 'Forbidden' }, reason: expect.any(String) });
  });
});
