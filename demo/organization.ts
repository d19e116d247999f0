import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT, type EmbeddedCloud, REGION } from 'apprunner-embedded-cloud';
import { type MemberName, type SeededOrganization, seedOrganization } from 'apprunner-embedded-cloud/organization';
import type { SeededNetwork } from 'apprunner-embedded-cloud/seed';
import { packagePolicy } from '../build/bundle.ts';
import type { Package } from '../build/package.ts';
import { MemberStacks, organizationPolicy } from './member-stacks.ts';
import { STACK_NAME } from './product-stack.ts';

/** The organisation of `npm start -- --org`: what is seeded, the members' stacks, and the functions with a policy beside them. */
export interface StartedOrganization {
  readonly seeded: SeededOrganization;
  readonly members: MemberStacks;
  /** The folder the packaged handlers' paths begin at: a copy, because the policy belongs to this cloud. */
  readonly codeFolder: string;
  /** Packages the policy and deploys it with the functions that use it. */
  deployPolicy(mode: 'audit' | 'enforce'): Promise<void>;
}

/** Members whose roles the hub is given. `sandbox-b` never deployed them, and `retired` is closed. */
export const WITH_ROLES: readonly MemberName[] = [
  'network',
  'shop-prod',
  'bank-prod',
  'shop-test',
  'bank-test',
  'sandbox-a',
];

/** Makes the organisation around what is seeded, with the first policy; stacks are deployed later. */
export async function startOrganization(
  cloud: EmbeddedCloud,
  network: SeededNetwork,
  root: string,
  packaged: Pick<Package, 'memberTemplate' | 'zonesTemplate'>,
  hasProbes: boolean,
): Promise<StartedOrganization & { stop(): Promise<void> }> {
  const seeded = await seedOrganization(cloud, network);
  const codeFolder = await mkdtemp(join(tmpdir(), 'organization-'));
  await cp(join(root, 'dist'), join(codeFolder, 'dist'), { recursive: true });
  const template = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
  const members = new MemberStacks(cloud, seeded, {
    member: await template(packaged.memberTemplate),
    zones: await template(packaged.zonesTemplate),
    codeFolder,
    hasProbes,
  });
  const deployPolicy = async (mode: 'audit' | 'enforce') => {
    const file = join(codeFolder, 'policy.yml');
    await writeFile(file, organizationPolicy(seeded, network, mode, '', hasProbes));
    await packagePolicy(join(codeFolder, 'dist'), file);
    // A deployment: the next invocation runs in a new environment.
    for (const { arn, name } of cloud.lambda.functions(ACCOUNT, REGION)) {
      if (name.startsWith(STACK_NAME)) cloud.lambda.updateFunction(arn, {});
    }
  };
  await deployPolicy('audit');
  return {
    seeded,
    members,
    codeFolder,
    deployPolicy,
    stop: () => rm(codeFolder, { recursive: true, force: true }),
  };
}

/** The stacks of the members and of the zones, with roles that only read. */
export async function deployMembers({ members, seeded }: StartedOrganization): Promise<void> {
  await members.zones();
  for (const name of WITH_ROLES) await members.member(seeded.accounts[name], 'read-only');
}
