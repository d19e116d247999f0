import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import type { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { expect, vi } from 'vitest';

/** Makes a stack as osls does, by a change set, and advances time until it is created or has failed. */
export async function createStack(
  client: CloudFormationClient,
  clock: VirtualClock,
  StackName: string,
  Resources: object,
  others: { readonly Parameters?: object; readonly Outputs?: object } = {},
): Promise<void> {
  const named = { StackName, ChangeSetName: 'first' };
  await client.send(
    new CreateChangeSetCommand({
      ...named,
      ChangeSetType: 'CREATE',
      TemplateBody: JSON.stringify({ Resources, ...others }),
      Capabilities: ['CAPABILITY_IAM'],
      Tags: [{ Key: 'STAGE', Value: 'main' }],
    }),
  );
  const isMade = async () => (await client.send(new DescribeChangeSetCommand(named))).Status === 'CREATE_COMPLETE';
  await clock.advanceUntil(isMade, 60_000);
  await client.send(new ExecuteChangeSetCommand(named));
  // A function's code is unpacked into real files, in real time.
  await vi.waitFor(async () => {
    await clock.advance(1000);
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    expect(stack?.StackStatus).toMatch(/^(CREATE|ROLLBACK)_COMPLETE$/);
  });
}
