import type { Need } from './need.ts';
import type { World } from './world.ts';

/** One question to AWS, and the answer that the product relies on. */
export interface Contract {
  readonly id: string;
  /** Id of the fact that it settles (facts/*.yml). */
  readonly fact: string;
  readonly asks: string;
  /** What the embedded cloud answers by default. */
  readonly expected: string;
  readonly needs?: readonly Need[];
  /** Short and free of ids, accounts and names, so that a report can be compared and sent. */
  answer(world: World): Promise<string>;
}

/** What became of a request: `accepted`, or the name of the error. */
export async function outcomeOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'accepted';
  } catch (error) {
    return refusalOf(error);
  }
}

/** The name of an error that AWS answered. @throws the error itself when it is none of AWS */
export function refusalOf(error: unknown): string {
  if (!(error instanceof Error) || !('$metadata' in error)) throw error;
  return `refused with ${error.name}`;
}
