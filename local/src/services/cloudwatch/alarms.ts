import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { Sender } from '../eventbridge/targets.ts';
import { type Metrics, type Statistic, statisticOf, statistics, summary } from './metrics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Documented: how an alarm takes periods without data. */
export const missingDataTreatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
export type MissingData = (typeof missingDataTreatments)[number];

const comparisons: Readonly<
  Record<string, { readonly words: string; breaches(value: number, threshold: number): boolean }>
> = {
  GreaterThanThreshold: { words: 'greater than', breaches: (value, threshold) => value > threshold },
  GreaterThanOrEqualToThreshold: {
    words: 'greater than or equal to',
    breaches: (value, threshold) => value >= threshold,
  },
  LessThanThreshold: { words: 'less than', breaches: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold: { words: 'less than or equal to', breaches: (value, threshold) => value <= threshold },
};

export interface Alarm {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: string;
  readonly missingData: MissingData;
  readonly actionsEnabled: boolean;
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  readonly configuredAt: number;
  state: AlarmState;
  reason: string;
  /** When the state last changed. */
  stateSince: number;
}

export interface HistoryItem {
  readonly alarm: string;
  readonly account: string;
  readonly region: string;
  readonly at: number;
  readonly kind: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
}

export type Publish = (
  topicArn: string,
  notification: {
    readonly subject: string;
    readonly message: string;
    readonly attributes: Readonly<Record<string, never>>;
  },
  sender: Sender,
) => void;

const MINUTE = 60;
const MINUTE_MS = MINUTE * 1000;
/** Documented: more periods than are asked for are read, so that late data counts; how many is not said (inferred). */
const EXTRA_PERIODS = 2;
/** Documented: a day of evaluation periods at most, a week for periods of an hour and more. */
const LONGEST_SECONDS = 86_400;
const LONGEST_OF_HOURS_SECONDS = 604_800;
const HISTORY = 1000;

/**
 * Metric alarms, evaluated once a minute (inferred for periods of more than a minute: over the periods that end with the last
 * full minute). Nothing is scheduled while no evaluation can change a state.
 */
export class Alarms {
  readonly #world: World;
  readonly #metrics: Metrics;
  readonly #alarms = new Map<string, Alarm>();
  readonly #history: HistoryItem[] = [];
  readonly #publish: Publish;
  /** Measures what has to be looked at, just before each evaluation. @returns whether there is something to go on looking at. */
  readonly #sample: () => boolean;
  #scheduled = false;

  constructor(world: World, metrics: Metrics, parts: { readonly publish: Publish; sample(): boolean }) {
    this.#world = world;
    this.#metrics = metrics;
    this.#publish = parts.publish;
    this.#sample = parts.sample;
    metrics.onDatum(() => this.wake());
  }

  in(account: string, region: string): readonly Alarm[] {
    return [...this.#alarms.values()].filter((alarm) => alarm.account === account && alarm.region === region);
  }

  find(account: string, region: string, name: string): Alarm | undefined {
    return this.#alarms.get(`${account}/${region}/${name}`);
  }

  /** Makes or replaces an alarm; its state stays (documented: "the alarm's previous state is left unchanged"). @throws AwsError */
  put(account: string, region: string, input: PutMetricAlarmCommandInput): Alarm {
    const settings = settingsOf(input);
    const key = `${account}/${region}/${settings.name}`;
    const before = this.#alarms.get(key);
    const now = this.#world.clock.now();
    const alarm: Alarm = {
      ...settings,
      account,
      region,
      arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${settings.name}`,
      configuredAt: now,
      state: before?.state ?? 'INSUFFICIENT_DATA',
      reason: before?.reason ?? 'Unchecked: Initial alarm creation',
      stateSince: before?.stateSince ?? now,
    };
    this.#alarms.set(key, alarm);
    const what = before === undefined ? 'created' : 'updated';
    this.#note(alarm, 'ConfigurationUpdate', `Alarm "${alarm.name}" ${what}`);
    this.wake();
    return alarm;
  }

  delete({ account, region, name }: Alarm): void {
    this.#alarms.delete(`${account}/${region}/${name}`);
  }

  setState(alarm: Alarm, state: AlarmState, reason: string): void {
    this.#change(alarm, state, reason);
    this.wake();
  }

  history(account: string, region: string): readonly HistoryItem[] {
    return this.#history.filter((item) => item.account === account && item.region === region);
  }

  /** Something may have changed: evaluates at the next full minute. */
  wake(): void {
    if (this.#scheduled || this.#alarms.size === 0) return;
    this.#scheduled = true;
    const { clock } = this.#world;
    clock.schedule(MINUTE_MS - (clock.now() % MINUTE_MS), () => {
      // What is measured here is no reason to come again.
      const hasMore = this.#sample();
      const open = [...this.#alarms.values()].map((alarm) => this.#evaluate(alarm));
      this.#scheduled = false;
      if (hasMore || open.includes(true)) this.wake();
    });
  }

  /** @returns whether a later evaluation may come to another result without new data. */
  #evaluate(alarm: Alarm): boolean {
    const period = alarm.period * 1000;
    const end = Math.floor(this.#world.clock.now() / MINUTE_MS) * MINUTE_MS;
    const metric = this.#metrics.find({ ...alarm, name: alarm.metricName });
    const values: (number | undefined)[] = [];
    for (let index = 0; index < alarm.evaluationPeriods + EXTRA_PERIODS; index++) {
      const datum = summary(metric, end - (index + 1) * period, end - index * period);
      values.push(datum === undefined ? undefined : statisticOf(datum, alarm.statistic));
    }
    const state = evaluate(values, alarm);
    if (state !== undefined && state !== alarm.state) this.#change(alarm, state, reasonOf(values, alarm));
    const oldest = end - (alarm.evaluationPeriods + EXTRA_PERIODS + 1) * period;
    return (metric?.data.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= oldest;
  }

  #change(alarm: Alarm, state: AlarmState, reason: string): void {
    const before = alarm.state;
    const at = this.#world.clock.now();
    alarm.state = state;
    alarm.reason = reason;
    alarm.stateSince = at;
    this.#note(alarm, 'StateUpdate', `Alarm updated from ${before} to ${state}`);
    if (!alarm.actionsEnabled) return;
    for (const action of alarm.actions[state]) {
      const subject = `${state}: "${alarm.name}" in ${alarm.region}`.slice(0, 100);
      const message = JSON.stringify(notificationOf(alarm, before, at));
      const sender = { service: 'cloudwatch.amazonaws.com', sourceArn: alarm.arn, sourceAccount: alarm.account };
      try {
        this.#publish(action, { subject, message, attributes: {} }, sender);
        this.#note(alarm, 'Action', `Successfully executed action ${action}`);
      } catch (error) {
        this.#note(alarm, 'Action', `Failed to execute action ${action}. Received error: "${String(error)}"`);
      }
    }
  }

  #note({ account, region, name }: Alarm, kind: HistoryItem['kind'], text: string): void {
    this.#history.unshift({ alarm: name, account, region, at: this.#world.clock.now(), kind, summary: text });
    this.#history.splice(HISTORY);
  }
}

/**
 * The state that the values of the periods lead to, the newest first (documented: "How alarm state is evaluated when data is
 * missing"). As many values as are asked for: the newest of them count. Fewer: those that are missing are filled in.
 * @returns `undefined`: the state stays.
 */
export function evaluate(
  values: readonly (number | undefined)[],
  alarm: Pick<Alarm, 'evaluationPeriods' | 'datapointsToAlarm' | 'threshold' | 'comparison' | 'missingData'>,
): AlarmState | undefined {
  const { evaluationPeriods, datapointsToAlarm, missingData } = alarm;
  const breaches = (value: number) => comparisons[alarm.comparison]?.breaches(value, alarm.threshold) ?? false;
  const existing = values.filter((value) => value !== undefined);
  const breaching = existing.slice(0, evaluationPeriods).filter(breaches).length;
  if (existing.length >= evaluationPeriods) return breaching >= datapointsToAlarm ? 'ALARM' : 'OK';
  const filled = evaluationPeriods - existing.length;
  switch (missingData) {
    case 'breaching':
      return breaching + filled >= datapointsToAlarm ? 'ALARM' : 'OK';
    case 'notBreaching':
      return breaching >= datapointsToAlarm ? 'ALARM' : 'OK';
    case 'ignore':
      return breaching >= datapointsToAlarm ? 'ALARM' : undefined;
    case 'missing':
      if (existing.length === 0) return 'INSUFFICIENT_DATA';
      return breaching >= Math.min(datapointsToAlarm, existing.length) ? 'ALARM' : 'OK';
  }
}

function reasonOf(values: readonly (number | undefined)[], alarm: Alarm): string {
  const { threshold, evaluationPeriods } = alarm;
  const existing = values.filter((value) => value !== undefined).slice(0, evaluationPeriods);
  if (existing.length === 0) {
    const treated = alarm.missingData === 'missing' ? '' : ` and were treated as [${alarm.missingData}]`;
    return `Threshold Crossed: no datapoints were received for ${evaluationPeriods} period${evaluationPeriods === 1 ? '' : 's'}${treated}.`;
  }
  const words = comparisons[alarm.comparison]?.words ?? '';
  const list = existing.map((value) => value.toFixed(1)).join(', ');
  const verb = evaluate(values, alarm) === 'ALARM' ? 'was' : 'was not';
  return `Threshold Crossed: ${existing.length} datapoint${existing.length === 1 ? '' : 's'} [${list}] ${verb} ${words} the threshold (${threshold.toFixed(1)}).`;
}

/** Documented: the JSON that SNS gets ("Alarm SNS notification"). */
function notificationOf(alarm: Alarm, before: AlarmState, at: number): object {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: alarm.account,
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: new Date(at).toISOString().replace('Z', '+0000'),
    Region: alarm.region,
    AlarmArn: alarm.arn,
    OldStateValue: before,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    Trigger: {
      MetricName: alarm.metricName,
      Namespace: alarm.namespace,
      StatisticType: 'Statistic',
      Statistic: alarm.statistic.toUpperCase(),
      Unit: null,
      Dimensions: Object.entries(alarm.dimensions).map(([name, value]) => ({ value, name })),
      Period: alarm.period,
      EvaluationPeriods: alarm.evaluationPeriods,
      DatapointsToAlarm: alarm.datapointsToAlarm,
      ComparisonOperator: alarm.comparison,
      Threshold: alarm.threshold,
      TreatMissingData: alarm.missingData,
      EvaluateLowSampleCountPercentile: '',
    },
  };
}

const refuse = (message: string): AwsError => new AwsError('ValidationError', message);

type Settings = Omit<Alarm, 'account' | 'region' | 'arn' | 'configuredAt' | 'state' | 'reason' | 'stateSince'>;

/** @throws AwsError ValidationError, NotImplemented */
function settingsOf(input: PutMetricAlarmCommandInput): Settings {
  const {
    AlarmName: name = '',
    MetricName: metricName,
    Namespace: namespace,
    Statistic: statistic,
    Period: period,
  } = input;
  const {
    EvaluationPeriods: evaluationPeriods = 0,
    Threshold: threshold,
    TreatMissingData: missingData = 'missing',
  } = input;
  const { ComparisonOperator: comparison = '', DatapointsToAlarm: datapointsToAlarm = evaluationPeriods } = input;
  const unsupported = (
    ['Metrics', 'ExtendedStatistic', 'ThresholdMetricId', 'EvaluateLowSampleCountPercentile'] as const
  ).filter((member) => input[member] !== undefined);
  if (unsupported.length > 0) {
    const message = `${unsupported.join(', ')} of an alarm: not implemented by the embedded cloud`;
    throw new AwsError('NotImplemented', message, { status: 501 });
  }
  if (metricName === undefined || namespace === undefined || statistic === undefined || period === undefined)
    throw refuse('MetricName, Namespace, Statistic and Period are required for alarms on a single metric');
  if (threshold === undefined) throw refuse('Threshold is required for alarms on a single metric');
  if (!(period === 10 || period === 20 || period === 30 || period % MINUTE === 0) || period <= 0)
    throw refuse('Period must be 10, 20, 30 or a multiple of 60');
  if (evaluationPeriods < 1) throw refuse('EvaluationPeriods must be at least 1');
  if (datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods)
    throw refuse('DatapointsToAlarm must be between 1 and EvaluationPeriods');
  const longest = period >= 3600 ? LONGEST_OF_HOURS_SECONDS : LONGEST_SECONDS;
  if (period * evaluationPeriods > longest)
    throw refuse(
      `Metrics cannot be checked across more than ${longest / 86_400} day(s) (EvaluationPeriods * Period must be <= ${longest}).`,
    );
  const treatment = missingDataTreatments.find((known) => known === missingData);
  if (treatment === undefined)
    throw refuse(`TreatMissingData must be one of ${missingDataTreatments.join(', ')}, not ${missingData}`);
  const known = statistics.find((one) => one === statistic);
  if (known === undefined || comparisons[comparison] === undefined)
    throw refuse(`Statistic ${statistic} with ${comparison} is not valid for a single metric`);
  const actions = {
    OK: input.OKActions ?? [],
    ALARM: input.AlarmActions ?? [],
    INSUFFICIENT_DATA: input.InsufficientDataActions ?? [],
  };
  for (const action of Object.values(actions).flat())
    if (!/^arn:[^:]+:sns:[^:]+:\d{12}:.+$/.test(action))
      throw refuse(`Invalid arn syntax: ${action} (the embedded cloud has SNS topics as actions)`);
  return {
    name,
    description: input.AlarmDescription,
    namespace,
    metricName,
    dimensions: Object.fromEntries((input.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value])),
    statistic: known,
    period,
    evaluationPeriods,
    datapointsToAlarm,
    threshold,
    comparison,
    missingData: treatment,
    actionsEnabled: input.ActionsEnabled ?? true,
    actions,
  };
}
