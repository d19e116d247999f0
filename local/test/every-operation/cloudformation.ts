import * as sdk from '@aws-sdk/client-cloudformation';
import { expect } from 'vitest';
import type { OperationSetting, Refusal, Rows } from './setting.ts';

type Call = (cloudFormation: sdk.CloudFormationClient, setting: OperationSetting) => Promise<object>;

const StackName = 'jobs';
const ChangeSetName = 'first';
const TemplateBody = JSON.stringify({
  Description: 'A queue.',
  Parameters: { Name: { Type: 'String', Default: 'jobs' } },
  Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' } } } },
  Outputs: { Url: { Value: { Ref: 'Queue' } } },
});

const create: Call = (c) =>
  c.send(new sdk.CreateChangeSetCommand({ StackName, ChangeSetName, ChangeSetType: 'CREATE', TemplateBody }));
const execute: Call = async (c, { cloud }) => {
  const answer = await c.send(new sdk.ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  await cloud.cloudFormation.idle();
  return answer;
};

/** Calls, each after the one before, and the answer of the last. */
const after =
  (...calls: readonly Call[]) =>
  async (setting: OperationSetting): Promise<object> => {
    let answer: object = {};
    for (const call of calls) answer = await call(setting.cloudFormation, setting);
    return answer;
  };

/** The call with the stack, and without it. */
const ofStack = (call: Call, answer: object, by: Refusal = 'ValidationError'): Rows[string] => ({
  call: after(create, execute, call),
  answer,
  refused: { call: after(call), by },
});

const LogicalResourceId = 'Queue';
const resource = { LogicalResourceId, ResourceType: 'AWS::SQS::Queue', ResourceStatus: 'CREATE_COMPLETE' };
const malformed = { TemplateBody: '{"Resources":{}}' };
const ofTemplate = (call: (source: { TemplateBody: string }) => Call, answer: object): Rows[string] => ({
  call: after(call({ TemplateBody })),
  answer,
  refused: { call: after(call(malformed)), by: 'ValidationError' },
});

export const cloudFormationRows: Rows = {
  CreateChangeSet: {
    call: after(create),
    answer: { Id: expect.stringContaining(':changeSet/first/'), StackId: expect.stringContaining(':stack/jobs/') },
    refused: { call: after(create, create), by: sdk.AlreadyExistsException },
  },
  DescribeChangeSet: {
    call: after(create, (c) => c.send(new sdk.DescribeChangeSetCommand({ StackName, ChangeSetName }))),
    answer: {
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [{ Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId } }],
    },
    refused: {
      call: after(create, (c) => c.send(new sdk.DescribeChangeSetCommand({ StackName, ChangeSetName: 'other' }))),
      by: sdk.ChangeSetNotFoundException,
    },
  },
  ListChangeSets: {
    call: after(create, (c) => c.send(new sdk.ListChangeSetsCommand({ StackName }))),
    answer: { Summaries: [{ ChangeSetName, StackName, ExecutionStatus: 'AVAILABLE' }] },
    refused: { call: after((c) => c.send(new sdk.ListChangeSetsCommand({ StackName }))), by: 'ValidationError' },
  },
  DeleteChangeSet: {
    call: after(create, (c) => c.send(new sdk.DeleteChangeSetCommand({ StackName, ChangeSetName }))),
    refused: {
      call: after((c) => c.send(new sdk.DeleteChangeSetCommand({ StackName, ChangeSetName }))),
      by: 'ValidationError',
    },
  },
  ExecuteChangeSet: {
    call: after(create, execute),
    refused: { call: after(create, execute, execute), by: sdk.InvalidChangeSetStatusException },
  },
  DescribeStacks: ofStack((c) => c.send(new sdk.DescribeStacksCommand({ StackName })), {
    Stacks: [
      {
        StackName,
        StackStatus: 'CREATE_COMPLETE',
        Description: 'A queue.',
        Parameters: [{ ParameterKey: 'Name', ParameterValue: 'jobs' }],
        Outputs: [{ OutputKey: 'Url', OutputValue: expect.stringMatching(/\/jobs$/) }],
      },
    ],
  }),
  ListStacks: {
    call: after(create, execute, (c) => c.send(new sdk.ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }))),
    answer: { StackSummaries: [{ StackName, StackStatus: 'CREATE_COMPLETE', TemplateDescription: 'A queue.' }] },
    refused: {
      call: after((c) => c.send(new sdk.ListStacksCommand({ NextToken: 'nonsense' }))),
      by: 'ValidationError',
    },
  },
  DescribeStackEvents: ofStack((c) => c.send(new sdk.DescribeStackEventsCommand({ StackName })), {
    StackEvents: [
      { ResourceType: 'AWS::CloudFormation::Stack', ResourceStatus: 'CREATE_COMPLETE' },
      { LogicalResourceId, ResourceStatus: 'CREATE_COMPLETE' },
      { LogicalResourceId, ResourceStatus: 'CREATE_IN_PROGRESS' },
      { ResourceType: 'AWS::CloudFormation::Stack', ResourceStatus: 'CREATE_IN_PROGRESS' },
    ],
  }),
  DescribeStackResource: ofStack(
    (c) => c.send(new sdk.DescribeStackResourceCommand({ StackName, LogicalResourceId })),
    { StackResourceDetail: resource },
  ),
  DescribeStackResources: ofStack((c) => c.send(new sdk.DescribeStackResourcesCommand({ StackName })), {
    StackResources: [resource],
  }),
  ListStackResources: ofStack((c) => c.send(new sdk.ListStackResourcesCommand({ StackName })), {
    StackResourceSummaries: [resource],
  }),
  GetTemplate: ofStack((c) => c.send(new sdk.GetTemplateCommand({ StackName })), { TemplateBody }),
  DeleteStack: {
    call: after(create, execute, async (c, { cloud }) => {
      await c.send(new sdk.DeleteStackCommand({ StackName }));
      await cloud.cloudFormation.idle();
      return c.send(new sdk.DeleteStackCommand({ StackName }));
    }),
  },
  GetTemplateSummary: ofTemplate((source) => (c) => c.send(new sdk.GetTemplateSummaryCommand(source)), {
    Description: 'A queue.',
    Parameters: [{ ParameterKey: 'Name', DefaultValue: 'jobs', ParameterType: 'String' }],
    ResourceTypes: ['AWS::SQS::Queue'],
  }),
  ValidateTemplate: ofTemplate((source) => (c) => c.send(new sdk.ValidateTemplateCommand(source)), {
    Description: 'A queue.',
    Parameters: [{ ParameterKey: 'Name', DefaultValue: 'jobs', NoEcho: false }],
  }),
};
