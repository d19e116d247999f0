import {
  ChangeResourceRecordSets$,
  type ChangeResourceRecordSetsCommandInput,
  type ChangeResourceRecordSetsCommandOutput,
  GetChange$,
  type GetChangeCommandInput,
  type GetChangeCommandOutput,
  ListResourceRecordSets$,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
} from '@aws-sdk/client-route-53';
import { ReadLag } from '../../read-lag.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { type AliasTargetCheck, applyChanges } from './change-batch.ts';
import { readChanges } from './change-request.ts';
import type { Changes } from './changes.ts';
import { bareId, type HostedZone, type HostedZones, zoneArn } from './hosted-zones.ts';
import { pageSize, required } from './input.ts';
import { compareText, conditionName, recordName, sortKey } from './names.ts';
import type { RecordSets } from './record-sets.ts';
import { nameProblem } from './record-values.ts';

/** Record sets on a page (documented). */
const PAGE = 300;

/** Operations on the record sets of a zone, and on the changes made to them. */
export function recordOperations(
  world: World,
  zones: HostedZones,
  changes: Changes,
  isAliasTarget: AliasTargetCheck,
): readonly OperationDefinition[] {
  const lag = new ReadLag<HostedZone, RecordSets>(world);
  return [
    operation<ChangeResourceRecordSetsCommandInput, ChangeResourceRecordSetsCommandOutput>(ChangeResourceRecordSets$, {
      writes: true,
      permissions: (input) => ({
        action: 'route53:ChangeResourceRecordSets',
        resources: [zoneArn(input.HostedZoneId)],
        conditions: changeConditions(input),
      }),
      run: (input, context) => {
        const zone = zones.require(required(input.HostedZoneId, 'HostedZoneId'), context);
        const batch = required(input.ChangeBatch, 'ChangeBatch');
        const records = applyChanges(zone, readChanges(batch.Changes ?? []), isAliasTarget);
        lag.beforeChange(zone, () => zone.records);
        zone.records = records;
        return { ChangeInfo: changes.submit(context.account, batch.Comment) };
      },
    }),

    operation<ListResourceRecordSetsCommandInput, ListResourceRecordSetsCommandOutput>(ListResourceRecordSets$, {
      permissions: (input) => ({ action: 'route53:ListResourceRecordSets', resources: [zoneArn(input.HostedZoneId)] }),
      run: (input, context) => {
        const zone = zones.require(required(input.HostedZoneId, 'HostedZoneId'), context);
        const most = pageSize(input.MaxItems, PAGE);
        const start = listingStart(input);
        const listed = lag.read(zone, () => zone.records);
        const rest = listed.sorted().filter((set) => {
          const place = [sortKey(set.Name), set.Type, set.SetIdentifier ?? ''];
          const difference = start.map((text, index) => compareText(place[index] ?? '', text)).find((it) => it !== 0);
          return (difference ?? 0) >= 0;
        });
        const next = rest[most];
        return {
          ResourceRecordSets: rest.slice(0, most),
          IsTruncated: next !== undefined,
          ...(next === undefined ? {} : { NextRecordName: next.Name, NextRecordType: next.Type }),
          ...(next?.SetIdentifier === undefined ? {} : { NextRecordIdentifier: next.SetIdentifier }),
          MaxItems: most,
        };
      },
    }),

    operation<GetChangeCommandInput, GetChangeCommandOutput>(GetChange$, {
      permissions: (input) => ({
        action: 'route53:GetChange',
        resources: [`arn:aws:route53:::change/${bareId(input.Id ?? '')}`],
      }),
      run: (input, context) => ({ ChangeInfo: changes.get(context.account, required(input.Id, 'Id')) }),
    }),
  ];
}

/** Where a listing starts: as many of [sort key of the name, type, set identifier] as were given. */
function listingStart(input: ListResourceRecordSetsCommandInput): readonly string[] {
  const { StartRecordName: name, StartRecordType: type, StartRecordIdentifier: identifier } = input;
  if ((name === undefined && type !== undefined) || (type === undefined && identifier !== undefined)) {
    throw new AwsError(
      'InvalidInput',
      'Invalid request: StartRecordType needs StartRecordName, and StartRecordIdentifier needs both.',
    );
  }
  if (name === undefined) return [];
  const problem = nameProblem(name);
  if (problem !== undefined) throw new AwsError('InvalidInput', problem);
  return [sortKey(recordName(name)), ...(type === undefined ? [] : [type, identifier ?? ''])];
}

/** The condition keys of a change, each with every value of the batch (documented: IAM policy conditions for fine-grained access). */
function changeConditions({ ChangeBatch }: ChangeResourceRecordSetsCommandInput): Record<string, readonly string[]> {
  const changes = ChangeBatch?.Changes ?? [];
  const distinct = (values: readonly (string | undefined)[]) => [...new Set(values.map((value) => value ?? ''))];
  return {
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': distinct(
      changes.map(({ ResourceRecordSet: set }) => {
        const name = set?.Name ?? '';
        // The operation reports a bad name; here it only must match nothing.
        return nameProblem(name) === undefined ? conditionName(recordName(name)) : name;
      }),
    ),
    'route53:ChangeResourceRecordSetsRecordTypes': distinct(changes.map((change) => change.ResourceRecordSet?.Type)),
    'route53:ChangeResourceRecordSetsActions': distinct(changes.map((change) => change.Action)),
  };
}
