import { isAccessDenied } from '../aws/errors.ts';
import { errorMessage } from '../errors.ts';
import type { NameAnswer, Observed } from '../plan/observed.ts';
import type { Probe } from '../probe/answer.ts';
import type { ProbeRequest } from '../probe/contract.ts';
import type { PublicDns } from './names.ts';

/** What resolves and requests names: public DNS, and the probes inside the VPC. */
export interface NameSources extends Pick<PublicDns, 'resolve'> {
  /** A probe function of this account and region, by its name. */
  probe(functionName: string): Probe;
}

export interface ObservedNames {
  readonly answer: NameAnswer;
  readonly httpsChecks: Observed['httpsChecks'];
}

/** Resolves the connection's name and checks the published names, from inside the VPC if there is a probe. */
export async function observeNames(
  sources: NameSources,
  probeName: string | undefined,
  connectionName: string,
  published: readonly string[],
  dualStack: boolean,
  endpointAddresses: readonly string[],
): Promise<ObservedNames> {
  if (probeName === undefined) return { answer: await sources.resolve(connectionName, dualStack), httpsChecks: {} };
  const names: ProbeRequest['names'] = [...new Set([connectionName, ...published])].map((name) => ({
    name,
    https: published.includes(name),
  }));
  try {
    const result = await sources.probe(probeName)({ names, dualStack, endpointAddresses });
    const httpsChecks = published.flatMap((name) => {
      const { httpsChecks: seen, answer } = result.names[name] ?? {};
      return seen === undefined ? [] : [[name, { ...seen, ...addressesOf(answer) }] as const];
    });
    const answer = result.names[connectionName]?.answer;
    return {
      answer: answer ?? { vantage: 'vpc', outcome: 'failed', reason: 'the probe did not say' },
      httpsChecks: Object.fromEntries(httpsChecks),
    };
  } catch (error) {
    const reason = `the probe failed: ${errorMessage(error)}`;
    const denied = isAccessDenied(error) ? { denied: true as const } : {};
    return { answer: { vantage: 'vpc', outcome: 'failed', reason, ...denied }, httpsChecks: {} };
  }
}

/** None where DNS did not answer: what the name answers with is not known then. */
function addressesOf(answer: NameAnswer | undefined): { readonly addresses?: readonly string[] } {
  if (answer === undefined || answer.outcome === 'failed') return {};
  return { addresses: answer.outcome === 'addresses' ? answer.addresses : [] };
}
