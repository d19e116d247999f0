import { isWithin } from '../../../records/names.ts';
import type { PartialPolicyDocument } from '../partial-document.ts';
import { eachRepeated, type Report } from './report.ts';

export function checkZones({ zones }: PartialPolicyDocument, report: Report): void {
  eachRepeated(
    zones.items,
    ({ value }) => value.id,
    ({ path, value }) => report([...path, 'id'], `zone ${value.id} is given twice; expected each zone once`),
  );
  const externalIds = new Map<string, string | undefined>();
  for (const { path, value } of zones.items) {
    if (value.role !== undefined) {
      const known = externalIds.has(value.role) ? externalIds.get(value.role) : value.externalId;
      externalIds.set(value.role, known);
      if (known !== value.externalId) {
        report(
          [...path, 'role'],
          `the role is given ${known === undefined ? 'without an external id' : `with the external id ${known}`} to another zone; expected the same here`,
        );
      }
    }
    if (value.externalId !== undefined && value.role === undefined) {
      report([...path, 'externalId'], '"externalId" has no effect without "role"; expected both', 'key');
    }
    for (const [index, pattern] of value.allowedNames.entries()) {
      if (!isWithin(pattern.replace(/^\*\./, ''), value.name)) {
        report(
          [...path, 'allowedNames', index],
          `${pattern} cannot be written in the zone ${value.name}; expected ${value.name} or names below it, such as "*.${value.name}"`,
        );
      }
    }
  }
}
