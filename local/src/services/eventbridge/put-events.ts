import {
  PutEvents$,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { busArn, type EventBridgeParts } from './parts.ts';

/** Documented: entries a call, and bytes of all of them together. */
const MAXIMUM_ENTRIES = 10;
const MAXIMUM_BYTES = 256 * 1024;
const TIME_BYTES = 14;

/** PutEvents checks each entry separately: one answer may accept some and refuse others. */
export function putEvents({ buses, envelope, accept, log }: EventBridgeParts): OperationDefinition {
  return operation<PutEventsCommandInput, PutEventsCommandOutput>(PutEvents$, {
    writes: true,
    dataPlane: true,
    permissions: ({ Entries: entries = [] }, context) => {
      const arns = entries.map(({ EventBusName }) => busArn(EventBusName, context));
      const each = (member: 'Source' | 'DetailType') => [...new Set(entries.flatMap((entry) => entry[member] ?? []))];
      const conditions = { 'events:source': each('Source'), 'events:detail-type': each('DetailType') };
      return { action: 'events:PutEvents', resources: [...new Set(arns)], conditions };
    },
    run: ({ Entries: entries = [] }, { account, region }) => {
      if (entries.length < 1 || entries.length > MAXIMUM_ENTRIES) {
        const bound = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAXIMUM_ENTRIES}`;
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
        );
      }
      if (entries.reduce((total, entry) => total + bytes(entry), 0) > MAXIMUM_BYTES) {
        throw new AwsError('ValidationException', `Total size of the entries in the request is over the limit.`);
      }
      const results = entries.map((entry) => {
        const refused = refusal(entry);
        if (refused !== undefined) return refused;
        const event = envelope({
          account,
          region,
          source: entry.Source ?? '',
          'detail-type': entry.DetailType ?? '',
          resources: entry.Resources ?? [],
          detail: JSON.parse(entry.Detail ?? '{}'),
        });
        const time = entry.Time?.toISOString().replace(/\.\d+Z$/, 'Z') ?? event.time;
        const bus = buses.find(account, region, entry.EventBusName);
        // AWS takes the entry all the same (inferred).
        if (bus === undefined) log(`EventBridge: event ${event.id} is dropped, there is no bus ${entry.EventBusName}`);
        else accept(bus, { ...event, time });
        return { EventId: event.id };
      });
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
  });
}

/** Documented: "Calculating PutEvents event entry size". */
function bytes(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const size = texts.reduce((total, text) => total + Buffer.byteLength(text ?? ''), 0);
  return size + (entry.Time === undefined ? 0 : TIME_BYTES);
}

function refusal(entry: PutEventsRequestEntry): { ErrorCode: string; ErrorMessage: string } | undefined {
  for (const member of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[member]) continue;
    const message = `Parameter ${member} is not valid. Reason: ${member} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage: message };
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return isJsonObject(entry.Detail ?? '')
    ? undefined
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
