import { ChangeResourceRecordSetsCommand, Route53Client, type RRType } from '@aws-sdk/client-route-53';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud } from '../../src/cloud.ts';
import { dnsError, inProcessResolver } from '../../src/dns/in-process-resolver.ts';
import { seedNetwork } from '../../src/seed.ts';

const PUBLIC = { kind: 'public' } as const;

it('answers and rejects as node:dns does', async () => {
  await using cloud = createCloud({ clock: new VirtualClock() });
  const { publicZoneId } = await seedNetwork(cloud);
  const record = (Name: string, Type: RRType, Value: string) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: { Name, Type, TTL: 60, ResourceRecords: [{ Value }] },
  });
  await new Route53Client(cloud.clientConfig()).send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: publicZoneId,
      ChangeBatch: {
        Changes: [
          record('a.example.com', 'A', '192.0.2.1'),
          record('a.example.com', 'TXT', '"one" "two"'),
          record('a.example.com', 'CAA', '0 issue "amazon.com"'),
          record('c.example.com', 'CNAME', 'A.example.com.'),
        ],
      },
    }),
  );
  const dns = inProcessResolver(cloud.resolver, PUBLIC);
  expect(await dns.resolve4('c.example.com')).toEqual(['192.0.2.1']);
  expect(await dns.resolveCname('c.example.com')).toEqual(['a.example.com']);
  expect(await dns.resolveTxt('a.example.com')).toEqual([['one', 'two']]);
  expect(await dns.resolveCaa('a.example.com')).toEqual([{ critical: 0, issue: 'amazon.com' }]);
  expect(await dns.resolveNs('example.com')).toHaveLength(4);
  await expect(dns.resolve6('a.example.com')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(dns.resolve4('none.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  const ill = inProcessResolver(cloud.resolver, PUBLIC, ({ name, type }, truth) => {
    if (name === 'a.example.com') throw dnsError('ESERVFAIL', name, type);
    return truth();
  });
  await expect(ill.resolve4('a.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  expect(await ill.resolve4('c.example.com')).toEqual(['192.0.2.1']);
});
