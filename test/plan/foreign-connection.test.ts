import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../shared/duration.ts';
import type { OwnedResources } from '../../shared/plan/ledger.ts';
import type { Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import type { PlanInput } from '../../shared/plan/plan-builder.ts';
import { connection, ledger, observed, planInput, START, wantsPrivate } from '../fixtures.ts';

const theirs = connection({ name: 'terraform', arn: 'arn:aws:apprunner:x:1:vpcingressconnection/terraform/1' });
const gone: Partial<Observed> = { connections: [], answer: undefined, httpsChecks: {} };

const planned = (seen: Partial<Observed>, known: OwnedResources = ledger(), more: Partial<PlanInput> = {}) =>
  plan({ ...planInput(wantsPrivate(), observed(seen), known), ...more });
const noted = (change: Partial<OwnedResources['foreignConnection']> = {}): OwnedResources => ({
  ...ledger(),
  foreignConnection: { arn: theirs.arn, name: theirs.name, ...change },
});
const kinds = ({ actions }: ReturnType<typeof plan>) => actions.map(({ kind }) => kind);
const codes = ({ findings }: ReturnType<typeof plan>) => findings.map(({ code }) => code);

describe('a connection of another owner', () => {
  it('is remembered, and one of ours is not', () => {
    expect(planned({ connections: [theirs] }).foreignConnection).toEqual({ arn: theirs.arn, name: 'terraform' });
    expect(planned({}, noted()).foreignConnection).toBeUndefined();
  });

  it('that goes away is not replaced before the grace time is over', () => {
    const made = planned(gone, noted());
    expect(kinds(made)).toEqual([]);
    expect(codes(made)).toEqual(['connection-removed']);
    expect(made.findings[0]?.message).toContain('terraform');
    expect(made.foreignConnection).toMatchObject({ goneSince: START });
    expect(made.waits).toMatchObject([
      { kind: 'grace', condition: { check: 'nothing' }, expected: '', endsAt: START + DAY },
    ]);
    expect(made.phase).toBe('blocked');
  });

  it('that is being deleted opens the finding already', () => {
    const made = planned({ connections: [{ ...theirs, status: 'PENDING_DELETION' }], answer: undefined });
    expect(codes(made)).toEqual(['connection-removed']);
    expect(made.foreignConnection).toMatchObject({ goneSince: START });
  });

  it.each<[string, Partial<Observed>, Partial<PlanInput>]>([
    ['once the grace time is over', { ...gone, at: START + DAY }, {}],
    ['once a person asks', { ...gone, at: START + HOUR }, { askedAt: START + 1 }],
  ])('is replaced %s', (_, seen, more) => {
    const made = planned(seen, noted({ goneSince: START }), more);
    expect(kinds(made)).toEqual(['create-connection']);
    expect(codes(made)).toEqual([]);
    expect(made.foreignConnection).toBeUndefined();
  });

  it('that takes longer than the grace time to be deleted is not forgotten meanwhile', () => {
    const going = { connections: [{ ...theirs, status: 'PENDING_DELETION' }], answer: undefined };
    expect(planned(going).waits).toMatchObject([
      { kind: 'grace', condition: { check: 'connection', arn: theirs.arn }, expected: 'PENDING_DELETION' },
    ]);
    const made = planned({ ...going, at: START + DAY }, noted({ goneSince: START }));
    expect(codes(made)).toEqual([]);
    expect(made.foreignConnection).toEqual({ arn: theirs.arn, name: 'terraform' });
  });

  it('that went when a person asked last is not replaced: that was asked before', () => {
    expect(kinds(planned(gone, noted({ goneSince: START }), { askedAt: START }))).toEqual([]);
  });

  it('that comes back closes the finding', () => {
    const made = planned({ connections: [theirs] }, noted({ goneSince: START - HOUR }));
    expect(codes(made)).toEqual([]);
    expect(made.foreignConnection).toEqual({ arn: theirs.arn, name: 'terraform' });
  });

  it('of which nothing is known is replaced at once: it was ours, or there was none', () => {
    expect(kinds(planned(gone))).toEqual(['create-connection']);
  });
});

describe('a deletion that App Runner refused because of a connection', () => {
  const refusedAt = START - HOUR;
  it('is reported with what to do while our connection stands', () => {
    const made = planned({}, ledger(), { deletionRefusedAt: refusedAt });
    expect(codes(made)).toEqual(['deletion-refused']);
    expect(made.findings[0]?.message).toContain('2025-12-31T23:00:00.000Z');
    expect(made.findings[0]?.remedy).toContain('`detach`');
    expect(made.phase).toBe('ready');
  });

  it.each<[string, Partial<Observed>, number]>([
    ['the connection is another owner’s', { connections: [theirs] }, refusedAt],
    ['it was a day ago', {}, START - DAY],
  ])('is not reported when %s', (_, seen, at) => {
    expect(codes(planned(seen, ledger(), { deletionRefusedAt: at }))).toEqual([]);
  });
});
