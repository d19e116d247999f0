import { describe, expect, test } from 'vitest';
import { pageOf } from '../../shared/api/pages.ts';
import { RequestProblem } from '../../shared/api/problems.ts';
import { parseRow } from '../../shared/state/row.ts';
import type { ServiceIndex } from '../../shared/state/service-index.ts';

const arnOf = (index: number) =>
  `arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/${index.toString(16).padStart(32, '0')}`;

/** A table of rows, and how many were read of it. */
function table(size: number): Pick<ServiceIndex, 'page'> & { readonly reads: () => number } {
  const arns = Array.from({ length: size }, (_, index) => arnOf(index));
  let reads = 0;
  return {
    reads: () => reads,
    async page(after, limit) {
      const from = after === undefined ? 0 : arns.indexOf(after) + 1;
      const page = arns.slice(from, from + limit);
      reads += page.length;
      const last = from + limit < size ? page.at(-1) : undefined;
      return { rows: page.map((serviceArn) => parseRow({ serviceArn, generation: 0 })), last };
    },
  };
}

async function readAll<Item>(
  serviceIndex: Pick<ServiceIndex, 'page'>,
  limit: number,
  itemsOf: Parameters<typeof pageOf<Item>>[2],
): Promise<readonly (readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let cursor: string | undefined;
  do {
    const { items, next }: Awaited<ReturnType<typeof pageOf<Item>>> = await pageOf(
      serviceIndex,
      { cursor, limit },
      itemsOf,
    );
    pages.push(items);
    cursor = next;
  } while (cursor !== undefined);
  return pages;
}

describe('a page', () => {
  test.each([1, 7, 99, 100, 101, 250])('of %d rows has all of them, each once', async (size) => {
    for (const limit of [1, 10, 100]) {
      const pages = await readAll(table(size), limit, ({ serviceArn }) => [serviceArn]);
      expect(pages.flat()).toEqual(Array.from({ length: size }, (_, index) => arnOf(index)));
      expect(pages).toHaveLength(Math.ceil(size / limit));
    }
  });

  test('continues within a row that has more than fits', async () => {
    const pages = await readAll(table(3), 2, ({ serviceArn }) =>
      [1, 2, 3, 4, 5].map((count) => `${serviceArn} ${count}`),
    );
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2, 2, 2, 1]);
    expect(new Set(pages.flat()).size).toBe(15);
  });

  test('ends before it has read the whole of a large table in vain', async () => {
    const serviceIndex = table(2500);
    const first = await pageOf(serviceIndex, { limit: 10 }, () => []);
    expect(first).toEqual({ items: [], next: expect.any(String) });
    expect(serviceIndex.reads()).toBe(1000);
    expect(await readAll(table(2500), 10, () => [])).toEqual([[], [], []]);
  });

  test('of an empty table is empty, and the only one', async () => {
    expect(await pageOf(table(0), { limit: 10 }, () => [1])).toEqual({ items: [] });
  });

  test('does not begin at a cursor that is none of ours', async () => {
    await expect(pageOf(table(1), { limit: 10, cursor: '!' }, () => [1])).rejects.toThrow(RequestProblem);
  });
});
