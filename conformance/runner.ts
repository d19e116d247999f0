import type { Contract } from './contract.ts';
import type { Journal } from './journal.ts';
import { needs } from './need.ts';
import { type CleaningSite, type ResourceKind, removals } from './resources.ts';
import { needsMet, type Site } from './site.ts';
import { InterruptedError } from './waiter.ts';
import { World } from './world.ts';

export type Result = {
  readonly contract: string;
  readonly fact: string;
  readonly asks: string;
  readonly expected: string;
} & (
  | { readonly outcome: 'holds' | 'differs'; readonly answer: string }
  /** Its need is missing, or the run was interrupted. */
  | { readonly outcome: 'not-asked'; readonly reason: string }
  /** Unreadable is never an answer. */
  | { readonly outcome: 'failed'; readonly reason: string }
);

export interface Progress {
  asking(contract: Contract, index: number, count: number): void;
  result(result: Result): void;
  removing(kind: ResourceKind): void;
}

/** Asks one contract after the other. It never throws: what could not be asked is a result. */
export async function ask(
  contracts: readonly Contract[],
  site: Site,
  journal: Journal,
  progress: Progress,
): Promise<readonly Result[]> {
  const world = new World(site, journal);
  const met = needsMet(site);
  const results: Result[] = [];
  let interrupted = false;
  for (const [index, contract] of contracts.entries()) {
    const { id, fact, asks, expected } = contract;
    const common = { contract: id, fact, asks, expected };
    const missing = contract.needs?.find((need) => !met[need]);
    let result: Result;
    if (interrupted) result = { ...common, outcome: 'not-asked', reason: 'the run was interrupted' };
    else if (missing !== undefined) result = { ...common, outcome: 'not-asked', reason: `it needs ${needs[missing]}` };
    else {
      progress.asking(contract, index, contracts.length);
      try {
        const answer = redacted(await contract.answer(world), site);
        result = { ...common, outcome: answer === expected ? 'holds' : 'differs', answer };
      } catch (error) {
        interrupted = error instanceof InterruptedError;
        const reason = interrupted ? 'the run was interrupted' : redacted(errorText(error), site);
        result = { ...common, outcome: interrupted ? 'not-asked' : 'failed', reason };
      }
    }
    results.push(result);
    progress.result(result);
  }
  return results;
}

/** What could not be removed, in words for the person who has to do it. */
export async function remove(
  site: CleaningSite,
  { run: { run, kinds }, close }: Pick<Journal, 'run' | 'close'>,
  removing: Progress['removing'],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const kind of allKinds.filter((one) => kinds.has(one))) {
    removing(kind);
    try {
      await removals[kind](site, run);
    } catch (error) {
      problems.push(`${kind} of ${run}: ${errorText(error)}`);
    }
  }
  if (problems.length === 0) await close();
  return problems;
}

const allKinds = Object.keys(removals) as readonly ResourceKind[];

const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);

/** A report is sent to others: it names no account and no zone. */
function redacted(text: string, { account, publicZone, vpcId }: Site): string {
  const secrets = [
    [account, '<account>'],
    [publicZone?.name, '<zone>'],
    [publicZone?.id, '<zone id>'],
    [vpcId, '<vpc>'],
  ] as const;
  return secrets.reduce((all, [secret, name]) => (secret ? all.replaceAll(secret, name) : all), text);
}
