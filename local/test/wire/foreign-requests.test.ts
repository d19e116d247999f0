import { describe, expect, it } from 'vitest';
import { foreignRequest } from '../../src/wire/foreign-requests.ts';

const HOST = { host: '127.0.0.1:4566' };

describe('requests that are served', () => {
  it.each([
    ['an SDK, curl or the AWS CLI', HOST],
    ['localhost', { host: 'localhost:4566' }],
    ['IPv6', { host: '[::1]:4566' }],
    ['a bucket of a path-style client', { host: 'bucket.localhost:4566' }],
    ['an address typed in', { ...HOST, 'sec-fetch-site': 'none' }],
    ['a page of this port', { ...HOST, origin: 'http://127.0.0.1:4566', 'sec-fetch-site': 'same-origin' }],
    ["a developer's page on another port", { ...HOST, origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' }],
    ["a developer's page on localhost", { ...HOST, origin: 'http://localhost:8080', 'sec-fetch-site': 'cross-site' }],
  ])('%s', (_, headers) => {
    expect(foreignRequest(headers)).toBeUndefined();
  });

  it('hosts that the server knows', () => {
    const host = 'abc.execute-api.eu-west-1.amazonaws.com';
    expect(foreignRequest({ host }, (known) => known === host)).toBeUndefined();
    expect(foreignRequest({ host }, () => false)).toContain(host);
  });
});

describe('requests that are refused', () => {
  it.each([
    [
      'a name that resolves here (DNS rebinding)',
      { host: 'evil.example:4566' },
      'The Host header is "evil.example:4566"',
    ],
    ['a name that only looks local', { host: '127.0.0.1.evil.example' }, 'The Host header'],
    ['a name that ends alike', { host: 'evillocalhost' }, 'The Host header'],
    ['an address of the network', { host: '10.0.0.1:4566' }, 'The Host header'],
    ['no host', {}, 'The Host header is ""'],
    ['a host that is none', { host: 'a b' }, 'The Host header'],
    ['a form of a web page', { ...HOST, origin: 'https://evil.example' }, 'Origin "https://evil.example"'],
    ['a sandboxed page', { ...HOST, origin: 'null' }, 'Origin "null"'],
    ['a link, an image or a script tag', { ...HOST, 'sec-fetch-site': 'cross-site' }, 'a page of another site'],
  ])('%s', (_, headers, reason) => {
    expect(foreignRequest(headers)).toContain(reason);
  });
});
