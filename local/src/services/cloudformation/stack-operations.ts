import * as sdk from '@aws-sdk/client-cloudformation';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import { describedResources, describedStack } from './described.ts';
import { anywhere, given, onStack, page } from './input.ts';
import { descriptionOf, type Stacks } from './stacks.ts';
import { invalid } from './template-input.ts';

export function stackOperations(stacks: Stacks): OperationDefinition[] {
  const named = (context: CallContext, name: string | undefined) => stacks.get(context, given(name, 'StackName'));

  return [
    operation<sdk.DescribeStacksCommandInput, sdk.DescribeStacksCommandOutput>(sdk.DescribeStacks$, {
      permissions: onStack('DescribeStacks'),
      run({ StackName, NextToken }, context) {
        const found =
          StackName === undefined
            ? stacks.all(context).filter(({ deleted }) => deleted === undefined)
            : [stacks.get(context, StackName)];
        const { items, next } = page(found, NextToken);
        return { Stacks: items.map(describedStack), ...next };
      },
    }),
    operation<sdk.ListStacksCommandInput, sdk.ListStacksCommandOutput>(sdk.ListStacks$, {
      permissions: anywhere('ListStacks'),
      run({ StackStatusFilter: statuses = [], NextToken }, context) {
        const found = stacks.all(context).filter(({ status }) => statuses.length === 0 || statuses.includes(status));
        const { items, next } = page(found, NextToken);
        const summaries = items.map((record) => {
          const { StackId, StackName, CreationTime, LastUpdatedTime, DeletionTime, StackStatus, StackStatusReason } =
            describedStack(record);
          const description = descriptionOf(record.definition);
          return {
            ...{ StackId, StackName, CreationTime, LastUpdatedTime, DeletionTime, StackStatus, StackStatusReason },
            ...(description === undefined ? {} : { TemplateDescription: description }),
            DriftInformation: { StackDriftStatus: 'NOT_CHECKED' as const },
          };
        });
        return { StackSummaries: summaries, ...next };
      },
    }),
    operation<sdk.DescribeStackEventsCommandInput, sdk.DescribeStackEventsCommandOutput>(sdk.DescribeStackEvents$, {
      permissions: onStack('DescribeStackEvents'),
      run({ StackName, NextToken }, context) {
        const { items, next } = page(named(context, StackName).events.toReversed(), NextToken);
        return { StackEvents: items, ...next };
      },
    }),
    operation<sdk.DescribeStackResourceCommandInput, sdk.DescribeStackResourceCommandOutput>(
      sdk.DescribeStackResource$,
      {
        permissions: onStack('DescribeStackResource'),
        run({ StackName, LogicalResourceId }, context) {
          const record = named(context, StackName);
          const found = describedResources(record).find((one) => one.LogicalResourceId === LogicalResourceId);
          if (found === undefined)
            throw invalid(`Resource ${LogicalResourceId} does not exist for stack ${record.name}`);
          const { Timestamp: LastUpdatedTimestamp, ...resource } = found;
          return { StackResourceDetail: { ...resource, LastUpdatedTimestamp, Metadata: '{}' } };
        },
      },
    ),
    operation<sdk.DescribeStackResourcesCommandInput, sdk.DescribeStackResourcesCommandOutput>(
      sdk.DescribeStackResources$,
      {
        permissions: onStack('DescribeStackResources'),
        run({ StackName, LogicalResourceId, PhysicalResourceId }, context) {
          if (StackName === undefined && PhysicalResourceId === undefined)
            throw invalid('Either StackName or PhysicalResourceId must be specified');
          const owners = stacks
            .all(context)
            .filter(({ resources }) =>
              [...resources.values()].some(({ reference }) => reference === PhysicalResourceId),
            );
          const record = StackName === undefined ? owners[0] : stacks.get(context, StackName);
          if (record === undefined) throw invalid(`Stack for ${PhysicalResourceId} does not exist`);
          const wanted = describedResources(record).filter(
            (one) => LogicalResourceId === undefined || one.LogicalResourceId === LogicalResourceId,
          );
          return { StackResources: wanted };
        },
      },
    ),
    operation<sdk.ListStackResourcesCommandInput, sdk.ListStackResourcesCommandOutput>(sdk.ListStackResources$, {
      permissions: onStack('ListStackResources'),
      run({ StackName, NextToken }, context) {
        const { items, next } = page(describedResources(named(context, StackName)), NextToken);
        const summaries = items.map(({ Timestamp: LastUpdatedTimestamp, StackName: _, StackId: __, ...resource }) => ({
          ...resource,
          LastUpdatedTimestamp,
        }));
        return { StackResourceSummaries: summaries, ...next };
      },
    }),
    operation<sdk.DeleteStackCommandInput, sdk.DeleteStackCommandOutput>(sdk.DeleteStack$, {
      writes: true,
      permissions: onStack('DeleteStack'),
      run({ StackName }, context) {
        // One that is not there is deleted already.
        const record = stacks.find(context, given(StackName, 'StackName'));
        if (record !== undefined && record.deleted === undefined) stacks.delete(record);
        return {};
      },
    }),
  ];
}
