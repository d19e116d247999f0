import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { createApiDependencies } from '../shared/api/create-dependencies.ts';
import type { ApiDependencies } from '../shared/api/dependencies.ts';
import { endpoints } from '../shared/api/endpoints.ts';
import { router } from '../shared/api/router.ts';
import { MalformedInputError } from '../shared/errors.ts';
import { createScopeReader } from '../shared/observe/scope-reader.ts';
import { loadPolicyInForce } from '../shared/policy/file/packaged.ts';
import { systemClockAndDns } from '../shared/reconcile/service-access.ts';
import { parseApiSettings } from '../shared/settings.ts';

/** What is read of payload format 2.0. */
const proxyEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    requestId: z.string(),
    http: z.object({ method: z.string() }),
    authorizer: z.object({ iam: z.object({ userArn: z.string() }) }).optional(),
  }),
});

/** A signed request → what is known, or what is asked for written as tags. Bodies are not logged. */
export function api(dependencies: ApiDependencies & { readonly logger: Logger }) {
  const { logger } = dependencies;
  const answer = router(endpoints(dependencies), (problem, error) =>
    logger.error('request failed', { problem, error }),
  );
  return async (event: unknown): Promise<APIGatewayProxyStructuredResultV2> => {
    const read = proxyEvent.safeParse(event);
    if (!read.success)
      throw new MalformedInputError(`Not an event of an HTTP API, payload format 2.0: ${z.prettifyError(read.error)}`);
    const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = read.data;
    const { requestId, http, authorizer } = requestContext;
    const answered = await answer({
      method: http.method,
      path: rawPath,
      query: rawQueryString,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
      caller: authorizer?.iam.userArn,
      id: requestId,
    });
    const { status, headers: answerHeaders } = answered;
    logger.info('answered', { method: http.method, path: rawPath, status, caller: authorizer?.iam.userArn, requestId });
    return { statusCode: status, headers: { ...answerHeaders }, body: answered.body };
  };
}

function compose(): ApiDependencies & { readonly logger: Logger } {
  const settings = parseApiSettings(process.env);
  const inForce = loadPolicyInForce(settings);
  const environment = { ...systemClockAndDns, ...createScopeReader(inForce.policy, {}, systemClockAndDns.now) };
  return { ...createApiDependencies(settings, inForce, {}, environment), logger: new Logger() };
}

let made: ReturnType<typeof api> | undefined;
export const handler = (event: unknown): Promise<APIGatewayProxyStructuredResultV2> => {
  made ??= api(compose());
  return made(event);
};
