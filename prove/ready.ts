import { z } from 'zod';
import type { Stage } from '../test/scenarios/stage.ts';

const text = z.object({ S: z.string() });
/** A row as a reconciliation saves it, as far as it says that a service is ready. */
const saved = z.object({
  Key: z.object({ serviceArn: text }),
  ExpressionAttributeValues: z.object({
    ':phase': text,
    ':desired': z.object({ M: z.object({ domains: z.object({ L: z.array(text) }).optional() }) }).optional(),
  }),
});

/**
 * Ready is what answers: watches for rows that become `ready` while a domain of theirs does not lead to the endpoint. What is
 * undone by hand makes a row no less `ready` before it is noticed.
 * @returns what is seen of it, for people; it grows.
 */
export async function watchReady(stage: Stage): Promise<readonly string[]> {
  const { cloud } = stage.world;
  const phases = new Map<string, string | undefined>();
  for (const arn of stage.services.values()) phases.set(arn, (await stage.world.row(arn))?.phase);
  const seen: string[] = [];
  cloud.gateway.observe(({ service, operation, input, outcome }) => {
    if (service !== 'dynamodb' || operation !== 'UpdateItem' || !outcome.ok) return;
    const { data: row } = saved.safeParse(input);
    if (row === undefined) return;
    const arn = row.Key.serviceArn.S;
    const { ':phase': phase, ':desired': desired } = row.ExpressionAttributeValues;
    const before = phases.get(arn);
    phases.set(arn, phase.S);
    if (phase.S !== 'ready' || before === 'ready') return;
    const wanted = endpointAddresses(stage);
    if (wanted === undefined) seen.push(`${arn} is said to be ready, and there is no endpoint`);
    for (const { S: domain } of desired?.M.domains?.L ?? []) {
      const answers = [...stage.world.dig(domain)].sort().join();
      if (answers !== wanted) seen.push(`${arn} is said to be ready, and ${domain} answers ${answers || 'nothing'}`);
    }
  });
  return seen;
}

/** `undefined`: there is none. */
function endpointAddresses(stage: Stage): string | undefined {
  try {
    return [...stage.endpointAddresses(stage.world.network.vpcId, 'A')].sort().join();
  } catch {
    return undefined;
  }
}
