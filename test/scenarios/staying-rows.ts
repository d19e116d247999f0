import type { Scenario } from './scenario.ts';
import { DOMAIN, ready } from './vocabulary.ts';

const chapter = 'staying';
const given = 'a ready service';

/** The stored state of a service is damaged or lost. */
export const rows: readonly Scenario[] = [
  {
    id: 'row-damaged',
    chapter,
    situation: 'The row of a ready service is damaged.',
    happens:
      'The row is set aside and reported. Nothing is planned from it, so everything stays as it is, and all other services go on.',
    given,
    reconciliationsFail: true,
    steps: [
      { do: 'row', becomes: 'damaged' },
      { do: 'count-calls' },
      { do: 'poke' },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        findings: [{ code: 'row-unreadable', says: 'these members are damaged: ledger' }],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        atMost: { writes: 0 },
      },
      { do: 'create-service', name: 'other', tags: { 'private-ingress': 'enabled' } },
      { do: 'until', service: 'other', phase: 'ready' },
      { do: 'sweep' },
    ],
    remedies: [{ closes: 'row-unreadable', steps: [{ do: 'row', becomes: 'deleted' }, { do: 'sweep' }, ready] }],
  },
];
