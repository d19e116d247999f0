import { endpointUnused } from '../finding-meanings.ts';
import { type FindingDefinition, findingDefinitions } from '../findings.ts';

/** Resources without a service that a sweep finds: a closed list, from which `docs/sweep.md` is generated. */
export const orphanDefinitions = {
  'endpoint-unused': { ...findingDefinitions['endpoint-unused'], meaning: endpointUnused },
  'record-orphaned': {
    severity: 'warning',
    meaning:
      'An ownership record names this installation and a service that exists in no account and region in scope. Reported only by a sweep without failures, because a service it could not see may exist.',
    remedy:
      'Remove the record, if the service was deleted, and the alias beside it only if it leads to an endpoint of this stack: whoever can write a TXT record can make this report. Until then no other service of this installation can claim the name.',
  },
} as const satisfies Record<string, FindingDefinition>;

export type OrphanKind = keyof typeof orphanDefinitions;

/** A resource that no service uses. The stack never deletes it. */
export interface Orphan {
  readonly kind: OrphanKind;
  readonly resource: string;
  /** `123456789012/ap-northeast-1`, where it is in one. */
  readonly place?: string;
  readonly message: string;
}
