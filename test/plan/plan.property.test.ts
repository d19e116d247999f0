import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import { plan } from '../../shared/plan/plan.ts';
import type { DoneAction, PlanInput } from '../../shared/plan/plan-builder.ts';
import type { Desired } from '../../shared/policy/desire.ts';
import { networkOf } from '../../shared/policy/rules.ts';
import {
  appRunnerAlias,
  cname,
  connection,
  endpointAlias,
  ownTxt,
  planInput,
  rules,
  START,
  service,
  VPC,
  wantsDetached,
  wantsPrivate,
} from '../fixtures.ts';
import { PlanWorld, setups } from './world.ts';

const names = fc.subarray(['app.example.com', 'api.example.com', '*.example.com', 'example.com']);
const notedOf = (name: string) =>
  fc.record({
    associated: fc.boolean(),
    records: fc.subarray(
      ['ZPUBLIC', 'ZPRIVATE'].flatMap((zoneId) =>
        [endpointAlias(name), appRunnerAlias(name), ownTxt(name)].map((record) => ({ zoneId, record })),
      ),
    ),
    validation: fc.subarray([{ zoneId: 'ZPUBLIC', record: cname(`_v.${name}`, `_t.${name}.acm-validations.aws.`) }]),
  });
/** What may be noted of anything, whether or not it is there. */
const writtenAnything: fc.Arbitrary<OwnedResources> = fc.oneof(
  fc.constant(emptyLedger),
  names.chain((chosen) =>
    fc.record({
      madePrivate: fc.boolean(),
      domains: fc
        .tuple(...chosen.map(notedOf))
        .map((noted) => Object.fromEntries(noted.map((one, at) => [chosen[at] ?? '', one]))),
    }),
  ),
);
const desiredPrivate = fc
  .record({
    domains: names,
    aliasStrategy: fc.constantFrom('auto', 'endpoint', 'apprunner'),
    vpcId: fc.constantFrom(VPC, VPC, undefined),
  })
  .map(wantsPrivate);
const desiredGone = fc.boolean().map((restorePublic) => wantsDetached({ restorePublic }));
const untouched = fc.constantFrom<Desired>({ kind: 'released' }, { kind: 'unmanaged' }, { kind: 'unclear' });
const history = fc.array(
  fc.record({
    key: fc.constantFrom(
      'make-private',
      'create-connection',
      'delete-connection',
      'change-records:traffic:app.example.com:ZPUBLIC',
    ),
    at: fc.nat({ max: 48 * HOUR }).map((ago) => START - ago),
    repair: fc.boolean(),
  }),
  { maxLength: 8 },
);

function inputs(desired: fc.Arbitrary<Desired>): fc.Arbitrary<PlanInput> {
  return fc
    .record({
      setup: setups,
      desired,
      known: writtenAnything,
      past: history,
      age: fc.nat({ max: 10 * MINUTE }),
      stateAfterReadFailure: fc.boolean(),
    })
    .map(({ setup, desired: wanted, known, past, age, stateAfterReadFailure }) => {
      const world = new PlanWorld(setup);
      world.advance(age);
      const seen = world.observe({
        service,
        installation: 'default',
        ownerTag: 'default',
        network: wanted.kind === 'private' && wanted.vpcId !== undefined ? networkOf(rules(), wanted.vpcId) : undefined,
        keeps: wanted.kind === 'private',
        domains: wanted.kind === 'private' ? wanted.domains : [],
        zones: [],
        allowedZones: rules().allowedZones.map(({ id }) => id),
        ledger: known,
      });
      const since = [
        { ...finding('dns-unobservable', { resource: connection().arn, message: '' }), since: START - HOUR },
      ];
      const done: readonly DoneAction[] = past.sort((a, b) => a.at - b.at);
      return planInput(wanted, seen, known, { history: done, findings: stateAfterReadFailure ? since : [] });
    });
}

describe('plan, of anything', () => {
  it('is pure: it never throws, changes nothing that it was given, and says the same twice', () => {
    fc.assert(
      fc.property(inputs(fc.oneof(desiredPrivate, desiredGone, untouched)), (input) => {
        const before = structuredClone(input);
        expect(plan(input)).toEqual(plan(input));
        expect(input).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it('does nothing for a service that is released, unmanaged or unclear', () => {
    fc.assert(
      fc.property(inputs(untouched), (input) => {
        expect(plan(input)).toMatchObject({ actions: [], forget: [] });
      }),
    );
  });

  it('says ready only when there is nothing to do, nothing to wait for and no error', () => {
    fc.assert(
      fc.property(inputs(desiredPrivate), (input) => {
        const { phase, actions, waits, findings } = plan(input);
        if (phase === 'ready' || phase === 'ready-unverified') {
          expect([actions, waits]).toEqual([[], []]);
          expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        }
        if (phase === 'blocked') expect(actions).toEqual([]);
        // Who has nothing to do and nothing to wait for is at an end, and says which.
        if (actions.length + waits.length === 0) expect(phase).toMatch(/^(ready|ready-unverified|blocked)$/);
      }),
      { numRuns: 500 },
    );
  });

  it('says detached only when there is nothing to do and nothing to wait for', () => {
    fc.assert(
      fc.property(inputs(desiredGone), (input) => {
        const { phase, actions, waits, findings } = plan(input);
        const contested = findings.some(({ code }) => code === 'contested');
        expect(phase === 'detached' || (contested && phase === 'blocked')).toBe(actions.length + waits.length === 0);
      }),
      { numRuns: 300 },
    );
  });

  it('forgets a domain only when nothing of it is left to remove', () => {
    fc.assert(
      fc.property(inputs(fc.oneof(desiredPrivate, desiredGone)), (input) => {
        const { forget, actions } = plan(input);
        for (const domain of forget) {
          expect(actions.filter((action) => 'domain' in action && action.domain === domain)).toEqual([]);
          expect(input.observed.domains[domain]?.association?.status).not.toBe('deleting');
        }
      }),
      { numRuns: 300 },
    );
  });
});
