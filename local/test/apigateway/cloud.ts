import { createHash, createHmac, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud, type EmbeddedCloud } from '../../src/cloud.ts';
import { deployStack } from '../../src/deploy/deploy.ts';
import { profiles } from '../../src/profile.ts';
import type { ApiRequest, ApiResponse } from '../../src/services/apigateway/message.ts';
import { type InProcessHandler, inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';

export const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';

/** A route of the template below: its key, and whether callers sign. */
export type RouteChoice = readonly [routeKey: string, authorization?: 'AWS_IAM' | 'NONE'];

interface TestTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;
  readonly Outputs: object;
}

/** The shape that the serverless framework gives an HTTP API. */
export function template(routes: readonly RouteChoice[], integration: object = {}): TestTemplate {
  return {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          },
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'api',
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
      },
      HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
      HttpApiStage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: { ApiId: { Ref: 'HttpApi' }, StageName: '$default', AutoDeploy: true },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: {
            'Fn::Join': ['', [`arn:aws:execute-api:${REGION}:${ACCOUNT}:`, { Ref: 'HttpApi' }, '/*']],
          },
        },
      },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'HttpApi' },
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
          PayloadFormatVersion: '2.0',
          ...integration,
        },
      },
      ...Object.fromEntries(
        routes.map(([RouteKey, AuthorizationType], index) => [
          `Route${index}`,
          {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: {
              ApiId: { Ref: 'HttpApi' },
              RouteKey,
              Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
              ...(AuthorizationType === undefined ? {} : { AuthorizationType }),
            },
          },
        ]),
      ),
    },
    Outputs: { ApiUrl: { Value: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] } } },
  };
}

export interface ApiCloud {
  readonly cloud: EmbeddedCloud;
  readonly clock: VirtualClock;
  readonly apiId: string;
  readonly apiUrl: string;
  readonly log: readonly string[];
  /** Sends a request; what is left out is a GET of `/` without headers and body. */
  send(request: Partial<Omit<ApiRequest, 'body'>> & { readonly body?: string | Uint8Array }): Promise<ApiResponse>;
}

/** An embedded cloud in virtual time with the template's HTTP API before one function. */
export async function apiCloud(document: object, handler: InProcessHandler): Promise<ApiCloud> {
  const clock = new VirtualClock();
  const log: string[] = [];
  const cloud = createCloud({
    clock,
    chance: seededChance('http api'),
    profile: profiles.fast,
    runtime: () => inProcessRuntime(clock, { api: handler }),
    log: (line) => log.push(line),
  });
  const stack = await deployStack(
    { template: document, account: ACCOUNT, region: REGION, stackName: 'api', functionCode: () => '/nowhere' },
    cloud.deployment,
  );
  const apiId = stack.resources.get('HttpApi')?.reference ?? '';
  return {
    cloud,
    clock,
    apiId,
    apiUrl: stack.outputs.ApiUrl ?? '',
    log,
    send: ({ body = '', ...request }) =>
      cloud.httpApis.handle(apiId, {
        method: 'GET',
        target: '/',
        headers: {},
        ...request,
        body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
      }),
  };
}

export const textOf = ({ body }: ApiResponse): string => new TextDecoder().decode(body);

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Signing {
  readonly credentials: Credentials;
  readonly service?: string;
  readonly region?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Node's hashes, as the SDK's signer wants them. */
class Sha256 {
  readonly #hash: Hmac | ReturnType<typeof createHash>;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#hash = createHash('sha256');
    else this.#hash = createHmac('sha256', typeof secret === 'string' ? secret : bytes(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytes(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
  reset(): void {}
}

const bytes = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Headers of a request signed by the SDK's own signer, which knows nothing of the embedded cloud. */
export async function signed(
  request: { readonly method?: string; readonly target: string; readonly body?: string; readonly headers?: object },
  { credentials, service = 'execute-api', region = REGION, at }: Signing,
): Promise<Readonly<Record<string, string>>> {
  const url = new URL(request.target, 'https://api.example.com');
  const query: Record<string, string[]> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  const signer = new SignatureV4({ credentials, service, region, sha256: Sha256 });
  const { headers } = await signer.sign(
    {
      method: request.method ?? 'GET',
      protocol: 'https:',
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { host: url.host, ...request.headers },
      body: request.body ?? '',
    },
    { signingDate: new Date(at) },
  );
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
