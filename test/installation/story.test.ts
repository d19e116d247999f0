import { describe, expect, test } from 'vitest';
import { ADDRESSES, start, TAGS } from './worlds.ts';

/** Both worlds of design §3, each with and without eyes inside the VPC. */
const worlds = [
  { name: 'public name, probe', switches: { connectionNameIsPublic: true }, probe: true, phase: 'settled' },
  { name: 'public name, no probe', switches: { connectionNameIsPublic: true }, probe: false, phase: 'settled' },
  { name: 'private name, probe', switches: { connectionNameIsPublic: false }, probe: true, phase: 'settled' },
  {
    name: 'private name, no probe',
    switches: { connectionNameIsPublic: false },
    probe: false,
    phase: 'settled-unverified',
  },
] as const;

describe.each(worlds)('in the world with $name', ({ switches, probe, phase }) => {
  test('a tagged service becomes private, resolvable and answering, and gives it all back', async () => {
    const world = await start({ switches, probe });
    const before = {
      private: await world.records(world.network.privateZoneId),
      public: await world.records(world.network.publicZoneId),
    };
    const arn = await world.createService('hello', TAGS);
    const row = await world.until(arn, phase);

    expect((await world.service(arn))?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible).toBe(false);
    expect([...world.dig('hello.example.com')].sort()).toEqual(ADDRESSES);
    expect(world.dig('hello.example.com', 'public')).toEqual([]);
    expect(
      world.cloud.front.request({ interfaceAddress: '10.0.22.10', host: 'hello.example.com', path: '/' }),
    ).toMatchObject({
      status: 200,
      certificateNames: ['hello.example.com'],
    });
    expect(row.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);

    await world.tag(arn, { 'private-ingress': 'disabled' });
    await world.until(arn, 'detached');
    expect(await world.records(world.network.privateZoneId)).toEqual(before.private);
    expect(await world.records(world.network.publicZoneId)).toEqual(before.public);
    expect(world.log).toEqual([]);
  });
});
