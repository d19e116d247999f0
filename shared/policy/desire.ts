import { DAY } from '../duration.ts';
import { type Finding, finding, type OpenFinding } from '../findings.ts';
import { TAG } from '../tags.ts';
import { type DesiredPrivate, desirePrivate } from './desire-private.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import { graceEnd } from './grace-time.ts';
import { incompleteTagFindings, unknownTagFindings } from './tag-keys.ts';

export const detachReasons = ['disabled', 'tag-missing', 'service-deleted', 'delete-attempt'] as const;
export type DetachReason = (typeof detachReasons)[number];

/** What should be true of a service. */
export type Desired =
  | { readonly kind: 'unmanaged' }
  | DesiredPrivate
  | { readonly kind: 'detached'; readonly reason: DetachReason; readonly restorePublic: boolean }
  /** `byPolicy`: not by its owner, so it ends with what the policy says, and what was written is removed once the service is gone. */
  | { readonly kind: 'released'; readonly byPolicy?: true }
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
  /** Milliseconds since the epoch at which the grace time ends and the desire changes. */
  readonly changesAt?: number;
}

/** What is known of the service from before. */
export interface PastState {
  readonly desired: Desired | undefined;
  /** Whether the stack still owns anything it wrote. */
  readonly ownsAnything: boolean;
  readonly findings: readonly OpenFinding[];
  /** Whether the stack attached the service. */
  readonly ownsConnection?: boolean;
  /** Milliseconds since the epoch at which App Runner refused to delete the service because of its connection. */
  readonly deletionRefusedAt?: number | undefined;
}

/** How long a refused deletion counts, in milliseconds. */
export const DELETION_TIME_MS = DAY;

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
 * Out of scope it is released too. What the policy released is managed again as its tag says once the policy lets it.
 *
 * Where the policy says `onDeleteAttempt: detach`, a service that App Runner refused to delete because of our connection is
 * detached for a day, whatever the tags say, so that the next attempt succeeds.
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
  const byTag = desireByTag(serviceArn, tags, past, effectivePolicy, now);
  const wanted =
    byTag.desired.kind === 'private' ? desireToDelete(serviceArn, past, effectivePolicy, now, byTag) : byTag;
  const unknown =
    tags === undefined || effectivePolicy.enforcement === 'ignored' ? [] : unknownTagFindings(serviceArn, tags);
  return { ...wanted, findings: [...effectivePolicy.findings, ...wanted.findings, ...unknown] };
}

function desireToDelete(
  serviceArn: string,
  { desired, ownsConnection, deletionRefusedAt }: PastState,
  { rules }: EffectivePolicy,
  now: number,
  otherwise: Desire,
): Desire {
  if (rules.onDeleteAttempt !== 'detach' || deletionRefusedAt === undefined) return otherwise;
  const until = deletionRefusedAt + DELETION_TIME_MS;
  const isDetaching = desired?.kind === 'detached' && desired.reason === 'delete-attempt';
  if (now >= until || (ownsConnection !== true && !isDetaching)) return otherwise;
  const message = `App Runner refused to delete the service ${new Date(deletionRefusedAt).toISOString()} because of its VPC ingress connection. The stack detaches it, and attaches it again after ${new Date(until).toISOString()} if it still exists.`;
  const remedy = 'Delete the service again. To keep it, ask for a reconciliation of it (`reconcile`).';
  return {
    desired: { kind: 'detached', reason: 'delete-attempt', restorePublic: false },
    findings: [finding('deletion-refused', { resource: serviceArn, message, remedy })],
  };
}

function desireByTag(
  serviceArn: string,
  tags: Readonly<Record<string, string>> | undefined,
  past: PastState,
  { enforcement, isInScope, because, rules }: EffectivePolicy,
  now: number,
): Desire {
  const ready = (desired: Desired, ...findings: readonly Finding[]): Desire => ({ desired, findings });
  const pastPrivate = {
    desired: past.desired?.kind === 'private' ? past.desired : undefined,
    findings: past.findings,
  };
  const released = past.desired?.kind === 'released' ? past.desired : undefined;
  const isLeftAlone = released?.byPolicy === true;
  const releasedByOwner = isLeftAlone ? undefined : released;
  const managed =
    past.desired?.kind === 'private' || past.desired?.kind === 'unclear' || isLeftAlone || past.ownsAnything;
  const detached = (reason: DetachReason): Desired => ({
    kind: 'detached',
    reason,
    restorePublic: rules.onDetach === 'restore-public' && reason !== 'service-deleted',
  });
  // Once detached, or released by its owner, it stays so until the tag changes.
  const over = releasedByOwner ?? (past.desired?.kind === 'detached' ? past.desired : undefined);
  if (tags === undefined) {
    if (releasedByOwner !== undefined) return ready(releasedByOwner);
    // Also for an unknown service: it may have an orphaned connection of this stack.
    return ready(managed ? detached('service-deleted') : (over ?? detached('service-deleted')));
  }

  if (enforcement === 'ignored') {
    const isOver = past.desired?.kind === 'detached' && (isInScope || !past.ownsAnything);
    const leftAlone: Desired = releasedByOwner ?? { kind: 'released', byPolicy: true };
    const desired: Desired = isOver ? past.desired : managed ? leftAlone : { kind: 'unmanaged' };
    if (tags[TAG] !== 'enabled') return ready(desired);
    const message = `The tag "${TAG}" has no effect: ${because}.`;
    return ready(desired, finding('tag-ignored', { resource: serviceArn, message }));
  }
  if (enforcement === 'required') {
    const wanted = desirePrivate(serviceArn, tags, pastPrivate, rules, now, true);
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
