import { ACCOUNT } from 'apprunner-embedded-cloud';
import { playFaults } from 'apprunner-embedded-cloud/faults';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KILL_SWITCH } from '../installation/installation.ts';
import { EventWeatherControl } from '../scenarios/events.ts';
import { TestOrganization } from './organization.ts';

let organization: TestOrganization;
beforeEach(async () => {
  organization = await TestOrganization.start({ 'shop-prod': 'full', 'bank-prod': 'full' });
  organization.production();
});
afterEach(() => organization.world.stop());

const ready = ['ready', 'ready-unverified'] as const;
const create = () => organization.createService(organization.account('shop-prod'), 'orders');
/** No event reports it. */
async function createUnheard(): Promise<string> {
  const weather = new EventWeatherControl(organization.world.cloud);
  weather.become('lost', 0);
  const arn = await create();
  await organization.world.quiet();
  weather.become('normal', 0);
  return arn;
}
/** The finding that says why nothing is written. */
async function auditMessage(arn: string): Promise<string | undefined> {
  return (await organization.world.row(arn))?.findings.find(({ code }) => code === 'audit')?.message;
}

describe('the kill switch, turned on', () => {
  it.each([
    ['that is being attached', create, 'attaching'],
    [
      'whose tag wants it undone',
      async () => {
        byTag();
        const arn = await create();
        await organization.tag(arn, { 'private-ingress': 'enabled' });
        await organization.world.until(arn, ready);
        await organization.world.quiet();
        await organization.tag(arn, { 'private-ingress': 'disabled' });
        return arn;
      },
      undefined,
    ],
  ] as const)('stops a service %s at that instant; turned off, the next sweep continues', async (_, given, phase) => {
    const { world } = organization;
    const arn = await given();
    if (phase !== undefined) await world.until(arn, phase);
    await organization.world.setKillSwitch('on');
    const written = organization.countWrites();
    await world.quiet();
    expect(await world.row(arn)).toMatchObject({ phase: 'blocked' });
    expect(await auditMessage(arn)).toContain(`the kill switch ${KILL_SWITCH} is on`);
    expect((await organization.sweep()).summary).toMatchObject({ changes: 1, failures: [] });
    await world.quiet();
    expect(written()).toEqual([]);

    await organization.world.setKillSwitch('off');
    await organization.sweep();
    await world.until(arn, phase === undefined ? 'detached' : ready);
    expect(await auditMessage(arn)).toBeUndefined();
  });

  it('lets nothing be written of what a sweep found; turned off, the next one mends it', async () => {
    const { world } = organization;
    const arn = await createUnheard();
    await organization.world.setKillSwitch('on');
    const written = organization.countWrites();
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, changes: 1 });
    await world.quiet();
    expect(written()).toEqual([]);
    expect(await auditMessage(arn)).toContain('create the App Runner interface endpoint');
    await organization.world.setKillSwitch('off');
    await organization.sweep();
    await world.until(arn, ready);
  });
});

function byTag(): void {
  organization.production((policy) => ({
    rules: policy.rules.map((rule) => ({ ...rule, enforcement: 'by-tag' as const, domains: [] })),
  }));
}

describe('a kill switch that does not say what it should', () => {
  /** What is wrong with it, what is reported, and what repairs it. */
  const broken: readonly (readonly [string, () => Promise<() => void>, RegExp])[] = [
    [
      'with a value that is not understood',
      async () => {
        await organization.world.deleteKillSwitch();
        await organization.world.setKillSwitch('audit');
        return () => {};
      },
      /has the invalid value "audit" \(expected on or off\)/,
    ],
    [
      'that is deleted',
      async () => {
        await organization.world.deleteKillSwitch();
        return () => {};
      },
      /cannot be read \(ParameterNotFound/,
    ],
    ['that may not be read', async () => fault('denied', 'ssm:GetParameter'), /cannot be read \(AccessDenied/],
    ['that is throttled', async () => fault('throttled', 'ssm:GetParameter'), /cannot be read \(ThrottlingException/],
  ];
  const fault = (answer: 'denied' | 'throttled', calls: string) =>
    playFaults(organization.world.cloud.gateway, [{ account: ACCOUNT, calls, answer }]);

  it.each(broken)('(%s) blocks every write, and this is reported', async (_, breakIt, message) => {
    const { world } = organization;
    const mend = await breakIt();
    const written = organization.countWrites();
    const arn = await create();
    await world.until(arn, 'blocked');
    await organization.sweep();
    await world.quiet();
    expect(written()).toEqual([]);
    expect(await auditMessage(arn)).toMatch(message);
    expect(await auditMessage(arn)).toContain(KILL_SWITCH);
    expect(await organization.isPublic(arn)).toBe(true);
    mend();
    await organization.world.setKillSwitch('off');
    await organization.sweep();
    await world.until(arn, ready);
  });

  it('blocks a service only as long as it cannot be read: a transient failure needs no sweep', async () => {
    const mend = fault('throttled', 'ssm:GetParameter');
    const arn = await create();
    await organization.world.quiet();
    expect(await auditMessage(arn)).toMatch(/ThrottlingException/);
    mend();
    const { findings } = await organization.world.until(arn, ready);
    expect(findings.map(({ code }) => code)).not.toContain('audit');
  });
});
