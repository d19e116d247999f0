/** What a record set holds. `other`: something the product never writes (weights, several kinds of routing). */
export type RecordContent =
  | {
      readonly kind: 'alias';
      /** Normalized name. */
      readonly target: string;
      /** The hosted zone id of the target, not of the record. */
      readonly targetZoneId: string;
      readonly evaluateTargetHealth: boolean;
    }
  | { readonly kind: 'values' /** Seconds. */; readonly ttl: number; readonly values: readonly string[] }
  | { readonly kind: 'other'; readonly description: string };

export interface RecordSet {
  /** Normalized (see `normalizeName`). */
  readonly name: string;
  readonly type: string;
  readonly content: RecordContent;
  /**
   * Present on weighted, latency … records, which the stack never touches
   * (docs/facts.md#set-identifier-is-traffic-shift).
   */
  readonly setIdentifier?: string;
}

export interface RecordChange {
  readonly action: 'CREATE' | 'DELETE';
  readonly record: RecordSet;
}

function sameContent(a: RecordContent, b: RecordContent): boolean {
  if (a.kind === 'alias' && b.kind === 'alias') {
    return (
      a.target === b.target && a.targetZoneId === b.targetZoneId && a.evaluateTargetHealth === b.evaluateTargetHealth
    );
  }
  if (a.kind === 'values' && b.kind === 'values') {
    // A name as a value is the same with and without its final dot.
    const comparable = (values: readonly string[]) =>
      values
        .map((value) => value.replace(/\.$/, ''))
        .sort()
        .join('\n');
    return a.ttl === b.ttl && comparable(a.values) === comparable(b.values);
  }
  return false;
}

export function sameRecord(a: RecordSet, b: RecordSet): boolean {
  return (
    a.name === b.name && a.type === b.type && a.setIdentifier === b.setIdentifier && sameContent(a.content, b.content)
  );
}

/** The record sets at a name after a change that Route 53 has made. */
export function afterChange(records: readonly RecordSet[], { action, record }: RecordChange): readonly RecordSet[] {
  if (action === 'DELETE') return records.filter((one) => !sameRecord(one, record));
  const isReplaced = (one: RecordSet) =>
    one.name === record.name && one.type === record.type && one.setIdentifier === undefined;
  return [...records.filter((one) => !isReplaced(one)), record];
}

/** `app.example.com A alias vpce-….amazonaws.com`, for people. */
export function describeRecord({ name, type, content }: RecordSet): string {
  switch (content.kind) {
    case 'alias':
      return `${name} ${type} alias ${content.target}`;
    case 'values':
      return `${name} ${type} ${content.values.join(' ')}`;
    case 'other':
      return `${name} ${type} (${content.description})`;
  }
}
