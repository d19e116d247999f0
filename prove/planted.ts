/**
 * A slip planted in the product by someone who had seen neither the harness nor any test (`prove/planted/<id>.patch`), and which
 * families of `npm run prove -- --quick --seed 7` found it.
 */
export interface Planted {
  readonly id: string;
  readonly file: string;
  readonly slip: string;
  readonly foundBy: readonly string[];
  /** The test that finds it since, where it was not found. */
  readonly testedSince?: string;
}

/** Ten slips that were planted together, each alone. */
export interface PlantedSet {
  /** What the patches are against, and what was asked. */
  readonly commit: string;
  readonly slips: readonly Planted[];
}

export const planted: readonly PlantedSet[] = [
  {
    commit: 'be997a1',
    slips: [
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
    ],
  },
  {
    commit: '90465a6',
    slips: [
      {
        id: '11',
        file: 'shared/plan/cutover.ts',
        slip: 'a closed endpoint (a warning) no longer counts as a hindrance, so a live service is cut over to an endpoint whose security groups refuse HTTPS',
        foundBy: ['checks', 'situations'],
      },
      {
        id: '12',
        file: 'shared/records/ownership.ts',
        slip: 'a removal also deletes an alias equal to the written one although the TXT names another service by now',
        foundBy: ['checks'],
      },
      {
        id: '13',
        file: 'shared/policy/rule-decision.ts',
        slip: 'of several matching exceptions the one that ends first decides, so an expired one hides the renewed one',
        foundBy: ['checks'],
      },
      {
        id: '14',
        file: 'shared/observe/zone-pages.ts',
        slip: 'a page counts as holding the name at which the next page starts, so records at a page boundary are read in part',
        foundBy: ['checks'],
      },
      {
        id: '15',
        file: 'shared/execute/apprunner.ts',
        slip: 'UpdateService does not carry IpAddressType over, so a dual-stack service becomes IPv4-only',
        foundBy: ['situations'],
      },
      {
        id: '16',
        file: 'shared/reconcile/reconcile.ts',
        slip: 'a status or tag check that fails counts as unchanged, so a service that cannot be read is only waited for',
        foundBy: ['checks'],
      },
      {
        id: '17',
        file: 'shared/state/dynamodb-store.ts',
        slip: 'saving does not clear unheardSince, so an event within 30 s of one that was already reconciled gets no message',
        foundBy: ['situations'],
      },
      {
        id: '18',
        file: 'shared/sweep/run.ts',
        slip: 'releases do not count as detaches, so a sweep that would release the whole fleet is not held',
        foundBy: ['checks'],
      },
      {
        id: '19',
        file: 'shared/lifecycle/notify.ts',
        slip: 'findings are noted as sent before the messages are published, so a failed publish is never repeated',
        foundBy: ['checks'],
      },
      {
        id: '20',
        file: 'functions/on-service-event.ts',
        slip: 'keep is not awaited, so an unreadable event may never reach the dead-letter queue',
        foundBy: [],
        testedSince: 'test/functions/on-service-event.test.ts',
      },
    ],
  },
];
