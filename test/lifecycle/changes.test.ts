import { describe, expect, it } from 'vitest';
import { DAY } from '../../shared/duration.ts';
import { finding, keepSince, type OpenFinding } from '../../shared/findings.ts';
import { lifecycleEvents } from '../../shared/lifecycle/changes.ts';
import { detailTypes, eventDetails, type LifecycleEvent } from '../../shared/lifecycle/event.ts';
import { initialState, parseRow, type ServiceRow } from '../../shared/state/row.ts';

const ARN = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/0123456789abcdef0123456789abcdef';
const SINCE = Date.UTC(2026, 0, 1);
const found = finding('vpc-not-found', { resource: ARN, message: 'vpc-1 does not exist.' });
const open: OpenFinding = { ...found, since: SINCE };

function row(parts: Partial<ServiceRow> = {}): ServiceRow {
  const known = { serviceArn: ARN, generation: 1, seenGeneration: 1, token: undefined, requests: [] };
  return { ...initialState, ...known, updatedAt: SINCE, ...parts };
}

const eventsOf = (before: ServiceRow | undefined, after: ServiceRow | undefined): readonly LifecycleEvent[] => {
  const events = lifecycleEvents(before, after, { stack: 'stack', at: SINCE });
  // What consumers get is what the published schema says.
  for (const event of events) expect(eventDetails[detailTypes[event.kind]].parse(event)).toEqual(event);
  return events;
};
const kinds = (before: ServiceRow | undefined, after: ServiceRow | undefined) =>
  eventsOf(before, after).map(({ kind }) => kind);

describe('what happened between two versions of a row', () => {
  it('is nothing, where no finding and no phase changed', () => {
    expect(kinds(row({ phase: 'ready' }), row({ phase: 'ready', generation: 2, token: 'next' }))).toEqual([]);
    expect(kinds(undefined, row())).toEqual([]);
    expect(kinds(undefined, undefined)).toEqual([]);
  });

  it('is a finding that opened, with since when and what to do, and a phase', () => {
    const [opened, phase] = eventsOf(
      undefined,
      row({ phase: 'blocked', findings: [open], correlation: 'event/1', updatedAt: SINCE + 1000 }),
    );
    expect(opened).toMatchObject({
      kind: 'opened',
      stack: 'stack',
      service: { arn: ARN, name: 'hello', account: '123456789012', region: 'ap-northeast-1' },
      finding: { code: 'vpc-not-found', severity: 'error', since: '2026-01-01T00:00:00.000Z', remedy: found.remedy },
      at: '2026-01-01T00:00:01.000Z',
      correlation: 'event/1',
    });
    expect(phase).toMatchObject({ kind: 'phase', phase: 'blocked', previousPhase: null });
  });

  it('has the same id however often it is computed, and another one for each thing that happens', () => {
    const id = (before: ServiceRow | undefined, after: ServiceRow | undefined) => eventsOf(before, after)[0]?.id;
    const opened = id(row(), row({ findings: [open] }));
    expect(id(row({ token: 'other' }), row({ findings: [open], updatedAt: SINCE + 5 }))).toBe(opened);
    const again = row({ findings: [{ ...open, since: SINCE + DAY }] });
    expect(new Set([opened, id(row({ findings: [open] }), row()), id(row(), again)]).size).toBe(3);
  });

  it('is a finding that came of age, once for each age', () => {
    const at = (days: number) => row({ findings: keepSince([found], [open], SINCE + days * DAY) });
    expect(kinds(at(0.5), at(0.9))).toEqual([]);
    expect(eventsOf(at(0.9), at(1))).toMatchObject([{ kind: 'aged', days: 1 }]);
    expect(kinds(at(1), at(6.9))).toEqual([]);
    expect(eventsOf(at(6.9), at(8))).toMatchObject([{ kind: 'aged', days: 7 }]);
    expect(eventsOf(at(8), at(40))).toMatchObject([{ kind: 'aged', days: 30 }]);
  });

  it('is a finding that became worse', () => {
    const milder = row({ findings: [{ ...open, severity: 'warning' }] });
    expect(eventsOf(milder, row({ findings: [open] }))).toMatchObject([
      { kind: 'aged', days: 0, previousSeverity: 'warning', finding: { severity: 'error' } },
    ]);
    expect(kinds(row({ findings: [open] }), milder)).toEqual([]);
  });

  it('is a finding that closed, by what the stack did meanwhile', () => {
    const timeline = [{ at: SINCE, text: 'create the endpoint: none is there' }];
    const did = { at: SINCE + 9000, text: 'associate hello.example.com: it is desired' };
    const after = row({
      updatedAt: SINCE + 9000,
      timeline: [
        ...timeline,
        did,
        { at: SINCE + 9000, text: 'tried to do more', topic: 'retry' },
        { at: SINCE + 9000, text: `finding vpc-not-found closed (${ARN})` },
        { at: SINCE + 9000, text: 'ready' },
      ],
    });
    expect(eventsOf(row({ findings: [open], timeline }), after)).toMatchObject([
      { kind: 'closed', openSeconds: 9, closedBy: { kind: 'stack', actions: [did.text] } },
    ]);
  });

  it('is a finding that closed outside, when it was closed before the stack acted', () => {
    const timeline = ['finding vpc-not-found closed (x)', 'attaching', 'create the endpoint: none is there'].map(
      (text) => ({
        at: SINCE + 9000,
        text: text.replace('(x)', `(${ARN})`),
      }),
    );
    expect(eventsOf(row({ findings: [open] }), row({ timeline }))).toMatchObject([
      { closedBy: { kind: 'outside', actions: ['create the endpoint: none is there'] } },
    ]);
    // Of two that closed in one reconciliation, each has its own cause.
    const other: OpenFinding = {
      ...finding('caa-forbids', { resource: 'example.com', message: 'It does.' }),
      since: SINCE,
    };
    const both = [...timeline, { at: SINCE + 9000, text: 'finding caa-forbids closed (example.com)' }];
    expect(eventsOf(row({ findings: [open, other] }), row({ timeline: both }))).toMatchObject([
      { finding: { code: 'vpc-not-found' }, closedBy: { kind: 'outside' } },
      { finding: { code: 'caa-forbids' }, closedBy: { kind: 'stack' } },
    ]);
  });

  it('is not a finding that the stack closed when something else is wanted', () => {
    const did = { at: SINCE + 9000, text: 'create A app.example.com: it works now' };
    const [closed] = eventsOf(row({ findings: [open] }), row({ desired: { kind: 'unmanaged' }, timeline: [did] }));
    expect(closed).toMatchObject({ closedBy: { kind: 'outside', actions: [did.text] } });
  });

  it('is a finding that closed without the stack, or with its row', () => {
    expect(eventsOf(row({ findings: [open] }), row())).toMatchObject([{ closedBy: { kind: 'outside', actions: [] } }]);
    expect(eventsOf(row({ findings: [open] }), undefined)).toMatchObject([{ closedBy: { kind: 'removal' } }]);
  });

  it('closes nothing where the row cannot be read', () => {
    const damaged = parseRow({ serviceArn: ARN, generation: 3, ledger: 'not a ledger' });
    expect(eventsOf(row({ findings: [open] }), damaged)).toMatchObject([
      { kind: 'opened', finding: { code: 'row-unreadable' } },
      { kind: 'phase', phase: 'blocked' },
    ]);
    // Read again: what was open before has the id that it had.
    const [opened] = eventsOf(row(), row({ findings: [open] }));
    expect(eventsOf(damaged, row({ findings: [open] }))[0]?.id).toBe(opened?.id);
  });

  it('is cut to a size that every event may have', () => {
    const [opened] = eventsOf(row(), row({ findings: [{ ...open, message: 'x'.repeat(500_000) }] }));
    expect(JSON.stringify(opened).length).toBeLessThan(10_000);
  });
});
