import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Addresses } from '../../src/world.ts';
import { alias, CREATE, record, UPSERT } from '../route53/client.ts';
import { ADDRESSES, appRunner, type DnsSetting, dnsSetting, PUBLIC, SERVICE, TOKYO, VPC, VPC_ID } from './setting.ts';

const soaOf = (zone: string) => [expect.objectContaining({ name: zone, type: 'SOA', ttl: 900 })];

describe('records of a zone', () => {
  it('answer with TTL and every value', async () => {
    const { zone, change, ask } = dnsSetting();
    await change(await zone('example.com'), CREATE(record('www.example.com', 'A', ['10.0.0.1', '10.0.0.2'])));
    expect(ask(PUBLIC, 'WWW.Example.com', 'A')).toEqual({
      rcode: 'NOERROR',
      answers: [
        { name: 'www.example.com.', type: 'A', ttl: 300, value: '10.0.0.1' },
        { name: 'www.example.com.', type: 'A', ttl: 300, value: '10.0.0.2' },
      ],
      authority: [],
      authoritative: true,
    });
  });

  it('are there for the apex from the start', async () => {
    const { zone, values } = dnsSetting();
    await zone('example.com');
    expect(values(PUBLIC, 'example.com', 'NS')).toHaveLength(4);
    expect(values(PUBLIC, 'example.com', 'SOA')).toHaveLength(1);
  });

  it.each([
    ['another type', 'www.example.com', 'AAAA', 'NOERROR'],
    ['a type that there is none of', 'www.example.com', 'UNKNOWN_65', 'NOERROR'],
    ['a name between apex and record', 'between.example.com', 'A', 'NOERROR'],
    ['a missing name', 'missing.example.com', 'A', 'NXDOMAIN'],
    ['a name below a record', 'below.www.example.com', 'A', 'NXDOMAIN'],
  ])('%s: %s %s is %s with the SOA', async (_, name, type, rcode) => {
    const { zone, change, ask } = dnsSetting();
    await change(
      await zone('example.com'),
      CREATE(record('www.example.com', 'A', '10.0.0.1')),
      CREATE(record('deep.between.example.com', 'A', '10.0.0.1')),
    );
    expect(ask(PUBLIC, name, type)).toEqual({
      rcode,
      answers: [],
      authority: soaOf('example.com.'),
      authoritative: true,
    });
  });

  it('refuses ANY', async () => {
    const { zone, ask } = dnsSetting();
    await zone('example.com');
    expect(ask(PUBLIC, 'example.com', 'ANY').rcode).toBe('REFUSED');
  });

  it('knows nothing beyond the cloud', () => {
    const { ask } = dnsSetting();
    const nxdomain = { rcode: 'NXDOMAIN', answers: [], authority: [], authoritative: false };
    expect(ask(PUBLIC, 'example.org', 'A')).toEqual(nxdomain);
    expect(ask(PUBLIC, '.', 'NS')).toEqual(nxdomain);
  });
});

describe('wildcards (RFC 4592)', () => {
  it.each([
    ['host.example.com', 'A', ['10.0.0.1']],
    ['a.b.c.example.com', 'A', ['10.0.0.1']],
    ['*.example.com', 'A', ['10.0.0.1']],
    ['host.example.com', 'TXT', []],
    ['taken.example.com', 'A', []],
    ['below.taken.example.com', 'A', undefined],
    ['empty.example.com', 'A', []],
    ['other.empty.example.com', 'A', undefined],
    ['x.alias.example.com', 'A', ['10.0.0.2']],
  ])('%s %s', async (name, type, expected) => {
    const { zone, change, ask } = dnsSetting();
    await change(
      await zone('example.com'),
      CREATE(record('*.example.com', 'A', '10.0.0.1')),
      CREATE(record('taken.example.com', 'TXT', '"v=1"')),
      CREATE(record('deep.empty.example.com', 'A', '10.0.0.3')),
      CREATE(record('target.example.com', 'A', '10.0.0.2')),
      CREATE(record('*.alias.example.com', 'CNAME', 'target.example.com')),
    );
    const answer = ask(PUBLIC, name, type);
    expect(answer.rcode).toBe(expected === undefined ? 'NXDOMAIN' : 'NOERROR');
    expect(answer.answers.filter((it) => it.type === type).map((it) => it.value)).toEqual(expected ?? []);
    if (expected?.length) expect(answer.answers[0]?.name).toBe(name.replace('*', '\\052').concat('.'));
  });
});

describe('CNAMEs', () => {
  it('are followed across zones, and into AWS', async () => {
    const { zone, change, ask } = dnsSetting();
    await change(await zone('example.com'), CREATE(record('www.example.com', 'CNAME', 'Web.example.net', { TTL: 60 })));
    await change(await zone('example.net'), CREATE(record('web.example.net', 'CNAME', SERVICE)));
    expect(ask(VPC, 'www.example.com', 'A')).toMatchObject({
      rcode: 'NOERROR',
      answers: [
        { name: 'www.example.com.', type: 'CNAME', ttl: 60 },
        { name: 'web.example.net.', type: 'CNAME', value: SERVICE },
        { name: `${SERVICE}.`, type: 'A', ttl: 60, value: ADDRESSES[0] },
        { name: `${SERVICE}.`, type: 'A', ttl: 60, value: ADDRESSES[1] },
      ],
    });
  });

  it('end with the answer for their target', async () => {
    const { zone, change, ask } = dnsSetting();
    const id = await zone('example.com');
    await change(
      id,
      CREATE(record('dangling.example.com', 'CNAME', 'missing.example.com')),
      CREATE(record('outside.example.com', 'CNAME', 'example.org')),
    );
    expect(ask(PUBLIC, 'dangling.example.com', 'A')).toMatchObject({
      rcode: 'NXDOMAIN',
      answers: [{ type: 'CNAME' }],
      authority: soaOf('example.com.'),
    });
    expect(ask(PUBLIC, 'outside.example.com', 'A')).toMatchObject({ rcode: 'NXDOMAIN', answers: [{ type: 'CNAME' }] });
    expect(ask(PUBLIC, 'dangling.example.com', 'CNAME')).toMatchObject({
      rcode: 'NOERROR',
      answers: [{ type: 'CNAME' }],
    });
  });

  it('that go round are a failure', async () => {
    const { zone, change, ask } = dnsSetting();
    const id = await zone('example.com');
    await change(
      id,
      CREATE(record('a.example.com', 'CNAME', 'b.example.com')),
      CREATE(record('b.example.com', 'CNAME', 'a.example.com')),
    );
    expect(ask(PUBLIC, 'a.example.com', 'A').rcode).toBe('SERVFAIL');
  });
});

describe('views', () => {
  it('a private zone shadows the public one in its VPC only, and does not fall through', async () => {
    const { zone, change, ask, values } = dnsSetting();
    await change(
      await zone('example.com'),
      CREATE(record('www.example.com', 'A', '192.0.2.1')),
      CREATE(record('only-public.example.com', 'A', '192.0.2.2')),
    );
    await change(await zone('example.com', VPC_ID), CREATE(record('www.example.com', 'A', '10.0.0.1')));
    expect(values(PUBLIC, 'www.example.com', 'A')).toEqual(['192.0.2.1']);
    expect(values(VPC, 'www.example.com', 'A')).toEqual(['10.0.0.1']);
    expect(values({ kind: 'vpc', vpcId: 'vpc-0000beef' }, 'www.example.com', 'A')).toEqual(['192.0.2.1']);
    expect(ask(VPC, 'only-public.example.com', 'A')).toMatchObject({
      rcode: 'NXDOMAIN',
      authority: soaOf('example.com.'),
    });
  });

  it('the longest suffix answers, private before public', async () => {
    const { zone, change, values } = dnsSetting();
    await change(await zone('example.com', VPC_ID), CREATE(record('x.dev.example.com', 'A', '10.0.0.1')));
    await change(await zone('dev.example.com'), CREATE(record('x.dev.example.com', 'A', '192.0.2.1')));
    expect(values(VPC, 'x.dev.example.com', 'A')).toEqual(['10.0.0.1']);
    await change(await zone('dev.example.com', VPC_ID), CREATE(record('x.dev.example.com', 'A', '10.0.0.2')));
    expect(values(VPC, 'x.dev.example.com', 'A')).toEqual(['10.0.0.2']);
    expect(values(PUBLIC, 'x.dev.example.com', 'A')).toEqual(['192.0.2.1']);
  });

  it('AWS answers for its own names as the view may see them', () => {
    const { ask, values } = dnsSetting();
    expect(values(VPC, SERVICE, 'A')).toEqual(ADDRESSES);
    expect(ask(VPC, SERVICE, 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
    expect(ask(PUBLIC, SERVICE, 'A').rcode).toBe('NXDOMAIN');
    expect(ask(VPC, `x${SERVICE}`, 'A').rcode).toBe('NXDOMAIN');
  });

  it('only the public one is authoritative', async () => {
    const { zone, ask } = dnsSetting();
    await zone('example.com', VPC_ID);
    await zone('example.com');
    expect(ask(PUBLIC, 'example.com', 'NS').authoritative).toBe(true);
    expect(ask(VPC, 'example.com', 'NS').authoritative).toBe(false);
  });
});

describe('delegation', () => {
  const nameServersOf = async ({ client }: DnsSetting, Id: string) =>
    (await client.send(new GetHostedZoneCommand({ Id }))).DelegationSet?.NameServers ?? [];

  it('is needed to reach a public zone below another one', async () => {
    const made = dnsSetting();
    const parent = await made.zone('example.com');
    const child = await made.zone('dev.example.com');
    await made.change(child, CREATE(record('www.dev.example.com', 'A', '192.0.2.1')));
    expect(made.ask(PUBLIC, 'www.dev.example.com', 'A')).toMatchObject({
      rcode: 'NXDOMAIN',
      authority: soaOf('example.com.'),
    });
    expect(made.ask(VPC, 'www.dev.example.com', 'A').rcode).toBe('NXDOMAIN');
    await made.change(parent, CREATE(record('dev.example.com', 'NS', await nameServersOf(made, child))));
    expect(made.values(PUBLIC, 'www.dev.example.com', 'A')).toEqual(['192.0.2.1']);
    expect(made.values(VPC, 'www.dev.example.com', 'A')).toEqual(['192.0.2.1']);
  });

  it('of the registrar chooses between two zones of one name, the oldest by default', async () => {
    const made = dnsSetting();
    const [old, young] = [await made.zone('example.com'), await made.zone('example.com')];
    await made.change(old, CREATE(record('www.example.com', 'A', '192.0.2.1')));
    await made.change(young, CREATE(record('www.example.com', 'A', '192.0.2.2')));
    expect(made.values(PUBLIC, 'www.example.com', 'A')).toEqual(['192.0.2.1']);
    made.route53.registerDomain('example.com', await nameServersOf(made, young));
    expect(made.values(PUBLIC, 'www.example.com', 'A')).toEqual(['192.0.2.2']);
    made.route53.registerDomain('example.com', []);
    expect(made.ask(PUBLIC, 'www.example.com', 'A').rcode).toBe('NXDOMAIN');
    made.route53.registerDomain('example.com', ['ns1.other-provider.example.']);
    expect(made.ask(PUBLIC, 'www.example.com', 'A').rcode).toBe('NXDOMAIN');
  });

  it('leads to the child zone of this cloud, and nowhere when there is none', async () => {
    const { zone, change, ask, values, client } = dnsSetting();
    const parent = await zone('example.com');
    await change(parent, CREATE(record('dev.example.com', 'NS', 'ns-1.awsdns-00.com')));
    expect(ask(PUBLIC, 'www.dev.example.com', 'A')).toMatchObject({ rcode: 'SERVFAIL', authoritative: false });
    const child = await zone('dev.example.com');
    const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: child }));
    await change(parent, UPSERT(record('dev.example.com', 'NS', DelegationSet?.NameServers ?? [])));
    await change(child, CREATE(record('www.dev.example.com', 'A', '10.0.0.1')));
    expect(values(PUBLIC, 'www.dev.example.com', 'A')).toEqual(['10.0.0.1']);
    expect(values(PUBLIC, 'dev.example.com', 'NS')).toEqual(DelegationSet?.NameServers?.map((it) => `${it}.`));
  });

  it('is plain data in a private zone', async () => {
    const { zone, change, ask } = dnsSetting();
    await change(await zone('example.com', VPC_ID), CREATE(record('dev.example.com', 'NS', 'ns-1.awsdns-00.com')));
    expect(ask(VPC, 'www.dev.example.com', 'A').rcode).toBe('NXDOMAIN');
    expect(ask(VPC, 'dev.example.com', 'NS').answers).toHaveLength(1);
  });
});

describe('aliases', () => {
  it('answer with the addresses of an AWS name under their own, TTL 60', async () => {
    const { zone, change, ask } = dnsSetting();
    await change(await zone('example.com'), CREATE(alias('example.com', SERVICE, TOKYO)));
    expect(ask(VPC, 'example.com', 'A')).toMatchObject({
      rcode: 'NOERROR',
      answers: ADDRESSES.map((value) => ({ name: 'example.com.', type: 'A', ttl: 60, value })),
    });
  });

  it('are no data while their target does not resolve, and answer once it does', async () => {
    const known = new Map<string, Addresses>();
    const { zone, change, ask, values } = dnsSetting({ source: appRunner(known) });
    await change(await zone('example.com'), CREATE(alias('app.example.com', SERVICE, TOKYO)));
    expect(ask(PUBLIC, 'app.example.com', 'A')).toEqual({
      rcode: 'NOERROR',
      answers: [],
      authority: soaOf('example.com.'),
      authoritative: true,
    });
    known.set(SERVICE, { ipv4: ['10.0.22.10'], ipv6: ['2001:db8::a'] });
    expect(values(PUBLIC, 'app.example.com', 'A')).toEqual(['10.0.22.10']);
  });

  it('to a record of the same zone have its TTL, through further aliases too', async () => {
    const { zone, change, ask } = dnsSetting();
    const id = await zone('example.com');
    await change(
      id,
      CREATE(record('www.example.com', 'A', '10.0.0.1', { TTL: 17 })),
      CREATE(alias('one.example.com', 'www.example.com', id)),
      CREATE(alias('two.example.com', 'one.example.com', id)),
    );
    expect(ask(PUBLIC, 'two.example.com', 'A').answers).toEqual([
      { name: 'two.example.com.', type: 'A', ttl: 17, value: '10.0.0.1' },
    ]);
  });

  it('that go round are no data', async () => {
    const { zone, change, ask } = dnsSetting();
    const id = await zone('example.com');
    await change(
      id,
      CREATE(record('a.example.com', 'A', '10.0.0.1')),
      CREATE(alias('b.example.com', 'a.example.com', id)),
    );
    await change(id, UPSERT(alias('a.example.com', 'b.example.com', id)));
    expect(ask(PUBLIC, 'a.example.com', 'A')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });
});

describe('routing policies', () => {
  const weighted = (SetIdentifier: string, Weight: number, value: string) =>
    CREATE(record('www.example.com', 'A', value, { SetIdentifier, Weight }));

  it('without chance the heaviest answers', async () => {
    const { zone, change, values } = dnsSetting();
    await change(
      await zone('example.com'),
      weighted('a', 1, '10.0.0.1'),
      weighted('b', 9, '10.0.0.2'),
      weighted('c', 0, '10.0.0.3'),
    );
    expect(values(PUBLIC, 'www.example.com', 'A')).toEqual(['10.0.0.2']);
  });

  it('with chance the weights decide, and 0 means never', async () => {
    const { zone, change, values } = dnsSetting({ byChance: true });
    await change(
      await zone('example.com'),
      weighted('a', 1, '10.0.0.1'),
      weighted('b', 3, '10.0.0.2'),
      weighted('c', 0, '10.0.0.3'),
    );
    const counts = new Map<string | undefined, number>();
    for (let draw = 0; draw < 400; draw++) {
      const [value] = values(PUBLIC, 'www.example.com', 'A');
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(counts.get('10.0.0.2')).toBeGreaterThan(240);
    expect(counts.get('10.0.0.1')).toBeGreaterThan(60);
  });

  it('all weights 0 means all alike', async () => {
    const { zone, change, values } = dnsSetting({ byChance: true });
    await change(await zone('example.com'), weighted('a', 0, '10.0.0.1'), weighted('b', 0, '10.0.0.2'));
    const seen = new Set(Array.from({ length: 40 }, () => values(PUBLIC, 'www.example.com', 'A')[0]));
    expect([...seen].sort()).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('failover answers with the primary, multivalue with all, latency and geolocation with one', async () => {
    const { zone, change, values } = dnsSetting();
    const set = (name: string, SetIdentifier: string, value: string, more: object) =>
      CREATE(record(`${name}.example.com`, 'A', value, { SetIdentifier, ...more }));
    await change(
      await zone('example.com'),
      set('failover', 'a', '10.0.0.1', { Failover: 'SECONDARY' }),
      set('failover', 'b', '10.0.0.2', { Failover: 'PRIMARY' }),
      set('multi', 'a', '10.0.0.1', { MultiValueAnswer: true }),
      set('multi', 'b', '10.0.0.2', { MultiValueAnswer: true }),
      set('latency', 'a', '10.0.0.1', { Region: 'us-east-1' }),
      set('latency', 'b', '10.0.0.2', { Region: 'us-west-2' }),
      set('geo', 'a', '10.0.0.1', { GeoLocation: { CountryCode: 'JP' } }),
      set('geo', 'b', '10.0.0.2', { GeoLocation: { CountryCode: '*' } }),
    );
    expect(values(PUBLIC, 'failover.example.com', 'A')).toEqual(['10.0.0.2']);
    expect(values(PUBLIC, 'multi.example.com', 'A')).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(values(PUBLIC, 'latency.example.com', 'A')).toEqual(['10.0.0.1']);
    expect(values(PUBLIC, 'geo.example.com', 'A')).toEqual(['10.0.0.2']);
  });
});

describe('any set of CNAMEs and aliases', () => {
  it('is resolved in the end', async () => {
    const names = ['a', 'b', 'c', '*', '*.a'];
    const link = fc.record({
      from: fc.constantFrom(...names),
      to: fc.constantFrom('a', 'b', 'c', 'x', 'x.a'),
      isAlias: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(link, { maxLength: 8 }), async (links) => {
        const { zone, change, ask } = dnsSetting();
        const id = await zone('example.com');
        for (const { from, to, isAlias } of links) {
          const [name, target] = [`${from}.example.com`, `${to}.example.com`];
          const set = isAlias ? alias(name, target, id) : record(name, 'CNAME', target);
          // Those that Route 53 refuses are simply not there.
          await change(id, UPSERT(record(`${to}.example.com`, 'A', '10.0.0.1'))).catch(() => {});
          await change(id, UPSERT(set)).catch(() => {});
        }
        for (const view of [PUBLIC, VPC]) {
          for (const name of [...names, 'x', 'x.a']) {
            const { rcode, answers } = ask(view, `${name}.example.com`, 'A');
            expect(answers.length).toBeLessThanOrEqual(20);
            if (answers.some((it) => it.type === 'A')) expect(rcode).toBe('NOERROR');
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
