import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createCloud } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { expect, it, onTestFinished } from 'vitest';
import { createKillSwitch } from '../../shared/reconcile/kill-switch.ts';

const NAME = '/private-ingress/kill-switch';

async function switchWith(value: string | undefined) {
  const cloud = createCloud({ clock: new VirtualClock() });
  onTestFinished(() => cloud.stop());
  const ssm = new SSMClient(cloud.clientConfig());
  const put = (Value: string) =>
    ssm.send(new PutParameterCommand({ Name: NAME, Type: 'String', Value, Overwrite: true }));
  if (value !== undefined) await put(value);
  return { cloud, put, killSwitch: createKillSwitch(NAME, cloud.clientConfig()) };
}

it.each([
  ['off', undefined],
  ['on', { reason: `the kill switch ${NAME} is on`, isTransient: false }],
  ['Off', { reason: expect.stringContaining('the invalid value "Off" (expected on or off)'), isTransient: false }],
  [undefined, { reason: expect.stringMatching(/cannot be read \(ParameterNotFound: /), isTransient: true }],
])('only `off` allows writes: %s', async (value, block) => {
  const { killSwitch } = await switchWith(value);
  expect(await killSwitch()).toEqual(block);
});

it('is read on every call', async () => {
  const { killSwitch, put } = await switchWith('off');
  expect(await killSwitch()).toBeUndefined();
  await put('on');
  expect(await killSwitch()).toMatchObject({ isTransient: false });
});

it('blocks writes while it may not be read', async () => {
  const { killSwitch, cloud } = await switchWith('off');
  cloud.gateway.intercept(() => new AwsError('AccessDeniedException', 'no', { status: 400 }));
  expect(await killSwitch()).toMatchObject({ reason: expect.stringContaining('AccessDenied'), isTransient: true });
});

it('allows writes where there is none', async () => {
  expect(await createKillSwitch(undefined)()).toBeUndefined();
});
