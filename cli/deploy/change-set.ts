import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStackResourceCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ConnectError } from '../errors.ts';
import { type ResourceChange, resourceChanges } from './changes.ts';

/** The largest template that CloudFormation accepts in the request, in bytes (documented). */
const MAX_BODY_BYTES = 51_200;
/** How often, in milliseconds, and how many times to poll for a change set. It takes seconds. */
const POLL_INTERVAL_MS = 2000;
const MAX_POLLS = 90;

export interface Preview {
  readonly stackName: string;
  readonly stage: string;
  readonly region: string;
  /** The packaged template. */
  readonly template: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of parameters whose values stay. */
  readonly kept: readonly string[];
}

interface Tools {
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  now(): number;
  pause(milliseconds: number): Promise<void>;
}

/**
 * What a deployment would change in an existing stack: creates a change set, reads it and deletes it.
 * @throws ConnectError when CloudFormation cannot create it, or does not finish in time.
 */
export async function previewChanges(preview: Preview, tools: Tools): Promise<readonly ResourceChange[]> {
  const { cloudFormation } = tools;
  const name = `preview-${tools.now()}`;
  const named = { StackName: preview.stackName, ChangeSetName: name };
  const template = await uploaded(preview, name, tools);
  try {
    await cloudFormation.send(
      new CreateChangeSetCommand({
        ...named,
        ChangeSetType: 'UPDATE',
        ...template.input,
        Parameters: [
          ...Object.entries(preview.parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          ...preview.kept.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
        ],
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
        // As osls tags its stacks; another tag would count as a change of everything.
        Tags: [{ Key: 'STAGE', Value: preview.stage }],
      }),
    );
    try {
      const made = await whenMade(named, tools);
      return made === undefined ? [] : resourceChanges(await changesOf(named, made, cloudFormation));
    } finally {
      await cloudFormation.send(new DeleteChangeSetCommand(named));
    }
  } finally {
    await template.remove();
  }
}

type Named = Readonly<Record<'StackName' | 'ChangeSetName', string>>;

/** CloudFormation's reason for an empty change set (captured from AWS). */
const NO_CHANGES = /didn't contain changes|No updates are to be performed/;

/** @returns `undefined` when there are no changes. */
async function whenMade(
  named: Named,
  { cloudFormation, pause }: Tools,
): Promise<DescribeChangeSetCommandOutput | undefined> {
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    const found = await cloudFormation.send(new DescribeChangeSetCommand(named));
    if (found.Status === 'CREATE_COMPLETE') return found;
    if (found.Status === 'FAILED') {
      if (NO_CHANGES.test(found.StatusReason ?? '')) return undefined;
      throw new ConnectError(
        `CloudFormation cannot create the change set of ${named.StackName}: ${found.StatusReason}`,
      );
    }
    await pause(POLL_INTERVAL_MS);
  }
  throw new ConnectError(
    `The change set of ${named.StackName} is not ready after ${(POLL_INTERVAL_MS * MAX_POLLS) / 1000} s.`,
  );
}

async function changesOf(
  named: Named,
  first: DescribeChangeSetCommandOutput,
  cloudFormation: CloudFormationClient,
): Promise<readonly Change[]> {
  const changes = [...(first.Changes ?? [])];
  for (let { NextToken } = first; NextToken !== undefined; ) {
    const page = await cloudFormation.send(new DescribeChangeSetCommand({ ...named, NextToken }));
    changes.push(...(page.Changes ?? []));
    NextToken = page.NextToken;
  }
  return changes;
}

/** In the call if it fits, else through the stack's own bucket, from which `remove` deletes it. */
async function uploaded({ stackName, region, template }: Preview, name: string, { cloudFormation, s3 }: Tools) {
  const body = JSON.stringify(withoutWords(template));
  if (Buffer.byteLength(body) <= MAX_BODY_BYTES) return { input: { TemplateBody: body }, remove: async () => {} };
  const { StackResourceDetail } = await cloudFormation.send(
    new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: 'ServerlessDeploymentBucket' }),
  );
  const place = { Bucket: StackResourceDetail?.PhysicalResourceId ?? '', Key: `preview/${name}.json` };
  await s3.send(new PutObjectCommand({ ...place, Body: body, ContentType: 'application/json' }));
  return {
    input: { TemplateURL: `https://s3.${region}.amazonaws.com/${place.Bucket}/${place.Key}` },
    remove: async () => {
      await s3.send(new DeleteObjectCommand(place));
    },
  };
}

/** Without descriptions and outputs, which change no resource. */
function withoutWords({ Description: _, Outputs: __, Parameters, ...template }: Preview['template']): object {
  const parameters = Object.entries(Parameters instanceof Object ? Parameters : {}).map(([name, definition]) => {
    const { Description: _, ConstraintDescription: __, ...rest } = { ...definition };
    return [name, rest];
  });
  return { ...template, Parameters: Object.fromEntries(parameters) };
}
