import * as z from 'zod';
import type { OpenFinding } from '../findings.ts';
import { emptyLedger, type OwnedResources } from '../plan/ledger.ts';
import { type Phase, phases } from '../plan/plan.ts';
import type { DoneAction, Proof } from '../plan/plan-builder.ts';
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

/** Somebody asked for something by the API. */
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
  /** When it was last seen to answer from inside the VPC. */
  readonly verifiedAt?: number;
}

/** What is known of one service between passes. */
export interface ServiceState {
  readonly phase: Phase | undefined;
  readonly desired: Desired | undefined;
  readonly ledger: OwnedResources;
  readonly waits: readonly OpenWait[];
  readonly findings: readonly OpenFinding[];
  /** What was done under this desire within the last day. */
  readonly history: readonly DoneAction[];
  /** Whether it has ready since the desire last changed: from then on, doing something again is a repair. */
  readonly wasReady: boolean;
  /** What was last known of whether it works. */
  readonly proof: ProofSeen | undefined;
  /** `domain target` of aliases that Route 53 has refused. */
  readonly refusedTargets: readonly string[];
  /** The tags the last plan was made with. */
  readonly tagsSeen: string;
  /** Those tags it had at the last look that the policy goes by: when it is gone, nobody can ask for them any more. */
  readonly tags: Readonly<Record<string, string>>;
  readonly timeline: readonly TimelineEntry[];
}

export interface ServiceRow extends ServiceState {
  readonly serviceArn: string;
  /** Raised by every event: whoever has seen an older one has not seen everything. */
  readonly generation: number;
  /** The generation the last saved pass had seen. */
  readonly seenGeneration: number;
  /** The delayed message that is the next look; any other one is out of date. */
  readonly token: string | undefined;
  readonly updatedAt: number;
  /** Who asked for what, the oldest first. Not of a pass: it is noted beside the lease. */
  readonly requests: readonly RequestNote[];
}

export const initialState: ServiceState = {
  phase: undefined,
  desired: undefined,
  ledger: emptyLedger,
  waits: [],
  findings: [],
  history: [],
  wasReady: false,
  proof: undefined,
  refusedTargets: [],
  tagsSeen: '',
  tags: {},
  timeline: [],
};

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

/** Written by this product alone, so only the outline is checked: a row that is not one is an error, never a guess. */
const stored = z.object({
  serviceArn: z.string(),
  generation: z.number(),
  seenGeneration: z.number().default(0),
  token: z.string().optional(),
  updatedAt: z.number().default(0),
  phase: z.enum(phases).optional(),
  desired: z.custom<Desired>(isObject).optional(),
  ledger: z.custom<OwnedResources>(isObject).default(emptyLedger),
  waits: z.custom<readonly OpenWait[]>(Array.isArray).default([]),
  findings: z.custom<readonly OpenFinding[]>(Array.isArray).default([]),
  history: z.custom<readonly DoneAction[]>(Array.isArray).default([]),
  wasReady: z.boolean().default(false),
  proof: z.custom<ProofSeen>(isObject).optional(),
  refusedTargets: z.array(z.string()).default([]),
  tagsSeen: z.string().default(''),
  tags: z.record(z.string(), z.string()).default({}),
  timeline: z.custom<readonly TimelineEntry[]>(Array.isArray).default([]),
  requests: z.custom<readonly RequestNote[]>(Array.isArray).default([]),
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** @throws ZodError when the item is not a row of this table. */
export function parseRow(item: unknown): ServiceRow {
  const row = stored.parse(item);
  return { ...row, phase: row.phase, desired: row.desired, token: row.token, proof: row.proof };
}

const STATE = [
  'phase',
  'desired',
  'ledger',
  'waits',
  'findings',
  'history',
  'wasReady',
  'proof',
  'refusedTargets',
  'tagsSeen',
  'tags',
  'timeline',
] as const satisfies readonly (keyof ServiceState)[];

/** The attributes a pass saves. */
export function stateAttributes(state: ServiceState): Readonly<Record<string, unknown>> {
  return Object.fromEntries(STATE.map((name) => [name, state[name]]));
}
