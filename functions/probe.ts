import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod';
import { MalformedInputError } from '../shared/errors.ts';
import { installationSetting } from '../shared/installation.ts';
import { systemResolver, systemTexts } from '../shared/observe/names.ts';
import type { ProbeResult } from '../shared/probe/answer.ts';
import { probeRequest } from '../shared/probe/contract.ts';
import { httpsFetch, probe, randomHost } from '../shared/probe/probe.ts';

const logger = new Logger();
const settings = z.object({ INSTALLATION: installationSetting, AWS_REGION: z.string().min(1) });

/** Names → what DNS and HTTPS answer for them inside this function's VPC. It has no AWS permission but its logs and interfaces. */
export const handler = async (event: unknown): Promise<ProbeResult> => {
  const request = probeRequest.safeParse(event);
  if (!request.success) throw new MalformedInputError(`The probe takes names, nothing else: ${request.error.message}`);
  const { INSTALLATION, AWS_REGION } = settings.parse(process.env);
  const result = await probe(request.data, {
    installation: INSTALLATION.installation,
    region: AWS_REGION,
    texts: systemTexts,
    resolve: systemResolver('vpc'),
    fetch: httpsFetch,
    now: () => performance.now(),
    randomHost,
  });
  logger.info('probed', { names: request.data.names.map(({ name }) => name) });
  return result;
};
