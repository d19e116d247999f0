import { ACCOUNT, REGION } from 'apprunner-embedded-cloud';
import { playFaults } from 'apprunner-embedded-cloud/faults';
import { type MemberName, ORGANIZATION_ZONE } from 'apprunner-embedded-cloud/organization';
import { counted } from '../shared/counted.ts';
import type { SweepRun } from '../shared/sweep/run.ts';
import { WITH_ROLES } from './organization.ts';
import { OrganizationScene, type RunningOrganization } from './organization-scene.ts';
import { STACK_NAME } from './product-stack.ts';
import type { StepOutput, StoryCheck } from './story.ts';

export interface OrganizationStory {
  readonly seconds: number;
  readonly checks: readonly StoryCheck[];
  readonly ok: boolean;
}

const FAR = 'us-east-1';

/** The failures that the sweep has to report: resource and code. */
const brokenMembers = (id: (name: MemberName) => string): readonly string[] => [
  `${id('sandbox-b')}/${REGION} role-refused`,
  `${id('sandbox-b')}/${FAR} role-refused`,
  `${id('shop-test')}/${FAR} region-disabled`,
  `${id('bank-test')}/${REGION} permission-missing`,
  `${id('bank-test')}/${FAR} permission-missing`,
  `${id('network')}/${REGION} throttled`,
  `${id('network')}/${FAR} throttled`,
];

/**
 * One hub and an organisation with compliant, violating, excepted and broken members: a sweep in
 * audit, which reports and writes nothing; one that is enforced, which fixes what the rules allow; and one more, which finds nothing.
 */
export async function playOrganizationStory(
  running: RunningOrganization,
  steps: StepOutput,
): Promise<OrganizationStory> {
  const story = new OrganizationRun(new OrganizationScene(running, steps));
  await story.begin();
  await story.audit();
  await story.enforce();
  await story.byEvent();
  await story.nothingLeft();
  return story.end();
}

class OrganizationRun {
  readonly #scene: OrganizationScene;
  readonly #checks: StoryCheck[] = [];

  constructor(scene: OrganizationScene) {
    this.#scene = scene;
  }

  /** Creates services of every kind in the members, and breaks four of them. */
  async begin(): Promise<void> {
    const { cloud, organization } = this.#scene.running;
    const { seeded } = organization;
    this.#scene.step(
      'hub',
      `manages ${Object.keys(seeded.accounts).length + 1} accounts in 2 regions; the policy requires production to be private, in audit`,
    );
    await this.#scene.create(ACCOUNT, 'hello', {
      'private-ingress': 'enabled',
      'private-ingress:domains': 'hello.example.com',
    });
    await this.#scene.ready('hello');
    this.#check('a service of the hub’s own account, by its tag', `${this.#scene.phase('hello')}`, true);
    await this.#scene.create(this.#scene.id('shop-prod'), 'orders');
    await this.#scene.create(this.#scene.id('shop-prod'), 'legacy-ledger');
    await this.#scene.create(this.#scene.id('bank-prod'), 'payments', {}, FAR);
    await this.#scene.create(this.#scene.id('shop-test'), 'canary');
    await this.#scene.create(this.#scene.id('sandbox-a'), 'playground', { 'private-ingress': 'enabled' });
    cloud.regions.disable({ account: this.#scene.id('shop-test'), region: FAR });
    const role = `${STACK_NAME}-read`;
    playFaults(cloud.gateway, [
      { account: this.#scene.id('bank-test'), role, calls: 'apprunner:ListServices', answer: 'denied' },
      { account: this.#scene.id('network'), role, calls: 'apprunner:List*', answer: 'throttled' },
    ]);
    this.#scene.step(
      'broken',
      'sandbox-b has no role for the hub, shop-test has no us-east-1, bank-test’s role lacks a permission, network is throttled',
    );
    // Each has sent its event, which in audit leads to findings.
    await this.#scene.until(
      async () =>
        (await this.#scene.row('orders'))?.phase === 'blocked' &&
        (await this.#scene.row('payments'))?.phase === 'blocked',
    );
  }

  async audit(): Promise<void> {
    const ledger = this.#scene.countWrites();
    const run = await this.#scene.sweep();
    await this.#scene.showRun(run);
    for (const name of ['orders', 'payments']) {
      const [found] = (await this.#scene.row(name))?.findings ?? [];
      this.#scene.step('audit', `${name}: ${found?.message ?? 'nothing found'}`);
    }
    const writes = ledger();
    this.#check(
      'a sweep in audit',
      `${counted(run.summary?.managed ?? 0, 'service')} required or requested to be private, ${counted(writes.length, 'write')} on the wire`,
      writes.length === 0 && run.summary?.changes === 0,
    );
    this.#checkBroken(run);
    const refusal = await this.#scene.assumeWriteRole();
    this.#check('the role to write, in audit', refusal, refusal.startsWith('AccessDenied'));
  }

  async enforce(): Promise<void> {
    const { organization } = this.#scene.running;
    this.#scene.step('you', 'give the hub’s roles full access in the members, and set the rule’s mode to enforce');
    for (const name of WITH_ROLES) await organization.members.member(this.#scene.id(name), 'full');
    await organization.deployPolicy('enforce');
    const run = await this.#scene.sweep();
    await this.#scene.showRun(run);
    await this.#scene.ready('orders');
    await this.#scene.ready('payments');
    this.#check(
      'a sweep that is enforced',
      `${counted(run.summary?.changes ?? 0, 'service')} to make private: orders ${this.#scene.phase('orders')}, payments ${this.#scene.phase('payments')}`,
      run.summary?.changes === 2,
    );
    this.#checks.push(await this.#scene.reached('orders', 'shop-prod', REGION));
    this.#checks.push(await this.#scene.reached('payments', 'bank-prod', FAR));
    const untouched = await Promise.all(
      ['legacy-ledger', 'canary', 'playground'].map((name) => this.#scene.isPublic(name)),
    );
    this.#check(
      'excepted, undecided and ignored: legacy-ledger, canary, playground',
      untouched.every(Boolean) ? 'unchanged' : 'changed',
      untouched.every(Boolean),
    );
  }

  /** A service created with the AWS CLI in a member account is ready without a sweep. */
  async byEvent(): Promise<void> {
    await this.#scene.create(this.#scene.id('shop-test'), 'checkout', {
      'private-ingress': 'enabled',
      'private-ingress:domains': `checkout.${ORGANIZATION_ZONE}`,
    });
    await this.#scene.ready('checkout');
    this.#check('a service created in a member account', `${this.#scene.phase('checkout')}, by its event alone`, true);
  }

  async nothingLeft(): Promise<void> {
    const ledger = this.#scene.countWrites();
    const run = await this.#scene.sweep();
    await this.#scene.showRun(run);
    const writes = ledger();
    this.#check(
      'one more sweep',
      `${counted(run.summary?.differing ?? 0, 'service')} out of sync, ${counted(writes.length, 'write')} on the wire`,
      run.summary?.differing === 0 && writes.length === 0,
    );
    this.#checkBroken(run);
  }

  end(): OrganizationStory {
    const checks = this.#checks;
    return { seconds: this.#scene.seconds(), checks, ok: checks.every(({ ok }) => ok) };
  }

  #check(question: string, answer: string, ok: boolean): void {
    this.#checks.push({ question, answer, ok });
  }

  #checkBroken({ summary }: SweepRun): void {
    const found = (summary?.failures ?? []).map(({ resource, code }) => `${resource} ${code}`).sort();
    const expected = [...brokenMembers((name) => this.#scene.id(name))].sort();
    const ok = found.join() === expected.join();
    this.#check(
      'broken members',
      ok
        ? `${counted(found.length, 'failure')} reported; none counts as compliant, none stops the others`
        : `reported: ${found.join(', ')}`,
      ok,
    );
  }
}
