import { beforeAll, onTestFinished } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { MINUTE } from '../../shared/duration.ts';
import { Installation, type InstallationOptions } from './installation.ts';

// The first test that runs after a change would have to wait for it.
beforeAll(async () => {
  await ensurePackaged();
}, 120_000);

/** An installation that ends with the test: a hook of this module would be one of the first file alone that loads it. */
export async function start(options: InstallationOptions = {}): Promise<Installation> {
  const installation = await Installation.start(options);
  onTestFinished(() => installation.stop());
  return installation;
}

export const DOMAIN = 'hello.example.com';
export const TAGS = { 'private-ingress': 'enabled', 'private-ingress:domains': DOMAIN };
/** The endpoint's interfaces, sorted as text. */
export const ADDRESSES = ['10.0.21.218', '10.0.22.10'];

/** An installation with one ready service. */
export async function readyService(options: InstallationOptions = {}): Promise<{ world: Installation; arn: string }> {
  const world = await start(options);
  const arn = await world.createService('hello', TAGS);
  await world.until(arn, ['ready', 'ready-unverified']);
  // The message that would have looked at it next comes, too.
  await world.quiet(2 * MINUTE);
  return { world, arn };
}
