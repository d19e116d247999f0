import * as z from 'zod';
import { type FindingCode, findingDefinitions } from '../findings.ts';
import { phases } from '../plan/plan.ts';

/** The `source` of every event of the product. */
export const EVENT_SOURCE = 'apprunner-private-ingress';

/** The version of `detail`. A consumer that knows it may meet more members, never fewer. */
export const EVENT_VERSION = 1;

const severities = ['info', 'warning', 'error'] as const;
const codes = Object.keys(findingDefinitions) as [FindingCode, ...FindingCode[]];
const time = z.iso.datetime();

const finding = z.object({
  id: z.string().describe('The same problem of the same service keeps its id.'),
  code: z.enum(codes).describe('docs/findings.md explains each.'),
  severity: z.enum(severities),
  resource: z.string().describe('ARN or id of what it is about.'),
  domain: z.string().optional(),
  message: z.string().describe('What was seen, and where.'),
  remedy: z.string().describe('What to do.'),
  since: time.describe('When it opened.'),
});

const about = z.object({
  version: z.literal(EVENT_VERSION),
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('Stable: the same event sent again has the same id. Drop those that you know.'),
  stack: z.string().describe('The name of the stack, such as apprunner-private-ingress-main.'),
  service: z.object({
    arn: z.string(),
    name: z.string(),
    account: z.string().regex(/^\d{12}$/),
    region: z.string(),
  }),
  at: time.describe('When the stack saw it.'),
  correlation: z.string().optional().describe('What started the reconciliation; on its log lines too (docs/logs.md).'),
});

const closedBy = z.object({
  kind: z
    .enum(['stack', 'outside', 'removal'])
    .describe(
      '`stack`: it closed after the actions named. `outside`: a person, a tool, AWS or time changed what it was about; the actions are not the cause. `removal`: the row of the service was removed.',
    ),
  actions: z.array(z.string()).describe('What the stack did in the reconciliation that closed it.'),
});

/** The detail of each event, by its `detail-type`. */
export const eventDetails = {
  'Private Ingress Finding Opened': about.extend({ kind: z.literal('opened'), finding }),
  'Private Ingress Finding Aged': about.extend({
    kind: z.literal('aged'),
    finding,
    days: z.number().int().describe('For how many days it is open: 0, 1, 7 or 30.'),
    previousSeverity: z.enum(severities).optional().describe('Present when its severity rose.'),
  }),
  'Private Ingress Finding Closed': about.extend({
    kind: z.literal('closed'),
    finding,
    openSeconds: z.number().int(),
    closedBy,
  }),
  'Private Ingress Phase Changed': about.extend({
    kind: z.literal('phase'),
    phase: z.enum(phases).nullable(),
    previousPhase: z.enum(phases).nullable().describe('`null`: the stack did not know the service before.'),
  }),
} as const;

export type DetailType = keyof typeof eventDetails;

type Detail<Type extends DetailType> = z.output<(typeof eventDetails)[Type]>;
export type LifecycleEvent = { [Type in DetailType]: Detail<Type> }[DetailType];
export type FindingEvent = Exclude<LifecycleEvent, { kind: 'phase' }>;

export const detailTypes: Readonly<Record<LifecycleEvent['kind'], DetailType>> = {
  opened: 'Private Ingress Finding Opened',
  aged: 'Private Ingress Finding Aged',
  closed: 'Private Ingress Finding Closed',
  phase: 'Private Ingress Phase Changed',
};

/** What a consumer receives of a finding. */
export const findingEvent = z.discriminatedUnion('kind', [
  eventDetails['Private Ingress Finding Opened'],
  eventDetails['Private Ingress Finding Aged'],
  eventDetails['Private Ingress Finding Closed'],
]);
