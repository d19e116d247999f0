import type { z } from 'zod';
import { parseServiceArn } from '../service-arn.ts';
import type { Planned } from './answers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { RequestProblem } from './problems.ts';
import type { planRequest } from './requests.ts';
import type { Input } from './route.ts';
import { explainKnown } from './service.ts';
import type { ServiceExplanation } from './service-schemas.ts';

/** The plan of a service. Writes nothing. */
export async function planFor(
  { body }: Input<unknown, unknown, z.output<typeof planRequest>>,
  dependencies: ApiDependencies,
): Promise<Planned> {
  const service = parseServiceArn(body.serviceArn);
  if (service === undefined) {
    const detail = 'is not the ARN of an App Runner service: arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID';
    throw new RequestProblem('body-invalid', `#/serviceArn: ${detail}`, {
      errors: [{ pointer: '#/serviceArn', detail }],
    });
  }
  const explanation = await explainKnown(service, dependencies);
  return { serviceArn: service.arn, follows: followsOf(explanation), service: explanation };
}

function followsOf({ actions, waits, desired, phase, waitsFor }: ServiceExplanation): string {
  if (actions.length > 0) {
    const planned = actions.map(({ description }) => description).join('; ');
    return waitsFor === undefined ? `To be done now: ${planned}.` : `Planned: ${planned}. ${waitsFor}`;
  }
  if (waits.length > 0) return `To be waited for: ${waits.map(({ why }) => why).join('; ')}.`;
  return `Nothing to do: it is ${desired.kind === 'unmanaged' ? 'not managed' : phase}.`;
}
