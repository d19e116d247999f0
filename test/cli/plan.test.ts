import { DeleteServiceCommand } from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Installation } from '../installation/installation.ts';
import { ADDRESSES, DOMAIN, readyService, start, TAGS } from '../installation/worlds.ts';
import { planHere, planIn } from './embedded.ts';

/** The parts of `--json` that people get as text too. */
const explanationSchema = z.object({
  arn: z.string(),
  settingsFrom: z.string(),
  service: z.object({ status: z.string(), visibility: z.string().optional() }),
  desired: z.looseObject({ kind: z.string() }),
  phase: z.string(),
  actions: z.array(z.object({ description: z.string(), why: z.string(), action: z.looseObject({ kind: z.string() }) })),
  waits: z.array(
    z.object({
      what: z.string(),
      subject: z.string(),
      why: z.string(),
      since: z.iso.datetime(),
      atMost: z.iso.datetime(),
    }),
  ),
  findings: z.array(z.looseObject({ code: z.string(), severity: z.string(), message: z.string(), remedy: z.string() })),
  endpoint: z
    .object({
      id: z.string(),
      state: z.string(),
      addresses: z.array(z.string()),
      interfaces: z.number(),
      usdPerInterfaceHour: z.number(),
      usdPerMonth: z.number(),
    })
    .optional(),
  timeline: z.array(z.looseObject({ text: z.string() })),
});
type Explanation = z.infer<typeof explanationSchema>;

/** Plans twice, as JSON and as text, and holds the two against each other and against the wire. */
async function explained(world: Installation, arn: string): Promise<Explanation & { readonly text: string }> {
  const before = await world.row(arn);
  const [json, text] = await Promise.all([planHere(world, [arn, '--json']), planHere(world, [arn])]);
  for (const { code, stderr, stdout, calls } of [json, text]) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
    expect(calls.reads).toBeGreaterThan(0);
    // The probe is invoked, which is a write by its verb only: it has no permission to change anything.
    expect(calls.operations.filter(({ writes }) => writes).filter(({ operation }) => operation !== PROBE)).toEqual([]);
  }
  expect(await world.row(arn)).toEqual(before);
  expect(json.stdout.trimEnd().split('\n')).toHaveLength(1);
  const explanation = explanationSchema.parse(JSON.parse(json.stdout));
  for (const fact of factsOf(explanation)) expect(text.stdout).toContain(fact);
  // A wait of the row. A new wait begins when it is first planned.
  const known = before?.waits.map(({ since }) => new Date(since).toISOString()) ?? [];
  for (const { since, atMost } of explanation.waits.filter((wait) => known.includes(wait.since))) {
    expect(text.stdout).toMatch(new RegExp(`since ${since} \\(.*\\), at most until ${atMost}`));
  }
  return { ...explanation, text: text.stdout };
}

const PROBE = 'lambda:Invoke';

function factsOf({ arn, settingsFrom, service, desired, phase, actions, waits, findings, endpoint }: Explanation) {
  return [
    arn,
    settingsFrom,
    service.status === 'deleted' ? 'deleted' : `${service.status}, ${service.visibility}`,
    // A service that is not managed is in no phase that says anything of it.
    ...(desired.kind === 'unmanaged' ? [] : [phase]),
    ...actions.flatMap(({ description, why }) => [description, why]),
    ...waits.map(({ why }) => why),
    ...findings.flatMap(({ severity, code, message, remedy }) => [`${severity} ${code}: ${message}`, remedy]),
    ...(endpoint === undefined
      ? []
      : [endpoint.id, endpoint.state, ...endpoint.addresses, endpoint.usdPerMonth.toFixed(2)]),
  ];
}

describe('npm run plan', () => {
  test('of a service without the tag: left alone', async () => {
    const world = await start();
    const arn = await world.createService('hello');
    const { desired, actions, waits, findings, text } = await explained(world, arn);
    expect({ kind: desired.kind, actions, waits, findings }).toEqual({
      kind: 'unmanaged',
      actions: [],
      waits: [],
      findings: [],
    });
    expect(text).toContain('not managed: it has no tag');
    expect(text).toMatch(new RegExp(`to manage it +"attach ${arn}.*", or tag it private-ingress=enabled\n`));
    expect(text).not.toContain('detached');
    expect(text).toContain('Nothing to do, nothing to wait for.');
  });

  test('of a service by its name, where it is listed', async () => {
    const world = await start();
    const arn = await world.createService('hello', {});
    await world.createService('other', {});
    const [found, none] = [await planIn(world, ['hello']), await planIn(world, ['hell'])];
    expect({ code: found.code, stderr: found.stderr }).toEqual({ code: 0, stderr: '' });
    expect(found.stdout.startsWith(`${arn}\n`)).toBe(true);
    expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 2, stdout: '' });
    expect(none.stderr).toContain('App Runner lists no service named hell in ap-northeast-1.');
  });

  test('of a service that was just tagged: what would be done first, and what is waited for', async () => {
    const world = await start();
    const arn = await world.createService('hello', TAGS);
    const { phase, desired, actions, waits, timeline, text } = await explained(world, arn);
    expect(phase).toBe('waiting-for-service');
    expect(desired).toMatchObject({ kind: 'private', vpcId: world.network.vpcId, domains: [DOMAIN] });
    expect(actions.map(({ action }) => action.kind)).toEqual(['create-endpoint']);
    expect(waits.map(({ what }) => what)).toEqual(['service']);
    expect(timeline).toEqual([]);
    expect(text).toContain(`private from ${world.network.vpcId}, as ${DOMAIN}`);
    expect(text).toMatch(/^Would be done now\n {2}1\. create the App Runner interface endpoint/m);
    // Nothing came of it: the loop still does it itself.
    await world.until(arn, 'ready');
  });

  test('of a service that becomes ready: since when it waits, until when at most, and what was done', async () => {
    const world = await start();
    const arn = await world.createService('hello', TAGS);
    const row = await world.until(arn, 'waiting-for-service');
    const { phase, actions, waits, timeline, text } = await explained(world, arn);
    expect({ phase, actions }).toEqual({ phase: 'waiting-for-service', actions: [] });
    expect(waits.map(({ what, since }) => ({ what, since }))).toEqual(
      row.waits.map(({ kind, since }) => ({ what: kind, since: new Date(since).toISOString() })),
    );
    expect(waits.map(({ what }) => what)).toContain('service');
    expect(timeline).toEqual(
      row.timeline.map(({ at, text: said }) => ({ at: new Date(at).toISOString(), text: said })),
    );
    expect(text).toMatch(/^Waits for\n {2}– /m);
    expect(text).toMatch(/since 2026-01-01T.* at most until 2026-01-0/);
  });

  test('of a ready service: nothing to do, and what it costs', async () => {
    const { world, arn } = await readyService();
    const { phase, service, actions, waits, findings, endpoint, text } = await explained(world, arn);
    expect({ phase, service, actions, waits, findings }).toEqual({
      phase: 'ready',
      service: { status: 'RUNNING', visibility: 'private' },
      actions: [],
      waits: [],
      findings: [],
    });
    // 2 interfaces × 0.014 USD × 730 hours.
    expect(endpoint).toMatchObject({ state: 'available', interfaces: 2, usdPerMonth: 20.44 });
    expect(endpoint?.addresses.toSorted()).toEqual(ADDRESSES);
    expect(text).toContain('2 interfaces × 0.014 USD/h = 20.44 USD a month for the VPC');
    expect(text).toContain('Nothing to do, nothing to wait for.');
  });

  test('of a ready service that was changed by hand: the repair', async () => {
    const { world, arn } = await readyService();
    const alias = (await world.records(world.network.privateZoneId)).find(({ Type }) => Type === 'A');
    await world.change(world.network.privateZoneId, { Action: 'DELETE', ResourceRecordSet: alias });
    const { actions } = await explained(world, arn);
    expect(actions.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^create A hello\.example\.com/),
    ]);
    expect(world.dig(DOMAIN)).toEqual([]);
  });

  test('of a deleted service: the removal of what is left', async () => {
    const { world, arn } = await readyService({ switches: { deleteServiceWithConnection: 'cascades' } });
    await world.appRunner.send(new DeleteServiceCommand({ ServiceArn: arn }));
    await world.quiet();
    await world.sweep();
    const { phase, service, desired, actions } = await explained(world, arn);
    expect({ phase, service, kind: desired.kind, actions }).toEqual({
      phase: 'detached',
      service: { status: 'deleted' },
      kind: 'detached',
      actions: [],
    });
  });

  test('of a service with findings: what is wrong and what helps', async () => {
    const world = await start();
    const domains = `hello.example.org ${DOMAIN}`;
    const arn = await world.createService('hello', { ...TAGS, 'private-ingress:domains': domains });
    await world.until(arn, 'blocked');
    const { phase, findings, text } = await explained(world, arn);
    expect(phase).toBe('blocked');
    expect(findings).toMatchObject([{ code: 'domain-not-allowed', severity: 'error', domain: 'hello.example.org' }]);
    expect(text).toMatch(/^Findings\n {2}error domain-not-allowed: .*hello\.example\.org/m);
  });
});
