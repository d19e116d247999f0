import { type Finding, finding } from '../findings.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { OwnedResources } from './ledger.ts';

/**
 * The records that the stack wrote for a service whose account or region left the scope. They lead to the service as long
 * as it exists.
 * @param until what becomes of them.
 */
export function recordsOutOfScope(
  { arn, account, region }: ServiceIdentity,
  { domains }: OwnedResources,
  until = 'The stack removes them once the service is deleted.',
): readonly Finding[] {
  const names = Object.entries(domains).flatMap(([name, { records, validation }]) =>
    records.length + validation.length === 0 ? [] : [name],
  );
  if (names.length === 0) return [];
  const zones = [
    ...new Set(
      Object.values(domains).flatMap((one) => [...one.records, ...one.validation].map(({ zoneId }) => zoneId)),
    ),
  ];
  const message = `Account ${account}, region ${region} is not in scope, and the stack wrote records of ${names.join(', ')} for this service (${zones.join(', ')}). ${until}`;
  return [finding('records-out-of-scope', { resource: arn, message })];
}
