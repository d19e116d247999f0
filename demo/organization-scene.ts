import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNT, REGION } from 'apprunner-embedded-cloud';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { type MemberName, ORGANIZATION_ZONE } from 'apprunner-embedded-cloud/organization';
import { counted } from '../shared/counted.ts';
import type { Phase } from '../shared/plan/plan.ts';
import { createStore, createSweepRuns } from '../shared/state/tables.ts';
import type { SweepRun } from '../shared/sweep/run.ts';
import type { Running } from './listen.ts';
import { dig, https } from './look-up.ts';
import type { StartedOrganization } from './organization.ts';
import { countWritesToWorld } from './product-calls.ts';
import { STACK_NAME } from './product-stack.ts';
import type { StepOutput, StoryCheck } from './story.ts';

/** Milliseconds between two reads, and until a step fails. */
const LOOK = 100;
const TIMEOUT_MS: Readonly<Record<'fast' | 'realistic', number>> = { fast: 90_000, realistic: 3_600_000 };

export type RunningOrganization = Running & { readonly organization: StartedOrganization };

/** What can be done and seen in the organisation, over the wire, each step printed as it happens. */
export class OrganizationScene {
  readonly running: RunningOrganization;
  readonly #steps: StepOutput;
  readonly #start: number;
  /** ARNs by name. */
  readonly #services = new Map<string, string>();

  constructor(running: RunningOrganization, steps: StepOutput) {
    this.running = running;
    this.#steps = steps;
    this.#start = running.cloud.world.clock.now();
  }

  readonly #phases = new Map<string, Phase>();
  phase(name: string): string {
    return this.#phases.get(name) ?? 'unknown';
  }

  id(name: MemberName): string {
    return this.running.organization.seeded.accounts[name];
  }

  seconds(): number {
    return (this.running.cloud.world.clock.now() - this.#start) / 1000;
  }

  step(who: string, text: string): void {
    this.#steps.step(this.seconds(), who, text);
  }

  config(account: string, region: string = REGION) {
    const credentials = { accessKeyId: account, secretAccessKey: account };
    return { region, endpoint: this.running.ready.aws, credentials };
  }

  async create(
    account: string,
    name: string,
    tags: Readonly<Record<string, string>> = {},
    region: string = REGION,
  ): Promise<void> {
    const words = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
    this.step(
      'you',
      `aws apprunner create-service --service-name ${name}${words.length > 0 ? ` --tags ${words.join(' ')}` : ''} …   in ${this.nameOf(account)}, ${region}`,
    );
    const { arn } = await createHelloService(new AppRunnerClient(this.config(account, region)), name, tags);
    this.#services.set(name, arn);
  }

  nameOf(account: string): string {
    const { accounts } = this.running.organization.seeded;
    return Object.entries(accounts).find(([, id]) => id === account)?.[0] ?? 'the hub';
  }

  row(name: string) {
    const { outputs } = this.running.stack;
    return createStore(outputs.TableName ?? '', this.config(ACCOUNT)).get(this.#services.get(name) ?? '');
  }

  async isPublic(name: string): Promise<boolean> {
    const ledger = (await this.row(name))?.ledger;
    return ledger === undefined || (!ledger.madePrivate && ledger.endpoint === undefined);
  }

  /** Waits until a service is ready, and prints its steps. @throws Error at the time-out */
  async ready(name: string): Promise<void> {
    let shown = (await this.row(name))?.timeline.length ?? 0;
    await this.until(async () => {
      const row = await this.row(name);
      for (const { text } of row?.timeline.slice(shown) ?? []) {
        this.step('reconcile', `${name}: ${text}`);
        shown++;
      }
      if (row?.phase !== undefined) this.#phases.set(name, row.phase);
      return row?.phase === 'ready' || row?.phase === 'ready-unverified';
    }, name);
  }

  async until(isThere: () => Promise<boolean>, what = 'the findings of audit'): Promise<void> {
    const { clock, profile } = this.running.cloud.world;
    const until = clock.now() + TIMEOUT_MS[profile.name];
    while (!(await isThere())) {
      if (clock.now() > until) throw new Error(`timed out waiting for ${what} (${this.phase(what)})`);
      await new Promise<void>((resolve) => clock.schedule(LOOK, resolve));
    }
  }

  /** Runs one sweep by hand, and waits until it has ended. */
  async sweep(): Promise<SweepRun> {
    this.step('you', 'begin a sweep');
    const { outputs } = this.running.stack;
    const config = this.config(ACCOUNT);
    const { Payload } = await new LambdaClient(config).send(
      new InvokeCommand({
        FunctionName: outputs.SweepFunction,
        Payload: JSON.stringify({ kind: 'begin', by: 'npm start' }),
      }),
    );
    const { id } = Object(JSON.parse(Payload?.transformToString() ?? '{}'));
    const runs = createSweepRuns(outputs.SweepTableName ?? '', config);
    let run: SweepRun | undefined;
    await this.until(async () => {
      run = await runs.get(String(id));
      return run !== undefined && run.status !== 'comparing';
    }, 'the sweep');
    if (run === undefined) throw new Error('there is no sweep');
    return run;
  }

  async showRun({ id, summary }: SweepRun): Promise<void> {
    if (summary === undefined) return;
    const { services, managed, changes, failures } = summary;
    this.step(
      'sweep',
      `${counted(services, 'service')} seen, ${managed} required or requested to be private, ${changes} to change, ${failures.length} accounts and regions not readable`,
    );
    const runs = createSweepRuns(this.running.stack.outputs.SweepTableName ?? '', this.config(ACCOUNT));
    for (const { differences } of await runs.results(id)) {
      for (const { serviceArn, would, what } of differences) {
        this.step('sweep', `${serviceArn.split('/').at(-2)} (${would}): ${what[0] ?? ''}`);
      }
    }
    for (const { resource, code } of failures)
      this.step('sweep', `${this.nameOf(resource.split('/')[0] ?? '')} ${resource.split('/')[1] ?? ''}: ${code}`);
  }

  /** The answer when the hub assumes the writing role of a member that allows reading only. */
  async assumeWriteRole(): Promise<string> {
    const { cloud, stack } = this.running;
    const { roleArn } = cloud.lambda.get(
      `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${stack.outputs.ReconcileFunction}`,
    );
    const sts = new STSClient({ ...this.config(ACCOUNT), credentials: cloud.iam.issueRoleCredentials(roleArn) });
    try {
      const RoleArn = `arn:aws:iam::${this.id('shop-prod')}:role/${STACK_NAME}-write`;
      await sts.send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName: 'trying', ExternalId: 'embedded-organization' }),
      );
      return 'assumed';
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }

  countWrites(): () => readonly string[] {
    return countWritesToWorld(this.running.cloud.gateway);
  }

  /** The name of a service, asked and called from inside the VPC of its account and region. */
  async reached(service: string, accountName: MemberName, region: string): Promise<StoryCheck> {
    const { ready, cloud, organization } = this.running;
    const account = this.id(accountName);
    const vpc = organization.seeded.vpcs.find((one) => one.account === account && one.region === region);
    const name = `${service}.${account}.${ORGANIZATION_ZONE}`;
    const { addresses, nothing } = await dig(ready.dns[vpc?.vpcId ?? ''] ?? '', name);
    const listener = cloud.front.addresses(vpc?.vpcId)[addresses[0] ?? ''];
    const answer = listener === undefined ? undefined : await https(listener, name, cloud.front.caCertificatePem);
    const outside = await dig(ready.dns.public ?? '', name);
    const status = answer?.ok === true ? `${answer.status}` : (answer?.reason ?? 'no listener');
    const ok = addresses.length > 0 && status === '200' && outside.addresses.length === 0;
    return {
      question: `https://${name} from inside the VPC`,
      answer: `${addresses.join(' ') || nothing}: ${status}; from outside ${outside.nothing || outside.addresses.join(' ')}`,
      ok,
    };
  }
}
