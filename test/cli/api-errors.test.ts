import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, serve } from './api-server.ts';
import { type } from './command-line.ts';

const ID = '0123456789abcdef0123456789abcdef';
const ARN = `arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/${ID}`;
const PATH = `/services/123456789012/ap-northeast-1/hello/${ID}`;

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
        '  #/domains/0: www.example.org does not match AllowedNames',
        'See errors for each.',
        `(POST ${PATH}/attach: 422 not-allowed, urn:request:abc)`,
        '',
      ].join('\n'),
    );
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
