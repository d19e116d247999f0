import { readFile } from 'node:fs/promises';
import { AppRunnerClient, DescribeServiceCommand, TagResourceCommand } from '@aws-sdk/client-apprunner';
import { ACCOUNT, REGION } from 'apprunner-embedded-cloud';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { type MemberName, type SeededOrganization, seedOrganization } from 'apprunner-embedded-cloud/organization';
import type { Switches } from 'apprunner-embedded-cloud/profile';
import { beforeAll } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { hubParameters, type MemberAccess, MemberStacks, organizationPolicy } from '../../demo/member-stacks.ts';
import { countWritesToWorld } from '../../demo/product-calls.ts';
import { parsePolicy } from '../../shared/policy/file/parse.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { createSweepRuns } from '../../shared/state/tables.ts';
import type { SweepRequest } from '../../shared/sweep/message.ts';
import type { SweepRun } from '../../shared/sweep/run.ts';
import { functionArn, Installation } from '../installation/installation.ts';

// The first test that runs after a change would have to wait for it.
beforeAll(async () => {
  await ensurePackaged();
}, 120_000);

/** The hub and its members in virtual time, with the handlers' own code. */
export class TestOrganization {
  readonly world: Installation;
  readonly seeded: SeededOrganization;
  readonly members: MemberStacks;

  private constructor(world: Installation, seeded: SeededOrganization, members: MemberStacks) {
    this.world = world;
    this.seeded = seeded;
    this.members = members;
  }

  /** @param members whose stacks are deployed, each with its access; the others have no role for the hub. */
  static async start(
    members: Partial<Record<MemberName, MemberAccess>>,
    switches: Partial<Switches> = {},
  ): Promise<TestOrganization> {
    const packaged = await ensurePackaged();
    const template = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
    let made: SeededOrganization | undefined;
    const world = await Installation.start({
      switches,
      prepare: async (cloud, network) => {
        made = await seedOrganization(cloud, network);
        return hubParameters(made);
      },
    });
    if (made === undefined) throw new Error('the organisation was not made');
    const stacks = new MemberStacks(world.cloud, made, {
      member: await template(packaged.memberTemplate),
      zones: await template(packaged.zonesTemplate),
      codeFolder: packaged.codeFolder,
    });
    await stacks.zones();
    const organization = new TestOrganization(world, made, stacks);
    for (const [name, access] of Object.entries(members)) await stacks.member(organization.account(name), access);
    return organization;
  }

  account(name: string): string {
    const id = Object.entries(this.seeded.accounts).find(([known]) => known === name)?.[1];
    if (id === undefined) throw new Error(`the organisation has no account ${name}`);
    return id;
  }

  /** Deploys the policy of the organisation. @param change what is said otherwise. */
  policy(mode: 'audit' | 'enforce', change: (policy: Policy) => Partial<Policy> = () => ({})): void {
    const text = organizationPolicy(this.seeded, this.world.network, mode);
    const { policy } = parsePolicy(text, 'policy.yml', this.world.clock.now());
    this.world.deployPolicy({ ...policy, ...change(policy) });
  }

  /** Production alone is in scope, and has to be private: two accounts, two regions. */
  production(change: (policy: Policy) => Partial<Policy> = () => ({})): void {
    const production = [this.account('shop-prod'), this.account('bank-prod')];
    this.policy('enforce', (policy) => ({
      accounts: { kind: 'organization', units: [this.seeded.units['Workloads/Prod']], except: [] },
      networks: policy.networks.filter(({ account }) => production.includes(account)),
      ...change(policy),
    }));
  }

  /** The owner of a service, asking where it is. */
  appRunner(serviceArn: string): AppRunnerClient {
    const [, , , region = REGION, account = ACCOUNT] = serviceArn.split(':');
    return new AppRunnerClient(this.world.cloud.clientConfig({ account, region }));
  }

  async tag(ResourceArn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.appRunner(ResourceArn).send(new TagResourceCommand({ ResourceArn, Tags }));
  }

  async isPublic(ServiceArn: string): Promise<boolean> {
    const { Service } = await this.appRunner(ServiceArn).send(new DescribeServiceCommand({ ServiceArn }));
    return Service?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible !== false;
  }

  async createService(
    account: string,
    name: string,
    tags: Readonly<Record<string, string>> = {},
    region: string = REGION,
  ): Promise<string> {
    const client = new AppRunnerClient(this.world.cloud.clientConfig({ account, region }));
    return (await createHelloService(client, name, tags)).arn;
  }

  /** Runs one sweep to its end, without what follows from it. */
  async sweep(by = 'operator'): Promise<SweepRun> {
    return this.ended(await this.begin(by));
  }

  /** Begins a sweep. @returns its id. */
  async begin(by = 'operator'): Promise<string> {
    const { id } = Object(await this.ask({ kind: 'begin', by }));
    return String(id);
  }

  /** What the function `sweep` answers. */
  async ask(request: SweepRequest): Promise<unknown> {
    const outcome = await this.world.cloud.lambda.invoke(this.world.cloud.lambda.get(functionArn('sweep')), request);
    if (!outcome.ok) throw new Error(`the sweep failed: ${JSON.stringify(outcome)}`);
    return outcome.payload;
  }

  run(id: string): Promise<SweepRun | undefined> {
    return createSweepRuns(this.world.stack.outputs.SweepTableName ?? '', this.world.config).get(id);
  }

  async ended(id: string): Promise<SweepRun> {
    let run: SweepRun | undefined;
    await this.world.clock.advanceUntil(async () => {
      run = await this.run(id);
      return run !== undefined && run.status !== 'comparing';
    }, 10 * 60_000);
    if (run === undefined) throw new Error(`there is no sweep ${id}`);
    return run;
  }

  /** Writes of the product anywhere, from now on. @returns what lists them, and stops counting. */
  countWrites(): () => readonly string[] {
    return countWritesToWorld(this.world.cloud.gateway);
  }
}
