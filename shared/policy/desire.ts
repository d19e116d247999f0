import { type Finding, finding, type OpenFinding } from '../findings.ts';
import { TAG } from '../tags.ts';
import { type DesiredPrivate, desirePrivate } from './desire-private.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import { graceEnd } from './grace-time.ts';
import { incompleteTagFindings, unknownTagFindings } from './tag-keys.ts';

export type DetachReason = 'disabled' | 'tag-missing' | 'service-deleted';

/** What should be true of a service. */
export type Desired =
  | { readonly kind: 'unmanaged' }
  | DesiredPrivate
  | { readonly kind: 'detached'; readonly reason: DetachReason; readonly restorePublic: boolean }
  | { readonly kind: 'released' }
  /** The desired state is unknown: change nothing. */
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
  /** Whether the stack still owns anything it wrote. */
  readonly ownsAnything: boolean;
  readonly findings: readonly OpenFinding[];
}

/**
 * Tags and policy → what should be true. Pure.
 *
 *     tag         managed before   →
 *     enabled     –                private
 *     disabled    yes, released    detached (disabled)
 *     released    –                released
 *     missing     no               unmanaged (or detached, released, as before)
 *     missing     yes, < grace     private as before, finding tag-missing
 *     missing     yes, ≥ grace     detached (tag-missing)
 *     (deleted)   –                detached (service-deleted)
 *     other       –                unclear, finding tag-value-unknown
 *
 * This holds for `by-tag`. Under `required` every value counts as `enabled`; under `ignored` a managed service is released.
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
  const detached = (reason: DetachReason): Desired => ({
    kind: 'detached',
    reason,
    restorePublic: rules.onDetach === 'restore-public' && reason !== 'service-deleted',
  });
  // Once detached or released, it stays so until the tag changes.
  const over = past.desired?.kind === 'released' || past.desired?.kind === 'detached' ? past.desired : undefined;
  if (tags === undefined) {
    if (past.desired?.kind === 'released') return ready(past.desired);
    // Also for an unknown service: it may have an orphaned connection of this stack.
    return ready(managed ? detached('service-deleted') : (over ?? detached('service-deleted')));
  }

  if (enforcement === 'ignored') {
    const desired: Desired =
      past.desired?.kind === 'detached' ? past.desired : { kind: managed ? 'released' : 'unmanaged' };
    if (tags[TAG] !== 'enabled') return ready(desired);
    const message = `The tag "${TAG}" has no effect: ${because}.`;
    return ready(desired, finding('tag-ignored', { resource: serviceArn, message }));
  }
  if (enforcement === 'required') {
    const wanted = desirePrivate(serviceArn, tags, pastPrivate, rules, now);
    const { [TAG]: value } = tags;
    if (value === undefined || value === 'enabled') return wanted;
    const message = `The tag "${TAG}" has the value "${value}", but the service is required to be private: ${because}.`;
    return { ...wanted, findings: [...wanted.findings, finding('tag-overruled', { resource: serviceArn, message })] };
  }
  switch (tags[TAG]) {
    case 'enabled':
      return desirePrivate(serviceArn, tags, pastPrivate, rules, now);
    case 'disabled':
      return ready(managed || over !== undefined ? detached('disabled') : { kind: 'unmanaged' });
    case 'released':
      return ready({ kind: 'released' });
    case undefined: {
      if (over !== undefined) return ready(over);
      if (!managed) return ready({ kind: 'unmanaged' }, ...incompleteTagFindings(serviceArn, tags));
      const changesAt = graceEnd(past.findings, ({ code }) => code === 'tag-missing', rules.detachGrace, now);
      if (now >= changesAt) return ready(detached('tag-missing'));
      const missing = finding('tag-missing', {
        resource: serviceArn,
        message: `The tag "${TAG}" is missing on a managed service. The stack detaches the service ${new Date(changesAt).toISOString()} unless the tag comes back.`,
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
