import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod';
import { MalformedInputError } from '../shared/errors.ts';
import { installationSetting } from '../shared/installation.ts';
import { systemVpcDns } from '../shared/observe/names.ts';
import type { ProbeResult } from '../shared/probe/answer.ts';
import { probeRequest } from '../shared/probe/contract.ts';
import { httpsFetch, type ProbeDependencies, probe, randomHost } from '../shared/probe/probe.ts';

export interface ProbeFunctionDependencies extends ProbeDependencies {
  readonly logger: Logger;
}

/** What the caller says of itself, for the log only; a caller of another version may say nothing. */
const invocation = z.object({
  awsRequestId: z.string(),
  clientContext: z
    .object({ serviceArn: z.string().max(300).optional(), correlation: z.string().max(300).optional() })
    .catch({}),
});

/** Names → what DNS and HTTPS answer for them inside this function's VPC. It has no AWS permission but its logs and interfaces. */
export function probeNames({ logger, ...dependencies }: ProbeFunctionDependencies) {
  return async (event: unknown, context: unknown): Promise<ProbeResult> => {
    const request = probeRequest.safeParse(event);
    if (!request.success)
      throw new MalformedInputError(`The probe takes names, nothing else: ${request.error.message}`);
    const { awsRequestId, clientContext } = invocation.parse(context);
    const { serviceArn, correlation } = clientContext;
    logger.info('begins', { serviceArn, correlation, invocation: awsRequestId });
    const result = await probe(request.data, dependencies);
    const names = request.data.names.map(({ name }) => name);
    logger.info('probed', { serviceArn, correlation, names });
    return result;
  };
}

const settings = z.object({ INSTALLATION: installationSetting, AWS_REGION: z.string().min(1) });

function createDependencies(): ProbeFunctionDependencies {
  const { INSTALLATION, AWS_REGION } = settings.parse(process.env);
  return {
    installation: INSTALLATION.installation,
    region: AWS_REGION,
    ...systemVpcDns(),
    fetch: httpsFetch,
    now: () => performance.now(),
    randomHost,
    logger: new Logger(),
  };
}

let made: ReturnType<typeof probeNames> | undefined;
export const handler = (event: unknown, context: unknown): Promise<ProbeResult> => {
  made ??= probeNames(createDependencies());
  return made(event, context);
};
