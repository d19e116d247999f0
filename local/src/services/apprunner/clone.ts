import type { AppRunnerResources } from './resources.ts';

/**
 * Puts a copy of a service, and of its connections, beside it: as they are, whatever way led there, so that thousands can
 * stand in a state that takes each of them minutes.
 * @param rename every text of theirs → that of the copy: ARNs, ids, names, account, region, tags and domains. It has to give a new
 * ARN to the service and to each connection.
 * @throws Error when the service does not exist, or the copy's ARN does.
 */
export function cloneService(
  resources: AppRunnerResources,
  serviceArn: string,
  rename: (text: string) => string,
): void {
  const service = resources.services.get(serviceArn);
  if (service === undefined) throw new Error(`there is no service ${serviceArn}`);
  const connections = resources.connectionsOf(service);
  const put = <Kept extends { readonly arn: string }>(kept: Map<string, Kept>, original: Kept) => {
    const copy = { ...renamed(original, rename), order: resources.nextOrder() };
    if (kept.has(copy.arn)) throw new Error(`the copy of ${original.arn} cannot be ${copy.arn}: it exists`);
    kept.set(copy.arn, copy);
  };
  put(resources.services, service);
  for (const connection of connections) put(resources.connections, connection);
}

/** A deep copy with other texts. */
function renamed<Value>(value: Value, rename: (text: string) => string): Value;
function renamed(value: unknown, rename: (text: string) => string): unknown {
  const again = (one: unknown) => renamed(one, rename);
  if (typeof value === 'string') return rename(value);
  if (Array.isArray(value)) return value.map(again);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [again(key), again(one)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, again(one)]));
}
