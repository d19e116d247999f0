import * as z from 'zod';
import { finding, type OpenFinding } from '../findings.ts';
import { emptyLedger, type OwnedResources } from '../plan/ledger.ts';
import { type Phase, phases } from '../plan/plan.ts';
import type { DoneAction, FailedChecks, Proof } from '../plan/plan-builder.ts';
import type { RefusedAlias } from '../plan/refused-alias.ts';
import type { OpenWait } from '../plan/wait.ts';
import type { Desired } from '../policy/desire.ts';

/** Something that happened to a service, for people. */
export interface TimelineEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
  /** What was tried and how it ended, for entries about retries. */
  readonly topic?: string;
}

/** How many of the last entries are kept: a DynamoDB item holds 400 kB. */
const MAX_TIMELINE_ENTRIES = 100;

/** How many of the last entries are searched for an equal one. */
const DEDUP_WINDOW = 12;

/** A request made through the API. */
export interface RequestNote {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** ARN of the caller. */
  readonly by: string;
  readonly what: string;
}

export interface ProofSeen {
  readonly kind: Proof;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When it last answered from inside the VPC. */
  readonly verifiedAt?: number;
}

/** What is known of one service between reconciliations. */
export interface ServiceState {
  readonly phase: Phase | undefined;
  readonly desired: Desired | undefined;
  readonly ledger: OwnedResources;
  readonly waits: readonly OpenWait[];
  readonly findings: readonly OpenFinding[];
  /** Actions executed within the last day: repairs, and attempts for this desire. */
  readonly history: readonly DoneAction[];
  /** Whether it was ready once: from then on, what is done to it is a repair. */
  readonly wasReady: boolean;
  /** Domains that were published once: from then on, what is done to them is a repair. */
  readonly publishedOnce: readonly string[];
  /** The last proof that it works. */
  readonly proof: ProofSeen | undefined;
  /** Published names that did not answer at the last observation. */
  readonly failing: Readonly<Record<string, FailedChecks>>;
  /** Milliseconds since the epoch since when the service could not be observed; `undefined`: it could. */
  readonly unreadSince: number | undefined;
  /** Aliases whose target Route 53 has refused. */
  readonly refusedAliases: readonly RefusedAlias[];
  /** The tags the last plan was made with. */
  readonly tagsSeen: string;
  /** The tags, as last observed, that the policy uses: a deleted service has none to read. */
  readonly tags: Readonly<Record<string, string>>;
  readonly timeline: readonly TimelineEntry[];
}

export interface ServiceRow extends ServiceState {
  readonly serviceArn: string;
  /** Every event raises it. A reconciliation that saw an older one has to observe again. */
  readonly generation: number;
  /** The generation that the last saved reconciliation saw. */
  readonly seenGeneration: number;
  /** Token of the next delayed message; any other message is out of date. */
  readonly token: string | undefined;
  readonly updatedAt: number;
  /** What started the last reconciliation that saved, see `ReconcileMessage`. */
  readonly correlation?: string | undefined;
  /** The held sweep that holds the service; sweeps write it beside the lease. */
  readonly heldBy?: string | undefined;
  /** Milliseconds since the epoch at which App Runner last refused to delete the service because of its connection. */
  readonly deletionRefusedAt?: number | undefined;
  /** Requests, oldest first. The API writes them beside the lease; reconciliations do not. */
  readonly requests: readonly RequestNote[];
  /** Why the row is set aside; absent for a row that could be read. */
  readonly unreadable?: string;
}

export const initialState: ServiceState = {
  phase: undefined,
  desired: undefined,
  ledger: emptyLedger,
  waits: [],
  findings: [],
  history: [],
  wasReady: false,
  publishedOnce: [],
  proof: undefined,
  failing: {},
  unreadSince: undefined,
  refusedAliases: [],
  tagsSeen: '',
  tags: {},
  timeline: [],
};

/** Whether it is managed now, so that it would leave management. */
export function leavesManagement({ desired, phase }: ServiceRow): boolean {
  return desired?.kind === 'private' || (desired?.kind === 'detached' && phase !== 'detached');
}

/**
 * Appends an entry for something that is retried, unless one of the last entries says the same.
 * @param topic what was tried and how it ended: entries of one topic count as the same, whatever AWS's text.
 */
export function appendOnce(
  timeline: readonly TimelineEntry[],
  at: number,
  text: string,
  topic?: string,
): readonly TimelineEntry[] {
  const isKnown = (entry: TimelineEntry) => entry.text === text || (topic !== undefined && entry.topic === topic);
  if (timeline.slice(-DEDUP_WINDOW).some(isKnown)) return timeline;
  return [...timeline, { at, text, ...(topic === undefined ? {} : { topic }) }].slice(-MAX_TIMELINE_ENTRIES);
}

export function appendTimeline(
  timeline: readonly TimelineEntry[],
  at: number,
  ...texts: readonly string[]
): readonly TimelineEntry[] {
  return [...timeline, ...texts.map((text) => ({ at, text }))].slice(-MAX_TIMELINE_ENTRIES);
}

/**
 * The version of the schema that `stateAttributes` writes, and what a version reads of a row:
 *
 *     row says     this version reads
 *     nothing      an event alone has touched it: no state yet
 *     1            all of it
 *     2 or more    nothing: a newer stack wrote it, and `set aside` keeps it as it is
 *
 * A change of the schema that an older version would misread raises it and adds a line here.
 */
const ROW_VERSION = 1;

const array = <Item>() => z.custom<readonly Item[]>(Array.isArray, 'expected a list');
const object = <Value>() => z.custom<Value>(isObject, 'expected an object');

/** The product alone writes rows, so the outline is checked only. */
const stored = z.object({
  serviceArn: z.string(),
  version: z.literal(ROW_VERSION).optional(),
  generation: z.number(),
  seenGeneration: z.number().default(0),
  token: z.string().optional(),
  correlation: z.string().optional(),
  updatedAt: z.number().default(0),
  phase: z.enum(phases).optional(),
  desired: object<Desired>().optional(),
  ledger: object<OwnedResources>().default(emptyLedger),
  waits: array<OpenWait>().default([]),
  findings: array<OpenFinding>().default([]),
  history: array<DoneAction>().default([]),
  wasReady: z.boolean().default(false),
  publishedOnce: z.array(z.string()).default([]),
  proof: object<ProofSeen>().optional(),
  failing: object<Readonly<Record<string, FailedChecks>>>().default({}),
  unreadSince: z.number().optional(),
  refusedAliases: array<RefusedAlias>().default([]),
  tagsSeen: z.string().default(''),
  tags: z.record(z.string(), z.string()).default({}),
  timeline: array<TimelineEntry>().default([]),
  requests: array<RequestNote>().default([]),
  heldBy: z.string().optional(),
  deletionRefusedAt: z.number().optional(),
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * Reads an item of the table. A row that cannot be read (damaged, or of a newer version) is set aside: it is listed
 * with the reason as a finding, and nothing else of it is used.
 */
export function parseRow(item: unknown): ServiceRow {
  const read = stored.safeParse(item);
  if (!read.success) return setAside(item, read.error);
  const { version: _, ...row } = read.data;
  const { phase, desired, token, correlation, proof, unreadSince, heldBy } = row;
  return { ...row, phase, desired, token, correlation, proof, unreadSince, heldBy };
}

const keyed = z.object({
  serviceArn: z.string(),
  generation: z.number().catch(0),
  version: z.unknown().optional(),
  updatedAt: z.number().catch(0),
});

/** @throws ZodError for an item without a key, which the table cannot hold. */
function setAside(item: unknown, error: z.ZodError): ServiceRow {
  const { serviceArn, generation, version, updatedAt } = keyed.parse(item);
  const isNewer = typeof version === 'number' && version > ROW_VERSION;
  const members = [...new Set(error.issues.map(({ path }) => path.join('.')))].join(', ');
  const unreadable = isNewer
    ? `it has version ${version}, and this stack reads up to ${ROW_VERSION}`
    : `these members are damaged: ${members}`;
  const message = `The row of ${serviceArn} cannot be read: ${unreadable}. The stack leaves the service alone.`;
  return {
    ...initialState,
    serviceArn,
    generation,
    seenGeneration: generation,
    token: undefined,
    updatedAt,
    requests: [],
    phase: 'blocked',
    findings: [{ ...finding('row-unreadable', { resource: serviceArn, message }), since: updatedAt }],
    unreadable,
  };
}

const STATE = [
  'phase',
  'desired',
  'ledger',
  'waits',
  'findings',
  'history',
  'wasReady',
  'publishedOnce',
  'proof',
  'failing',
  'unreadSince',
  'refusedAliases',
  'tagsSeen',
  'tags',
  'timeline',
] as const satisfies readonly (keyof ServiceState)[];

/** The attributes that a reconciliation saves. */
export function stateAttributes(state: ServiceState): Readonly<Record<string, unknown>> {
  return { version: ROW_VERSION, ...Object.fromEntries(STATE.map((name) => [name, state[name]])) };
}
