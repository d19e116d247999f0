import { MINUTE } from '../duration.ts';
import { ownershipName } from '../records/names.ts';
import type { RecordsAtName } from '../records/ownership.ts';
import { afterChange, type RecordChange, type RecordSet, sameRecord } from '../records/record-set.ts';
import { type Action, actionKey } from './action.ts';
import type { OwnedResources, RecentWrite } from './ledger.ts';
import type { DomainState, Observed } from './observed.ts';

/**
 * How long a listing of AWS may lag behind our own writes, in milliseconds
 * (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
 */
export const READ_LAG_MS = 2 * MINUTE;

/** What a write is about: a later one about the same takes its place. */
function thingOf({ key, zoneId, change }: RecentWrite): string {
  if (change !== undefined) return `${zoneId} ${change.record.name} ${change.record.type}`;
  return key
    .replace(/^(create|update|delete)-/, '')
    .replace(/^dis(associate-)/, '$1')
    .replace(/^make-.*/, 'visibility');
}

/** The ledger with an action that AWS has just confirmed. */
export function noteWrite(ledger: OwnedResources, action: Action, at: number): OwnedResources {
  const key = actionKey(action);
  const fresh: readonly RecentWrite[] =
    action.kind === 'change-records'
      ? action.changes.map((change) => ({ key, at, zoneId: action.zoneId, change }))
      : [{ key, at }];
  const writes = [...(ledger.writes ?? []), ...fresh].filter((write) => at - write.at < READ_LAG_MS);
  const last = new Map(writes.map((write) => [thingOf(write), write]));
  return { ...ledger, writes: writes.filter((write) => last.get(thingOf(write)) === write) };
}

/** The writes that the observation may not show yet. A deletion counts until the window is over. */
export function pendingWrites(ledger: OwnedResources, observed: Observed): readonly RecentWrite[] {
  return (ledger.writes ?? []).filter((write) => observed.at - write.at < READ_LAG_MS && !isListed(write, observed));
}

function isListed({ key, zoneId = '', change }: RecentWrite, observed: Observed): boolean {
  const { service, connections, network, domains } = observed;
  if (change !== undefined) {
    if (change.action === 'DELETE') return false;
    return Object.values(domains).some((state) =>
      recordsIn(state, zoneId).some((record) => sameRecord(record, change.record)),
    );
  }
  const [kind, domain = ''] = key.split(':');
  switch (kind) {
    case 'create-connection':
      return connections.length > 0;
    case 'create-endpoint':
      return network === undefined || network.endpoints.length > 0;
    case 'create-security-group':
      return network === undefined || (network.endpointInputs?.securityGroupIds.length ?? 1) > 0;
    case 'associate-domain':
      return domains[domain]?.association !== undefined;
    case 'disassociate-domain':
      return (domains[domain]?.association?.status ?? 'deleting') === 'deleting';
    case 'make-private':
      return service.kind === 'deleted' || !service.isPublic;
    case 'make-public':
      return service.kind === 'deleted' || service.isPublic;
    case 'remove-tag':
      return service.kind === 'deleted' || service.tags[key.slice('remove-tag:'.length)] === undefined;
    default:
      return false;
  }
}

function recordsIn({ records, validation }: DomainState, zoneId: string): readonly RecordSet[] {
  const { at = [], txt } = records[zoneId] ?? {};
  return [...at, ...(txt === undefined ? [] : [txt]), ...(validation[zoneId] ?? [])];
}

/** The observation with our own records as they were written. */
export function withPendingRecords(observed: Observed, pending: readonly RecentWrite[]): Observed {
  const changes = pending.filter(({ change }) => change !== undefined);
  if (changes.length === 0) return observed;
  const domains = Object.entries(observed.domains).map(([domain, state]) => {
    const validationNames = state.association?.validation.map(({ name }) => name) ?? [];
    const isOf = ({ key, change }: RecentWrite) =>
      key.startsWith(`change-records:validation:${domain}:`) || validationNames.includes(change?.record.name ?? '');
    const records = Object.entries(state.records).map(([zoneId, there]) => {
      const here = changes.filter((write) => write.zoneId === zoneId);
      return [zoneId, recordsAfter(domain, there, here)] as const;
    });
    const validation = Object.entries(state.validation).map(([zoneId, there]) => {
      const here = changes.filter((write) => write.zoneId === zoneId && isOf(write));
      return [zoneId, changesOf(here).reduce(afterChange, there)] as const;
    });
    const changed = { records: Object.fromEntries(records), validation: Object.fromEntries(validation) };
    return [domain, { ...state, ...changed }] as const;
  });
  return { ...observed, domains: Object.fromEntries(domains) };
}

function recordsAfter(domain: string, there: RecordsAtName, writes: readonly RecentWrite[]): RecordsAtName {
  const named = (name: string) => changesOf(writes).filter(({ record }) => record.name === name);
  const owner = ownershipName(domain);
  const [txt] = named(owner).reduce(afterChange, there.txt === undefined ? [] : [there.txt]);
  return { ...there, at: named(domain).reduce(afterChange, there.at), txt };
}

function changesOf(writes: readonly RecentWrite[]): readonly RecordChange[] {
  return writes.flatMap(({ change }) => change ?? []);
}
