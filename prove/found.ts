/** A case that failed once. It is played again by every run of the tests (`test/prove/`). */
export interface Found {
  readonly family: string;
  readonly case: string;
  /** What it disturbs, as it says itself: numbers of calls change with the product. */
  readonly met?: readonly string[];
  /** What was wrong with the product. */
  readonly wrong: string;
}

export const found: readonly Found[] = [
  {
    family: 'faults',
    case: 'rollback-after-refused-connection/123:lags-60s',
    met: ['lags-60s at route53.amazonaws.com'],
    wrong:
      'The connection of a live service was refused, and it was public again. Then the listing of its zone lagged, nothing seemed to lead to it any more, and it was made private and public once more, as a new one.',
  },
  {
    family: 'faults',
    case: 'rollback-after-refused-connection/94:lags-60s',
    met: ['lags-60s at DescribeVpcEndpoints'],
    wrong:
      'The connection of a live service was refused, and the listing of endpoints lagged when the service was made public again: the stack did not know for which endpoint. It made the service private and public five more times before it took that for contested.',
  },
  {
    family: 'crash',
    case: 'drift-of-endpoint/81:dies-after',
    met: ['dies-after at lambda.ap-northeast-1.amazonaws.com'],
    wrong:
      'A reconciliation died after it had pointed the alias at a new endpoint. The ledger kept the alias to the endpoint that was gone, beside the new one, for as long as the service had the name.',
  },
  {
    family: 'hostile',
    case: 'API requests/3-1',
    wrong:
      'A request to the API with the method `__proto__`, with a header whose name is none, or with half a character in the name of a member was answered with an internal error.',
  },
  {
    family: 'disorder',
    case: 'history-2-8936',
    wrong:
      'A message was delivered twice at once. The second delivery took the name of the next message from the first, which had sent it already, and died before it sent its own: no message was left, and the service waited for the next sweep.',
  },
  {
    family: 'crash',
    case: 'cutover-of-live-name/28:dies-after',
    met: ['dies-after at DynamoDB_20120810.BatchGetItem'],
    wrong:
      'The first reconciliation of a live service died between claiming the name and saving. The next one took the row for lost, and reported `ledger-relearned`.',
  },
  {
    family: 'crash',
    case: 'detach-to-public/71:dies-before',
    met: ['dies-before at AppRunner.UpdateService'],
    wrong:
      'A reconciliation died just before it made a service public again. The ledger said already that it had, so the service stayed private for ever.',
  },
  {
    family: 'crash',
    case: 'rollback-after-refused-connection/105:dies-before',
    met: ['dies-before at AppRunner.UpdateService'],
    wrong: 'The same with a service whose connection was refused: it stayed private, and nothing led to it.',
  },
  {
    family: 'faults',
    case: 'untag-with-grace/50:garbage',
    met: ['garbage at route53.amazonaws.com'],
    wrong:
      'An answer of Route 53 that was no answer of Route 53 counted as a zone without records, so a validation record was left behind.',
  },
  {
    family: 'histories',
    case: 'wire-1-45',
    wrong:
      'The policy left a service alone for a while, and meanwhile its tag was removed. The stack took it for released by its owner from then on: its connection, records and domains stayed for ever.',
  },
  {
    family: 'crash',
    case: 'rollback-after-refused-connection/105:dies-after',
    met: ['dies-after at AppRunner.UpdateService'],
    wrong:
      'A reconciliation died after it had made a service public again, whose connection was refused. The ledger went on saying that the stack had made it private: had its owner made it private later, a detachment could have made it public.',
  },
  {
    family: 'crash',
    case: 'rollback-after-refused-connection/85:dies-after',
    met: ['dies-after at AppRunner.CreateVpcIngressConnection'],
    wrong:
      'It died after the refusal. The ledger went on saying that a connection was attached, so an untagged one of another owner would have counted as the stack’s own.',
  },
  {
    family: 'histories',
    case: 'wire-30-299',
    wrong:
      'An answer of EC2 that was no answer of EC2 counted as an endpoint service that is offered nowhere: a service was said to have no subnet for its endpoint.',
  },
];
