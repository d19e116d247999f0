import type { Change, Output, Parameter, Stack, StackResource } from '@aws-sdk/client-cloudformation';
import type { StackResourceChange } from '../../deploy/changes.ts';
import { lifecycleOf } from '../../deploy/deploy.ts';
import { type ParameterValue, readTemplate, resolveParameters } from '../../deploy/template.ts';
import type { Definition } from './change-set.ts';
import { descriptionOf, type StackRecord } from './stacks.ts';

export function describedStack(record: StackRecord): Stack {
  const { definition, created, updated, deleted } = record;
  const { Outputs: declared = {} } = readTemplate(definition.stack.template);
  const outputs: Output[] = Object.entries(record.outputs).map(([OutputKey, OutputValue]) => ({
    OutputKey,
    OutputValue,
    Description: declared[OutputKey]?.Description,
  }));
  return {
    StackId: record.id,
    StackName: record.name,
    CreationTime: new Date(created),
    StackStatus: record.status,
    StackStatusReason: record.statusReason,
    Description: descriptionOf(definition),
    LastUpdatedTime: updated === undefined ? undefined : new Date(updated),
    DeletionTime: deleted === undefined ? undefined : new Date(deleted),
    ...(outputs.length === 0 ? {} : { Outputs: outputs }),
    Parameters: describedParameters(definition),
    Capabilities: [...definition.capabilities],
    Tags: [...definition.tags],
    DisableRollback: false,
    EnableTerminationProtection: false,
    NotificationARNs: [],
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** Every parameter with the value in force; one that must not be seen as stars. */
export function describedParameters({ stack }: Definition): Parameter[] {
  const template = readTemplate(stack.template);
  const text = (value: ParameterValue) => (typeof value === 'string' ? value : value.join(','));
  return Object.entries(resolveParameters(template, stack.parameters ?? {})).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: String(template.Parameters?.[ParameterKey]?.NoEcho ?? false) === 'true' ? '****' : text(value),
  }));
}

/** The resources of a stack, each as its latest event says; those that are gone too. */
export function describedResources(record: StackRecord): StackResource[] {
  const latest = new Map(record.events.map((event) => [event.LogicalResourceId, event]));
  return [...latest.values()].flatMap((event) => {
    const { LogicalResourceId, PhysicalResourceId = '', ResourceType, Timestamp, ResourceStatus } = event;
    if (ResourceType === 'AWS::CloudFormation::Stack' && LogicalResourceId === record.name) return [];
    return [
      {
        StackName: record.name,
        StackId: record.id,
        LogicalResourceId,
        ...(PhysicalResourceId === '' ? {} : { PhysicalResourceId }),
        ResourceType,
        Timestamp,
        ResourceStatus,
        ResourceStatusReason: event.ResourceStatusReason,
        DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' as const },
      },
    ];
  });
}

export function describedChange(change: StackResourceChange): Change {
  const { action, logicalId, type, physicalId, replacement, properties } = change;
  const fixed = lifecycleOf(type).fixed ?? [];
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: action,
      LogicalResourceId: logicalId,
      ResourceType: type,
      PhysicalResourceId: physicalId,
      ...(action === 'Modify' ? { Replacement: replacement ? 'True' : 'False' } : {}),
      Scope: action === 'Modify' ? ['Properties'] : [],
      Details: properties.map((Name) => ({
        Target: { Attribute: 'Properties', Name, RequiresRecreation: fixed.includes(Name) ? 'Always' : 'Never' },
        Evaluation: 'Static',
        ChangeSource: 'DirectModification',
      })),
    },
  };
}
