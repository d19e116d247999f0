import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import type { DomainState } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import type { RecordSet } from '../../shared/records/record-set.ts';
import {
  association,
  DOMAIN,
  domainState,
  ledger,
  observed,
  planInput,
  START,
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

describe('an association that its owner made with `www.`', () => {
  const WWW = `www.${DOMAIN}`;
  const own = { name: `_own.${DOMAIN}`, value: '_a.acm-validations.aws.' };
  const ofAppRunner = { name: `_b.random.${DOMAIN}`, value: '_b.acm-validations.aws.' };
  const ofWww = { name: `_www.${WWW}`, value: '_c.acm-validations.aws.' };
  const pending = association({ status: 'pending_certificate_dns_validation', validation: [own, ofAppRunner, ofWww] });
  const nothing = { records: { ZPRIVATE: { at: [], txt: undefined } }, validation: { ZPUBLIC: [] } };
  const made = (domains: readonly string[], change: Parameters<typeof observed>[0] = {}) =>
    plan(
      planInput(
        wantsPrivate({ domains }),
        observed({
          domains: {
            [DOMAIN]: domainState({ ...nothing, association: pending }),
            [WWW]: domainState({ ...nothing, association: { ...pending, coveredBy: DOMAIN } }),
          },
          ...change,
        }),
      ),
    );
  const written = (...given: Parameters<typeof made>) =>
    made(...given).actions.flatMap((action) =>
      action.kind === 'change-records' ? action.changes.map(({ record }) => record.name) : [],
    );
  const all = [own, ofAppRunner, ofWww].map(({ name }) => name);

  it('is validated where the service has both names', () => {
    expect(written([DOMAIN, WWW])).toEqual(all);
  });
  it('is not validated for `www.` where the service has the domain alone', () => {
    expect(written([DOMAIN])).toEqual(all.slice(0, 2));
    expect(made([DOMAIN]).findings.map(({ code }) => code)).toContain('www-not-claimed');
  });
  it('is not validated for the domain where the service has `www.` alone', () => {
    expect(written([WWW])).toEqual([ofWww.name]);
    expect(made([WWW]).findings.map(({ code }) => code)).toContain('www-not-claimed');
  });
  it('is not validated for `www.` where another service holds that name', () => {
    const claims = {
      [WWW]: {
        holder: 'arn:aws:apprunner:ap-northeast-1:123456789012:service/other/00000000000000000000000000000000',
        released: [],
        waiting: [],
      },
    };
    expect(written([DOMAIN, WWW], { claims })).toEqual(all.slice(0, 2));
  });
});

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

describe('a validation record that public DNS does not answer with', () => {
  const missing = { [validationCname.name]: { kind: 'none' } } as const;
  const elsewhere = { own: ['ns-1.awsdns-01.org'], public: { kind: 'listed', names: ['ns1.provider.test'] } } as const;
  const seenAt = (
    status: string,
    { publicValidation = missing, delegation = elsewhere }: Partial<DomainState>,
    since?: number,
  ) => {
    const state = domainState({
      association: association({ status, unvalidated: ['FAILED'] }),
      publicValidation,
      delegation,
    });
    const input = planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: state } }), ledger());
    const before = plan(input).findings;
    return plan({ ...input, findings: since === undefined ? [] : before.map((one) => ({ ...one, since })) });
  };

  it('will not be renewed: a warning once DNS had its time', () => {
    const { findings, waits, phase } = seenAt('active', {});
    expect(findings).toMatchObject([{ code: 'zone-not-delegated', severity: 'info', domain: DOMAIN }]);
    expect(waits).toMatchObject([{ kind: 'grace', endsAt: START + 15 * MINUTE }]);
    expect(phase).toBe('ready');
    const later = seenAt('active', {}, START - 15 * MINUTE);
    expect(later).toMatchObject({ phase: 'ready', waits: [], findings: [{ severity: 'warning' }] });
    expect(later.findings[0]?.message).toContain('will not be renewed');
    expect(later.findings[0]?.message).toContain('ns1.provider.test');
  });

  it('is an error while the certificate is not issued', () => {
    const pending = { own: [], public: { kind: 'listed', names: ['ns1.provider.test'] } } as const;
    const { findings } = seenAt('pending_certificate_dns_validation', { delegation: pending }, START - 15 * MINUTE);
    expect(findings).toMatchObject([{ code: 'zone-not-delegated', severity: 'error' }]);
  });

  it('says nothing where no public DNS answered', () => {
    const notPublic = { own: [], public: { kind: 'unknown' } } as const;
    expect(seenAt('active', { delegation: notPublic }).findings).toMatchObject([{ code: 'certificate-not-renewing' }]);
    const unknown = { [validationCname.name]: { kind: 'unknown' } } as const;
    expect(seenAt('active', { publicValidation: unknown }).findings).toMatchObject([
      { code: 'certificate-not-renewing' },
    ]);
  });
});
