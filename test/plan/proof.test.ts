import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import type { HttpsCheck, NameAnswer, Observed } from '../../shared/plan/observed.ts';
import { type Plan, plan } from '../../shared/plan/plan.ts';
import type { PlanInput } from '../../shared/plan/plan-builder.ts';
import {
  connection,
  DOMAIN,
  domainState,
  ledger,
  observed,
  planInput,
  present,
  SERVICE_ARN,
  START,
  wantsPrivate,
} from '../fixtures.ts';

const answers: HttpsCheck = { ok: true, status: 404, milliseconds: 3 };
const silent: HttpsCheck = { ok: false, reason: '10.0.22.10: no answer within 4000 ms' };
const probeFailed: NameAnswer = { vantage: 'vpc', outcome: 'failed', reason: 'the probe failed: Rate exceeded' };

/** Plans at each of these minutes, each with what the plan before remembers. */
function follow(minutes: readonly number[], seen: Partial<Observed>, more: Partial<PlanInput> = {}): readonly Plan[] {
  const plans: Plan[] = [];
  for (const minute of minutes) {
    const before = plans.at(-1);
    const at = START + minute * MINUTE;
    const input = planInput(wantsPrivate(), observed({ ...seen, at }), ledger());
    plans.push(plan({ ...input, ...more, failing: before?.failing ?? {}, unreadSince: before?.unreadSince }));
  }
  return plans;
}
const checked = (check: HttpsCheck, more: Partial<Observed> = {}): Partial<Observed> => ({
  httpsChecks: { [DOMAIN]: check },
  ...more,
});
const codes = (made: Plan | undefined) => made?.findings.map(({ code, severity }) => `${code} ${severity}`);

describe('proof', () => {
  const unseen: NameAnswer = { vantage: 'public', outcome: 'nxdomain' };
  const unseenSince = [
    { ...finding('dns-unobservable', { resource: connection().arn, message: '' }), since: START - HOUR },
  ];
  const seenPublicly: NameAnswer = { vantage: 'public', outcome: 'addresses', addresses: ['10.0.22.10'] };
  it.each<[string, Partial<Observed>, Plan['proof']]>([
    ['HTTPS answers from inside the VPC', checked(answers), 'verified'],
    ['the name resolves inside the VPC, and nothing was asked over HTTPS', { httpsChecks: {} }, 'resolves'],
    ['the name resolves inside the VPC, and HTTPS does not answer', checked(silent), 'resolves'],
    ['the name resolves in public DNS', { answer: seenPublicly, httpsChecks: {} }, 'seen-publicly'],
    ['the name cannot be seen, and its grace time is over', { answer: unseen, httpsChecks: {} }, 'unverified'],
    ['the service has no connection', { connections: [], answer: undefined }, undefined],
  ])('%s', (_, seen, proof) => expect(follow([0], seen, { findings: unseenSince })[0]?.proof).toBe(proof));

  it('is no longer verified only after HTTPS answered once', () => {
    expect(codes(follow([0], checked(silent), { wasVerified: false })[0])).toEqual(['name-unreachable warning']);
    expect(codes(follow([0], checked(silent), { wasVerified: true })[0])).toEqual([
      'name-unreachable warning',
      'no-longer-verified warning',
    ]);
    expect(codes(follow([0], { httpsChecks: {} }, { wasVerified: true })[0])).toEqual([]);
    expect(follow([0], checked(silent), { wasVerified: true })[0]?.findings[1]?.resource).toBe(SERVICE_ARN);
  });

  it.each<[string, Partial<Observed>, boolean]>([
    [
      'its name is gone, and nothing answers over HTTPS',
      { answer: { vantage: 'vpc', outcome: 'nxdomain' }, httpsChecks: {} },
      true,
    ],
    [
      'its name is gone, but a published one answers',
      checked(answers, { answer: { vantage: 'vpc', outcome: 'nxdomain' } }),
      false,
    ],
    ['the probe gave no answer', { answer: probeFailed, httpsChecks: {} }, false],
    ['there is no probe any more', { answer: unseen, httpsChecks: {} }, false],
  ])('is no longer verified or not: %s', (_, seen, isLost) => {
    const found = codes(follow([0], seen, { wasVerified: true })[0]);
    expect(found?.includes('no-longer-verified warning')).toBe(isLost);
  });
});

describe('a published name that does not answer over HTTPS', () => {
  it.each<[string, HttpsCheck & { readonly addresses?: readonly string[] }, boolean]>([
    ['leads elsewhere', { ...answers, addresses: ['10.99.0.1'] }, true],
    ['does not resolve although its record exists', { ok: false, reason: 'nxdomain', addresses: [] }, true],
    ['resolves to the endpoint', { ...silent, addresses: ['10.0.22.10'] }, false],
    ['was not answered by DNS', { ok: false, reason: 'it does not resolve (failed)' }, false],
  ])('and %s: zones that no listing shows are named or not', (_, check, named) => {
    const message = follow([0], checked(check))[0]?.findings[0]?.message ?? '';
    expect(message.includes('a zone of a Route 53 Profile, which no listing shows')).toBe(named);
  });

  it('makes the service degraded, with an error, after three failures over five minutes', () => {
    const plans = follow([0, 2, 4, 5], checked(silent), { wasVerified: true });
    expect(plans.map(({ phase }) => phase)).toEqual(['ready', 'ready', 'ready', 'degraded']);
    expect(codes(plans[0])).toContain('name-unreachable warning');
    expect(codes(plans[3])).toContain('name-unreachable error');
  });

  it('is not counted twice by plans of the same moment, nor degraded after two failures', () => {
    const moments = follow([0, 0.01, 0.02, 0.03, 5], checked(silent));
    expect(moments.map(({ phase }) => phase)).not.toContain('degraded');
    expect(follow([0, 9, 9.6], checked(silent)).at(-1)?.phase).toBe('degraded');
    expect(follow([0, 0.5, 5], checked(silent)).at(-1)?.phase).toBe('degraded');
  });

  it('is not reported while the connection’s own name does not resolve yet: that is waited for', () => {
    const notYet: NameAnswer = { vantage: 'vpc', outcome: 'nxdomain' };
    const unresolved = { ok: false, reason: 'nxdomain', addresses: [] } as const;
    const seen = { answer: notYet, domains: {}, httpsChecks: { [connection().domainName]: unresolved } };
    const [first] = follow([0], seen);
    expect(first).toMatchObject({ phase: 'waiting-for-dns', findings: [], failing: {} });
    expect(codes(follow([0], seen, { wasVerified: true })[0])).toEqual(['no-longer-verified warning']);
    expect(codes(follow([0], { ...seen, answer: observed().answer })[0])).toEqual(['name-unreachable warning']);
  });

  it('is checked again without an event', () => {
    const [first] = follow([0], checked(silent));
    expect(first?.waits).toMatchObject([{ kind: 'https', subject: DOMAIN, endsAt: START + 5 * MINUTE }]);
    expect(first?.waits).toMatchObject([{ condition: { check: 'nothing' } }]);
    expect(follow([0, 9], checked(silent)).at(-1)?.waits).toMatchObject([{ endsAt: START + 9.5 * MINUTE }]);
    const [down] = follow([0, 2, 5], checked(silent)).slice(-1);
    expect(down?.waits).toMatchObject([{ kind: 'https' }]);
    expect(down?.waits[0]).not.toHaveProperty('endsAt');
  });

  it('does not make a service ready that was never verified', () => {
    expect(follow([0], checked(silent))[0]?.phase).toBe('ready-unverified');
  });

  it('starts again from zero once it answers', () => {
    const [failed] = follow([0, 3, 6], checked(silent)).slice(-1);
    expect(failed?.phase).toBe('degraded');
    const [recovered] = follow([7], checked(answers), { failing: failed?.failing ?? {} });
    expect(recovered).toMatchObject({ phase: 'ready', failing: {}, findings: [], waits: [] });
  });

  it.each(['PAUSED', 'OPERATION_IN_PROGRESS'] as const)('does not count while the service is %s', (status) => {
    const plans = follow([0, 3, 6, 9], checked(silent, { service: present({ status }) }), { wasVerified: true });
    expect(plans.map(({ phase }) => phase)).not.toContain('degraded');
    expect(plans.flatMap(codes)).toEqual([]);
    expect(follow([0], checked(silent, { service: present({ status }) }))[0]?.phase).toBe('ready');
  });

  it('does not hide that something can be done', () => {
    const unpublished = domainState({ records: { ZPRIVATE: { at: [], txt: undefined } } });
    const plans = follow([0, 3, 6], checked(silent, { domains: { [DOMAIN]: unpublished } }));
    expect(plans.at(-1)).toMatchObject({ phase: 'waiting-for-certificate', actions: [{ kind: 'change-records' }] });
  });

  it('does not hide that a certificate is on its way', () => {
    const { association } = domainState();
    const renewing = domainState({
      association: association && { ...association, status: 'pending_certificate_dns_validation' },
    });
    const plans = follow([0, 3, 6], checked(silent, { domains: { [DOMAIN]: renewing } }));
    expect(plans.at(-1)?.phase).toBe('waiting-for-certificate');
  });

  it('makes a service degraded whose name stopped resolving inside the VPC', () => {
    const plans = follow([0, 3, 6], checked(silent, { answer: { vantage: 'vpc', outcome: 'nxdomain' } }), {
      wasVerified: true,
    });
    expect(plans.map(({ phase }) => phase)).toEqual(['waiting-for-dns', 'waiting-for-dns', 'degraded']);
    expect(codes(plans[0])).toContain('no-longer-verified warning');
  });
});

describe('a name that could not be observed', () => {
  it('for an hour makes the phase unknown, with an error', () => {
    const seen = { answer: probeFailed, httpsChecks: {} };
    const plans = follow([0, 30, 59, 60], seen);
    expect(plans.map(({ phase }) => phase)).toEqual([
      'waiting-for-dns',
      'waiting-for-dns',
      'waiting-for-dns',
      'unknown',
    ]);
    expect(codes(plans[2])).toEqual([]);
    expect(plans[3]?.findings).toMatchObject([{ code: 'unobserved', severity: 'error' }]);
    expect(plans[3]?.findings[0]?.message).toContain('Rate exceeded');
  });

  it('counts from anew once it was observed', () => {
    const [fine] = follow([61], checked(answers), { unreadSince: START - HOUR });
    expect(fine).toMatchObject({ phase: 'ready', unreadSince: undefined });
  });
});
