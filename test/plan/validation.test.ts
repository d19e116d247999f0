import { describe, expect, it } from 'vitest';
import { plan } from '../../shared/plan/plan.ts';
import type { RecordSet } from '../../shared/records/record-set.ts';
import {
  association,
  DOMAIN,
  domainState,
  ledger,
  observed,
  planInput,
  validationCname,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';

const earlier: RecordSet = { ...validationCname, name: `_earlier.${DOMAIN}` };

function deleted(status: string, own: readonly RecordSet[], more: Parameters<typeof observed>[0] = {}) {
  const seen = observed({
    domains: {
      [DOMAIN]: domainState({
        association: association({ status }),
        validation: { ZPUBLIC: [validationCname, earlier], ZPRIVATE: [] },
      }),
    },
    ...more,
  });
  const validation = own.map((record) => ({ zoneId: 'ZPUBLIC', record }));
  const known = ledger({ domains: { [DOMAIN]: { ...writtenDomain(), validation } } });
  return plan(planInput(wantsPrivate(), seen, known)).actions.flatMap((action) =>
    action.kind === 'change-records' ? action.changes.filter((change) => change.action === 'DELETE') : [],
  );
}

describe('a validation record of an earlier certificate', () => {
  it('goes once the new certificate is issued', () => {
    expect(deleted('active', [validationCname, earlier])).toEqual([{ action: 'DELETE', record: earlier }]);
  });
  it('stays until then: App Runner may not have returned all of its records', () => {
    expect(deleted('pending_certificate_dns_validation', [validationCname, earlier])).toEqual([]);
  });
  it('stays where the stack did not write it', () => {
    expect(deleted('active', [validationCname])).toEqual([]);
  });
  it('stays while a certificate of the service needs it', () => {
    expect(deleted('active', [validationCname, earlier], { validationInUse: [earlier.name] })).toEqual([]);
  });
});
