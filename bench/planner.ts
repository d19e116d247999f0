import { performance } from 'node:perf_hooks';
import { describeAction } from '../shared/plan/action.ts';
import { plan } from '../shared/plan/plan.ts';
import type { PlanInput } from '../shared/plan/plan-builder.ts';
import {
  association,
  cname,
  domainState,
  endpointAlias,
  endpointInputs,
  ledger,
  network,
  observed,
  ownTxt,
  planInput,
  present,
  wantsPrivate,
  writtenDomain,
} from '../test/fixtures.ts';
import { type Benchmark, type Figure, median } from './figures.ts';
import { DOMAINS } from './installation.ts';

const ROUNDS = 9;
/** Milliseconds of a round, and of warming up. */
const ROUND = 300;

/** How fast the pure core is: a reconciliation must never wait for it. */
export const planner: Benchmark = {
  name: 'planner',
  about: 'plans per second for a service with five domains',
  async measure() {
    const figures: Figure[] = [];
    for (const [row, input, actions] of [
      ['ready, nothing to do', readyInput(), 0],
      ['new, everything to do', newInput(), 6],
    ] as const) {
      const made = plan(input).actions;
      if (made.length !== actions)
        throw new Error(`"${row}" is not what is measured: ${made.map(describeAction).join('; ')}`);
      plansIn(ROUND, input);
      const rates = Array.from({ length: ROUNDS }, () => plansIn(ROUND, input));
      figures.push(
        { row, column: 'plans/s', value: median(rates) },
        { row, column: 'µs a plan', value: 1e6 / median(rates) },
      );
    }
    return [
      {
        title: 'The planner, five domains',
        rows: 'service',
        figures,
        notes: [`Median of ${ROUNDS} rounds of ${ROUND} ms, by processor time.`],
      },
    ];
  },
};

/** @returns plans per second of processor time, which depends little on what else the machine does. */
function plansIn(milliseconds: number, input: PlanInput): number {
  const before = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let made = 0;
  for (; performance.now() < end; made += 20) {
    for (let one = 0; one < 20; one++) plan(input);
  }
  const { user, system } = process.cpuUsage(before);
  return made / ((user + system) / 1e6);
}

function readyInput(): PlanInput {
  const domains = DOMAINS.map((name) => {
    const validation = cname(`_v.${name}`, `_target.${name}.acm-validations.aws.`);
    const state = domainState({
      association: association({
        validation: [{ name: validation.name, value: `_target.${name}.acm-validations.aws.` }],
      }),
      records: { ZPRIVATE: { at: [endpointAlias(name)], txt: ownTxt(name) } },
      validation: { ZPUBLIC: [validation], ZPRIVATE: [] },
    });
    const own = writtenDomain({
      records: [
        { zoneId: 'ZPRIVATE', record: endpointAlias(name) },
        { zoneId: 'ZPRIVATE', record: ownTxt(name) },
      ],
      validation: [{ zoneId: 'ZPUBLIC', record: validation }],
    });
    return [name, state, own] as const;
  });
  return planInput(
    wantsPrivate({ domains: DOMAINS }),
    observed({ domains: Object.fromEntries(domains.map(([name, state]) => [name, state])) }),
    ledger({ domains: Object.fromEntries(domains.map(([name, , own]) => [name, own])) }),
  );
}

function newInput(): PlanInput {
  const nothing = domainState({ association: undefined, records: {}, validation: {} });
  return planInput(
    wantsPrivate({ domains: DOMAINS }),
    observed({
      service: present({ isPublic: true }),
      network: network({ endpoints: [], endpointInputs }),
      connections: [],
      domains: Object.fromEntries(DOMAINS.map((name) => [name, nothing])),
      answer: undefined,
    }),
  );
}
