import type { ChangeInfo } from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import { bareId } from './hosted-zones.ts';

/** What GetChange returns: PENDING at first, INSYNC after `profile.recordPropagation`. */
export class Changes {
  readonly #world: World;
  readonly #changes = new Map<string, { readonly account: string; info: ChangeInfo }>();

  constructor(world: World) {
    this.#world = world;
  }

  submit(account: string, comment: string | undefined): ChangeInfo {
    const { chance, clock, profile } = this.#world;
    const id = `C${chance.base32(20)}`;
    const info: ChangeInfo = {
      Id: `/change/${id}`,
      Status: 'PENDING',
      SubmittedAt: new Date(clock.now()),
      ...(comment === undefined ? {} : { Comment: comment }),
    };
    const change = { account, info };
    this.#changes.set(id, change);
    clock.schedule(profile.recordPropagation, () => {
      change.info = { ...info, Status: 'INSYNC' };
    });
    return info;
  }

  /** @throws AwsError NoSuchChange, also for another account's. */
  get(account: string, givenId: string): ChangeInfo {
    const id = bareId(givenId);
    const change = this.#changes.get(id);
    if (change?.account !== account) throw new AwsError('NoSuchChange', `Could not find resource with ID: ${id}`);
    return change.info;
  }
}
