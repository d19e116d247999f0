/** What decides in which order messages are delivered. */
interface Deliverable {
  readonly visibleAt: number;
  readonly delivery: object | undefined;
  /** System attributes; `MessageGroupId` says whose a message is. */
  readonly system: Readonly<Record<string, string>>;
}

/** Documented: a tenant with so many messages in flight, and with more than this share of all, is a noisy neighbor. */
const MANY_IN_FLIGHT = 30;
const LARGE_SHARE = 0.1;

/**
 * Messages in the order in which a standard queue delivers them: the oldest first, those of noisy neighbors last
 * (docs/facts.md#sqs-fair-queues). How long a tenant's messages take to process does not count here.
 * @param messages oldest first; one without a group is a tenant of its own.
 */
export function fairly<Message extends Deliverable>(messages: readonly Message[], now: number): readonly Message[] {
  const inFlight = messages.filter(({ visibleAt, delivery }) => visibleAt > now && delivery !== undefined);
  if (inFlight.length < MANY_IN_FLIGHT) return messages;
  const groups = Map.groupBy(inFlight, ({ system }) => system.MessageGroupId);
  const isNoisy = ({ system: { MessageGroupId: group } }: Message): boolean => {
    const own = group === undefined ? 0 : (groups.get(group)?.length ?? 0);
    return own >= MANY_IN_FLIGHT && own > LARGE_SHARE * inFlight.length;
  };
  return [...messages.filter((message) => !isNoisy(message)), ...messages.filter(isNoisy)];
}
