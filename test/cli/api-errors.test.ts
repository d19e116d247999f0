import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, serve } from './api-server.ts';
import { type } from './command-line.ts';

const ID = '0123456789abcdef0123456789abcdef';
const ARN = `arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/${ID}`;

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_REGION', 'ap-northeast-1');
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const problem = {
  type: 'urn:apprunner-private-ingress:problem:not-allowed',
  title: 'What is asked for is not allowed here',
  status: 422,
  detail: 'With these tags the service could not become ready.',
  instance: 'urn:request:abc',
  remedy: 'See errors for each.',
  errors: [{ pointer: '#/domains/0', detail: 'www.example.org does not match AllowedNames' }],
};

describe('what the API refuses', () => {
  test('shows what, where and what to do', async () => {
    const { url } = await serve(() => ({ status: 422, type: 'application/problem+json', body: problem }));
    const { code, stdout, stderr } = await type(['attach', ARN, 'www.example.org', '--yes', '--api', url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      [
        'What is asked for is not allowed here',
        '  domain: www.example.org does not match AllowedNames',
        'See errors for each.',
        '(not-allowed in docs/api-errors.md, urn:request:abc)',
        '',
      ].join('\n'),
    );
  });

  test.each<[string, readonly string[], string]>([
    ['an account', ['list', '--account', '12'], '--account "12": an account is 12 digits.\n'],
    ['a region', ['findings', '--region', 'tokyo'], '--region "tokyo": a region looks like ap-northeast-1.\n'],
    [
      'a name',
      ['list', '--name', 'a'],
      '--name "a": a service name is 4 to 40 letters, digits, hyphens and underscores.\n',
    ],
    ['a VPC', ['attach', ARN, '--vpc', 'main'], '--vpc "main": a VPC id is vpc- and 8 to 17 hexadecimal digits.\n'],
    [
      'a zone',
      ['attach', ARN, '--zone', 'Z1', '--zone', 'my-zone'],
      '--zone "my-zone": a hosted zone id is Z and up to 31 capitals and digits.\n',
    ],
    [
      'six domains',
      ['attach', ARN, '--yes', ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`)],
      'domain: a service has 5 custom domains at most.\n',
    ],
    ['an empty domain', ['adopt', ARN, ''], 'domain "": a domain name is not empty.\n'],
    [
      'a path',
      ['status', '/services/12/ap-northeast-1/hello/abc'],
      'service (account) "12": an account is 12 digits.\nservice (id) "abc": a service id is 32 hexadecimal digits in lower case.\n',
    ],
    ['a sweep', ['sweep', 'show', 'last'], 'id "last": the id of a sweep looks like 20260131T235959Z-1a2b3c4d.\n'],
    [
      'a sweep to confirm',
      ['sweep', 'confirm', 'last'],
      'id "last": the id of a sweep looks like 20260131T235959Z-1a2b3c4d.\n',
    ],
  ])('%s that cannot be one: 2, in the words of the command line, and nothing is sent', async (_, words, message) => {
    const { url, asked } = await serve(() => ({ status: 200, body: {} }));
    expect(await type([...words, '--api', url])).toEqual({ code: 2, stdout: '', stderr: message });
    expect(asked).toEqual([]);
  });

  test('a service that is not there: 2, and which command lists them', async () => {
    const detail = `App Runner neither describes nor lists ${ARN}.`;
    const body = { ...problem, type: problem.type.replace('not-allowed', 'service-not-found'), detail, errors: [] };
    const { url } = await serve(() => ({ status: 404, type: 'application/problem+json', body }));
    const stderr = `${detail}\n"list --api ${url}" prints the services that the stack knows.\n`;
    expect(await type(['status', ARN, '--api', url])).toEqual({ code: 2, stdout: '', stderr });
  });

  test('an older API that knows less: 2, in the same words', async () => {
    const errors = [{ parameter: 'severity', detail: 'is not known here' }];
    const body = { ...problem, type: 'urn:x:query-invalid', title: 'Invalid query', errors };
    const { url } = await serve(() => ({ status: 400, type: 'application/problem+json', body }));
    const stderr = 'Invalid option\n  --severity: is not known here\nCorrect what is named above.\n';
    expect(await type(['findings', '--severity', 'error', '--api', url])).toEqual({ code: 2, stdout: '', stderr });
  });

  test('is data with --json', async () => {
    const { url } = await serve(() => ({ status: 422, type: 'application/problem+json', body: problem }));
    const { code, stderr } = await type(['attach', ARN, 'www.example.org', '--yes', '--api', url, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toEqual({ error: expect.stringContaining('is not allowed here'), problem });
  });

  test.each<[string, Answer, readonly string[]]>([
    [
      'a key without the right',
      { status: 403, body: { message: 'Forbidden' } },
      ['Forbidden', 'execute-api:Invoke', 'GET /services: 403'],
    ],
    [
      'another API',
      { status: 404, body: { message: 'Not Found' } },
      ['is not an API of this product', 'ApiUrl', '404'],
    ],
    ['a proxy', { status: 502, type: 'text/html', body: '<h1>Bad Gateway</h1>' }, ['502: <h1>Bad Gateway</h1>']],
    ['an answer without content', { status: 204, type: '', body: '' }, ['answers with nothing']],
    [
      'a page that is no API',
      { status: 200, type: 'text/html', body: '<h1>Hello</h1>' },
      ['answers with text/html, not with JSON'],
    ],
  ])('%s: 1, and what it means', async (_, answer, parts) => {
    const { url } = await serve(() => answer);
    const { code, stdout, stderr } = await type(['list', '--api', url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const part of parts) expect(stderr).toContain(part);
  });

  test('an API that does not answer: 1, with its URL', async () => {
    // Nothing listens on port 2.
    const { code, stderr } = await type(['list', '--api', 'http://127.0.0.1:2']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The API does not answer at http:\/\/127\.0\.0\.1:2: .*ECONNREFUSED/);
  });
});
