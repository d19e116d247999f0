import type { Scenario } from './scenario.ts';
import { created, DOMAIN, inOrder, nothingLeft, ready } from './vocabulary.ts';

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
      { do: 'enqueue' },
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
  {
    id: 'row-lost',
    chapter,
    situation: 'The row of a ready service is lost.',
    happens:
      'The stack learns what it wrote from what exists, and reports what it cannot know. Detaching leaves nothing behind.',
    given,
    steps: [
      { do: 'row', becomes: 'deleted' },
      { do: 'sweep' },
      ready,
      { ...inOrder, findings: [{ code: 'ledger-relearned', says: `what it wrote for ${DOMAIN}` }] },
    ],
    remedies: [
      {
        closes: 'ledger-relearned',
        steps: [
          { do: 'tag', tags: { 'private-ingress': 'disabled' } },
          { do: 'until', phase: 'detached' },
          { ...nothingLeft, connections: [], domains: {} },
        ],
      },
    ],
  },
  {
    id: 'row-lost-while-attaching',
    chapter,
    situation: 'The row of a service is lost before its name is published.',
    happens: 'The claim of the name tells that the stack asked for the certificate. Detaching leaves nothing behind.',
    given: 'nothing',
    steps: [
      created,
      { do: 'advance', time: '7s' },
      { do: 'row', becomes: 'deleted' },
      { do: 'sweep' },
      ready,
      { ...inOrder, findings: [{ code: 'ledger-relearned', says: `what it wrote for ${DOMAIN}` }] },
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      { ...nothingLeft, connections: [], domains: {} },
    ],
  },
  {
    id: 'row-lost-while-disabled',
    chapter,
    situation:
      'The row of a ready service is lost, and the service is tagged `disabled` before anything is read again.',
    happens: 'The connection carries the owner tag, so the stack detaches the service and leaves nothing behind.',
    given,
    steps: [
      { do: 'events', are: 'lost' },
      { do: 'row', becomes: 'deleted' },
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'sweep' },
      { do: 'until', phase: 'detached' },
      { ...nothingLeft, connections: [], domains: {} },
    ],
  },
  {
    id: 'row-lost-while-untagged',
    chapter,
    situation: 'The row of a ready service is lost, and so are its tags.',
    happens: 'A sweep finds the connection with the owner tag. The service is detached after the grace time.',
    given,
    steps: [
      { do: 'events', are: 'lost' },
      { do: 'row', becomes: 'deleted' },
      { do: 'untag', keys: ['private-ingress', 'private-ingress:domains'] },
      { do: 'sweep' },
      { do: 'until', phase: 'detached' },
      { ...nothingLeft, connections: [], domains: {} },
    ],
  },
];
