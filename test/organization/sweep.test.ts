import { afterEach, describe, expect, it } from 'vitest';
import { TestOrganization } from './organization.ts';

let organization: TestOrganization | undefined;
afterEach(() => organization?.world.stop());

const EVERYBODY = {
  network: 'full',
  'shop-prod': 'full',
  'bank-prod': 'full',
  'shop-test': 'full',
  'bank-test': 'full',
  'sandbox-a': 'full',
  'sandbox-b': 'full',
} as const;
const READERS = Object.fromEntries(Object.keys(EVERYBODY).map((name) => [name, 'read-only'] as const));

describe('a sweep over an organisation', () => {
  it('in audit reports and writes nothing, enforced repairs what the rules allow, and once more finds nothing', async () => {
    organization = await TestOrganization.start(READERS);
    const { world } = organization;
    organization.policy('audit');
    const [dependencies, bank, test, sandbox] = ['shop-prod', 'bank-prod', 'shop-test', 'sandbox-a'].map((name) =>
      organization?.account(name),
    );
    const orders = await organization.createService(dependencies ?? '', 'orders');
    const legacy = await organization.createService(dependencies ?? '', 'legacy-ledger');
    const payments = await organization.createService(bank ?? '', 'payments', {}, 'us-east-1');
    await organization.createService(test ?? '', 'canary');
    await organization.createService(sandbox ?? '', 'playground', { 'private-ingress': 'enabled' });
    const written = organization.countWrites();
    await world.quiet();

    const audit = await organization.sweep();
    expect(audit.summary).toMatchObject({ services: 5, managed: 2, changes: 0, failures: [], reasons: [] });
    await world.quiet();
    expect(written()).toEqual([]);
    for (const arn of [orders, payments]) {
      const row = await world.row(arn);
      expect(row?.findings.map(({ code }) => code)).toEqual(['audit']);
    }

    for (const name of Object.keys(EVERYBODY)) await organization.members.member(organization.account(name), 'full');
    organization.policy('enforce');
    const enforced = await organization.sweep();
    expect(enforced.summary?.failures).toEqual([]);
    expect(enforced.summary?.changes).toBe(2);
    for (const arn of [orders, payments]) {
      const row = await world.until(arn, ['ready', 'ready-unverified']);
      expect(row.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
    expect(await world.row(legacy)).toBeUndefined();
    await world.quiet();

    const again = organization.countWrites();
    const last = await organization.sweep();
    expect(last.summary).toMatchObject({
      services: 5,
      managed: 2,
      differing: 0,
      changes: 0,
      orphans: [],
      failures: [],
    });
    await world.quiet();
    expect(again()).toEqual([]);
    expect(world.log).toEqual([]);
  });
});
