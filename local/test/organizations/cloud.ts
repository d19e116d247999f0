import * as sdk from '@aws-sdk/client-organizations';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud } from '../../src/cloud.ts';
import { profiles, type Switches } from '../../src/profile.ts';
import { inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';

export const HUB = '123456789012';
export const SHOP = '111122223333';
export const BANK = '444455556666';
const NEXT_ACCOUNTS = [SHOP, BANK, '777788889999', '222233334444', '555566667777'];

/** The whole cloud in virtual time, nothing seeded, and clients of it under any key. */
export function cloud(switches: Partial<Switches> = {}) {
  const clock = new VirtualClock();
  const made = createCloud({
    clock,
    chance: seededChance('organizations'),
    profile: profiles.fast,
    switches,
    runtime: () => inProcessRuntime(clock, { echo: (event) => event }),
  });
  made.organizations.reserveAccountIds(NEXT_ACCOUNTS);
  const config = (accessKeyId: string = HUB, region = 'ap-northeast-1') => ({
    region,
    credentials: { accessKeyId, secretAccessKey: 'any' },
    requestHandler: inProcessHandler(made.gateway),
    maxAttempts: 1,
  });
  return { ...made, clock, config, organizationsAs: (key: string) => new sdk.OrganizationsClient(config(key)) };
}
export type OrganizationsTestCloud = ReturnType<typeof cloud>;

/** An organisation `Root / Workloads / Prod` with the account SHOP in Prod, and BANK beside it in the root. */
export async function organization(made: OrganizationsTestCloud) {
  const client = made.organizationsAs(HUB);
  const { Organization } = await client.send(new sdk.CreateOrganizationCommand({}));
  const roots: sdk.Root[] = [];
  for await (const { Roots = [] } of sdk.paginateListRoots({ client }, {})) roots.push(...Roots);
  const rootId = given(roots[0]?.Id);
  const unit = async (ParentId: string, Name: string) => {
    const { OrganizationalUnit } = await client.send(new sdk.CreateOrganizationalUnitCommand({ ParentId, Name }));
    return given(OrganizationalUnit?.Id);
  };
  const workloadsId = await unit(rootId, 'Workloads');
  const prodId = await unit(workloadsId, 'Prod');
  await account(made, 'shop');
  await account(made, 'bank');
  await client.send(
    new sdk.MoveAccountCommand({ AccountId: SHOP, SourceParentId: rootId, DestinationParentId: prodId }),
  );
  return { client, id: given(Organization?.Id), rootId, workloadsId, prodId, unit };
}

/** One more account; it gets the next of the ids above. */
export async function account(made: OrganizationsTestCloud, AccountName: string): Promise<string> {
  const client = made.organizationsAs(HUB);
  const Email = `${AccountName}@example.com`;
  const { CreateAccountStatus: asked } = await client.send(new sdk.CreateAccountCommand({ AccountName, Email }));
  const describe = new sdk.DescribeCreateAccountStatusCommand({ CreateAccountRequestId: asked?.Id });
  const { CreateAccountStatus: done } = await client.send(describe);
  return given(done?.AccountId);
}

/** A service control policy, attached where it is said. */
export async function attachPolicy(client: sdk.OrganizationsClient, targetId: string, name: string, statement: object) {
  const { Policy } = await client.send(
    new sdk.CreatePolicyCommand({
      Name: name,
      Description: name,
      Type: 'SERVICE_CONTROL_POLICY',
      Content: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    }),
  );
  const PolicyId = given(Policy?.PolicySummary?.Id);
  await client.send(new sdk.AttachPolicyCommand({ PolicyId, TargetId: targetId }));
  return PolicyId;
}

/** The value that an answer has to have. */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the answer lacks the value');
  return value;
}
