import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { alias, CREATE, record, setting } from './client.ts';

describe('cnameAt', () => {
  it('answers from the public zone that the name is delegated to', async () => {
    const { zone, change, route53, client } = setting();
    const parent = await zone('example.com');
    const child = await zone('dev.example.com');
    const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: child }));
    await change(
      parent,
      CREATE(record('dev.example.com', 'NS', DelegationSet?.NameServers ?? [])),
      CREATE(record('_a.example.com', 'CNAME', 'Target.acm-validations.aws.')),
      CREATE(record('_a.dev.example.com', 'CNAME', 'hidden.acm-validations.aws')),
      CREATE(record('*.wild.example.com', 'CNAME', 'wild.acm-validations.aws')),
      CREATE(record('www.example.com', 'A', '10.0.0.1')),
    );
    await change(child, CREATE(record('_b.dev.example.com', 'CNAME', 'seen.acm-validations.aws')));
    expect(route53.cnameAt('_A.example.com')).toBe('target.acm-validations.aws');
    expect(route53.cnameAt('_a.example.com.')).toBe('target.acm-validations.aws');
    expect(route53.cnameAt('_b.dev.example.com')).toBe('seen.acm-validations.aws');
    expect(route53.cnameAt('_a.dev.example.com')).toBeUndefined();
    expect(route53.cnameAt('x.wild.example.com')).toBe('wild.acm-validations.aws');
    expect(route53.cnameAt('www.example.com')).toBeUndefined();
    expect(route53.cnameAt('example.net')).toBeUndefined();
  });

  it('does not see private zones', async () => {
    const { zone, change, route53 } = setting();
    const id = await zone('example.com', 'vpc-0a1b2c3d');
    await change(id, CREATE(record('_a.example.com', 'CNAME', 'target.acm-validations.aws')));
    expect(route53.cnameAt('_a.example.com')).toBeUndefined();
  });

  it('of two zones of one name sees the one its parent delegates to', async () => {
    const { zone, change, route53, client } = setting();
    const parent = await zone('example.com');
    const ids = [await zone('dev.example.com'), await zone('dev.example.com')];
    for (const [index, id] of ids.entries()) {
      await change(id, CREATE(record('_a.dev.example.com', 'CNAME', `target-${index}.example.net`)));
    }
    expect(route53.cnameAt('_a.dev.example.com')).toBeUndefined();
    const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: ids[1] }));
    await change(parent, CREATE(record('dev.example.com', 'NS', DelegationSet?.NameServers ?? [])));
    expect(route53.cnameAt('_a.dev.example.com')).toBe('target-1.example.net');
  });
});

describe('caaIssuers', () => {
  const issuers = async (name: string, ...sets: readonly (readonly [string, string | readonly string[]])[]) => {
    const { zone, change, route53 } = setting();
    const id = await zone('example.com');
    await change(id, ...sets.map(([at, values]) => CREATE(record(at, 'CAA', values))));
    return route53.caaIssuers(name);
  };

  it.each([
    ['climbs to the parent', 'a.b.example.com', [['example.com', '0 issue "amazon.com"']], ['amazon.com']],
    [
      'takes the closest set',
      'a.b.example.com',
      [
        ['example.com', '0 issue "amazon.com"'],
        ['b.example.com', '0 issue "other.test; account=1"'],
      ],
      ['other.test'],
    ],
    [
      'takes several',
      'example.com',
      [['example.com', ['0 issue "a.test"', '0 issue "AMAZON.com"']]],
      ['a.test', 'amazon.com'],
    ],
    ['knows that no authority may issue', 'example.com', [['example.com', '0 issue ";"']], []],
    [
      'prefers issuewild for a wildcard',
      '*.example.com',
      [['example.com', ['0 issue "a.test"', '0 issuewild "b.test"']]],
      ['b.test'],
    ],
    ['falls back to issue for a wildcard', '*.example.com', [['example.com', '0 issue "a.test"']], ['a.test']],
    [
      'leaves issuewild to wildcards',
      'example.com',
      [['example.com', ['0 issue "a.test"', '0 issuewild "b.test"']]],
      ['a.test'],
    ],
    ['is unrestricted by iodef alone', 'example.com', [['example.com', '0 iodef "mailto:a@example.com"']], undefined],
    ['is unrestricted without a set', 'example.com', [['www.example.com', '0 issue "a.test"']], undefined],
  ] as const)('%s', async (_, name, sets, expected) => {
    expect(await issuers(name, ...sets)).toEqual(expected);
  });

  it('follows a CNAME, and climbs on when there is nothing behind it', async () => {
    const { zone, change, route53 } = setting();
    const id = await zone('example.com');
    const other = await zone('example.net');
    await change(other, CREATE(record('app.example.net', 'CAA', '0 issue "b.test"')));
    await change(
      id,
      CREATE(record('example.com', 'CAA', '0 issue "a.test"')),
      CREATE(record('one.example.com', 'CNAME', 'app.example.net')),
      CREATE(record('two.example.com', 'CNAME', 'missing.example.net')),
      CREATE(record('loop.example.com', 'CNAME', 'loop.example.com')),
      CREATE(record('www.example.com', 'A', '10.0.0.1')),
      CREATE(alias('alias.example.com', 'www.example.com', id)),
    );
    expect(route53.caaIssuers('one.example.com')).toEqual(['b.test']);
    for (const name of ['two', 'loop', 'alias']) expect(route53.caaIssuers(`${name}.example.com`)).toEqual(['a.test']);
  });
});
