import { profiles } from 'apprunner-embedded-cloud/profile';
import { Installation, type InstallationOptions } from '../test/installation/installation.ts';

export const DOMAINS: readonly string[] = ['one', 'two', 'three', 'four', 'five'].map((name) => `${name}.example.com`);

/** The tags of a service that is to be private under the domains. */
export function tagsFor(domains: readonly string[]): Readonly<Record<string, string>> {
  return { 'private-ingress': 'enabled', 'private-ingress:domains': domains.join(' ') };
}

/** Milliseconds of virtual time after which a service that has not ready never will. */
export const TIMEOUT_MS = 60 * 60_000;

/** An installation in virtual time for as long as `measure` takes. */
export async function inInstallation<Result>(
  options: InstallationOptions & { readonly profile: keyof typeof profiles },
  measure: (world: Installation) => Promise<Result>,
): Promise<Result> {
  const { profile, ...rest } = options;
  // The budget of calls is asked, so that its own calls count, and never makes a caller wait.
  const timed = () => ({ calls: () => ({}), sleep: async () => {} });
  const world = await Installation.start({ timed, ...rest });
  // The harness starts in the fast profile; how long things take is read when they begin, so another one may follow.
  Object.assign(world.cloud.world, { profile: profiles[profile] });
  try {
    return await measure(world);
  } finally {
    await world.stop();
  }
}
