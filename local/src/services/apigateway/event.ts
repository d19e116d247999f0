import type { APIGatewayEventRequestContextIAMAuthorizer, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ApiRequest } from './message.ts';

/** Who called, as `requestContext.authorizer.iam` says it. A caller of no organisation has no `principalOrgId` (inferred). */
export type IamCaller = Omit<APIGatewayEventRequestContextIAMAuthorizer['iam'], 'principalOrgId'> & {
  readonly principalOrgId: string | null;
};

/** What is known of a request once its route is found. */
export interface RoutedRequest {
  readonly request: ApiRequest;
  readonly account: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly stage: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Left out for a route that everybody may call. */
  readonly caller?: IamCaller | undefined;
}

/** Payload format 2.0, as the function gets it. */
export type ApiEvent = Omit<APIGatewayProxyEventV2, 'requestContext'> & {
  readonly requestContext: APIGatewayProxyEventV2['requestContext'] & {
    readonly authorizer?: { readonly iam: IamCaller };
  };
};

/**
 * The event of an AWS_PROXY integration in payload format 2.0 (documented: "Create AWS Lambda proxy integrations for HTTP APIs").
 * `rawPath` is decoded and `rawQueryString` is not (captured). Members without content are left out, as in the documented types.
 */
export function proxyEvent(routed: RoutedRequest): ApiEvent {
  const { request, account, apiId, domainName, stage, routeKey, pathParameters, requestId, now, caller } = routed;
  const [path = '/', query = ''] = request.target.split(/\?(.*)/s);
  const rawPath = decodeURIComponent(path);
  const { cookie, ...headers } = request.headers;
  const sourceIp = request.sourceAddress ?? '127.0.0.1';
  const queryParameters = joined(new URLSearchParams(query));
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/).filter((one) => one !== '') }),
    headers: {
      ...headers,
      'content-length': String(request.body.length),
      'x-forwarded-for': [headers['x-forwarded-for'], sourceIp].filter((one) => one !== undefined).join(', '),
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(Object.keys(queryParameters).length === 0 ? {} : { queryStringParameters: queryParameters }),
    requestContext: {
      accountId: account,
      apiId,
      ...(caller === undefined ? {} : { authorizer: { iam: caller } }),
      domainName,
      domainPrefix: apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage,
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters: { ...pathParameters } }),
    ...bodyOf(request),
  };
}

/** Duplicates are combined with commas (documented). */
function joined(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]));
}

/** The types whose body is passed on as text; all others are binary, even a form and a body without a type (captured). */
const TEXT = /^(text\/.*|application\/(json|xml|javascript))$/;

function bodyOf({ body, headers }: ApiRequest): Pick<ApiEvent, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isBase64Encoded = !TEXT.test(type);
  return { body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(time: number): string {
  const [year, month, day, clock] = new Date(time).toISOString().split(/[-T.]/);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`;
}
