import type { Draft } from './draft.ts';
import type { Association } from './observed.ts';

/** What a look at an association can tell: its status and how many validation records it names by now. */
export function associationFingerprint(association: Association | undefined): string {
  return association === undefined ? 'none' : `${association.status} ${association.validation.length}`;
}

export function waitForAssociation(
  draft: Draft,
  domain: string,
  association: Association,
  kind: 'validation-records' | 'certificate' | 'disassociation',
  why: string,
): void {
  draft.waits.push({
    kind,
    subject: domain,
    question: { ask: 'domain', domain },
    seen: associationFingerprint(association),
    why,
  });
}
