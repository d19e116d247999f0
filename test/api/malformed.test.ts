import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProblemName, problemDefinitions, problemType } from '../../shared/api/problems.ts';
import { Installation } from '../installation/installation.ts';
import { type ApiCall, ask, problemIn } from './caller.ts';

const ID = '0123456789abcdef0123456789abcdef';
const SERVICE = `/services/123456789012/ap-northeast-1/hello/${ID}`;
const json = { 'content-type': 'application/json' };
const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** `SERVICE` stands for the path of a service that is there. */
type Case = readonly [
  what: string,
  question: ApiCall,
  problem: ProblemName,
  /** What the answer says, so that one can act on it. */
  says: string | RegExp,
];

const attach = (body: unknown): ApiCall => ({ target: 'SERVICE/attach', body });

const routes: readonly Case[] = [
  ['the root', { target: '/' }, 'route-unknown', 'Nothing is at /'],
  ['an unknown route', { target: '/widgets' }, 'route-unknown', 'Nothing is at /widgets'],
  ['a final slash', { target: '/services/' }, 'route-unknown', '/services/'],
  ['capitals', { target: '/Services' }, 'route-unknown', '/Services'],
  ['two slashes', { target: '//services' }, 'route-unknown', '//services'],
  ['an account alone', { target: '/services/123456789012' }, 'route-unknown', 'Nothing is at'],
  ['a path without an id', { target: '/services/123456789012/ap-northeast-1/hello' }, 'route-unknown', 'Nothing is at'],
  ['an unknown verb', { method: 'POST', target: 'SERVICE/explode' }, 'route-unknown', '/explode'],
  ['a path with a further segment', { target: 'SERVICE/attach/now' }, 'route-unknown', '/attach/now'],
  ['an encoded slash', { target: '/services%2Fhello' }, 'route-unknown', '/services/hello'],
  ['a path of 3,000 characters', { target: `/${'a'.repeat(3000)}` }, 'route-unknown', '…'],
  ['POST of the list', { target: '/services', body: {} }, 'method-not-allowed', 'GET, HEAD, OPTIONS'],
  ['GET of a plan', { target: '/plan' }, 'method-not-allowed', 'POST, OPTIONS'],
  ['PUT of a service', { method: 'PUT', target: 'SERVICE' }, 'method-not-allowed', 'PUT is not one of'],
  ['DELETE of a service', { method: 'DELETE', target: 'SERVICE' }, 'method-not-allowed', 'DELETE is not one of'],
  ['PATCH of attach', { method: 'PATCH', target: 'SERVICE/attach' }, 'method-not-allowed', 'POST, OPTIONS'],
  ['DELETE of the sweeps', { method: 'DELETE', target: '/sweeps' }, 'method-not-allowed', 'HEAD, OPTIONS'],
  ['TRACE of the services', { method: 'TRACE', target: '/services' }, 'method-not-allowed', 'GET, HEAD, OPTIONS'],
  ['GET of a confirmation', { target: '/sweeps/20260101T000000Z-0123abcd/confirm' }, 'method-not-allowed', 'POST'],
  ['a verb for a sweep', { method: 'POST', target: '/sweeps/20260101T000000Z-0123abcd/stop' }, 'route-unknown', 'stop'],
  ['a policy to put', { method: 'PUT', target: '/policy', body: {} }, 'method-not-allowed', 'PUT is not one of'],
  ['a part of the policy', { target: '/policy/rules' }, 'route-unknown', '/policy/rules'],
  ['HEAD of a plan', { method: 'HEAD', target: '/plan' }, 'method-not-allowed', ''],
  ['a redrive', { method: 'POST', target: '/redrive' }, 'route-unknown', 'Nothing is at /redrive'],
];

const SWEEP = '/sweeps/20260101T000000Z-0123abcd';

const paths: readonly Case[] = [
  ['a sweep by number', { target: '/sweeps/7' }, 'path-invalid', '20260131T235959Z-1a2b3c4d'],
  ['the latest sweep by that name', { target: '/sweeps/latest' }, 'path-invalid', 'id: the id of a sweep looks like'],
  ['a sweep in capitals', { target: '/sweeps/20260101T000000Z-0123ABCD' }, 'path-invalid', 'looks like'],
  ['a sweep that never was', { target: SWEEP }, 'sweep-not-found', 'There is no sweep 20260101T000000Z-0123abcd'],
  ['confirming it', { target: `${SWEEP}/confirm`, body: {} }, 'sweep-not-found', 'There is no sweep'],
  ['confirming what is no id', { target: '/sweeps/latest/confirm', body: {} }, 'path-invalid', 'looks like'],
  ['a short account', { target: `/services/12345/ap-northeast-1/hello/${ID}` }, 'path-invalid', '12 digits'],
  ['a region that is none', { target: `/services/123456789012/tokyo/hello/${ID}` }, 'path-invalid', 'ap-northeast-1'],
  ['a short name', { target: `/services/123456789012/ap-northeast-1/a/${ID}` }, 'path-invalid', '4 to 40'],
  ['a name with a dot', { target: `/services/123456789012/ap-northeast-1/he.llo/${ID}` }, 'path-invalid', 'name'],
  [
    'an id in capitals',
    { target: SERVICE.toUpperCase().replace('/SERVICES', '/services') },
    'path-invalid',
    'lower case',
  ],
  ['an id with dashes', { target: SERVICE.replace('0123456789', '01234-6789') }, 'path-invalid', '32 hexadecimal'],
  ['an encoded traversal', { target: `/services/123456789012/ap-northeast-1/%2e%2e/${ID}` }, 'path-invalid', 'name'],
  ['a star for a name', { target: `/services/123456789012/ap-northeast-1/*/${ID}` }, 'path-invalid', 'name'],
  ['a service that is not there', { target: SERVICE }, 'service-not-found', 'neither describes nor lists'],
  ['attaching it', { target: `${SERVICE}/attach`, body: {} }, 'service-not-found', 'neither describes nor lists'],
  ['detaching it', { target: `${SERVICE}/detach`, body: {} }, 'service-not-found', 'neither describes nor lists'],
  ['releasing it', { target: `${SERVICE}/release`, body: {} }, 'service-not-found', 'neither describes nor lists'],
  [
    'a reconciliation of it',
    { target: `${SERVICE}/reconcile`, body: {} },
    'service-not-found',
    'neither describes nor lists',
  ],
  [
    'another account',
    { target: SERVICE.replace('123456789012', '210987654321') },
    'out-of-scope',
    'account 210987654321 is not in scope',
  ],
  [
    'another region',
    { target: `${SERVICE.replace('ap-northeast-1', 'eu-west-1')}/attach`, body: {} },
    'out-of-scope',
    'region eu-west-1 is not in scope',
  ],
];

const queries: readonly Case[] = [
  [
    'an unknown parameter',
    { target: '/services?colour=red' },
    'query-invalid',
    /colour: is not known here; there are .*phase/,
  ],
  ['a parameter where none is taken', { target: 'SERVICE?verbose=1' }, 'query-invalid', 'there are no parameters'],
  ['one of a change', { method: 'POST', target: 'SERVICE/detach?force=true' }, 'query-invalid', 'force'],
  [
    'one given twice',
    { target: '/services?phase=ready&phase=blocked' },
    'query-invalid',
    'phase: is given more than once',
  ],
  ['a phase that is none', { target: '/services?phase=done' }, 'query-invalid', 'ready-unverified'],
  ['a finding that is none', { target: '/findings?finding=broken' }, 'query-invalid', 'record-foreign'],
  ['a severity that is none', { target: '/findings?severity=fatal' }, 'query-invalid', 'warning'],
  ['an account that is none', { target: '/services?account=me' }, 'query-invalid', '12 digits'],
  ['a region that is none', { target: '/findings?region=mars' }, 'query-invalid', 'ap-northeast-1'],
  ['an empty name', { target: '/services?name=' }, 'query-invalid', '4 to 40'],
  ['a limit of nothing', { target: '/services?limit=0' }, 'query-invalid', 'limit'],
  ['a limit too high', { target: '/services?limit=101' }, 'query-invalid', '100'],
  ['a limit in words', { target: '/services?limit=many' }, 'query-invalid', 'number'],
  ['a negative limit', { target: '/findings?limit=-1' }, 'query-invalid', 'limit'],
  ['a broken limit', { target: '/findings?limit=1.5' }, 'query-invalid', 'limit'],
  ['a phase of findings', { target: '/findings?phase=ready' }, 'query-invalid', 'phase: is not known here'],
  ['a member of every object', { target: '/services?__proto__=1' }, 'query-invalid', '__proto__'],
  ['a cursor of nonsense', { target: '/services?cursor=nonsense' }, 'cursor-invalid', 'cannot be read'],
  [
    'a cursor that is JSON of something',
    { target: `/services?cursor=${cursor([1])}` },
    'cursor-invalid',
    'cannot be read',
  ],
  [
    'a cursor at no service',
    { target: `/findings?cursor=${cursor({ after: 'x' })}` },
    'cursor-invalid',
    'cannot be read',
  ],
  [
    'a cursor at no sweep',
    { target: `/findings?cursor=${cursor({ head: { of: '', skip: 1 } })}` },
    'cursor-invalid',
    'cannot be read',
  ],
  [
    'a cursor that skips backwards',
    { target: `/findings?cursor=${cursor({ skip: -1 })}` },
    'cursor-invalid',
    'cannot be read',
  ],
  ['a filter of sweeps', { target: '/sweeps?status=held' }, 'query-invalid', 'status: is not known here'],
  ['a parameter of a new sweep', { method: 'POST', target: '/sweeps?region=eu-west-1' }, 'query-invalid', 'region'],
  ['a cursor at no sweep', { target: `/sweeps?cursor=${cursor({ after: 'x' })}` }, 'cursor-invalid', 'cannot be read'],
  ['too many sweeps', { target: '/sweeps?limit=1000' }, 'query-invalid', 'limit'],
  ['a source that is none', { target: '/findings?source=people' }, 'query-invalid', 'sweep'],
  [
    'a cursor past no head',
    { target: `/findings?cursor=${cursor({ head: { of: 'x', skip: 0 } })}` },
    'cursor-invalid',
    'cannot be read',
  ],
  ['an empty cursor', { target: '/services?cursor=' }, 'query-invalid', 'cursor'],
];

const bodies: readonly Case[] = [
  ['no body where one is needed', { method: 'POST', target: '/plan' }, 'body-missing', 'empty'],
  ['no domains to adopt', { method: 'POST', target: 'SERVICE/adopt' }, 'body-missing', 'empty'],
  ['a body to a GET', { method: 'GET', target: '/services', body: {} }, 'body-unexpected', '2 bytes'],
  [
    'text',
    { target: 'SERVICE/attach', body: 'hello', headers: { 'content-type': 'text/plain' } },
    'content-type-unsupported',
    'text/plain',
  ],
  [
    'a form',
    { target: '/plan', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    'content-type-unsupported',
    'x-www-form-urlencoded',
  ],
  [
    'a type in letters of another alphabet',
    { target: '/plan', body: '{}', headers: { 'content-type': 'текст' } },
    'content-type-unsupported',
    'The Content-Type is',
  ],
  [
    'YAML',
    { target: '/plan', body: 'a: b', headers: { 'content-type': 'application/yaml' } },
    'content-type-unsupported',
    'application/yaml',
  ],
  [
    'another character set',
    { target: '/plan', body: '{}', headers: { 'content-type': 'application/json; charset=latin1' } },
    'content-type-unsupported',
    'latin1',
  ],
  [
    'a compressed body',
    { target: '/plan', body: '{}', headers: { ...json, 'content-encoding': 'gzip' } },
    'content-type-unsupported',
    'gzip',
  ],
  ['JSON that ends early', { target: '/plan', body: '{"event":' }, 'body-not-json', 'cannot be read'],
  [
    'JSON with a comma too many',
    { target: 'SERVICE/attach', body: '{"domains":[],}' },
    'body-not-json',
    'cannot be read',
  ],
  ['JSON with quotes of another kind', { target: '/plan', body: "{'event':{}}" }, 'body-not-json', 'cannot be read'],
  ['two values', { target: '/plan', body: '{} {}' }, 'body-not-json', 'cannot be read'],
  ['ten thousand brackets', { target: '/plan', body: '['.repeat(10_000) }, 'body-not-json', 'cannot be read'],
  [
    'a body too large',
    { target: 'SERVICE/attach', body: { domains: ['a'.repeat(17_000)] } },
    'body-too-large',
    '16384',
  ],
  ['an ARN too large', { target: '/plan', body: { serviceArn: 'a'.repeat(17_000) } }, 'body-too-large', '16384'],
  ['a list', attach([]), 'body-invalid', 'object'],
  ['null', attach('null'), 'body-invalid', 'object'],
  ['a number', attach('7'), 'body-invalid', 'object'],
  [
    'an unknown member',
    attach({ domain: 'hello.example.com' }),
    'body-invalid',
    /#\/domain: is not known here; there are domains/,
  ],
  ['a member of every object', attach('{"__proto__": {"domains": []}}'), 'body-invalid', '__proto__'],
  ['a member whose name is half a character', attach('{"\\ud800": 1}'), 'body-invalid', 'is not known here'],
  ['a member to detach', { target: 'SERVICE/detach', body: { force: true } }, 'body-invalid', '#/force'],
  ['one text for domains', attach({ domains: 'hello.example.com' }), 'body-invalid', '#/domains'],
  ['numbers for domains', attach({ domains: [1] }), 'body-invalid', '#/domains/0'],
  ['an empty domain', attach({ domains: [''] }), 'body-invalid', '#/domains/0'],
  [
    'six domains',
    attach({ domains: ['a', 'b', 'c', 'd', 'e', 'f'].map((label) => `${label}.example.com`) }),
    'body-invalid',
    '#/domains',
  ],
  ['a domain with a space', attach({ domains: ['a.example.com b.example.com'] }), 'body-invalid', '#/domains/0'],
  ['a domain with an address', attach({ domains: ['https://hello.example.com'] }), 'body-invalid', '#/domains/0'],
  ['a wildcard in the middle', attach({ domains: ['a.*.example.com'] }), 'body-invalid', 'wildcard'],
  ['a domain without a dot', attach({ domains: ['localhost'] }), 'body-invalid', 'no dot'],
  ['a number for a VPC', attach({ vpc: 7 }), 'body-invalid', '#/vpc'],
  ['a name for a VPC', attach({ vpc: 'main' }), 'body-invalid', 'vpc- and 8 to 17'],
  ['a VPC for an endpoint', attach({ endpoint: 'vpc-0123456789abcdef0' }), 'body-invalid', 'vpce-'],
  ['a strategy that is none', attach({ strategy: 'magic' }), 'body-invalid', 'endpoint'],
  ['a zone by its name', attach({ zones: ['example.com'] }), 'body-invalid', 'hosted zone id'],
  ['eight zones', attach({ zones: Array.from({ length: 8 }, (_, index) => `Z${index}`) }), 'body-invalid', '#/zones'],
  ['no domain to adopt', { target: 'SERVICE/adopt', body: { domains: [] } }, 'body-invalid', '#/domains'],
  ['a plan of no service', { target: '/plan', body: {} }, 'body-invalid', '#/serviceArn'],
  [
    'a plan of an event',
    { target: '/plan', body: { serviceArn: 'arn', event: {} } },
    'body-invalid',
    '#/event: is not known here; there are serviceArn',
  ],
  [
    'the ARN of something else',
    { target: '/plan', body: { serviceArn: 'arn:aws:s3:::bucket' } },
    'body-invalid',
    '#/serviceArn',
  ],
  ['a number for an ARN', { target: '/plan', body: { serviceArn: 7 } }, 'body-invalid', '#/serviceArn'],
  ['an account to sweep', { target: '/sweeps', body: { account: '123456789012' } }, 'body-invalid', '#/account'],
  ['a body to the policy', { method: 'GET', target: '/policy', body: {} }, 'body-unexpected', '2 bytes'],
  [
    'text to sweep by',
    { target: '/sweeps', body: 'now', headers: { 'content-type': 'text/plain' } },
    'content-type-unsupported',
    'text/plain',
  ],
  [
    'a domain that is not allowed',
    attach({ domains: ['hello.example.org'] }),
    'not-allowed',
    /#\/domains\/0|domain-not-allowed/,
  ],
  ['a zone that is not allowed', attach({ zones: ['ZSTRANGE'] }), 'not-allowed', 'ZSTRANGE is not one of'],
  [
    'adopting for a service that is not attached',
    { target: 'SERVICE/adopt', body: { domains: ['hello.example.com'] } },
    'not-attached',
    'unmanaged',
  ],
  [
    'a plan of another account',
    { target: '/plan', body: { serviceArn: `arn:aws:apprunner:ap-northeast-1:210987654321:service/hello/${ID}` } },
    'out-of-scope',
    '210987654321',
  ],
  [
    'a plan of nothing',
    { target: '/plan', body: { serviceArn: `arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/${ID}` } },
    'service-not-found',
    'neither',
  ],
];

let world: Installation;
let service: string;
let writes: WireCounter;

beforeAll(async () => {
  world = await Installation.start();
  service = (await world.createService('hello')).replace(/^.*:(\d+):service/, '/services/$1/ap-northeast-1');
  await world.quiet();
  writes = new WireCounter(world.cloud.gateway, () => true);
});
afterAll(() => world.stop());

describe.each([
  ['routes', routes],
  ['paths', paths],
  ['queries', queries],
  ['bodies', bodies],
])('malformed %s', (_, cases) => {
  test.each(cases)('%s', async (_what, question, name, says) => {
    const said = await ask(world, { ...question, target: question.target.replace('SERVICE', service) });
    const { status } = problemDefinitions[name];
    expect(said.status).toBe(status);
    expect(status).toBeLessThan(500);
    if (question.method === 'HEAD') return;
    const problem = problemIn(said);
    expect(problem).toMatchObject({
      type: problemType(name),
      status,
      instance: expect.stringMatching(/^urn:request:.+/),
    });
    const text = JSON.stringify([problem.detail, problem.errors ?? []]);
    expect(text.length).toBeLessThan(5000);
    if (typeof says === 'string') expect(text).toContain(JSON.stringify(says).slice(1, -1));
    else expect(text).toMatch(says);
    expect(problem.remedy).not.toBe('');
    if (name === 'method-not-allowed') expect(said.headers.allow).toContain('OPTIONS');
  });
});

test('there are at least sixty, and none of them wrote anything', () => {
  const count = [routes, paths, queries, bodies].flat().length;
  expect(count).toBeGreaterThanOrEqual(60);
  expect(writes.operations.filter((one) => one.writes).map(({ operation }) => operation)).toEqual([]);
});
