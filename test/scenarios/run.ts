import { ACCOUNT } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { HELLO_IMAGE } from 'apprunner-embedded-cloud/hello-service';
import { routes } from '../../shared/api/routes.ts';
import { parseDuration } from '../../shared/duration.ts';
import type { FindingCode } from '../../shared/findings.ts';
import { customDomainsOf, describeCustomDomains } from '../../shared/observe/domains.ts';
import { normalizeName } from '../../shared/records/names.ts';
import type { ServiceRow } from '../../shared/state/row.ts';
import { answerOf, pathOf } from '../api/caller.ts';
import { functionArn, Installation } from '../installation/installation.ts';
import { calls } from './calls.ts';
import { check } from './expectations.ts';
import { explained } from './explained.ts';
import type { Scenario, ScenarioWorld, Step, Time } from './scenario.ts';
import { Stage } from './stage.ts';
import { DOMAIN, TAGS } from './vocabulary.ts';

/** How long something may take to come about, unless a step says otherwise. */
const WITHIN: Time = '10m';
/** Milliseconds until an event has led to a pass. */
const HEARD = 1_200;

/**
 * Plays one scenario in one world:
 *
 *     given → steps → explained → (its findings open?) remedy (its findings closed?) → …
 *
 * @throws Error that names the step and tells the row's timeline.
 */
export async function play(scenario: Scenario, { switches, probe, parameters, readLag }: ScenarioWorld): Promise<void> {
  const world = await Installation.start({
    ...(switches === undefined ? {} : { switches }),
    ...(probe === undefined ? {} : { probe }),
    ...(parameters === undefined ? {} : { parameters }),
    zones: scenario.zones ?? [],
    ...(readLag === undefined ? {} : { readLag: milliseconds(readLag) }),
  });
  try {
    const stage = new Stage(world);
    for (const [index, { as }] of (scenario.zones ?? []).entries()) stage.give(as, world.zoneIds[index] ?? '');
    await takeAll(stage, 'given', givens[scenario.given]);
    await takeAll(stage, 'step', scenario.steps);
    await withContext(stage, 'the explanation', async () => {
      await explained(stage, stage.service());
    });
    for (const { closes, steps } of scenario.remedies ?? []) {
      const codes = [closes].flat().join(', ');
      await withContext(stage, `before the remedy of ${codes}`, () => demand(stage, [closes].flat(), 'open'));
      await takeAll(stage, `remedy of ${codes}, step`, steps);
      await withContext(stage, `after the remedy of ${codes}`, () => demand(stage, [closes].flat(), 'closed'));
    }
    const complaints = world.log.filter(
      (line) => !(scenario.reconciliationsFail && line.startsWith('reconciliation failed')),
    );
    if (complaints.length > 0) throw new Error(`the functions or the cloud complained:\n${complaints.join('\n')}`);
  } finally {
    await world.stop();
  }
}

export const givens: Readonly<Record<Scenario['given'], readonly Step[]>> = {
  nothing: [],
  'a ready service': [
    { do: 'create-service', name: 'hello', tags: TAGS },
    { do: 'until', phase: ['ready', 'ready-unverified'] },
    { do: 'expect', vpcAnswers: { [DOMAIN]: 'endpoint' }, https: { [DOMAIN]: 200 } },
    { do: 'advance', time: '1m' },
  ],
};

/** @throws Error that names the step and tells the row's timeline. */
export async function takeAll(stage: Stage, what: string, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    await withContext(stage, `${what} ${index + 1}, ${JSON.stringify(step)}`, () => take(stage, step));
  }
}

/** Adds to a failure where in the scenario it happened, and what the product recorded. */
async function withContext(stage: Stage, where: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const rows = await Promise.all([...stage.services.values()].map((arn) => stage.world.row(arn)));
    const reason = error instanceof Error ? error.message : String(error);
    const log = stage.world.log.map((line) => `${line.slice(0, 200)}\n`).join('');
    // Without the cause: the runner would print it all once more.
    throw new Error(`${where}:\n${reason}\n${rows.map(rowText).join('\n')}${log}`);
  }
}

function rowText(row: ServiceRow | undefined): string {
  if (row === undefined) return '(no row)';
  const time = (at: number) => new Date(at).toISOString().slice(5, 19);
  return [
    `${row.serviceArn}: ${row.phase}`,
    ...row.timeline.map(({ at, text }) => `  ${time(at)} ${text}`),
    ...row.waits.map(({ why, since }) => `  waits since ${time(since)}: ${why}`),
    ...row.findings.map(({ code, message }) => `  finding ${code}: ${message}`),
    '',
  ].join('\n');
}

async function demand(stage: Stage, codes: readonly FindingCode[], wanted: 'open' | 'closed'): Promise<void> {
  const rows = await Promise.all([...stage.services.values()].map((arn) => stage.world.row(arn)));
  const open = rows.flatMap((row) => row?.findings ?? []);
  for (const code of codes) {
    const is = open.some((finding) => finding.code === code) ? 'open' : 'closed';
    if (is !== wanted) throw new Error(`the finding ${code} is ${is}`);
  }
}

function milliseconds(time: Time): number {
  const duration = parseDuration(time);
  if (duration === undefined) throw new Error(`"${time}" is not a time`);
  return duration;
}

async function take(stage: Stage, step: Step): Promise<void> {
  const { world } = stage;
  switch (step.do) {
    case 'call':
      return call(stage, step);
    case 'create-service': {
      const name = step.name ?? 'hello';
      const { Service } = await calls.CreateService(world, {
        ServiceName: name,
        SourceConfiguration: HELLO_IMAGE,
        Tags: Object.entries(await stage.fill(step.tags ?? {})).map(([Key, Value]) => ({ Key, Value })),
        ...(await stage.fill(step.input ?? {})),
      });
      stage.services.set(name, Service?.ServiceArn ?? '');
      return;
    }
    case 'tag':
      return world.tag(stage.service(step.service), await stage.fill(step.tags));
    case 'untag':
      return world.untag(stage.service(step.service), ...step.keys);
    case 'put-record':
      return world.change(stage.zone(step.zone), {
        Action: 'UPSERT',
        ResourceRecordSet: await stage.fill(step.record),
      });
    case 'delete-record':
      return deleteRecord(stage, await stage.fill(step));
    case 'validate': {
      const described = await describeCustomDomains(world.appRunner, stage.service(step.service));
      const { associations } = customDomainsOf(described, undefined);
      for (const { name: Name, value: Value } of Object.values(associations).flatMap(({ validation }) => validation)) {
        const record = { Name, Type: 'CNAME' as const, TTL: 300, ResourceRecords: [{ Value }] };
        await world.change(stage.zone('public'), { Action: 'UPSERT', ResourceRecordSet: record });
      }
      return;
    }
    case 'configure': {
      const fn = world.cloud.lambda.get(functionArn('reconcile'));
      // The record is the cloud's own: what UpdateFunctionConfiguration would write.
      Object.assign(fn.environment, await stage.fill(step.environment));
      return;
    }
    case 'policy':
      return world.deployPolicy(await stage.fill(step.says));
    case 'kill-switch':
      return world.setKillSwitch(step.to);
    case 'row':
      return step.becomes === 'damaged'
        ? world.damageRow(stage.service(step.service))
        : world.deleteRow(stage.service(step.service));
    case 'events':
      return stage.events.become(step.are, step.by === undefined ? 0 : milliseconds(step.by));
    case 'deliver-reversed':
      return stage.events.deliverReversed();
    case 'request-reconciliation': {
      const target = `${pathOf(stage.service(step.service))}/reconcile`;
      await answerOf(routes.reconcileService, world, { target });
      return;
    }
    case 'enqueue':
      return world.enqueue(stage.service(step.service), step.times);
    case 'break': {
      const { operation, about, error, message = `${operation} is broken`, times } = step;
      const status = error.startsWith('Internal') || error.startsWith('Service') ? 500 : 400;
      return stage.faults.break(operation, new AwsError(error, message, { status }), {
        ...(times === undefined ? {} : { times }),
        ...(about === undefined ? {} : { about }),
      });
    }
    case 'mend':
      return stage.faults.mend(step.operation);
    case 'fail-next':
      for (let time = 0; time < (step.times ?? 1); time++) {
        if (step.what === 'endpoint-creation') world.cloud.ec2.failNext(step.what);
        else world.cloud.appRunner.failNext(step.what);
      }
      return;
    case 'crash':
      return stage.faults.crashAfter(step.after);
    case 'endpoint-becomes':
      return world.cloud.ec2.forceEndpointState(await stage.fill('{endpoint}'), step.state);
    case 'offer-zones':
      return world.cloud.ec2.offerZones('com.amazonaws.ap-northeast-1.apprunner.requests', step.zones);
    case 'share-vpc':
      return world.cloud.ec2.shareVpc(await stage.fill(step.vpc), ACCOUNT);
    case 'advance':
      return world.clock.advance(milliseconds(step.time));
    case 'until':
      return until(stage, step);
    case 'sweep':
      return world.sweep();
    case 'count-calls':
      stage.counter?.stop();
      stage.counter = world.countProductCalls();
      return;
    case 'expect':
      return check(stage, step);
  }
}

async function until(
  stage: Stage,
  { service, phase, within = WITHIN }: Step & { readonly do: 'until' },
): Promise<void> {
  const wanted = [phase].flat();
  const { clock } = stage.world;
  // What was done just now has to be heard of first, or the phase of before would do.
  await clock.advance(HEARD);
  await clock.advanceUntil(async () => {
    const row = await stage.world.row(stage.service(service));
    return row?.phase !== undefined && wanted.includes(row.phase);
  }, milliseconds(within));
}

async function call(stage: Stage, step: Step & { readonly do: 'call' }): Promise<void> {
  const { operation, account, as = {}, refused } = step;
  // Operation and input belong together by the type of the step; that is lost where the table is looked up.
  const send = calls[operation] as (clients: unknown, input: unknown) => Promise<object>;
  let answer: object;
  try {
    answer = await send(stage.clientsOf(account), await stage.fill(step.input));
  } catch (error) {
    if (refused !== undefined && error instanceof Error && `${error.name}: ${error.message}`.includes(refused)) return;
    throw error;
  }
  if (refused !== undefined) throw new Error(`${operation} was not refused with "${refused}"`);
  for (const [name, path] of Object.entries(as)) {
    const value = path.split('.').reduce<unknown>(member, answer);
    if (typeof value !== 'string') throw new Error(`the answer to ${operation} has no ${path}`);
    stage.give(name, value.replace('/hostedzone/', ''));
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

async function deleteRecord(
  stage: Stage,
  { zone, name, type }: Step & { readonly do: 'delete-record' },
): Promise<void> {
  const zoneId = stage.zone(zone);
  const standing = (await stage.world.allRecords(zoneId)).filter(({ Name = '', Type, ResourceRecords = [] }) =>
    type === 'validation'
      ? Name.endsWith(`.${name}.`) && ResourceRecords.some(({ Value = '' }) => Value.endsWith('.acm-validations.aws.'))
      : normalizeName(Name) === name && Type === type,
  );
  if (standing.length === 0) throw new Error(`no record ${type} ${name} stands in the zone ${zone}`);
  for (const ResourceRecordSet of standing) await stage.world.change(zoneId, { Action: 'DELETE', ResourceRecordSet });
}
