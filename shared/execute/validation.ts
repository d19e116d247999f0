import type { Claims } from '../claims.ts';
import type { RecordChange, RecordSet } from '../records/record-set.ts';
import { leaveValidation, needValidation } from '../validation-claim.ts';
import type { ExecutionOutcome } from './outcome.ts';

/**
 * Writes and deletes validation records. What other services need stays, and is theirs from now on:
 *
 *     CREATE   enter the claim, then write           not written: leave the claim
 *     DELETE   leave the claim; the last one deletes not deleted: enter the claim again
 */
export async function changeValidation(
  claims: Claims,
  serviceArn: string,
  { zoneId, changes }: { readonly zoneId: string; readonly changes: readonly RecordChange[] },
  write: (changes: readonly RecordChange[]) => Promise<ExecutionOutcome>,
): Promise<ExecutionOutcome> {
  const enter = (record: RecordSet) => needValidation(claims, serviceArn, { zoneId, record }, true);
  const leave = (record: RecordSet) => leaveValidation(claims, serviceArn, { zoneId, record });
  const kept: RecordSet[] = [];
  for (const { action, record } of changes) {
    if (action === 'CREATE') await enter(record);
    else {
      const needing = await leave(record);
      if (needing === 'unreadable') return { kind: 'refused', code: 'refused', message: unreadable(zoneId, record) };
      if (needing === 'others') kept.push(record);
    }
  }
  const open = changes.filter(({ record }) => !kept.includes(record));
  if (open.length === 0) return { kind: 'done', kept };
  const outcome = await write(open);
  if (outcome.kind === 'done') return kept.length === 0 ? outcome : { kind: 'done', kept };
  if (outcome.maybeApplied) return outcome;
  for (const { action, record } of open) await (action === 'CREATE' ? leave(record) : enter(record));
  return outcome;
}

function unreadable(zoneId: string, { name }: RecordSet): string {
  return `The item validation/${zoneId}/${name} of the table of claims cannot be read, so other services may need the record. Delete the record by hand if no certificate needs it.`;
}
