import { type Finding, finding, type OpenFinding } from '../findings.ts';
import { TAG } from '../tags.ts';
import { type DesiredPrivate, desirePrivate } from './desire-private.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import { incompleteTagFindings, unknownTagFindings } from './tag-keys.ts';

export type DetachReason = 'disabled' | 'tag-missing' | 'service-deleted';

/** What should be true of a service. */
export type Desired =
  | { readonly kind: 'unmanaged' }
  | DesiredPrivate
  | { readonly kind: 'detached'; readonly reason: DetachReason; readonly restorePublic: boolean }
  | { readonly kind: 'released' }
  /** What is wanted cannot be told: touch nothing. */
  | { readonly kind: 'unclear' };

/** Whether both want the same. One that was read from the table has its keys in any order, without the undefined ones. */
export function sameDesired(a: Desired | undefined, b: Desired | undefined): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function canonicalJson(desired: Desired | undefined): string {
  return JSON.stringify(desired ?? {}, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

export interface Desire {
  readonly desired: Desired;
  readonly findings: readonly Finding[];
  /** Milliseconds since the epoch at which the desire changes by itself (the end of the grace time). */
  readonly changesAt?: number;
}

/** What is known of the service from before. */
export interface PastState {
  readonly desired: Desired | undefined;
  /** Whether anything that was written has not been taken back yet. */
  readonly ownsAnything: boolean;
  readonly findings: readonly OpenFinding[];
}

/**
 * Tags and policy → what should be true. Pure.
 *
 *     tag         managed before   →
 *     enabled     –                private
 *     disabled    yes, released    gone (disabled)
 *     released    –                released
 *     missing     no               unmanaged (or gone, released, as before)
 *     missing     yes, < grace     private as before, finding tag-missing
 *     missing     yes, ≥ grace     gone (tag-missing)
 *     (deleted)   –                gone (service-deleted)
 *     other       –                unclear, finding tag-value-unknown
 *
 * So it is where the policy says `by-tag`. Where it says `required`, every value is `enabled`; where it says `ignored`,
 * what is managed is released.
 *
 * @param tags the service's tags, or `undefined` when the service does not exist any more.
 * @param now milliseconds since the epoch.
 */
export function desire(
  serviceArn: string,
  tags: Readonly<Record<string, string>> | undefined,
  past: PastState,
  effectivePolicy: EffectivePolicy,
  now: number,
): Desire {
  const wanted = desireByTag(serviceArn, tags, past, effectivePolicy, now);
  const unknown =
    tags === undefined || effectivePolicy.enforcement === 'ignored' ? [] : unknownTagFindings(serviceArn, tags);
  return { ...wanted, findings: [...effectivePolicy.findings, ...wanted.findings, ...unknown] };
}

function desireByTag(
  serviceArn: string,
  tags: Readonly<Record<string, string>> | undefined,
  past: PastState,
  { enforcement, because, rules }: EffectivePolicy,
  now: number,
): Desire {
  const ready = (desired: Desired, ...findings: readonly Finding[]): Desire => ({ desired, findings });
  const pastPrivate = {
    desired: past.desired?.kind === 'private' ? past.desired : undefined,
    findings: past.findings,
  };
  const managed = past.desired?.kind === 'private' || past.desired?.kind === 'unclear' || past.ownsAnything;
  const gone = (reason: DetachReason): Desired => ({
    kind: 'detached',
    reason,
    restorePublic: rules.onDetach === 'restore-public' && reason !== 'service-deleted',
  });
  // Once given back or let go, it stays so until the tag says otherwise.
  const over = past.desired?.kind === 'released' || past.desired?.kind === 'detached' ? past.desired : undefined;
  if (tags === undefined) {
    if (past.desired?.kind === 'released') return ready(past.desired);
    // Also of a service that nothing is known of: a connection of ours may have been left behind.
    return ready(managed ? gone('service-deleted') : (over ?? gone('service-deleted')));
  }

  if (enforcement === 'ignored') {
    // What was written stays as it is: nobody speaks for the service any more.
    const desired: Desired =
      past.desired?.kind === 'detached' ? past.desired : { kind: managed ? 'released' : 'unmanaged' };
    if (tags[TAG] !== 'enabled') return ready(desired);
    const message = `The tag "${TAG}" is not followed: ${because}.`;
    return ready(desired, finding('tag-ignored', { resource: serviceArn, message }));
  }
  if (enforcement === 'required') {
    const wanted = desirePrivate(serviceArn, tags, pastPrivate, rules, now);
    const { [TAG]: value } = tags;
    if (value === undefined || value === 'enabled') return wanted;
    const message = `The tag "${TAG}" says "${value}", but the service has to be private: ${because}.`;
    return { ...wanted, findings: [...wanted.findings, finding('tag-overruled', { resource: serviceArn, message })] };
  }
  switch (tags[TAG]) {
    case 'enabled':
      return desirePrivate(serviceArn, tags, pastPrivate, rules, now);
    case 'disabled':
      return ready(managed || over !== undefined ? gone('disabled') : { kind: 'unmanaged' });
    case 'released':
      return ready({ kind: 'released' });
    case undefined: {
      if (over !== undefined) return ready(over);
      if (!managed) return ready({ kind: 'unmanaged' }, ...incompleteTagFindings(serviceArn, tags));
      const changesAt = missingSince(past, now) + rules.detachGrace;
      if (now >= changesAt) return ready(gone('tag-missing'));
      const missing = finding('tag-missing', {
        resource: serviceArn,
        message: `The tag "${TAG}" is missing on a service that is managed; it is undone ${new Date(changesAt).toISOString()} unless the tag comes back.`,
      });
      return { desired: past.desired ?? { kind: 'unclear' }, findings: [missing], changesAt };
    }
    default:
      return {
        desired: { kind: 'unclear' },
        findings: [
          finding('tag-value-unknown', {
            resource: serviceArn,
            message: `The tag "${TAG}" has an unknown value (${JSON.stringify(tags[TAG])}); it takes "enabled", "disabled" or "released". Nothing is changed.`,
          }),
        ],
      };
  }
}

function missingSince(past: PastState, now: number): number {
  return past.findings.find(({ code }) => code === 'tag-missing')?.since ?? now;
}
