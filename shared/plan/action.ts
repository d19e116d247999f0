import { type RecordChange, type RecordSet, sameRecord } from '../records/record-set.ts';
import { type OwnedRecord, type OwnedResources, ownedDomain, withDomain } from './ledger.ts';

/**
 * Something to do now. Each states an intent; the executor reads again just before it writes, because it may be out
 * of date.
 */
export type Action = { /** For people: what for. */ readonly why: string } & (
  | { readonly kind: 'create-security-group'; readonly vpcId: string; readonly cidrs: readonly string[] }
  /** The group is one that the stack created. */
  | { readonly kind: 'extend-security-group'; readonly groupId: string; readonly cidrs: readonly string[] }
  | {
      readonly kind: 'create-endpoint';
      readonly vpcId: string;
      readonly subnetIds: readonly string[];
      readonly securityGroupIds: readonly string[];
      readonly dualStack: boolean;
    }
  | { readonly kind: 'make-private' }
  | { readonly kind: 'make-public' }
  | { readonly kind: 'create-connection'; readonly name: string; readonly vpcId: string; readonly endpointId: string }
  | { readonly kind: 'update-connection'; readonly arn: string; readonly vpcId: string; readonly endpointId: string }
  | { readonly kind: 'delete-connection'; readonly arn: string }
  /** Removes a tag that requested something once. */
  | { readonly kind: 'remove-tag'; readonly key: string }
  | { readonly kind: 'associate-domain'; readonly domain: string }
  | { readonly kind: 'disassociate-domain'; readonly domain: string }
  | {
      readonly kind: 'change-records';
      readonly purpose: 'traffic' | 'validation';
      readonly domain: string;
      readonly zoneId: string;
      readonly changes: readonly RecordChange[];
      /** Names of records that stay although they are among the deletions: certificates of other services need them. */
      readonly kept?: readonly string[];
      /** Deleted records that led to the service, kept in the ledger to be restored. */
      readonly replaced?: readonly RecordSet[];
    }
);

/** The same thing done again has the same key: what contesting is counted by. */
export function actionKey(action: Action): string {
  switch (action.kind) {
    case 'change-records': {
      // Records of an earlier certificate go after those of the next one came: that reverses nothing.
      const isRemoval = action.purpose === 'validation' && action.changes.every((change) => change.action === 'DELETE');
      return `${action.kind}:${action.purpose}:${action.domain}:${action.zoneId}${isRemoval ? ':removal' : ''}`;
    }
    case 'associate-domain':
    case 'disassociate-domain':
      return `${action.kind}:${action.domain}`;
    case 'remove-tag':
      return `${action.kind}:${action.key}`;
    default:
      return action.kind;
  }
}

/**
 * What will have been written once the action is done. Kept **before** it is carried out, so that whatever was
 * written can be removed, wherever the reconciliation was cut off.
 */
export function writeAhead(ledger: OwnedResources, action: Action): OwnedResources {
  switch (action.kind) {
    case 'make-private':
      return { ...ledger, madePrivate: true };
    case 'create-connection':
    case 'update-connection':
      return { ...ledger, endpoint: { id: action.endpointId, vpcId: action.vpcId } };
    case 'associate-domain':
      return withDomain(ledger, action.domain, { associated: true });
    case 'change-records': {
      const list = action.purpose === 'traffic' ? 'records' : 'validation';
      const { replaced = [] } = ownedDomain(ledger, action.domain);
      // A restored record is its first owner's again.
      const isRestored = (record: RecordSet) =>
        replaced.some((one) => one.zoneId === action.zoneId && sameRecord(one.record, record));
      const created = action.changes
        .filter((change) => change.action === 'CREATE' && !isRestored(change.record))
        .map(({ record }) => ({ zoneId: action.zoneId, record }));
      // What is about to be deleted stays in the ledger until it is known to be gone (`confirmWritten`).
      const kept = ownedDomain(ledger, action.domain)[list].filter(
        (one) => !created.some(({ zoneId, record }) => zoneId === one.zoneId && sameRecord(record, one.record)),
      );
      const taken = (action.replaced ?? []).map((record) => ({ zoneId: action.zoneId, record }));
      return withDomain(ledger, action.domain, {
        [list]: [...kept, ...created],
        ...(taken.length === 0
          ? {}
          : {
              replaced: [
                ...replaced.filter(({ record }) => !taken.some((one) => sameRecord(one.record, record))),
                ...taken,
              ],
            }),
      });
    }
    default:
      return ledger;
  }
}

/**
 * The ledger after the action: records that it deleted are removed from it, and of those that it created it says when.
 * An association stays in the ledger until it is seen to be gone, because disassociating takes a while; so does a service that
 * the stack made private until it is seen to be public: the deployment may fail.
 * @param at milliseconds since the epoch.
 */
export function confirmWritten(ledger: OwnedResources, action: Action, at: number): OwnedResources {
  if (action.kind !== 'change-records') return ledger;
  const list = action.purpose === 'traffic' ? 'records' : 'validation';
  const changed = (one: OwnedRecord, kind: RecordChange['action']) =>
    one.zoneId === action.zoneId &&
    action.changes.some((change) => change.action === kind && sameRecord(change.record, one.record));
  return withDomain(ledger, action.domain, {
    [list]: ownedDomain(ledger, action.domain)
      [list].filter((one) => !changed(one, 'DELETE'))
      .map((one) => (changed(one, 'CREATE') ? { ...one, at } : one)),
  });
}

/** `create the alias record app.example.com`, for people. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'create-security-group':
      return `create a security group in ${action.vpcId} that allows HTTPS from ${action.cidrs.join(', ')}`;
    case 'extend-security-group':
      return `allow HTTPS from ${action.cidrs.join(', ')} in the security group ${action.groupId}`;
    case 'create-endpoint':
      return `create the App Runner ${action.dualStack ? 'dual-stack ' : ''}interface endpoint in ${action.vpcId} (${action.subnetIds.join(', ')})`;
    case 'make-private':
      return 'make the service private';
    case 'make-public':
      return 'make the service public again';
    case 'create-connection':
      return `attach the VPC ingress connection ${action.name} to ${action.endpointId}`;
    case 'update-connection':
      return `point the VPC ingress connection at ${action.endpointId}`;
    case 'delete-connection':
      return 'delete the VPC ingress connection';
    case 'remove-tag':
      return `remove the tag ${action.key}`;
    case 'associate-domain':
      return `associate ${action.domain} with the service`;
    case 'disassociate-domain':
      return `disassociate ${action.domain} from the service`;
    case 'change-records': {
      const verbs = { CREATE: 'create', DELETE: 'delete' } as const;
      const names = action.changes.map(({ action: verb, record }) =>
        action.kept?.includes(record.name)
          ? `keep ${record.type} ${record.name} (the certificate of another service needs it)`
          : `${verbs[verb]} ${record.type} ${record.name}`,
      );
      return `${names.join(', ')} in zone ${action.zoneId}`;
    }
  }
}
