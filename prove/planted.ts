/**
 * A slip planted in the product by someone who had seen neither the harness nor any test (`prove/planted/<id>.patch`, against the
 * commit be997a1), and which families of `npm run prove -- --quick --seed 7` found it.
 */
export interface Planted {
  readonly id: string;
  readonly file: string;
  readonly slip: string;
  readonly foundBy: readonly string[];
  /** The test that finds it since, where it was not found. */
  readonly testedSince?: string;
}

export const planted: readonly Planted[] = [
  {
    id: '01',
    file: 'shared/plan/cutover.ts',
    slip: 'what hinders a cutover: only findings of severity error, endpoint-closed (a warning) is forgotten',
    foundBy: ['checks', 'situations'],
  },
  {
    id: '02',
    file: 'functions/on-service-event.ts',
    slip: 'queue.send of the event’s message is not awaited',
    foundBy: ['histories', 'situations'],
  },
  {
    id: '03',
    file: 'shared/policy/desire-private.ts',
    slip: 'the grace time of a lost domains tag begins with any open domains-tag-missing finding, not with the one of that tag',
    foundBy: [],
    testedSince: 'test/policy/desire.test.ts',
  },
  {
    id: '04',
    file: 'shared/records/ownership.ts',
    slip: 'planRemoval deletes records equal to the written ones although the TXT names another owner by now',
    foundBy: ['checks'],
  },
  {
    id: '05',
    file: 'shared/observe/records.ts',
    slip: 'a failed listing of zones reached by a role counts as no zones',
    foundBy: [],
    testedSince: 'test/observe/zones.test.ts',
  },
  {
    id: '06',
    file: 'shared/reconcile/converge.ts',
    slip: 'after a retry that may have been applied, what was written ahead does not stay in the ledger',
    foundBy: [],
    testedSince: 'test/reconcile/converge.test.ts',
  },
  {
    id: '07',
    file: 'shared/reconcile/reconcile.ts',
    slip: 'saves the row (new token, lease returned) before it sends the next message, not after',
    foundBy: ['checks'],
  },
  {
    id: '08',
    file: 'shared/state/dynamodb-store.ts',
    slip: 'save leaves an earlier expiresAt in the row when the new state has none',
    foundBy: [],
    testedSince: 'test/state/dynamodb-store.test.ts',
  },
  {
    id: '09',
    file: 'shared/sweep/compare.ts',
    slip: 'a service counts as scheduled as soon as its row has a token, however old the row is',
    foundBy: ['checks'],
  },
  {
    id: '10',
    file: 'shared/plan/validation.ts',
    slip: 'validation records needed by domains of the service that are not the stack’s are forgotten when unneeded ones are deleted',
    foundBy: ['checks'],
  },
];
