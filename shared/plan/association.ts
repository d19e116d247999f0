import type { Association } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';

/**
 * What one read of the associations of some domains shows: the status of each and how many validation records it names
 * by now. Of all domains at once, because one call returns them all.
 */
export function associationsFingerprint(
  domains: readonly string[],
  associationOf: (domain: string) => Association | undefined,
): string {
  return domains
    .map((domain) => {
      const association = associationOf(domain);
      return association === undefined ? 'none' : `${association.status} ${association.validation.length}`;
    })
    .join(', ');
}

export function waitForAssociation(
  builder: PlanBuilder,
  domain: string,
  kind: 'validation-records' | 'certificate' | 'disassociation',
  why: string,
  endsAt?: number,
): void {
  const { domains: observed } = builder.input.observed;
  const domains = Object.keys(observed).sort();
  builder.waits.push({
    kind,
    subject: domain,
    condition: { check: 'domains', domains },
    expected: associationsFingerprint(domains, (name) => observed[name]?.association),
    why,
    ...(endsAt === undefined ? {} : { endsAt }),
  });
}
