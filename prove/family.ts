/** One kind of disturbance, as cases that can be played one by one, each again by its name. */
export interface Family {
  /** `crash` */
  readonly name: string;
  /** One line for people: what is disturbed. */
  readonly about: string;
  /** How much of a minute it gets, against the others; what it leaves is theirs. */
  readonly weight: number;
  /**
   * Names of the cases, in a fixed order; each is played alone.
   * @param effort how much of it: `quick` a sample in seconds, `full` everything.
   * @param seed of what is drawn.
   */
  cases(effort: Effort, seed: number): AsyncIterable<string> | Iterable<string>;
  /** @throws Error that says what did not hold. */
  play(name: string): Promise<Played>;
}

export const efforts = ['quick', 'full'] as const;
export type Effort = (typeof efforts)[number];

/** What one case has tried. */
export interface Played {
  /** How many disturbances or inputs. */
  readonly disturbances: number;
  /** What was disturbed, for people; where it is known. */
  readonly met?: readonly string[];
}
