import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { SettingsError } from './errors.ts';
import { installationSetting } from './installation.ts';
import { type PackagedRecords, readPackagedRecords } from './packaged-records.ts';
import type { Hub, PolicyParameters } from './policy/parameters.ts';
import { cutovers, deleteAttempts } from './policy/policy.ts';
import type { StackRules } from './policy/rules.ts';
import { aliasStrategies } from './records/alias.ts';
import { normalizeName } from './records/names.ts';

/** Environment variables → settings. Every function reads only what it uses; the stack's parameters fill them in. */

const text = z.string().min(1);
/** CloudFormation has no empty value: a parameter that is not given arrives as an empty string. */
const optionalText = z.string().transform((value) => (value === '' ? undefined : value));
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const duration = z.string().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined) {
    context.addIssue(`takes a number and a unit, such as 24h, 30m or 5s; it is "${value}"`);
    return z.NEVER;
  }
  return milliseconds;
});

// Each is made when it is asked for: so a bundle has those of its function alone.
const tableSettings = () =>
  z.object({
    TABLE_NAME: text,
    QUEUE_URL: text,
  });

const sweepSettings = () => tableSettings().extend({ SWEEP_TABLE_NAME: text, REPORT_QUEUE_URL: text });

const reportSettings = () => z.object({ TABLE_NAME: text, SWEEP_TABLE_NAME: text, REPORT_BUCKET: text });

const sweepStartSettings = () => sweepSettings().extend({ SWEEP_QUEUE_URL: text });

const notifySettings = () =>
  z.object({
    TABLE_NAME: text,
    NOTICES_TABLE_NAME: text,
    NOTICE_QUEUE_URL: text,
    TOPIC_ARN: text,
    STACK_NAME: text,
    DOCS_URL: z.string().prefault(''),
  });

const announceSettings = () => z.object({ BUS_NAME: text, STACK_NAME: text });

const eventSettings = () =>
  tableSettings().extend({
    CUT_OFF_QUEUE_URL: text,
    DEAD_LETTER_QUEUE_URL: text,
    RECONCILE_ROLE_ARN: text,
    MEMBER_ROLE_PREFIX: optionalText.prefault(''),
  });

const apiSettings = () =>
  tableSettings().extend({
    SWEEP_TABLE_NAME: text,
    SWEEP_FUNCTION: text,
    REPORT_FUNCTION: text,
    KILL_SWITCH_PARAMETER: text,
  });

const ruleSettings = () =>
  z.object({
    INSTALLATION: installationSetting,
    ALLOWED_ZONES: list.refine((zones) => zones.length > 0, 'names no hosted zone'),
    ALLOWED_NAMES: list.refine((names) => names.length > 0, 'names no domain name pattern'),
    CLAIMABLE_NAMES: list.prefault(''),
    ADOPT_ALLOWED: z.stringbool({ truthy: ['true'], falsy: ['false'] }).prefault('false'),
    ALLOWED_VPCS: list.prefault(''),
    VPC_ID: optionalText.prefault(''),
    ENDPOINT_SUBNET_IDS: list.default([]),
    ENDPOINT_SECURITY_GROUP_IDS: list.default([]),
    DETACH_GRACE: duration.prefault('24h'),
    ON_DETACH: z.enum(['keep-private', 'restore-public']).default('keep-private'),
    ON_DELETE_ATTEMPT: z.enum(deleteAttempts).default('report'),
    ALIAS_STRATEGY: z.enum(aliasStrategies).default('auto'),
    CUTOVER: z.enum(cutovers).default('auto'),
    CUTOVER_DEADLINE: duration.prefault('7d'),
    ZONE_ROLE_ARN: optionalText.prefault(''),
    ZONE_ROLE_ZONES: list.prefault(''),
    ZONE_ROLE_EXTERNAL_ID: optionalText.prefault(''),
    UNOBSERVABLE_GRACE: duration.prefault('5m'),
    /** USD per endpoint network interface and hour: 0.014 in Tokyo, 2022 (docs/facts.md#endpoint-price). */
    ENDPOINT_HOURLY_PRICE: z.coerce.number().nonnegative().default(0.014),
    PROBE_FUNCTION: optionalText.prefault(''),
    PROBE_VPC_ID: optionalText.prefault(''),
    AWS_REGION: optionalText.prefault(''),
    HUB_ACCOUNT: optionalText.prefault(''),
    CLAIMS_TABLE_NAME: optionalText.prefault(''),
    MEMBER_ROLE_PREFIX: optionalText.prefault(''),
    MEMBER_EXTERNAL_ID: optionalText.prefault(''),
    RATES_TABLE_NAME: optionalText.prefault(''),
    /** docs/facts.md#route-53-request-rates */
    ROUTE53_RATE: z.coerce.number().positive().max(100).default(5),
  });

const reconcileSettings = () =>
  tableSettings().extend({
    CLAIMS_TABLE_NAME: text,
    KILL_SWITCH_PARAMETER: text,
    HUB_ACCOUNT: text,
    AWS_REGION: text,
  });

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TableSettings {
  readonly tableName: string;
  readonly queueUrl: string;
}

/** What receives events. */
export interface EventSettings extends TableSettings {
  /** The queue of messages about services that are cut off. */
  readonly cutOffQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Whether the role is one that reconciles, in the hub or in a member account. */
  isOwnRole(roleArn: string): boolean;
}

/** How other accounts than the hub's own are reached. */
export interface Membership {
  /** The account the functions run in: there they use their own role. */
  readonly hubAccount: string;
  /** The roles are named `<prefix>-read`, `<prefix>-write` and `<prefix>-tag`. */
  readonly rolePrefix: string;
  readonly externalId: string | undefined;
}

/** What the functions together may ask of AWS. */
export interface RateSettings {
  /** The table of the lines of calls; unknown where there is no stack. */
  readonly ratesTableName: string | undefined;
  /** Route 53 calls per second, in each account. */
  readonly route53Rate: number;
}

export interface RuleSettings extends StackRules, RateSettings {
  /** Account (12 digits) and region of the stack; unknown outside of a function of the stack. */
  readonly hub: Hub;
  readonly parameters: PolicyParameters;
  /** The table of the claims; unknown where there is no stack. */
  readonly claimsTableName: string | undefined;
  /** How other accounts are reached; `undefined`: with the current credentials. */
  readonly membership: Membership | undefined;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseTableSettings(environment: Environment): TableSettings {
  const { TABLE_NAME, QUEUE_URL } = parse(tableSettings(), environment);
  return { tableName: TABLE_NAME, queueUrl: QUEUE_URL };
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseEventSettings(environment: Environment): EventSettings {
  // All at once, so that the error names the variables of both.
  const { CUT_OFF_QUEUE_URL, DEAD_LETTER_QUEUE_URL, RECONCILE_ROLE_ARN, MEMBER_ROLE_PREFIX } = parse(
    eventSettings(),
    environment,
  );
  return {
    ...parseTableSettings(environment),
    cutOffQueueUrl: CUT_OFF_QUEUE_URL,
    deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL,
    isOwnRole: (arn) =>
      arn === RECONCILE_ROLE_ARN ||
      (MEMBER_ROLE_PREFIX !== undefined && arn.endsWith(`:role/${MEMBER_ROLE_PREFIX}-write`)),
  };
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseAnnounceSettings(environment: Environment): { readonly busName: string; readonly stack: string } {
  const { BUS_NAME, STACK_NAME } = parse(announceSettings(), environment);
  return { busName: BUS_NAME, stack: STACK_NAME };
}

export interface NotifySettings {
  /** The table of the rows. */
  readonly tableName: string;
  readonly noticesTableName: string;
  /** The function's own queue, in which findings wait. */
  readonly queueUrl: string;
  readonly topicArn: string;
  readonly stack: string;
  /** Without a final slash; empty: none. */
  readonly docsUrl: string;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseNotifySettings(environment: Environment): NotifySettings {
  const set = parse(notifySettings(), environment);
  return {
    tableName: set.TABLE_NAME,
    noticesTableName: set.NOTICES_TABLE_NAME,
    queueUrl: set.NOTICE_QUEUE_URL,
    topicArn: set.TOPIC_ARN,
    stack: set.STACK_NAME,
    docsUrl: set.DOCS_URL.replace(/\/+$/, ''),
  };
}

/** The settings to read with, and those of the API itself. */
export interface ApiSettings extends RuleSettings, TableSettings {
  readonly sweepTableName: string;
  /** Name of the function that begins sweeps. */
  readonly sweepFunction: string;
  /** Name of the function that says where reports are. */
  readonly reportFunction: string;
  /** Name of the SSM parameter that stops what reconciliations write. */
  readonly killSwitchParameter: string;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseApiSettings(environment: Environment): ApiSettings {
  const { SWEEP_TABLE_NAME, SWEEP_FUNCTION, REPORT_FUNCTION, KILL_SWITCH_PARAMETER } = parse(
    apiSettings(),
    environment,
  );
  return {
    ...parseRuleSettings(environment),
    ...parseTableSettings(environment),
    sweepTableName: SWEEP_TABLE_NAME,
    sweepFunction: SWEEP_FUNCTION,
    reportFunction: REPORT_FUNCTION,
    killSwitchParameter: KILL_SWITCH_PARAMETER,
  };
}

export interface SweepSettings extends TableSettings {
  /** The table of the sweeps. */
  readonly sweepTableName: string;
  /** The queue of the reports to write. */
  readonly reportQueueUrl: string;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseSweepSettings(environment: Environment): SweepSettings {
  const { SWEEP_TABLE_NAME, REPORT_QUEUE_URL } = parse(sweepSettings(), environment);
  return {
    ...parseTableSettings(environment),
    sweepTableName: SWEEP_TABLE_NAME,
    reportQueueUrl: REPORT_QUEUE_URL,
  };
}

export interface ReportSettings {
  readonly tableName: string;
  readonly sweepTableName: string;
  /** Name of the bucket of the reports. */
  readonly reportBucket: string;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseReportSettings(environment: Environment): ReportSettings {
  const { TABLE_NAME, SWEEP_TABLE_NAME, REPORT_BUCKET } = parse(reportSettings(), environment);
  return { tableName: TABLE_NAME, sweepTableName: SWEEP_TABLE_NAME, reportBucket: REPORT_BUCKET };
}

export interface SweepStartSettings extends SweepSettings {
  /** The queue of a sweep's targets. */
  readonly sweepQueueUrl: string;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseSweepStartSettings(environment: Environment): SweepStartSettings {
  const { SWEEP_QUEUE_URL } = parse(sweepStartSettings(), environment);
  return { ...parseSweepSettings(environment), sweepQueueUrl: SWEEP_QUEUE_URL };
}

/** What writes does so only under a kill switch, and as the account it is in. */
export interface ReconcileSettings extends RuleSettings, TableSettings {
  readonly claimsTableName: string;
  /** Name of the SSM parameter that switches the whole installation to audit. */
  readonly killSwitchParameter: string;
}

/** @throws SettingsError naming every variable that is missing or malformed. */
export function parseReconcileSettings(environment: Environment): ReconcileSettings {
  const { KILL_SWITCH_PARAMETER, CLAIMS_TABLE_NAME } = parse(reconcileSettings(), environment);
  return {
    ...parseRuleSettings(environment),
    ...parseTableSettings(environment),
    claimsTableName: CLAIMS_TABLE_NAME,
    killSwitchParameter: KILL_SWITCH_PARAMETER,
  };
}

/**
 * @param records packaged with the function, in the place of variables
 * @throws SettingsError naming every variable that is missing or malformed.
 */
export function parseRuleSettings(environment: Environment, records = readPackagedRecords()): RuleSettings {
  const set = parse(ruleSettings(), { ...environment, ...(records === undefined ? {} : listVariables(records)) });
  return {
    ...set.INSTALLATION,
    claimsTableName: set.CLAIMS_TABLE_NAME,
    ratesTableName: set.RATES_TABLE_NAME,
    route53Rate: set.ROUTE53_RATE,
    hub: { account: set.HUB_ACCOUNT, region: set.AWS_REGION },
    parameters: {
      allowedZones: set.ALLOWED_ZONES.map(zoneId),
      allowedNames: set.ALLOWED_NAMES.map(normalizeName),
      claimableNames: set.CLAIMABLE_NAMES.map(normalizeName),
      adoptAllowed: set.ADOPT_ALLOWED,
      allowedVpcs: set.ALLOWED_VPCS,
      vpcId: set.VPC_ID,
      subnetIds: set.ENDPOINT_SUBNET_IDS,
      securityGroupIds: set.ENDPOINT_SECURITY_GROUP_IDS,
      zoneRoles:
        set.ZONE_ROLE_ARN === undefined
          ? []
          : [
              {
                arn: set.ZONE_ROLE_ARN,
                zoneIds: set.ZONE_ROLE_ZONES.map(zoneId),
                externalId: set.ZONE_ROLE_EXTERNAL_ID,
              },
            ],
      probe:
        set.PROBE_FUNCTION === undefined || set.PROBE_VPC_ID === undefined
          ? undefined
          : { functionName: set.PROBE_FUNCTION, vpcId: set.PROBE_VPC_ID },
    },
    detachGrace: set.DETACH_GRACE,
    onDetach: set.ON_DETACH,
    onDeleteAttempt: set.ON_DELETE_ATTEMPT,
    aliasStrategy: set.ALIAS_STRATEGY,
    cutover: set.CUTOVER,
    cutoverDeadline: set.CUTOVER_DEADLINE,
    unobservableGrace: set.UNOBSERVABLE_GRACE,
    endpointHourlyPrice: set.ENDPOINT_HOURLY_PRICE,
    membership:
      set.HUB_ACCOUNT === undefined || set.MEMBER_ROLE_PREFIX === undefined
        ? undefined
        : { hubAccount: set.HUB_ACCOUNT, rolePrefix: set.MEMBER_ROLE_PREFIX, externalId: set.MEMBER_EXTERNAL_ID },
  };
}

const listVariables = ({ zones, names, zoneRoleZones }: PackagedRecords): Environment => ({
  ALLOWED_ZONES: zones.join(','),
  ALLOWED_NAMES: names.join(','),
  ZONE_ROLE_ZONES: zoneRoleZones.join(','),
});

/** The SDK returns ids with this prefix, so people copy it along. */
function zoneId(id: string): string {
  return id.replace(/^\/hostedzone\//, '');
}

function parse<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return environment[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  throw new SettingsError(
    `Settings of this function are wrong: ${problems.join('; ')}. They come from the stack's parameters.`,
  );
}
