import { AppRunnerClient, DescribeServiceCommand } from '@aws-sdk/client-apprunner';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { ANY_FREE, type Listening, listen } from 'apprunner-embedded-cloud/listen';
import { profiles } from 'apprunner-embedded-cloud/profile';
import { type SeededNetwork, seedNetwork } from 'apprunner-embedded-cloud/seed';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { Chromium, chromiumProgram } from '../../scripts/chromium.ts';
import { axeFindings } from '../axe.ts';

/** The page at `/_local` of `npm start`: what only a browser can say. */
describe.skipIf(chromiumProgram === undefined)('in Chromium (left out where there is none; CHROMIUM names it)', () => {
  let chromium: Chromium;
  let world: Listening<SeededNetwork, void>;

  beforeAll(async () => {
    world = await listen({
      profile: profiles.fast,
      ports: { aws: ANY_FREE, dns: ANY_FREE, https: ANY_FREE, api: ANY_FREE },
      seed: (cloud) => seedNetwork(cloud),
      deploy: async () => {},
      log: () => {},
      functionLog: () => {},
      portGaveWay: () => {},
    });
    const appRunner = new AppRunnerClient(world.cloud.clientConfig());
    const { arn } = await createHelloService(appRunner, 'hello', { 'private-ingress': 'enabled' });
    // A call that is refused.
    await appRunner.send(new DescribeServiceCommand({ ServiceArn: arn.replace('hello', 'none') })).catch(() => {});
    if (chromiumProgram !== undefined) chromium = await Chromium.start(chromiumProgram);
  }, 60_000);
  afterAll(async () => {
    await chromium?.stop();
    await world?.stop();
  });

  /** Opens the page and waits for its first look, which ends with the calls. */
  const open = async () => {
    await chromium.open('about:blank');
    await chromium.open(`${world.addresses().api}/_local`);
    await chromium.evaluate(
      `new Promise((done) => { const look = () => [...document.querySelectorAll('h2')].some((one) => one.textContent.startsWith('Calls')) ? done() : requestAnimationFrame(look); look(); })`,
    );
  };

  test.each([
    [1360, false],
    [390, true],
  ])(
    '%i pixels wide, dark %s: nothing for axe to say',
    async (width, dark) => {
      await chromium.show({ width, height: 900, dark, mobile: width < 500 });
      await open();
      expect(await axeFindings(chromium)).toEqual([]);
      expect(await chromium.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    },
    60_000,
  );

  it('shows what there is, and each call with its verdict', async () => {
    await open();
    const shown = z
      .record(z.string(), z.string())
      .parse(
        await chromium.evaluate(
          `Object.fromEntries([...document.querySelectorAll('section')].map((one) => [one.querySelector('h2').firstChild.textContent, one.textContent]))`,
        ),
      );
    expect(Object.keys(shown)).toEqual([
      'Services',
      'VPC ingress connections',
      'App Runner endpoints',
      'Hosted zones',
      'Records',
      'DNS by view',
      'Events',
      'Queues',
      'Calls',
    ]);
    expect(shown.Services).toContain('private-ingress=enabled');
    expect(shown['Hosted zones']).toContain(`example.com.private${world.seeded.vpcId}`);
    expect(shown.Calls).toMatch(/apprunner:DescribeServiceResourceNotFoundException/);
  });
});
