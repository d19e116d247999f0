import type { Selectors } from './selectors.ts';
import { recordsWrite } from './selectors.ts';

export interface Trail {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly homeRegion: string;
  readonly bucketName: string;
  readonly keyPrefix: string | undefined;
  readonly multiRegion: boolean;
  readonly globalServiceEvents: boolean;
  /** Of every account of the organisation. */
  readonly organization: boolean;
  readonly logFileValidation: boolean;
  readonly selectors: Selectors;
  readonly logging: boolean;
  /** Milliseconds. */
  readonly startedAt: number | undefined;
  readonly stoppedAt: number | undefined;
}

/** Every trail of every account and region. */
export class Trails {
  readonly #trails = new Map<string, Trail>();

  put(trail: Trail): Trail {
    this.#trails.set(trail.arn, trail);
    return trail;
  }

  delete(trail: Trail): void {
    this.#trails.delete(trail.arn);
  }

  /** The trails that an account sees in a region: its own, those of all regions as shadows, its organisation's. */
  seenIn(account: string, region: string): readonly Trail[] {
    return [...this.#trails.values()].filter(
      (trail) =>
        (trail.account === account || trail.organization) && (trail.homeRegion === region || trail.multiRegion),
    );
  }

  /** By ARN, or by the name of one that is seen in the region. */
  find(account: string, region: string, nameOrArn: string): Trail | undefined {
    return this.seenIn(account, region).find(({ name, arn }) => nameOrArn === name || nameOrArn === arn);
  }

  /**
   * Whether a management call that writes is recorded. Events of global services are recorded in us-east-1, by trails that
   * include them (documented).
   */
  recordWrite(account: string, region: string, eventSource: string, ofGlobalService: boolean): boolean {
    return this.seenIn(account, region).some(
      ({ logging, selectors, globalServiceEvents }) =>
        logging && recordsWrite(selectors, eventSource) && (!ofGlobalService || globalServiceEvents),
    );
  }
}
