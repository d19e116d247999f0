import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/plan/action.ts';
import { type RefusedAlias, withRefusedAliases } from '../../shared/plan/refused-alias.ts';
import type { RecordChange } from '../../shared/records/record-set.ts';
import {
  appRunnerAlias,
  CONNECTION_NAME,
  cname,
  connection,
  DOMAIN,
  endpointAlias,
  observed,
  ownTxt,
  START,
} from '../fixtures.ts';

const create: RecordChange = { action: 'CREATE', record: appRunnerAlias() };
const change = (...changes: readonly RecordChange[]): Action => ({
  kind: 'change-records',
  purpose: 'traffic',
  domain: DOMAIN,
  zoneId: 'ZPUBLIC',
  changes,
  why: '',
});
/** As Route 53 spells it. */
const aboutAlias = `Tried to create an alias that targets ${CONNECTION_NAME.toUpperCase()}., type A in zone Z1, but that target was not found`;
const charged = (action: Action, message = aboutAlias, known: readonly RefusedAlias[] = []) =>
  withRefusedAliases(known, action, message, observed(), START);

const refused: RefusedAlias = {
  domain: DOMAIN,
  target: CONNECTION_NAME,
  world: `ZPUBLIC ${connection().arn} vpce-0e1`,
  at: START,
};

describe('a refusal of Route 53', () => {
  it('is charged to the alias that it names, in the world of that moment', () => {
    expect(charged(change(create, { action: 'CREATE', record: ownTxt() }))).toEqual([refused]);
  });

  it.each<[string, Action, string]>([
    ['names no alias', change(create), `The zone of ${CONNECTION_NAME} is full`],
    ['names another target', change({ action: 'CREATE', record: endpointAlias() }), aboutAlias],
    ['is of another action', { kind: 'make-private', why: '' }, aboutAlias],
    ['is of the deletion of the alias', change({ action: 'DELETE', record: appRunnerAlias() }), aboutAlias],
    [
      'is of a record that is no alias',
      change({ action: 'CREATE', record: cname(DOMAIN, CONNECTION_NAME) }),
      aboutAlias,
    ],
  ])('is charged to none where it %s', (_, action, message) => {
    const known = [{ ...refused, target: 'old.test' }];
    expect(charged(action, message, known)).toBe(known);
  });

  it('takes the place of an earlier one of the same alias, and of no other', () => {
    const others = [
      { ...refused, domain: 'api.example.com' },
      { ...refused, target: 'old.test' },
    ];
    expect(charged(change(create), aboutAlias, [{ ...refused, at: 0 }, ...others])).toEqual([...others, refused]);
  });

  it('is kept with the nineteen before it', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ ...refused, domain: `${index}.example.com` }));
    const kept = charged(change(create), aboutAlias, many);
    expect(kept).toEqual([...many.slice(6), refused]);
  });
});
