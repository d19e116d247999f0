import type { Action } from '../plan/action.ts';
import type { ConnectionState, NameClaim, NetworkState, ObservedService } from '../plan/observed.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { CustomDomains } from './domains.ts';
import type { ObservedNames } from './name-checks.ts';

/** Answers to questions of one kind, each asked once until they are forgotten. */
export class Answers<Answer> {
  readonly #known = new Map<string, Promise<Answer>>();

  /** @param about names the question. A failure is remembered too: what is broken costs one call. */
  read(about: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#known.get(about);
    if (known !== undefined) return known;
    const fresh = ask();
    this.#known.set(about, fresh);
    return fresh;
  }

  forget(): void {
    this.#known.clear();
  }
}

/** What an observer remembers. What is absent is read anew each time. */
export interface Memory {
  readonly services?: Answers<ObservedService>;
  /** By network rule. */
  readonly networks?: Answers<NetworkState>;
  readonly connections?: Answers<readonly ConnectionState[]>;
  readonly customDomains?: Answers<CustomDomains>;
  /** By VPC. */
  readonly zones?: Answers<readonly Zone[]>;
  /** By hosted zone and names. */
  readonly records?: Answers<readonly RecordSet[]>;
  readonly claims?: Answers<Readonly<Record<string, NameClaim>>>;
  /** What DNS and the probe say. */
  readonly names?: Answers<ObservedNames>;
}

/** For many services in a row: what holds for a whole VPC. */
export const vpcMemory = (): Memory => ({ networks: new Answers(), zones: new Answers() });

/** For one reconciliation: everything, until an action touches it. */
export const passMemory = (): Memory => ({
  ...vpcMemory(),
  services: new Answers(),
  connections: new Answers(),
  customDomains: new Answers(),
  records: new Answers(),
  claims: new Answers(),
  names: new Answers(),
});

/** An action, or a claim of names in the table of claims. */
export type Change = Action['kind'] | 'claim-names';

/** What a change may touch. App Runner may show any change of its resources at the service, too. */
const touched: Readonly<Record<Change, readonly (keyof Memory)[]>> = {
  'create-security-group': ['networks'],
  'extend-security-group': ['networks'],
  'create-endpoint': ['networks', 'zones', 'names'],
  'make-private': ['services', 'customDomains', 'names'],
  'make-public': ['services', 'customDomains', 'names'],
  'create-connection': ['services', 'connections', 'customDomains', 'names'],
  'update-connection': ['services', 'connections', 'customDomains', 'names'],
  'delete-connection': ['services', 'connections', 'customDomains', 'names'],
  'remove-tag': ['services'],
  'associate-domain': ['services', 'customDomains'],
  'disassociate-domain': ['services', 'customDomains'],
  'change-records': ['records', 'names'],
  'claim-names': ['claims'],
};

/** Forgets what a change may have touched; without a change, everything. */
export function forget(memory: Memory, change?: Change): void {
  const parts = change === undefined ? Object.values(memory) : touched[change].map((part) => memory[part]);
  for (const part of parts) part?.forget();
}
