import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { createApp } from '../shared/api/app.ts';
import { type ApiDependencies, createApiDependencies } from '../shared/api/dependencies.ts';
import { serviceArnIn } from '../shared/api/service.ts';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import { withCause } from '../shared/cause.ts';
import { MalformedInputError } from '../shared/errors.ts';
import type { Invocation } from '../shared/invocation.ts';
import { createScopeReader } from '../shared/observe/scope-reader.ts';
import { loadPolicyInForce } from '../shared/policy/file/packaged.ts';
import { systemClockAndDns } from '../shared/reconcile/service-access.ts';
import { parseApiSettings } from '../shared/settings.ts';

/** No route takes others; a `Request` refuses some of them, and the router knows what every object has. */
const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;
/** Those that are read. A `Request` refuses names that are none. */
const HEADERS = ['content-type', 'content-encoding'];

/** The parts of payload format 2.0 that are used. */
const proxyEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    requestId: z.string(),
    http: z.object({ method: z.string().transform((one) => (METHOD.test(one) ? one : 'UNKNOWN')) }),
    authorizer: z.object({ iam: z.object({ userArn: z.string() }) }).optional(),
  }),
});

/** Event of API Gateway → `Request` → `Response` → answer for API Gateway. Bodies are not logged. */
export function api(dependencies: ApiDependencies & { readonly logger: Logger }) {
  const { logger } = dependencies;
  const app = createApp(dependencies, (problem, error, { path, requestId }) => {
    const [serviceArn, correlation] = causeOf(path, requestId);
    logger.error('request failed', { serviceArn, correlation, requestId, problem, error });
  });
  return async (event: unknown, context?: Invocation): Promise<APIGatewayProxyStructuredResultV2> => {
    const read = proxyEvent.safeParse(event);
    if (!read.success)
      throw new MalformedInputError(`Not an event of an HTTP API, payload format 2.0: ${z.prettifyError(read.error)}`);
    const { rawPath: path, rawQueryString, headers, body, isBase64Encoded, requestContext } = read.data;
    const { requestId, http, authorizer } = requestContext;
    const caller = authorizer?.iam.userArn;
    const [serviceArn, correlation] = causeOf(path, requestId);
    logger.info('begins', { serviceArn, correlation, requestId, invocation: context?.awsRequestId });
    const response = await withCause({ serviceArn, correlation }, async () =>
      app.fetch(
        new Request(`https://api.invalid/?${rawQueryString}`, { method: http.method, headers: printable(headers) }),
        { path, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'), caller, requestId },
      ),
    );
    const { status: statusCode } = response;
    logger.info('answered', {
      serviceArn,
      correlation,
      method: http.method,
      path,
      status: statusCode,
      caller,
      requestId,
    });
    return { statusCode, headers: Object.fromEntries(response.headers), body: await response.text() };
  };
}

/** The service, if the request is about one, and the correlation. */
function causeOf(path: string, requestId: string): [serviceArn: string | undefined, correlation: string] {
  return [serviceArnIn(path), `request/${requestId}`];
}

/** A `Request` refuses header values beyond Latin-1. */
function printable(headers: Readonly<Record<string, string>>): [name: string, value: string][] {
  return HEADERS.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value.replaceAll(/[^ -~]/g, '?')]];
  });
}

function createDependencies(): ApiDependencies & { readonly logger: Logger } {
  const settings = parseApiSettings(process.env);
  const inForce = loadPolicyInForce(settings);
  const environment = {
    ...systemClockAndDns,
    ...createScopeReader(inForce.policy, lambdaClientConfig, systemClockAndDns.now),
  };
  return { ...createApiDependencies(settings, inForce, lambdaClientConfig, environment), logger: new Logger() };
}

let made: ReturnType<typeof api> | undefined;
export const handler = (event: unknown, context: Invocation): Promise<APIGatewayProxyStructuredResultV2> => {
  made ??= api(createDependencies());
  return made(event, context);
};
