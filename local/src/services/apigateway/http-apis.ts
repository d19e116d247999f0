import type { Iam } from '../../iam/iam.ts';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { Metrics } from '../cloudwatch/metrics.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { InvocationOutcome } from '../lambda/runtime.ts';
import { admit } from './authorization.ts';
import { type IamCaller, proxyEvent } from './event.ts';
import { type ApiRequest, type ApiResponse, plainResponse } from './message.ts';
import { responseOf } from './response.ts';
import { matchRoute, parseRouteKey, type RoutePattern } from './route.ts';

/** Documented: quotas of HTTP APIs. Bytes of a body; bytes of the request line and the header values together. */
const MAXIMUM_BODY = 10 * 1024 * 1024;
const MAXIMUM_HEADERS = 10_240;
/** Documented: the longest, and the default, in milliseconds. */
const MAXIMUM_TIMEOUT = 30_000;

export interface Integration {
  readonly functionArn: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface ApiRoute {
  readonly pattern: RoutePattern;
  readonly integrationId: string;
  /** Whether callers sign (`AWS_IAM`); otherwise everybody may call. */
  readonly iam: boolean;
}

export interface HttpApi {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly name: string;
  readonly stages: Set<string>;
  readonly integrations: Map<string, Integration>;
  readonly routes: Map<string, ApiRoute>;
}

interface Parts {
  readonly world: World;
  readonly iam: Iam;
  readonly lambda: Pick<Lambda, 'callForService'>;
  /** Errors of which the caller sees the status only. */
  readonly log: (line: string) => void;
  /** Where requests are counted. */
  readonly metrics?: Metrics;
}

/** Where a request has arrived. */
interface Arrival {
  readonly api: HttpApi;
  readonly stage: string;
  readonly route: ApiRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Of the request without the stage, percent-encoded. */
  readonly path: string;
}

/** API Gateway's HTTP APIs: routes to Lambda functions, for everybody or for signed callers. */
export class HttpApis {
  readonly #parts: Parts;
  readonly #apis = new Map<string, HttpApi>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  createApi({ account, region }: { readonly account: string; readonly region: string }, name: string): HttpApi {
    const id = this.#parts.world.chance.base32(10).toLowerCase();
    const api = { account, region, id, name, stages: new Set<string>(), integrations: new Map(), routes: new Map() };
    this.#apis.set(id, api);
    return api;
  }

  /** The id of the oldest API. */
  first(): string | undefined {
    const [first] = this.#apis.keys();
    return first;
  }

  deleteApi(apiId: string): void {
    this.#apis.delete(apiId);
  }

  createStage(apiId: string, name: string): void {
    this.get(apiId).stages.add(name);
  }

  /** These are harmless for what is not there, or whose API is not. */
  deleteStage(apiId: string, name: string): void {
    this.#apis.get(apiId)?.stages.delete(name);
  }

  deleteIntegration(apiId: string, id: string): void {
    this.#apis.get(apiId)?.integrations.delete(id);
  }

  deleteRoute(apiId: string, id: string): void {
    this.#apis.get(apiId)?.routes.delete(id);
  }

  /** @returns its id. */
  putIntegration(
    apiId: string,
    integration: Partial<Integration> & Pick<Integration, 'functionArn'>,
    id?: string,
  ): string {
    const { functionArn, timeout = MAXIMUM_TIMEOUT } = integration;
    if (!(timeout >= 50 && timeout <= MAXIMUM_TIMEOUT))
      throw badRequest(`Timeout should be between 50 ms and ${MAXIMUM_TIMEOUT} ms`);
    return put(this.get(apiId).integrations, { functionArn, timeout }, id ?? this.#id());
  }

  /** @returns its id. @throws AwsError BadRequestException, ConflictException (another route has the key), NotFoundException */
  putRoute(apiId: string, route: Omit<ApiRoute, 'pattern'> & { readonly routeKey: string }, id = this.#id()): string {
    const { routes, integrations } = this.get(apiId);
    const { routeKey, integrationId, iam } = route;
    if (!integrations.has(integrationId)) throw notFound(`Invalid Integration identifier specified ${integrationId}`);
    for (const [other, { pattern }] of routes) {
      if (other !== id && pattern.routeKey === routeKey)
        throw new AwsError('ConflictException', `Route with key ${routeKey} already exists for this API`, {
          status: 409,
        });
    }
    return put(routes, { pattern: parsed(routeKey), integrationId, iam }, id);
  }

  /** @throws AwsError NotFoundException */
  get(apiId: string): HttpApi {
    const api = this.#apis.get(apiId);
    if (api === undefined) throw notFound(`Invalid API identifier specified ${apiId}`);
    return api;
  }

  /** The API that a Host header means, `<id>.execute-api.<region>.amazonaws.com`. */
  byHost(host: string): HttpApi | undefined {
    const [, id = '', region] =
      /^([^.]+)\.execute-api\.([^.]+)\.amazonaws\.com(?::\d+)?$/.exec(host.toLowerCase()) ?? [];
    const api = this.#apis.get(id);
    return api?.region === region ? api : undefined;
  }

  /** Answers a request. Never rejects: whatever goes wrong is an answer of API Gateway. */
  async handle(apiId: string, request: ApiRequest): Promise<ApiResponse> {
    const { chance } = this.#parts.world;
    const requestId = `${chance.base32(15)}=`;
    let response: ApiResponse;
    try {
      response = await this.#answer(apiId, request, requestId);
    } catch (error) {
      this.#parts.log(`HTTP API ${apiId}: ${error instanceof Error ? error.stack : String(error)}`);
      response = plainResponse(500, 'Internal Server Error');
    }
    this.#measure(apiId, response.status);
    return { ...response, headers: { ...response.headers, 'apigw-requestid': requestId } };
  }

  /** Documented: "Monitor CloudWatch metrics for HTTP APIs". */
  #measure(apiId: string, status: number): void {
    const api = this.#apis.get(apiId);
    if (api === undefined) return;
    const { account, region } = api;
    for (const [name, value] of Object.entries({
      Count: 1,
      '4xx': Math.floor(status / 100) === 4 ? 1 : 0,
      '5xx': status >= 500 ? 1 : 0,
    })) {
      const id = { account, region, namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: apiId } };
      this.#parts.metrics?.put(id, [value], 'Count');
    }
  }

  async #answer(apiId: string, request: ApiRequest, requestId: string): Promise<ApiResponse> {
    if (request.body.length > MAXIMUM_BODY) return plainResponse(413, 'Request Entity Too Large');
    if (headerBytes(request) > MAXIMUM_HEADERS) return plainResponse(431, 'Request Header Fields Too Large');
    const api = this.#apis.get(apiId);
    try {
      const arrival = api === undefined ? undefined : arrivalAt(api, request);
      if (arrival === undefined) return plainResponse(404, 'Not Found');
      if (!arrival.route.iam) return await this.#integrate(arrival, request, requestId, undefined);
      const admission = admit(this.#asked(arrival, request), this.#parts.iam);
      if (admission.ok) return await this.#integrate(arrival, request, requestId, admission.caller);
      // The caller of API Gateway hears no reason; whoever works against the embedded cloud wants one.
      return plainResponse(403, 'Forbidden', { 'x-embedded-reason': admission.reason });
    } catch (error) {
      if (error instanceof URIError) return plainResponse(400, 'Bad Request');
      throw error;
    }
  }

  #asked({ api, stage, path }: Arrival, request: ApiRequest): Parameters<typeof admit>[0] {
    const { account, region, id } = api;
    const [signedPath = '/', query = ''] = request.target.split(/\?(.*)/s);
    const { method, headers, body, sourceAddress = '127.0.0.1' } = request;
    return {
      request: { method, path: signedPath, query, headers, body },
      sourceAddress,
      now: this.#parts.world.clock.now(),
      account,
      region,
      resource: `${arnPrefix(api)}:${id}/${stage}/${method}${decodeURIComponent(path)}`,
    };
  }

  async #integrate(
    arrival: Arrival,
    request: ApiRequest,
    requestId: string,
    caller: IamCaller | undefined,
  ): Promise<ApiResponse> {
    const { api, stage, route, pathParameters } = arrival;
    const { account, region, id: apiId } = api;
    const { routeKey, method, segments } = route.pattern;
    const integration = api.integrations.get(route.integrationId);
    const domainName = `${apiId}.execute-api.${region}.amazonaws.com`;
    const now = this.#parts.world.clock.now();
    const failed = (reason: string): ApiResponse => {
      this.#parts.log(`HTTP API ${apiId} ${routeKey}: ${reason}`);
      return plainResponse(500, 'Internal Server Error');
    };
    if (integration === undefined) return failed(`its integration ${route.integrationId} is gone`);
    const event = proxyEvent({
      request,
      account,
      apiId,
      domainName,
      stage,
      routeKey,
      pathParameters,
      requestId,
      now,
      caller,
    });
    // A permission names the route, not the path that was asked for: `…:api/stage/GET/pets/{id}`.
    const routePath =
      segments === undefined ? '/$default' : `/${method === 'ANY' ? '*' : method}${routeKey.split(' ')[1]}`;
    const sourceArn = `${arnPrefix(api)}:${apiId}/${stage}${routePath}`;
    try {
      const outcome = await this.#inTime(
        integration.timeout,
        this.#parts.lambda.callForService(integration.functionArn, event, {
          service: 'apigateway.amazonaws.com',
          sourceArn,
          sourceAccount: account,
        }),
      );
      // Inferred: the time is up. REST APIs say 504, HTTP APIs have been seen to say this.
      if (outcome === undefined) return plainResponse(503, 'Service Unavailable');
      if (!outcome.ok)
        return failed(`${integration.functionArn} failed: ${outcome.errorType}: ${outcome.errorMessage}`);
      return responseOf(outcome.payload);
    } catch (error) {
      const code = error instanceof AwsError ? error.code : '';
      if (code === 'TooManyRequestsException') return plainResponse(503, 'Service Unavailable');
      if (code === 'RequestTooLargeException') return plainResponse(413, 'Request Entity Too Large');
      return failed(error instanceof Error ? error.message : String(error));
    }
  }

  /** `undefined` when it takes longer; the function runs on, as on AWS. */
  #inTime(timeout: number, call: Promise<InvocationOutcome>): Promise<InvocationOutcome | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.world.clock.schedule(timeout, () => resolve(undefined));
      call.then(resolve, reject).finally(cancel);
    });
  }

  #id(): string {
    return this.#parts.world.chance.base32(7).toLowerCase();
  }
}

/**
 * The stage that the path begins with, else `$default`; then the route (documented).
 * @throws URIError for a path that is not well encoded.
 */
function arrivalAt(api: HttpApi, { method, target }: ApiRequest): Arrival | undefined {
  const [whole = '/'] = target.split('?');
  const [, first = '', rest = ''] = /^\/([^/]*)(\/.*)?$/s.exec(whole) ?? [];
  const named = api.stages.has(first) && first !== '$default';
  if (!named && !api.stages.has('$default')) return undefined;
  const path = named ? rest || '/' : whole;
  const match = matchRoute([...api.routes.values()], method, path);
  return match && { api, stage: named ? first : '$default', path, ...match };
}

const arnPrefix = ({ account, region }: HttpApi): string => `arn:aws:execute-api:${region}:${account}`;

function headerBytes({ method, target, headers }: ApiRequest): number {
  const values = Object.values(headers).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  return Buffer.byteLength(`${method} ${target} HTTP/1.1`) + values;
}

function parsed(routeKey: string): RoutePattern {
  try {
    return parseRouteKey(routeKey);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function put<Item>(items: Map<string, Item>, item: Item, id: string): string {
  items.set(id, item);
  return id;
}

const badRequest = (message: string) => new AwsError('BadRequestException', message);
const notFound = (message: string) => new AwsError('NotFoundException', message, { status: 404 });
