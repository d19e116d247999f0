/** A slip planted in the product by someone who had not seen the harness (`prove/planted/<id>.patch`), and whether it was found. */
export interface Planted {
  readonly id: string;
  readonly file: string;
  readonly slip: string;
  /** By `npm run prove -- --quick --seed 7`; `undefined`: not played. */
  readonly isFound: boolean | undefined;
}

export const planted: readonly Planted[] = [
  {
    id: '01',
    file: 'shared/plan/cutover.ts',
    slip: 'a live name counts as replaceable once it is associated',
    isFound: false,
  },
  { id: '02', file: 'shared/plan/action.ts', slip: 'a record leaves the ledger before it is deleted', isFound: false },
  { id: '03', file: 'shared/policy/desire.ts', slip: 'out of scope counts as released by the owner', isFound: false },
  {
    id: '04',
    file: 'shared/records/ownership.ts',
    slip: 'a removal does not ask whose the name is by now',
    isFound: false,
  },
  { id: '05', file: 'shared/observe/names.ts', slip: 'SERVFAIL counts as absence', isFound: false },
  { id: '06', file: 'shared/execute/outcome.ts', slip: 'doubt begins with the third attempt', isFound: false },
  { id: '07', file: 'shared/reconcile/reconcile.ts', slip: 'a repetition takes less from the row', isFound: false },
  { id: '08', file: 'shared/state/dynamodb-store.ts', slip: 'the previous token is not kept', isFound: true },
  {
    id: '09',
    file: 'shared/sweep/compare.ts',
    slip: 'a lost message counts as scheduled for ever',
    isFound: undefined,
  },
  {
    id: '10',
    file: 'functions/reconcile.ts',
    slip: 'a message to be delivered again counts as handled',
    isFound: false,
  },
];
