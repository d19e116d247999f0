import type { NameAnswer } from './observed.ts';

export type Gate =
  /** The name answers with the endpoint's own addresses. */
  | { readonly kind: 'seen'; readonly vantage: NameAnswer['vantage'] }
  /** It cannot be seen from where we stand, which says nothing against it. */
  | { readonly kind: 'unobservable'; readonly why: string }
  | { readonly kind: 'not-yet'; readonly why: string }
  | { readonly kind: 'wrong'; readonly why: string };

/**
 * Whether a name may be published (docs/architecture.md#the-gate). An empty answer never counts, nor does one with
 * any stranger's address.
 *
 *     vantage      answer                  →
 *     any          ⊆ endpoint, not empty   seen
 *     any          other addresses         wrong
 *     vpc          NXDOMAIN, no data       not-yet
 *     public       NXDOMAIN, no data       unobservable
 *     any          no answer at all        not-yet       (unknown never counts as success)
 */
export function gate(answer: NameAnswer, endpointAddresses: readonly string[]): Gate {
  switch (answer.outcome) {
    case 'addresses': {
      const strangers = answer.addresses.filter((address) => !endpointAddresses.includes(address));
      if (answer.addresses.length === 0) return { kind: 'not-yet', why: 'the answer is empty' };
      return strangers.length === 0
        ? { kind: 'seen', vantage: answer.vantage }
        : { kind: 'wrong', why: `it answers ${strangers.join(', ')}, which is not the endpoint's` };
    }
    case 'nxdomain':
    case 'no-data': {
      const why = answer.outcome === 'nxdomain' ? 'the name does not exist yet' : 'the name has no address yet';
      return answer.vantage === 'vpc'
        ? { kind: 'not-yet', why: `${why}, seen from inside the VPC` }
        : { kind: 'unobservable', why: 'the name is not in public DNS' };
    }
    case 'failed':
      return { kind: 'not-yet', why: `DNS did not answer: ${answer.reason}` };
  }
}

/** A short text that differs when the answer differs. */
export function answerFingerprint(answer: NameAnswer): string {
  return answer.outcome === 'addresses' ? [...answer.addresses].sort().join(' ') : answer.outcome;
}
