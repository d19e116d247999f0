import * as z from 'zod';
import { MalformedInputError } from '../errors.ts';
import { parseReconcileMessage, type ReconcileQueue } from '../reconcile/message.ts';
import type { Store } from '../state/store.ts';
import { parseSweepMessage } from '../sweep/message.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { enqueueEvent } from './enqueue-event.ts';

export interface RedriveParts {
  readonly store: Pick<Store, 'markDirty'>;
  readonly queue: ReconcileQueue;
  readonly deadLetters: DeadLetters;
}

export interface Redrive {
  readonly redriven: readonly { readonly messageId: string; readonly serviceArn: string }[];
  readonly dropped: readonly { readonly messageId: string; readonly reason: string }[];
  readonly kept: readonly { readonly messageId: string; readonly reason: string }[];
  readonly left: number;
}

/**
 * Dead letters back into work.
 *
 *     letter                                          →
 *     a look (its token is out of date by now)          look at the service
 *     an EventBridge event about a service              the same, as on-service-event does
 *     one that on-service-event kept with a reason      read again: a newer version may understand it
 *     an event about something else                     dropped
 *     a comparison of a sweep                           dropped: its run is over, the next sweep compares again
 *     anything else                                     kept
 *
 * @param limit letters at most.
 */
export async function redrive(dependencies: RedriveParts, limit: number): Promise<Redrive> {
  const { deadLetters } = dependencies;
  const redriven: { messageId: string; serviceArn: string }[] = [];
  const dropped: { messageId: string; reason: string }[] = [];
  const kept: { letter: DeadLetter; reason: string }[] = [];
  for (let room = limit; room > 0; ) {
    const letters = await deadLetters.receive(room);
    if (letters.length === 0) break;
    room -= letters.length;
    for (const letter of letters) {
      const { messageId } = letter;
      const fate = await workOn(letter.body, dependencies);
      if (fate.kind === 'malformed') kept.push({ letter, reason: fate.reason });
      else {
        if (fate.kind === 'service') redriven.push({ messageId, serviceArn: fate.serviceArn });
        else dropped.push({ messageId, reason: fate.reason });
        await deadLetters.remove(letter);
      }
    }
  }
  // Only now, or they would be received again.
  for (const { letter } of kept) await deadLetters.giveBack(letter);
  return {
    redriven,
    dropped,
    kept: kept.map(({ letter: { messageId }, reason }) => ({ messageId, reason })),
    left: await deadLetters.count(),
  };
}

const keptEvent = z.strictObject({ reason: z.string(), event: z.unknown() });

async function workOn(body: string, { store, queue }: RedriveParts): ReturnType<typeof enqueueEvent> {
  const json = parsedJson(body);
  if (json === undefined) return { kind: 'malformed', reason: 'it is not JSON' };
  const run = sweepRun(body);
  if (run !== undefined) return { kind: 'other', reason: `it is of the sweep ${run}; the next one compares again` };
  const event = keptEvent.safeParse(json).data?.event ?? json;
  if (typeof event !== 'object' || event === null || !('serviceArn' in event))
    return enqueueEvent(event, { store, queue });
  try {
    const { serviceArn } = parseReconcileMessage(body);
    await store.markDirty(serviceArn);
    await queue.send({ serviceArn });
    return { kind: 'service', serviceArn };
  } catch (error) {
    if (error instanceof MalformedInputError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

/** The run of a sweep that the letter is a comparison of. */
function sweepRun(body: string): string | undefined {
  try {
    return parseSweepMessage(body).run;
  } catch {
    return undefined;
  }
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
