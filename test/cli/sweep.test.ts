import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { describe, expect, test } from 'vitest';
import { DOMAIN, start, TAGS } from '../installation/worlds.ts';
import { FaultControl } from '../scenarios/faults.ts';
import { deskAt } from './embedded-desk.ts';
import { Screen } from './screen.ts';

const HERE = '123456789012/ap-northeast-1';
const lines = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('sweep', () => {
  test('is watched until every target has answered, listed and shown: 0', async () => {
    const world = await start();
    await world.until(await world.createService('hello', TAGS), 'ready');
    const type = await deskAt(world);
    const { code, stdout, stderr } = await type(['sweep']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Z {2}sweep \d{8}T\d{6}Z-\w{8} of 3 targets, requested by arn:aws:iam::\d+:root\n/);
    expect(stdout).toContain(`Z  ${HERE}: 1 service (1 managed)\n`);
    expect(stdout).toMatch(/ {2}found {9}1 service \(1 managed\)\n\ndone after .*\n$/);

    const [listed] = lines((await type(['sweep', 'list', '--json'])).stdout);
    expect(listed).toMatchObject({ status: 'done', targets: 3, answered: 3 });
    expect((await type(['sweep', 'list'])).stdout).toMatch(
      /^ID +STATUS +ANSWERED +FOUND +BY\n\S+ +done +3 of 3 +1 service/,
    );
    const shown = await type(['sweep', 'show', 'latest']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('targets       3 of 3 answered');
  });

  test('--json: each answer as it comes, and all of it in the end', async () => {
    const world = await start();
    const type = await deskAt(world);
    const events = lines((await type(['sweep', '--json'])).stdout);
    expect(events.at(0)).toMatchObject({ event: 'begun', targets: 3 });
    expect(events).toContainEqual(expect.objectContaining({ event: 'compared', target: HERE }));
    expect(events.at(-1)).toMatchObject({ event: 'ended', status: 'done', counts: { failures: 0 } });
    expect(events).toHaveLength(5);
  });

  test('in a terminal, who has not answered is drawn in place', async () => {
    const world = await start();
    const type = await deskAt(world);
    const { code, stdout, stderr } = await type(['sweep'], {
      terminal: { columns: 100, rows: 24 },
      environment: { NO_COLOR: '1' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`  waiting  ${HERE}`);
    const screen = new Screen(stdout, 100);
    expect(screen.cursorIsHidden).toBe(false);
    expect(screen.text).not.toMatch(/[⠀-⣿]/u);
    expect(screen.text).toContain(`${HERE}: 0 services (0 managed)`);
  });

  test('what could not be read: 1, with what to do, and never 0', async () => {
    const world = await start();
    new FaultControl(world.cloud).break(
      'apprunner:ListServices',
      new AwsError('AccessDeniedException', 'no, says AWS'),
    );
    const type = await deskAt(world);
    const { code, stdout } = await type(['sweep']);
    expect(code).toBe(1);
    expect(stdout).toContain('permission-missing: AccessDeniedException: no, says AWS\n');
    expect(stdout).toMatch(/error permission-missing 123456789012\/ap-northeast-1: .*\n {5}Update the member stack/);
    expect((await type(['sweep', 'show', 'latest'])).code).toBe(1);
    const found = await type(['findings', '--source', 'sweep']);
    expect(found.code).toBe(3);
    expect(found.stdout).toMatch(/^error permission-missing {2}123456789012\/ap-northeast-1 \(sweep \S+\) {2}since/);
  });

  test('held: 3, and confirmed: 0', async () => {
    const world = await start();
    const arn = await world.createService('hello');
    await world.quiet();
    world.deployPolicy({
      rules: [{ name: 'every service', match: {}, enforcement: 'required', mode: 'enforce', domains: [] }],
      limits: { changes: { count: 0 }, detaches: {} },
    });
    const type = await deskAt(world);
    const held = await type(['sweep']);
    expect(held.code).toBe(3);
    expect(held.stdout).toContain('Held because\n  1 service would be changed, and the limit is 0\n');
    const id = /sweep confirm (\S+)/.exec(held.stdout)?.[1] ?? '';
    const confirmed = await type(['sweep', 'confirm', id, '--json']);
    expect(confirmed.code).toBe(0);
    expect(lines(confirmed.stdout)).toMatchObject([{ id, status: 'done' }]);
    await world.until(arn, 'ready');
    const latest = await type(['sweep', 'confirm', 'latest']);
    expect(latest).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the id of the sweep that you have checked'),
    });
    const again = await type(['sweep', 'confirm', id]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is "done"') });
  });

  test('is only begun, and a slip is understood', async () => {
    const world = await start();
    const type = await deskAt(world);
    expect((await type(['sweep', 'show', 'latest'])).stderr).toContain('There is no sweep yet.');
    const begun = await type(['sweep', '--no-wait']);
    expect(begun.stdout).toMatch(/^sweep (\S+) is running; to see it: sweep show \1 --local=http\S+\n$/);
    expect((await type(['sweep', 'lst'])).stderr).toContain('Did you mean sweep list?');
    expect((await type(['sweep', 'lst'])).code).toBe(2);
    await world.quiet();
  });
});

test('kill-switch shows the kill switch and sets it; while it is on nothing is written', async () => {
  const world = await start();
  const type = await deskAt(world);
  expect((await type(['kill-switch'])).stdout).toBe(
    'off: tags and policy apply (/apprunner-private-ingress-main/kill-switch)\n',
  );
  expect(lines((await type(['kill-switch', 'on', '--json'])).stdout)).toEqual([
    { parameter: '/apprunner-private-ingress-main/kill-switch', before: 'off', killSwitch: 'on' },
  ]);
  const { Parameter } = await new SSMClient(world.config).send(
    new GetParameterCommand({ Name: '/apprunner-private-ingress-main/kill-switch' }),
  );
  expect(Parameter?.Value).toBe('on');
  const arn = await world.createService('hello');
  const attached = await type(['attach', 'hello', DOMAIN]);
  expect(attached.stdout).toMatch(/Kept, because the kill switch \/\S+ is on\. It is done at the first sweep after/);
  expect((await type(['sweep', '--no-wait'])).stderr).toMatch(/^Kept, because the kill switch/);
  await world.until(arn, 'blocked');
  expect((await world.row(arn))?.findings).toMatchObject([{ code: 'audit' }]);
  expect((await type(['kill-switch', 'off'])).code).toBe(0);
  expect(await type(['kill-switch', 'audit'])).toMatchObject({ code: 2, stderr: expect.stringContaining('on, off') });
  expect(await type(['kill-switch', '--stack', 'other'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no parameter /other/kill-switch in ap-northeast-1'),
  });
});
