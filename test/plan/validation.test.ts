import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
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
  SERVICE_ARN,
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
    const found = made([DOMAIN]).findings.find(({ code }) => code === 'www-not-claimed');
    expect(found).toMatchObject({ resource: SERVICE_ARN, domain: DOMAIN });
    expect(found?.message).toContain(`covers ${WWW} as well as ${DOMAIN}`);
    expect(found?.message).toContain(`does not create ${ofWww.name}.`);
  });
  it('is not validated for the domain where the service has `www.` alone', () => {
    expect(written([WWW])).toEqual([ofWww.name]);
    expect(made([WWW]).findings.find(({ code }) => code === 'www-not-claimed')?.message).toContain(
      `covers ${DOMAIN} as well as ${WWW}`,
    );
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

describe('a validation record that another service needs too', () => {
  const shares = (...others: readonly { zoneId: string; record: RecordSet }[]) => ({ shares: { own: [], others } });
  const keptOf = (change: Parameters<typeof observed>[0]) => {
    const seen = observed({
      domains: {
        [DOMAIN]: domainState({ validation: { ZPUBLIC: [validationCname, earlier, { ...earlier, name: '_other' }] } }),
      },
      ...change,
    });
    const validation = [earlier, { ...earlier, name: '_other' }].map((record) => ({ zoneId: 'ZPUBLIC', record }));
    const known = ledger({ domains: { [DOMAIN]: { ...writtenDomain(), validation } } });
    return plan(planInput(wantsPrivate(), seen, known)).actions;
  };

  it('is named among what is deleted: the share goes, the record stays', () => {
    expect(keptOf(shares({ zoneId: 'ZPUBLIC', record: earlier }))).toMatchObject([
      { changes: [{ record: earlier }, { record: { name: '_other' } }], kept: [earlier.name] },
    ]);
  });
  it.each<[string, Parameters<typeof observed>[0]]>([
    ['is none where it is in another zone', shares({ zoneId: 'ZOTHER', record: earlier })],
    ['is none where it has another name', shares({ zoneId: 'ZPUBLIC', record: validationCname })],
    ['is none where no table says so', {}],
  ])('%s', (_, change) => expect(keptOf(change)[0]).not.toHaveProperty('kept'));
});

describe('a certificate whose records cannot all be made', () => {
  const value = association().validation[0]?.value ?? '';
  const made = (state: Partial<DomainState>) =>
    plan(planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: domainState(state) } }), ledger()));
  const foreign = { ...validationCname, content: { kind: 'values', ttl: 60, values: ['x.test.'] } } as const;

  it('names the record that is in the way, and deletes none of an earlier one meanwhile', () => {
    const { actions, findings } = made({ validation: { ZPUBLIC: [foreign, earlier] } });
    expect(actions).toEqual([]);
    expect(findings).toMatchObject([{ code: 'validation-record-foreign', resource: 'ZPUBLIC', domain: DOMAIN }]);
    expect(findings[0]?.message).toContain(
      `needs the CNAME ${validationCname.name} → ${value}, but the public zone has`,
    );
  });

  it('has a record in the way that is no CNAME, or none that can be read', () => {
    const text = { ...foreign, type: 'TXT', content: { ...foreign.content, values: [value] } };
    const routed = { ...foreign, content: { kind: 'other', description: 'weighted' } } as const;
    for (const record of [text, routed])
      expect(made({ validation: { ZPUBLIC: [record] } }).findings).toMatchObject([
        { code: 'validation-record-foreign' },
      ]);
  });

  it('is not said to be renewed badly while they are missing: that is mended first', () => {
    const bare = { association: association({ unvalidated: ['PENDING_VALIDATION'] }), validation: { ZPUBLIC: [] } };
    expect(made(bare).findings).toEqual([]);
    expect(made({ ...bare, validation: { ZPUBLIC: [validationCname] } }).findings).toMatchObject([
      { code: 'certificate-not-renewing', resource: SERVICE_ARN, domain: DOMAIN },
    ]);
    expect(made({ ...bare, validation: { ZPUBLIC: [foreign] } }).findings.map(({ code }) => code)).toEqual([
      'validation-record-foreign',
    ]);
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
    expect(waits).toMatchObject([{ kind: 'grace', condition: { check: 'nothing' }, endsAt: START + 15 * MINUTE }]);
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

  it('differs from a record with another value, and from its own grace time', () => {
    const value = { [validationCname.name]: { kind: 'value', value: 'x.test' } } as const;
    const bare = { own: [], public: { kind: 'none' } } as const;
    expect(seenAt('active', {}).findings[0]?.message).toContain(`${validationCname.name} has no CNAME`);
    expect(seenAt('active', { publicValidation: value }).findings[0]?.message).toContain(
      'is a CNAME to x.test, not to',
    );
    expect(seenAt('active', { delegation: bare }).findings[0]?.message).toContain(
      'Public DNS gives none as name servers',
    );
    expect(seenAt('active', {}).findings[0]).toMatchObject({ resource: 'ZPUBLIC', domain: DOMAIN });
    const state = domainState({ association: association(), publicValidation: missing });
    const input = planInput(wantsPrivate(), observed({ domains: { [DOMAIN]: state } }), ledger());
    const other = { ...finding('dns-wrong', { resource: 'x', message: '' }), since: START - DAY };
    const { findings } = plan({ ...input, findings: [other] });
    expect(findings).toMatchObject([{ severity: 'info' }]);
    expect(findings[0]?.message).not.toContain('name servers');
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
