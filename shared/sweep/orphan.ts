import { type FindingDefinition, findingDefinitions } from '../findings.ts';

/** What a sweep finds that nobody uses: a closed list, from which `docs/sweep.md` is generated. */
export const orphanDefinitions = {
  'endpoint-unused': findingDefinitions['endpoint-unused'],
  'record-orphaned': {
    severity: 'warning',
    meaning:
      'An ownership record names this installation and a service that is in none of the accounts and regions looked after. Told only when nothing was left unseen, for the service might be there.',
    remedy:
      'Remove the record named, and the alias beside it, if the service is really gone; the record keeps the name from every other service of this installation.',
  },
} as const satisfies Record<string, FindingDefinition>;

export type OrphanKind = keyof typeof orphanDefinitions;

/** Something that costs or confuses, and that nobody uses. Nothing is deleted by itself. */
export interface Orphan {
  readonly kind: OrphanKind;
  readonly resource: string;
  /** `123456789012/ap-northeast-1`, where it is in one. */
  readonly place?: string;
  readonly message: string;
}
