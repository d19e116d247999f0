import { describe, expect, it } from 'vitest';
import type { NameAnswer } from '../../shared/plan/observed.ts';
import { probeResult } from '../../shared/probe/answer.ts';
import { probeRequest } from '../../shared/probe/contract.ts';
import { type HttpAnswer, probe } from '../../shared/probe/probe.ts';

const addresses = (...given: readonly string[]): NameAnswer => ({
  vantage: 'public',
  outcome: 'addresses',
  addresses: given,
});

function bench(answers: Readonly<Record<string, NameAnswer>>, answer: (host: string) => Promise<HttpAnswer>) {
  const asked: string[] = [];
  let time = 0;
  return {
    asked,
    installation: 'default',
    region: 'ap-northeast-1',
    texts: async (): Promise<readonly string[]> => [`v=1 owner=default service=${'a'.repeat(32)}`],
    resolve: async (name: string, dualStack: boolean): Promise<NameAnswer> => {
      asked.push(`${name}${dualStack ? ' and IPv6' : ''}`);
      return answers[name] ?? { vantage: 'public', outcome: 'nxdomain' };
    },
    fetch: async (address: string, host: string) => {
      asked.push(`https://${host} at ${address}`);
      time += 12.4;
      return answer(host);
    },
    now: () => time,
    randomHost: () => STRANGER,
  };
}
const endpointAddresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const STRANGER = 'stranger.invalid';
const fromService: HttpAnswer = { status: 200, headers: { server: 'envoy', 'content-type': 'text/html' } };
const ok = async () => fromService;

describe('probe', () => {
  it('resolves every name, and sends HTTPS to the requested ones at each of their addresses, always from the VPC', async () => {
    const dependencies = bench({ 'a.test': addresses('10.0.0.1', '10.0.0.2'), 'b.test': addresses('10.0.0.3') }, ok);
    const names = [
      { name: 'a.test', https: true },
      { name: 'b.test', https: false },
    ];
    const result = await probe({ names, dualStack: false, endpointAddresses }, dependencies);
    expect(result).toEqual({
      names: {
        'a.test': {
          answer: { vantage: 'vpc', outcome: 'addresses', addresses: ['10.0.0.1', '10.0.0.2'] },
          httpsChecks: { ok: true, status: 200, milliseconds: expect.closeTo(25, 0) },
        },
        'b.test': { answer: { vantage: 'vpc', outcome: 'addresses', addresses: ['10.0.0.3'] } },
      },
    });
    expect(dependencies.asked.toSorted()).toEqual([
      'a.test',
      'b.test',
      'https://a.test at 10.0.0.1',
      'https://a.test at 10.0.0.2',
    ]);
    expect(probeResult.parse(structuredClone(result))).toEqual(result);
  });

  it('asks a wildcard for a name below it, and answers under its own', async () => {
    const dependencies = bench({ 'private-ingress-probe.example.com': addresses('10.0.0.1') }, ok);
    const result = await probe(
      { names: [{ name: '*.example.com', https: true }], dualStack: true, endpointAddresses },
      dependencies,
    );
    expect(dependencies.asked).toEqual([
      'private-ingress-probe.example.com and IPv6',
      'https://private-ingress-probe.example.com at 10.0.0.1',
    ]);
    expect(result.names['*.example.com']?.httpsChecks).toMatchObject({ ok: true });
  });

  it.each<[NameAnswer, string]>([
    [{ vantage: 'public', outcome: 'nxdomain' }, 'it does not resolve (nxdomain)'],
    [{ vantage: 'public', outcome: 'failed', reason: 'ETIMEOUT' }, 'it does not resolve (failed)'],
    [addresses(), 'it does not resolve (addresses)'],
  ])('%j: no request', async (answer, reason) => {
    const dependencies = bench({ 'a.test': answer }, ok);
    const result = await probe(
      { names: [{ name: 'a.test', https: true }], dualStack: false, endpointAddresses },
      dependencies,
    );
    expect(result.names['a.test']?.httpsChecks).toEqual({ ok: false, reason });
    expect(dependencies.asked).toEqual(['a.test']);
  });

  it('sends nothing to a host that is not the endpoint, wherever a name leads', async () => {
    const dependencies = bench({ 'a.test': addresses('10.0.0.1', '10.9.9.9') }, ok);
    const result = await probe(
      { names: [{ name: 'a.test', https: true }], dualStack: false, endpointAddresses },
      dependencies,
    );
    expect(result.names['a.test']?.httpsChecks).toEqual({
      ok: false,
      reason: '10.9.9.9 is not an address of the endpoint, so no request was sent',
    });
    expect(dependencies.asked).toEqual(['a.test', 'https://a.test at 10.0.0.1']);
  });

  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['the record of another installation', [`v=1 owner=other service=${'a'.repeat(32)}`]],
    ['another text', ['v=spf1 -all', `x v=1 owner=default service=${'a'.repeat(32)}`]],
  ])('tells nothing of a name beside which there is %s: not even whether it exists', async (_, found) => {
    const dependencies = bench({ 'db.corp.test': addresses('10.0.0.1') }, ok);
    const names = ['db.corp.test', 'absent.corp.test'].map((name) => ({ name, https: true }));
    const asked: string[] = [];
    const texts = async (name: string) => {
      asked.push(name);
      return found;
    };
    const result = await probe({ names, dualStack: false, endpointAddresses }, { ...dependencies, texts });
    expect(asked).toEqual(['_private-ingress.db.corp.test', '_private-ingress.absent.corp.test']);
    for (const { name } of names) {
      expect(result.names[name]).toEqual({
        answer: { vantage: 'vpc', outcome: 'nxdomain' },
        httpsChecks: {
          ok: false,
          reason: `inside the VPC there is no ownership record of this stack at _private-ingress.${name}`,
        },
      });
    }
    expect(dependencies.asked).toEqual([]);
    expect(probeResult.parse(structuredClone(result))).toEqual(result);
  });

  it('answers for names of App Runner in its region without an ownership record', async () => {
    const own = 'abc123.ap-northeast-1.awsapprunner.com';
    const others = [
      'abc123.us-east-1.awsapprunner.com',
      'a.abc123.ap-northeast-1.awsapprunner.com',
      'ap-northeast-1.awsapprunner.com',
      'abc123.ap-northeast-1.awsapprunner.com.corp.test',
    ];
    const known = addresses('10.0.0.1');
    const dependencies = bench(Object.fromEntries([own, ...others].map((name) => [name, known])), ok);
    const result = await probe(
      { names: [own, ...others].map((name) => ({ name, https: false })), dualStack: false, endpointAddresses },
      { ...dependencies, texts: async () => [] },
    );
    expect(dependencies.asked).toEqual([own]);
    expect(result.names[own]?.answer).toMatchObject({ outcome: 'addresses' });
  });

  it('says that it does not know where the ownership record cannot be read', async () => {
    const dependencies = bench({ 'a.test': addresses('10.0.0.1') }, ok);
    const result = await probe(
      { names: [{ name: 'a.test', https: false }], dualStack: false, endpointAddresses },
      { ...dependencies, texts: () => Promise.reject(new Error('ETIMEOUT')) },
    );
    const reason = 'the ownership record at _private-ingress.a.test cannot be read: ETIMEOUT';
    expect(result.names['a.test']?.answer).toEqual({ vantage: 'vpc', outcome: 'failed', reason });
  });

  it('says why a request failed, and continues with the others', async () => {
    const fail = () => Promise.reject(new Error('self-signed certificate'));
    const dependencies = bench({ 'a.test': addresses('10.0.0.1'), 'b.test': addresses('10.0.0.2') }, fail);
    const names = ['a.test', 'b.test'].map((name) => ({ name, https: true }));
    const result = await probe({ names, dualStack: false, endpointAddresses }, dependencies);
    expect(Object.values(result.names).map(({ httpsChecks }) => httpsChecks)).toEqual([
      { ok: false, reason: '10.0.0.1: self-signed certificate' },
      { ok: false, reason: '10.0.0.2: self-signed certificate' },
    ]);
  });

  it('one address that does not answer is reported, although another one does: they are in different zones', async () => {
    const dependencies = bench({ 'a.test': addresses('10.0.0.1', '10.0.0.2') }, ok);
    const fetch = async (address: string) => {
      if (address === '10.0.0.2') throw new Error('no answer within 4000 ms');
      return fromService;
    };
    const result = await probe(
      { names: [{ name: 'a.test', https: true }], dualStack: false, endpointAddresses },
      { ...dependencies, fetch },
    );
    expect(result.names['a.test']?.httpsChecks).toEqual({ ok: false, reason: '10.0.0.2: no answer within 4000 ms' });
  });
});

describe('an answer with an error status', () => {
  const routerAnswer: HttpAnswer = { status: 404, headers: { server: 'envoy', date: 'Mon', 'content-length': '0' } };
  const serviceAnswer: HttpAnswer = {
    status: 404,
    headers: { server: 'envoy', date: 'Tue', 'content-length': '0', 'x-envoy-upstream-service-time': '3' },
  };
  const names = [{ name: 'a.test', https: true }];
  const checked = async (answer: (host: string) => Promise<HttpAnswer>) => {
    const dependencies = bench({ 'a.test': addresses('10.0.0.1') }, answer);
    const result = await probe({ names, dualStack: false, endpointAddresses }, dependencies);
    return { checks: result.names['a.test']?.httpsChecks, asked: dependencies.asked };
  };

  it('counts when App Runner’s router answers a random Host otherwise', async () => {
    const { checks, asked } = await checked(async (host) => (host === STRANGER ? routerAnswer : serviceAnswer));
    expect(checks).toMatchObject({ ok: true, status: 404 });
    expect(asked).toContain(`https://${STRANGER} at 10.0.0.1`);
  });

  it('does not count when a random Host gets the same: the router does not know the name', async () => {
    const later = { ...routerAnswer, headers: { ...routerAnswer.headers, date: 'Wed' } };
    const { checks } = await checked(async (host) => (host === STRANGER ? later : routerAnswer));
    expect(checks).toMatchObject({ ok: false });
    expect(JSON.stringify(checks)).toContain(
      '10.0.0.1: App Runner’s router answers 404 for a.test as for any other Host',
    );
  });

  it('counts when the random Host gets no answer', async () => {
    const { checks } = await checked(async (host) => {
      if (host === STRANGER) throw new Error('socket hang up');
      return routerAnswer;
    });
    expect(checks).toMatchObject({ ok: true, status: 404 });
  });

  it('is compared only then', async () => {
    expect((await checked(ok)).asked).not.toContain(`https://${STRANGER} at 10.0.0.1`);
  });
});

describe('what the probe may be requested', () => {
  const asking = (...names: readonly string[]) => ({
    names: names.map((name) => ({ name, https: true })),
    dualStack: false,
    endpointAddresses,
  });
  it.each([
    'app.example.com',
    '*.example.com',
    'abc123.ap-northeast-1.awsapprunner.com',
    '_v1.app.example.com',
    'xn--mnchen-3ya.example.com',
  ])('%s', (name) => expect(probeRequest.safeParse(asking(name)).success).toBe(true));

  it.each<[string, unknown]>([
    ['a URL', asking('https://app.example.com')],
    ['a port', asking('app.example.com:22')],
    ['a path', asking('app.example.com/latest/meta-data')],
    ['an address', asking('169.254.169.254')],
    ['an IPv6 address', asking('::1')],
    ['a name without a dot', asking('localhost')],
    ['an empty name', asking('')],
    ['a wildcard in the middle', asking('a.*.example.com')],
    ['credentials', asking('user@example.com')],
    ['a line break', asking('app.example.com\r\nx: y')],
    ['a trailing line break', asking('app.example.com\n')],
    ['a name too long', asking(`${'a.'.repeat(130)}com`)],
    ['no names', asking()],
    ['seven names', asking(...Array.from({ length: 7 }, (_, index) => `a${index}.example.com`))],
    ['something else beside', { ...asking('a.example.com'), path: '/' }],
    [
      'a method',
      { names: [{ name: 'a.example.com', https: true, method: 'POST' }], dualStack: false, endpointAddresses },
    ],
    ['an address that is none', { ...asking('a.example.com'), endpointAddresses: ['localhost'] }],
    ['nothing', undefined],
  ])('not %s', (_, request) => expect(probeRequest.safeParse(request).success).toBe(false));
});
