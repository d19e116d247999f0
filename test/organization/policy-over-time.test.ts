import { MoveAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import type { UnitPath } from 'apprunner-embedded-cloud/organization';
import { afterEach, describe, expect, it } from 'vitest';
import { STACK_NAME } from '../../demo/product-stack.ts';
import type { PolicyRule } from '../../shared/policy/policy.ts';
import { EventWeatherControl } from '../scenarios/events.ts';
import { TestOrganization } from './organization.ts';

let organization: TestOrganization;
afterEach(() => organization.world.stop());

const MINUTE = 60_000;
const ready = ['ready', 'ready-unverified'] as const;

const everything: PolicyRule = {
  name: 'everything is private',
  match: {},
  enforcement: 'required',
  mode: 'enforce',
  domains: [],
};

/** An organisation with one account that the hub may read and write. */
async function withMember(name: 'shop-prod' | 'shop-test', access: 'full' | 'read-only' = 'full'): Promise<string> {
  organization = await TestOrganization.start({ [name]: access });
  return organization.account(name);
}

/** One account is in scope, with these rules. */
function rules(account: string, ...says: readonly PolicyRule[]): void {
  organization.policy('enforce', () => ({ accounts: { kind: 'listed', ids: [account] }, rules: says }));
}

function loseEvents(): void {
  new EventWeatherControl(organization.world.cloud).become('lost', 0);
}

const codes = async (arn: string) => (await organization.world.row(arn))?.findings.map(({ code }) => code);

describe('an exception', () => {
  it('holds to the end of its day, and then the rule counts again', async () => {
    const account = await withMember('shop-prod');
    const { world } = organization;
    loseEvents();
    const exception = { match: { services: ['legacy-*'] }, reason: 'Its clients move first.', until: '2026-01-01' };
    organization.policy('enforce', () => ({
      accounts: { kind: 'listed', ids: [account] },
      rules: [everything],
      exceptions: [exception],
    }));
    const arn = await organization.createService(account, 'legacy-ledger');
    await world.clock.advance(Date.UTC(2026, 0, 2) - world.clock.now() - 5 * MINUTE);
    expect((await organization.sweep()).summary).toMatchObject({ services: 1, managed: 0, differing: 0 });
    await world.clock.advance(5 * MINUTE);
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, changes: 1 });
    await world.until(arn, ready);
    expect(await codes(arn)).toContain('exception-expired');
  });
});

describe('of two rules that both match', () => {
  const alone: PolicyRule = {
    ...everything,
    name: 'orders is left alone',
    match: { services: ['ord*'] },
    enforcement: 'ignored',
  };
  it.each([
    ['the first leaves it alone', [alone, everything], 0],
    ['the first requires it to be private', [everything, alone], 1],
  ] as const)('%s, and that counts', async (_, says, changes) => {
    const account = await withMember('shop-prod');
    loseEvents();
    const arn = await organization.createService(account, 'orders');
    await organization.world.quiet();
    rules(account, ...says);
    expect((await organization.sweep()).summary).toMatchObject({ services: 1, managed: changes, changes });
    await organization.world.quiet();
    expect(await organization.isPublic(arn)).toBe(changes === 0);
  });
});

describe('a service under a rule that leaves it alone', () => {
  it('gets a finding that its tag has no effect, and nothing else; without a tag it gets no row', async () => {
    const account = await withMember('shop-prod');
    loseEvents();
    rules(account, { ...everything, name: 'a sandbox', enforcement: 'ignored' });
    const tagged = await organization.createService(account, 'tagged', { 'private-ingress': 'enabled' });
    const plain = await organization.createService(account, 'plain');
    await organization.world.quiet();
    const written = organization.countWrites();
    expect((await organization.sweep()).summary).toMatchObject({ services: 2, managed: 0, differing: 1, changes: 0 });
    await organization.world.quiet();
    expect(await codes(tagged)).toEqual(['tag-ignored']);
    expect(await organization.world.row(plain)).toBeUndefined();
    expect((await organization.sweep()).summary).toMatchObject({ differing: 0 });
    expect(written()).toEqual([]);
  });
});

describe('a rule that required a service to be private', () => {
  async function readyByRule(): Promise<{ readonly account: string; readonly arn: string }> {
    const account = await withMember('shop-prod');
    rules(account, everything);
    const arn = await organization.createService(account, 'orders');
    await organization.world.until(arn, ready);
    await organization.world.quiet();
    loseEvents();
    return { account, arn };
  }

  it('and follows the tag now: without one it is kept for the grace time, then detached', async () => {
    const { account, arn } = await readyByRule();
    rules(account, { ...everything, enforcement: 'by-tag' });
    expect((await organization.sweep()).summary).toMatchObject({ changes: 1, detaches: 1 });
    await organization.world.clock.advance(1000);
    expect(await codes(arn)).toContain('tag-missing');
    expect((await organization.world.row(arn))?.desired?.kind).toBe('private');
    // It is being seen to: a second sweep does not ask for the same again.
    expect((await organization.sweep()).summary).toMatchObject({ changes: 0 });
    await organization.world.until(arn, 'detached');
  });

  it('and leaves it to the tag now: with one it stays', async () => {
    const { account, arn } = await readyByRule();
    await organization.tag(arn, { 'private-ingress': 'enabled' });
    rules(account, { ...everything, enforcement: 'by-tag' });
    const written = organization.countWrites();
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, changes: 0 });
    await organization.world.quiet();
    expect(ready).toContain((await organization.world.row(arn))?.phase);
    expect(written()).toEqual([]);
  });

  it('and ignores it now: it is released as it is', async () => {
    const { account, arn } = await readyByRule();
    rules(account, { ...everything, enforcement: 'ignored' });
    const written = organization.countWrites();
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, changes: 0, detaches: 1, differing: 1 });
    await organization.world.quiet();
    expect((await organization.world.row(arn))?.phase).toBe('released');
    expect(await organization.isPublic(arn)).toBe(false);
    expect((await organization.sweep()).summary).toMatchObject({ differing: 0 });
    expect(written()).toEqual([]);
  });
});

describe('an account', () => {
  const move = async (AccountId: string, from: UnitPath, to: UnitPath) => {
    const { units } = organization.seeded;
    const client = new OrganizationsClient(organization.world.config);
    const [SourceParentId, DestinationParentId] = [units[from], units[to]];
    await client.send(new MoveAccountCommand({ AccountId, SourceParentId, DestinationParentId }));
  };
  const lookAfter = (unit: UnitPath, ...except: readonly string[]) =>
    organization.policy('enforce', () => ({
      accounts: { kind: 'organization', units: [organization.seeded.units[unit]], except },
    }));

  it('that is moved to another unit comes under its rules, a quarter of an hour later at most', async () => {
    const account = await withMember('shop-test');
    loseEvents();
    organization.policy('enforce', ({ rules: says }) => ({
      accounts: { kind: 'listed', ids: [account] },
      rules: says,
    }));
    const arn = await organization.createService(account, 'canary');
    await organization.world.quiet();
    expect((await organization.sweep()).summary).toMatchObject({ managed: 0, differing: 0 });
    await move(account, 'Workloads/Test', 'Workloads/Prod');
    await organization.world.clock.advance(16 * MINUTE);
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, changes: 1 });
    await organization.world.until(arn, ready);
    await move(account, 'Workloads/Prod', 'Sandbox');
    await organization.world.clock.advance(16 * MINUTE);
    await organization.sweep();
    await organization.world.until(arn, 'released');
    expect(await organization.isPublic(arn)).toBe(false);
  });

  it('that is excepted is not compared, and what happens in it is heard and left alone', async () => {
    const account = await withMember('shop-prod');
    lookAfter('Workloads/Prod', organization.account('bank-prod'));
    const arn = await organization.createService(account, 'orders');
    await organization.world.until(arn, ready);
    await organization.world.quiet();
    lookAfter('Workloads/Prod', organization.account('bank-prod'), account);
    const written = organization.countWrites();
    const { targets, summary } = await organization.sweep();
    expect(targets.filter((target) => target.startsWith(account))).toEqual([]);
    expect(summary).toMatchObject({ services: 0, failures: [] });
    await organization.tag(arn, { 'private-ingress': 'disabled' });
    await organization.world.quiet();
    expect((await organization.world.row(arn))?.phase).toBe('released');
    expect(written()).toEqual([]);
  });
});

describe('an account that is not in scope any more', () => {
  const bank = () => rules(organization.account('bank-prod'), everything);

  async function readyThere(): Promise<string> {
    const account = await withMember('shop-prod');
    rules(account, everything);
    const arn = await organization.createService(account, 'orders');
    await organization.world.until(arn, ready);
    await organization.world.quiet();
    return arn;
  }
  function takeRoleAway(arn: string): void {
    organization.world.cloud.iam.deleteRole(`arn:aws:iam::${arn.split(':')[4]}:role/${STACK_NAME}-read`);
  }
  function countAsked(): () => number {
    const counter = organization.world.countProductCalls();
    return () => counter.operations.find(({ operation }) => operation === 'sts:AssumeRole')?.calls ?? 0;
  }

  it('is released by the next sweep, once', async () => {
    const arn = await readyThere();
    bank();
    const written = organization.countWrites();
    await organization.sweep();
    const { timeline } = await organization.world.until(arn, 'released');
    await organization.world.quiet();
    await organization.sweep();
    await organization.world.quiet();
    expect((await organization.world.row(arn))?.timeline).toEqual(timeline);
    expect(await organization.isPublic(arn)).toBe(false);
    expect(written()).toEqual([]);
  });

  it('and has no role for the hub any more is released too, and not retried again and again', async () => {
    const arn = await readyThere();
    takeRoleAway(arn);
    bank();
    await organization.world.enqueue(arn);
    const row = await organization.world.until(arn, 'released');
    expect(row).toMatchObject({ findings: [], waits: [], token: undefined });
    const asked = countAsked();
    await organization.world.clock.advance(60 * MINUTE);
    expect(asked()).toBe(0);
  });

  it('and never was: an event from there leaves nothing behind', async () => {
    await withMember('shop-prod');
    const arn = await organization.createService(organization.account('bank-prod'), 'orders');
    rules(organization.account('shop-prod'), everything);
    const asked = countAsked();
    await organization.world.enqueue(arn);
    await organization.world.quiet();
    expect(await organization.world.row(arn)).toBeUndefined();
    expect(asked()).toBe(0);
  });

  it('is not released while it is in scope: its role may come back', async () => {
    const arn = await readyThere();
    takeRoleAway(arn);
    // Deployed anew, so that nothing is left of the credentials it had.
    rules(organization.account('shop-prod'), { ...everything, name: 'all is private' });
    await organization.world.enqueue(arn);
    await organization.world.until(arn, 'blocked');
    expect(await codes(arn)).toContain('access-denied');
    expect((await organization.world.row(arn))?.token).toBeDefined();
  });
});

describe('a role of a member account', () => {
  /** Which role asked for which, from now on. */
  function assumptions(): ReadonlySet<string> {
    const seen = new Set<string>();
    const short = (role: string) => role.replace(/^.*[:/]/, '').replace(`${STACK_NAME}-`, '');
    organization.world.cloud.gateway.observe(({ service, operation, input, context, outcome }) => {
      if (`${service}:${operation}` !== 'sts:AssumeRole' || context.principal.kind !== 'role') return;
      const { RoleArn }: { RoleArn?: unknown } = input;
      const answer = outcome.ok ? 'yes' : outcome.code;
      seen.add(`${short(context.principal.roleName)} → ${short(String(RoleArn))}: ${answer}`);
    });
    return seen;
  }

  it('with read-only access: what the rule requires cannot be written, and this is reported', async () => {
    const account = await withMember('shop-prod', 'read-only');
    rules(account, everything);
    const assumed = assumptions();
    const written = organization.countWrites();
    const arn = await organization.createService(account, 'orders');
    await organization.world.quiet();
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, failures: [] });
    await organization.world.quiet();
    expect(await organization.world.row(arn)).toMatchObject({ phase: 'blocked' });
    const findings = (await organization.world.row(arn))?.findings ?? [];
    expect(findings.map(({ code }) => code)).toContain('access-denied');
    expect(findings.map(({ message }) => message).join()).toContain(`role/${STACK_NAME}-write`);
    expect(await organization.isPublic(arn)).toBe(true);
    expect(written()).toEqual([]);
    expect([...assumed].sort()).toEqual([
      'reconcile → read: yes',
      'reconcile → write: AccessDenied',
      'sweep-region → read: yes',
      'sweep-region → zones: yes',
    ]);
  });

  it('that writes is never assumed for reads: in audit it is not assumed at all', async () => {
    const account = await withMember('shop-prod');
    rules(account, { ...everything, mode: 'audit' });
    const assumed = assumptions();
    const arn = await organization.createService(account, 'orders');
    await organization.world.quiet();
    await organization.sweep();
    await organization.world.quiet();
    expect(await codes(arn)).toEqual(['audit']);
    const reading = ['sweep-region → read: yes', 'sweep-region → zones: yes'];
    expect([...assumed].sort()).toEqual(['reconcile → read: yes', ...reading]);

    rules(account, everything);
    await organization.sweep();
    await organization.world.until(arn, ready);
    expect([...assumed].filter((one) => one.includes('write'))).toEqual(['reconcile → write: yes']);
    expect([...assumed].filter((one) => one.startsWith('sweep-region')).sort()).toEqual(reading);
  });
});
