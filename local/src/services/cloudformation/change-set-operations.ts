import * as sdk from '@aws-sdk/client-cloudformation';
import { changesTo, impossible } from '../../deploy/changes.ts';
import { same } from '../../deploy/deploy.ts';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import type { ChangeSet, Definition } from './change-set.ts';
import { describedChange, describedParameters } from './described.ts';
import { given, onStack, page } from './input.ts';
import type { StackRecord, Stacks } from './stacks.ts';
import {
  checkCapabilities,
  type GivenTemplate,
  invalid,
  parametersOf,
  type ReadObject,
  readText,
  type TemplateSource,
  templateOf,
  validated,
} from './template-input.ts';

const NAME = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/;
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

interface Parts {
  readonly world: World;
  readonly stacks: Stacks;
  readonly readObject: ReadObject;
}

export function changeSetOperations({ world, stacks, readObject }: Parts): OperationDefinition[] {
  const { chance, clock } = world;

  /** A change set by its ARN, or by its name and stack. */
  function find(
    context: CallContext,
    { ChangeSetName, StackName }: Named,
  ): { record: StackRecord; changeSet: ChangeSet } {
    const named = given(ChangeSetName, 'ChangeSetName');
    const records = StackName === undefined ? stacks.all(context) : [stacks.get(context, StackName)];
    for (const record of records) {
      for (const changeSet of record.changeSets.values()) {
        if (changeSet.id === named || (StackName !== undefined && changeSet.name === named))
          return { record, changeSet };
      }
    }
    if (StackName === undefined && !named.startsWith('arn:'))
      throw invalid('StackName must be specified if ChangeSetName is not specified as an ARN.');
    throw new AwsError('ChangeSetNotFoundException', `ChangeSet [${named}] does not exist`, { status: 404 });
  }

  return [
    operation<sdk.CreateChangeSetCommandInput, sdk.CreateChangeSetCommandOutput>(sdk.CreateChangeSet$, {
      writes: true,
      permissions: onStack('CreateChangeSet'),
      run(input, context) {
        const { ChangeSetType: type = 'UPDATE', Description: description } = input;
        const [stackName, name] = [given(input.StackName, 'StackName'), given(input.ChangeSetName, 'ChangeSetName')];
        for (const each of [stackName.startsWith('arn:') ? 'arn' : stackName, name]) {
          if (NAME.test(each)) continue;
          throw invalid(
            `1 validation error detected: Value '${each}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
          );
        }
        const asked = [
          ...(type === 'IMPORT' ? ['ChangeSetType IMPORT'] : []),
          ...(input.IncludeNestedStacks === true ? ['IncludeNestedStacks'] : []),
        ];
        if (asked.length > 0)
          throw new AwsError('NotImplemented', `${asked.join(', ')} is not implemented by the embedded cloud`, {
            status: 501,
          });
        const present = stacks.find(context, stackName);
        if (type === 'UPDATE' && (present === undefined || present.status === 'REVIEW_IN_PROGRESS'))
          throw invalid(`Stack [${stackName}] does not exist`);
        if (type === 'CREATE' && present !== undefined && present.status !== 'REVIEW_IN_PROGRESS')
          throw invalid(
            `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
          );
        if (present?.changeSets.has(name))
          throw new AwsError(
            'AlreadyExistsException',
            `ChangeSet [${name}] cannot be created due to a naming conflict; it exists already`,
          );
        const previous = type === 'UPDATE' ? present?.definition : undefined;
        const template = givenTemplate(input, previous, (source) => templateOf(source, readObject, context.account));
        checkCapabilities(template.template, input.Capabilities ?? []);
        const definition: Definition = {
          stack: {
            account: context.account,
            region: context.region,
            stackName: present?.name ?? stackName,
            functionCode: previous?.stack.functionCode ?? (() => undefined),
            template: template.document,
            parameters: parametersOf(template.template, input.Parameters ?? [], previous?.stack.parameters ?? {}),
          },
          templateText: template.text,
          tags: input.Tags ?? previous?.tags ?? [],
          capabilities: input.Capabilities ?? [],
        };
        const changes = validated(() => changesTo(definition.stack, present?.resources ?? new Map()));
        const record = present ?? stacks.review(context, definition);
        const changeSet: ChangeSet = {
          id: `arn:aws:cloudformation:${context.region}:${context.account}:changeSet/${name}/${chance.uuid()}`,
          ...{ name, type, description, definition, changes },
          created: clock.now(),
          failure: changes.length === 0 && sameDefinition(previous, definition) ? NO_CHANGES : undefined,
          executed: false,
        };
        record.changeSets.set(name, changeSet);
        return { Id: changeSet.id, StackId: record.id };
      },
    }),
    operation<sdk.DescribeChangeSetCommandInput, sdk.DescribeChangeSetCommandOutput>(sdk.DescribeChangeSet$, {
      permissions: onStack('DescribeChangeSet'),
      run(input, context) {
        const { record, changeSet } = find(context, input);
        const { items, next } = page(changeSet.changes, input.NextToken);
        return {
          ...summary(record, changeSet),
          Parameters: describedParameters(changeSet.definition),
          Capabilities: [...changeSet.definition.capabilities],
          Tags: [...changeSet.definition.tags],
          NotificationARNs: [],
          Changes: items.map(describedChange),
          ...next,
        };
      },
    }),
    operation<sdk.ListChangeSetsCommandInput, sdk.ListChangeSetsCommandOutput>(sdk.ListChangeSets$, {
      permissions: onStack('ListChangeSets'),
      run(input, context) {
        const record = stacks.get(context, given(input.StackName, 'StackName'));
        const { items, next } = page([...record.changeSets.values()], input.NextToken);
        return { Summaries: items.map((changeSet) => summary(record, changeSet)), ...next };
      },
    }),
    operation<sdk.DeleteChangeSetCommandInput, sdk.DeleteChangeSetCommandOutput>(sdk.DeleteChangeSet$, {
      writes: true,
      permissions: onStack('DeleteChangeSet'),
      run(input, context) {
        // One that is not there is deleted already.
        const named = given(input.ChangeSetName, 'ChangeSetName');
        const records = input.StackName === undefined ? stacks.all(context) : [stacks.get(context, input.StackName)];
        for (const { changeSets } of records) {
          for (const { id, name } of changeSets.values()) if (id === named || name === named) changeSets.delete(name);
        }
        return {};
      },
    }),
    operation<sdk.ExecuteChangeSetCommandInput, sdk.ExecuteChangeSetCommandOutput>(sdk.ExecuteChangeSet$, {
      writes: true,
      permissions: onStack('ExecuteChangeSet'),
      run(input, context) {
        const { record, changeSet } = find(context, input);
        if (changeSet.failure !== undefined || changeSet.executed) {
          const status = changeSet.executed ? 'EXECUTE_COMPLETE' : 'UNAVAILABLE';
          const message = `ChangeSet [${changeSet.id}] cannot be executed in its current execution status of [${status}]`;
          throw new AwsError('InvalidChangeSetStatusException', message);
        }
        const cannot = impossible(changeSet.changes);
        if (cannot.length > 0) {
          const message = `not implemented by the embedded cloud: to ${cannot.join(', to ')}; nothing was changed`;
          throw new AwsError('NotImplemented', message, { status: 501 });
        }
        stacks.change(record, changeSet.definition);
        changeSet.executed = true;
        // The others were made for what the stack is no more.
        for (const other of [...record.changeSets.values()])
          if (other !== changeSet) record.changeSets.delete(other.name);
        return {};
      },
    }),
  ];
}

interface Named {
  readonly ChangeSetName?: string | undefined;
  readonly StackName?: string | undefined;
}

function givenTemplate(
  input: sdk.CreateChangeSetCommandInput,
  previous: Definition | undefined,
  read: (source: TemplateSource) => GivenTemplate,
): GivenTemplate {
  if (input.UsePreviousTemplate !== true) return read(input);
  if (previous === undefined) throw invalid('UsePreviousTemplate cannot be used when creating a stack.');
  return readText(previous.templateText);
}

/** Whether outputs, parameters and tags are the same; resources have been compared. */
function sameDefinition(before: Definition | undefined, after: Definition): boolean {
  if (before === undefined) return false;
  const outputs = ({ stack }: Definition) => Object(stack.template).Outputs ?? {};
  return same(outputs(before), outputs(after)) && same(before.tags, after.tags);
}

function summary(record: StackRecord, changeSet: ChangeSet): sdk.ChangeSetSummary {
  const { id, name, created, failure, executed, description } = changeSet;
  const execution = failure !== undefined ? 'UNAVAILABLE' : executed ? 'EXECUTE_COMPLETE' : 'AVAILABLE';
  return {
    ChangeSetId: id,
    ChangeSetName: name,
    StackId: record.id,
    StackName: record.name,
    CreationTime: new Date(created),
    Status: failure === undefined ? 'CREATE_COMPLETE' : 'FAILED',
    ExecutionStatus: execution,
    IncludeNestedStacks: false,
    ...(failure === undefined ? {} : { StatusReason: failure }),
    ...(description === undefined ? {} : { Description: description }),
  };
}
