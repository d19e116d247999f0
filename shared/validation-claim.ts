import * as z from 'zod';
import { type Claims, changeClaim } from './claims.ts';
import type { ValidationShares } from './plan/observed.ts';
import { type RecordSet, sameRecord } from './records/record-set.ts';

/** A validation record that the stack wrote, and who needs it: certificates of two services may share one. */
const validationClaim = z.object({
  /** As the stack wrote it: an equal name with other content is another owner's. */
  record: z
    .object({
      name: z.string(),
      type: z.string(),
      content: z.object({ kind: z.literal('values'), ttl: z.number(), values: z.array(z.string()).readonly() }),
    })
    .optional(),
  /** ARNs of services. */
  users: z.array(z.string()).default([]),
});

interface ValidationRecord {
  readonly zoneId: string;
  readonly record: RecordSet;
}

export const validationClaimKey = ({ zoneId, record }: ValidationRecord) => `validation/${zoneId}/${record.name}`;

/**
 * What the claims of validation records say to a service. One that cannot be read says nothing.
 * @param values of the claims, in the order of the records.
 */
export function validationSharesOf(
  serviceArn: string,
  records: readonly ValidationRecord[],
  values: readonly unknown[],
): ValidationShares {
  const claimed = records.map((one, index) => {
    const { record, users = [] } = validationClaim.safeParse(values[index] ?? {}).data ?? {};
    return { one, users, isWritten: record !== undefined && sameRecord(record, one.record) };
  });
  return {
    own: claimed.flatMap(({ one, users, isWritten }) => (isWritten && users.includes(serviceArn) ? [one] : [])),
    others: claimed.flatMap(({ one, users }) => (users.some((arn) => arn !== serviceArn) ? [one] : [])),
  };
}

/**
 * Before a service writes a validation record or relies on one. A claim that cannot be read decides nothing.
 * @param isOwn whether the service writes the record, or has it in its ledger.
 * @returns whether the stack wrote the record: then the service has a share in it.
 */
export async function needValidation(
  claims: Claims,
  serviceArn: string,
  needed: ValidationRecord,
  isOwn: boolean,
): Promise<boolean> {
  const { name, type, content } = needed.record;
  if (content.kind !== 'values') return isOwn;
  const written = { name, type, content };
  try {
    const claim = await changeClaim(claims, validationClaimKey(needed), validationClaim, (before) => {
      const isWritten = before.record !== undefined && sameRecord(before.record, written);
      if (isWritten ? before.users.includes(serviceArn) : !isOwn) return before;
      return { record: written, users: [...before.users.filter((one) => one !== serviceArn), serviceArn] };
    });
    return isOwn || (claim.record !== undefined && sameRecord(claim.record, written));
  } catch (error) {
    if (error instanceof z.ZodError) return isOwn;
    throw error;
  }
}

/**
 * Before a service deletes its validation record, and when it has none any more.
 * @returns who else needs the record. Only the last one may delete it.
 */
export async function leaveValidation(
  claims: Claims,
  serviceArn: string,
  left: ValidationRecord,
): Promise<'none' | 'others' | 'unreadable'> {
  try {
    const { users } = await changeClaim(claims, validationClaimKey(left), validationClaim, (before) => {
      if (!before.users.includes(serviceArn)) return before;
      const others = before.users.filter((one) => one !== serviceArn);
      return others.length === 0 ? { users: [] } : { ...before, users: others };
    });
    return users.length === 0 ? 'none' : 'others';
  } catch (error) {
    if (error instanceof z.ZodError) return 'unreadable';
    throw error;
  }
}
