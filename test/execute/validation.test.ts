import { beforeEach, describe, expect, it } from 'vitest';
import type { Claims } from '../../shared/claims.ts';
import type { ExecutionOutcome } from '../../shared/execute/outcome.ts';
import { changeValidation } from '../../shared/execute/validation.ts';
import type { RecordChange, RecordSet } from '../../shared/records/record-set.ts';
import { leaveValidation, needValidation } from '../../shared/validation-claim.ts';
import { memoryClaims } from '../memory-claims.ts';

const ONE = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/one/8fe1e10304f84fd2b0df550fe98a71fa';
const OTHER = 'arn:aws:apprunner:eu-west-1:210987654321:service/other/9fe1e10304f84fd2b0df550fe98a71fb';
const zoneId = 'ZPUBLIC';
const record: RecordSet = {
  name: '_token.example.com',
  type: 'CNAME',
  content: { kind: 'values', ttl: 300, values: ['_value.acm-validations.aws.'] },
};
const single: RecordSet = { ...record, name: '_single.example.com' };
const byHand: RecordSet = { ...record, content: { kind: 'values', ttl: 60, values: ['_value.acm-validations.aws'] } };

let claims: Claims;
let written: (readonly RecordChange[])[];
beforeEach(() => {
  claims = memoryClaims();
  written = [];
});

function change(
  serviceArn: string,
  action: 'CREATE' | 'DELETE',
  records: readonly RecordSet[] = [record],
  outcome: ExecutionOutcome = { kind: 'done' },
): Promise<ExecutionOutcome> {
  const changes = records.map((one) => ({ action, record: one }));
  return changeValidation(claims, serviceArn, { zoneId, changes }, async (batch) => {
    written.push(batch);
    return outcome;
  });
}
const need = (serviceArn: string, needed = record, isOwn = false) =>
  needValidation(claims, serviceArn, { zoneId, record: needed }, isOwn);
const deletionOf = (...records: readonly RecordSet[]) => records.map((one) => ({ action: 'DELETE', record: one }));
const refused: ExecutionOutcome = { kind: 'refused', code: 'access-denied', message: 'not authorized' };

describe('a validation record that two services need', () => {
  it.each([
    ['the one that wrote it leaves first', ONE, OTHER],
    ['the one that wrote it leaves last', OTHER, ONE],
  ])('goes with the last of them: %s', async (_, first, last) => {
    await change(ONE, 'CREATE');
    expect(await need(OTHER)).toBe(true);
    written = [];
    expect(await change(first, 'DELETE')).toEqual({ kind: 'done', kept: [record] });
    expect(written).toEqual([]);
    expect(await change(last, 'DELETE')).toEqual({ kind: 'done' });
    expect(written).toEqual([deletionOf(record)]);
  });

  it('stays alone: the other records of the batch are deleted', async () => {
    await change(ONE, 'CREATE', [record, single]);
    await need(OTHER);
    written = [];
    expect(await change(ONE, 'DELETE', [record, single])).toEqual({ kind: 'done', kept: [record] });
    expect(written).toEqual([deletionOf(single)]);
  });

  it('is shared with a service that entered it into its ledger before there was a claim', async () => {
    expect(await need(ONE, record, true)).toBe(true);
    expect(await need(OTHER)).toBe(true);
    expect(await change(ONE, 'DELETE')).toEqual({ kind: 'done', kept: [record] });
  });

  it('is written by both at once: the one that was late has a share in it', async () => {
    await change(ONE, 'CREATE');
    await change(OTHER, 'CREATE', [record], { kind: 'retry', reason: 'already exists' });
    expect(await need(OTHER)).toBe(true);
    expect(await change(ONE, 'DELETE')).toEqual({ kind: 'done', kept: [record] });
  });
});

describe('a share', () => {
  it('is in records of the stack only', async () => {
    expect(await need(OTHER)).toBe(false);
    await change(ONE, 'CREATE');
    expect(await need(OTHER, byHand)).toBe(false);
    expect(await change(ONE, 'DELETE')).toEqual({ kind: 'done' });
    expect(await need(OTHER)).toBe(false);
  });

  it('is none where the record was not written', async () => {
    await change(ONE, 'CREATE', [record], refused);
    expect(await need(OTHER)).toBe(false);
  });

  it('is one where the record may have been written', async () => {
    await change(ONE, 'CREATE', [record], { kind: 'retry', reason: 'no answer', maybeApplied: true });
    expect(await need(OTHER)).toBe(true);
  });

  it('can be had in a record that could not be deleted', async () => {
    await change(ONE, 'CREATE');
    expect(await change(ONE, 'DELETE', [record], refused)).toEqual(refused);
    expect(await need(OTHER)).toBe(true);
    expect(await change(ONE, 'DELETE')).toEqual({ kind: 'done', kept: [record] });
  });

  it('ends without a deletion where the record is gone already', async () => {
    await change(ONE, 'CREATE');
    await need(OTHER);
    await leaveValidation(claims, ONE, { zoneId, record });
    expect(await change(OTHER, 'DELETE')).toEqual({ kind: 'done' });
  });
});

describe('a claim that cannot be read', () => {
  beforeEach(async () => {
    await claims.put(`validation/${zoneId}/${record.name}`, { users: 'damaged' }, 0);
  });

  it('deletes nothing, and says what to do', async () => {
    const message = expect.stringContaining(`validation/${zoneId}/${record.name} of the table of claims`);
    expect(await change(ONE, 'DELETE')).toEqual({ kind: 'refused', code: 'refused', message });
    expect(written).toEqual([]);
  });

  it('makes no record the stack’s, and hinders no certificate', async () => {
    expect(await need(OTHER)).toBe(false);
    expect(await change(ONE, 'CREATE')).toEqual({ kind: 'done' });
  });
});
