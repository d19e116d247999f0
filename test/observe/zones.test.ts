import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { type SeededNetwork, seedNetwork } from 'apprunner-embedded-cloud/seed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JoinedReads } from '../../shared/observe/joined-reads.ts';
import { Freshness } from '../../shared/observe/memory.ts';
import { observeZones } from '../../shared/observe/records.ts';

const OTHER = '210987654321';
let cloud: EmbeddedCloud;
let network: SeededNetwork;
beforeAll(async () => {
  cloud = createCloud({ clock: new VirtualClock() });
  network = await seedNetwork(cloud);
});
afterAll(() => cloud.stop());

describe('hosted zones of an account that a role reaches', () => {
  /** Through the role come the zones of the seeded account; the stack's own account has none. */
  const zones = () => {
    const [shared, own] = [cloud.clientConfig(), cloud.clientConfig({ account: OTHER })].map(
      (config) => new Route53Client(config),
    );
    if (shared === undefined || own === undefined) throw new Error('no client');
    return observeZones(
      { own, shared: [{ client: shared, zoneIds: [network.publicZoneId] }] },
      undefined,
      new JoinedReads().listings(new Freshness(() => 0, false)),
    );
  };

  it('are those that are allowed', async () => {
    expect((await zones()).map(({ id }) => id)).toEqual([network.publicZoneId]);
  });

  it.each(['Throttling', 'AccessDenied'])('are not none when their listing fails with %s', async (code) => {
    const end = cloud.gateway.intercept(({ operation, context }) =>
      operation === ListHostedZonesCommand.name.replace('Command', '') && context.account !== OTHER
        ? new AwsError(code, 'no', { status: 400 })
        : undefined,
    );
    await expect(zones()).rejects.toMatchObject({ name: code });
    end();
  });
});
