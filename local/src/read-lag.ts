import type { Clock } from './clock.ts';

interface LaggingWorld {
  readonly clock: Clock;
  readonly profile: { readonly readLag: number };
  readonly readLag?: () => number;
}

/** A listing as it was until a moment. */
interface PastListing<Listing> {
  /** Milliseconds since the Unix epoch. */
  readonly until: number;
  readonly listing: Listing;
}

/**
 * Listings, one per key, that lag behind writes by `profile.readLag`, or by less where the world says so, as eventually
 * consistent reads do (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html): what was created is not listed yet, and what was
 * deleted still is. Only listings are read through it; refusals and other services know the truth at once.
 */
export class ReadLag<Key extends string | object, Listing> {
  readonly #world: LaggingWorld;
  readonly #past = new Map<Key, readonly PastListing<Listing>[]>();

  constructor(world: LaggingWorld) {
    this.#world = world;
  }

  /** Call it before each change, with the listing as it is until then. */
  beforeChange(key: Key, listing: () => Listing): void {
    const { clock, profile } = this.#world;
    if (profile.readLag === 0) return;
    this.#past.set(key, [...this.#within(key, profile.readLag), { until: clock.now(), listing: listing() }]);
  }

  /** The listing to answer with: as it was before the oldest change that is not visible yet, or as it is. */
  read(key: Key, listing: () => Listing): Listing {
    const { profile, readLag = () => profile.readLag } = this.#world;
    const [oldest] = this.#within(key, readLag());
    return oldest === undefined ? listing() : oldest.listing;
  }

  /** As it was before each change of the last `lag` milliseconds. */
  #within(key: Key, lag: number): readonly PastListing<Listing>[] {
    return (this.#past.get(key) ?? []).filter(({ until }) => until + lag > this.#world.clock.now());
  }
}
