import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PREFIX, type ResourceKind, removals } from './resources.ts';

const kinds = Object.keys(removals) as readonly ResourceKind[];

const headSchema = z.object({
  run: z.string().startsWith(PREFIX),
  region: z.string(),
  publicZoneId: z.string().optional(),
});
const entrySchema = z.object({ creates: z.enum(kinds) });

/** A run, as far as its removal needs it. */
export interface JournalRun extends z.output<typeof headSchema> {
  readonly kinds: ReadonlySet<ResourceKind>;
}

/** What a run is about to create, written before it is created: a process that is killed leaves it behind. */
export interface Journal {
  readonly run: JournalRun;
  about(kind: ResourceKind): void;
  /** Everything is removed. */
  close(): Promise<void>;
}

/** A journal that ends with the process, for a cloud that ends with it too. */
export function journalInMemory(head: z.output<typeof headSchema>): Journal {
  const noted = new Set<ResourceKind>();
  return { run: { ...head, kinds: noted }, about: (kind) => noted.add(kind), close: async () => {} };
}

export async function openJournal(folder: string, head: z.output<typeof headSchema>): Promise<Journal> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${head.run}.jsonl`);
  const inMemory = journalInMemory(head);
  const write = (line: object) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  write(head);
  return {
    run: inMemory.run,
    about(kind) {
      if (inMemory.run.kinds.has(kind)) return;
      write({ creates: kind });
      inMemory.about(kind);
    },
    close: () => rm(path, { force: true }),
  };
}

/** Runs that did not end. A line that was cut off when the process was killed is of something that was not created. */
export async function readJournals(folder: string): Promise<readonly { run: JournalRun; close(): Promise<void> }[]> {
  const names = await readdir(folder).catch(() => []);
  const journals = names
    .filter((name) => name.endsWith('.jsonl'))
    .map(async (name) => {
      const path = join(folder, name);
      const [head, ...entries] = (await readFile(path, 'utf8')).split('\n').flatMap(parsed);
      const read = headSchema.safeParse(head);
      if (!read.success) return [];
      const noted = entries.flatMap((entry) => entrySchema.safeParse(entry).data?.creates ?? []);
      return [{ run: { ...read.data, kinds: new Set(noted) }, close: () => rm(path, { force: true }) }];
    });
  return (await Promise.all(journals)).flat();
}

/** Everything named as a run would name it, for a run without a journal. It creates no organization. */
export const everyRun = (region: string, publicZoneId: string | undefined): JournalRun => ({
  run: PREFIX,
  region,
  ...(publicZoneId === undefined ? {} : { publicZoneId }),
  kinds: new Set(kinds.filter((kind) => kind !== 'organization')),
});

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
