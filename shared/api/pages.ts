import * as z from 'zod';
import { parseServiceArn } from '../service-arn.ts';
import type { ServiceRow } from '../state/row.ts';
import type { ServiceIndex } from '../state/service-index.ts';
import { RUN_ID } from '../sweep/run.ts';
import { RequestProblem } from './problems.ts';

/** Rows read at once, and for one page at most: a filter that matches nothing must not read the whole table. */
const MAX_CONCURRENCY = 100;
const AT_MOST = 1000;

/** Items before those of the rows. */
export interface Head<Item> {
  /** Id of the sweep they are of: the next page continues with the same sweep, although a newer one may exist. */
  readonly of: string;
  readonly items: readonly Item[];
}

/** Where the next page begins: after `skip` items of the head, or after a row and `skip` items of the next row. */
const cursorSchema = z.strictObject({
  head: z.strictObject({ of: z.string().regex(RUN_ID), skip: z.number().int().min(1) }).optional(),
  after: z
    .string()
    .refine((arn) => parseServiceArn(arn) !== undefined)
    .optional(),
  skip: z.number().int().min(0).max(10_000).default(0),
});
type Cursor = z.input<typeof cursorSchema>;

/**
 * A page of items made from rows.
 * @param limit the most items of the page. It may have fewer, even none, although there is a next page.
 * @throws RequestProblem for an invalid cursor.
 */
export async function pageOf<Item>(
  serviceIndex: Pick<ServiceIndex, 'page'>,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  itemsOf: (row: ServiceRow) => readonly Item[],
  headOf: (of: string | undefined) => Promise<Head<Item> | undefined> = async () => undefined,
): Promise<{ readonly items: readonly Item[]; readonly next?: string }> {
  const at = parseCursor(cursor);
  let { after, skip } = at;
  const items: Item[] = [];
  if (cursor === undefined || at.head !== undefined) {
    const head = await headOf(at.head?.of);
    const past = (at.head?.skip ?? 0) + limit;
    items.push(...(head?.items.slice(past - limit, past) ?? []));
    if (head !== undefined && head.items.length > past) {
      return { items, next: encoded({ head: { of: head.of, skip: past } }) };
    }
  }
  for (let read = 0; read < AT_MOST; read += MAX_CONCURRENCY) {
    const { rows, last } = await serviceIndex.page(after, MAX_CONCURRENCY);
    for (const [index, row] of rows.entries()) {
      const found = itemsOf(row).slice(skip);
      const room = limit - items.length;
      items.push(...found.slice(0, room));
      if (found.length > room) return { items, next: encoded({ after, skip: skip + room }) };
      after = row.serviceArn;
      skip = 0;
      const isLast = last === undefined && index === rows.length - 1;
      if (found.length === room && !isLast) return { items, next: encoded({ after }) };
    }
    if (last === undefined) return { items };
    after = last;
  }
  return { items, next: encoded({ after }) };
}

const encoded = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function parseCursor(cursor: string | undefined): z.output<typeof cursorSchema> {
  if (cursor === undefined) return { skip: 0 };
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw invalidCursor(cause);
  }
}

export function invalidCursor(cause?: unknown): RequestProblem {
  const errors = [{ parameter: 'cursor', detail: 'is not what an earlier page had in next' }];
  return new RequestProblem('cursor-invalid', 'The cursor cannot be read.', { errors, cause });
}
