import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';
import { AwsError } from '../../wire/errors.ts';

/** What a trail records: one of the two kinds, as PutEventSelectors got it. */
export interface Selectors {
  readonly basic?: readonly EventSelector[];
  readonly advanced?: readonly AdvancedEventSelector[];
}

/** A new trail records all management events (documented). */
export const everyManagementEvent: Selectors = {
  basic: [
    { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
  ],
};

const invalid = (message: string) => new AwsError('InvalidEventSelectorsException', message);

/** @throws AwsError InvalidEventSelectorsException */
export function selectorsOf(
  basic: readonly EventSelector[] | undefined,
  advanced: readonly AdvancedEventSelector[] | undefined,
): Selectors {
  if ((basic === undefined) === (advanced === undefined))
    throw invalid('A trail has either event selectors or advanced event selectors, and one of them must be given.');
  if (basic !== undefined) {
    if (basic.length < 1 || basic.length > 5) throw invalid('A trail has 1 to 5 event selectors.');
    return {
      basic: basic.map((selector) => ({
        ReadWriteType: 'All',
        IncludeManagementEvents: true,
        DataResources: [],
        ExcludeManagementEventSources: [],
        ...selector,
      })),
    };
  }
  for (const { FieldSelectors = [] } of advanced ?? []) {
    const category = FieldSelectors.find(({ Field }) => Field === 'eventCategory')?.Equals ?? [];
    if (category.length !== 1) throw invalid('Each advanced event selector must say eventCategory with Equals, once.');
  }
  return { advanced: advanced ?? [] };
}

/** Whether a management event that writes (`readOnly: false`) of this source is recorded. */
export function recordsWrite({ basic = [], advanced = [] }: Selectors, eventSource: string): boolean {
  return (
    basic.some(
      ({ ReadWriteType, IncludeManagementEvents, ExcludeManagementEventSources = [] }) =>
        IncludeManagementEvents !== false &&
        ReadWriteType !== 'ReadOnly' &&
        !ExcludeManagementEventSources.includes(eventSource),
    ) ||
    advanced.some(({ FieldSelectors = [] }) =>
      FieldSelectors.every(({ Field, Equals, NotEquals }) => {
        const value = { eventCategory: 'Management', readOnly: 'false', eventSource }[Field ?? ''];
        return value !== undefined && (Equals?.includes(value) ?? true) && !NotEquals?.includes(value);
      }),
    )
  );
}
