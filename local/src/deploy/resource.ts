import type { Iam } from '../iam/iam.ts';
import type { HttpApis } from '../services/apigateway/http-apis.ts';
import type { CloudWatch } from '../services/cloudwatch/cloudwatch.ts';
import type { DynamoDb } from '../services/dynamodb.ts';
import type { EventBridge } from '../services/eventbridge/eventbridge.ts';
import type { Lambda } from '../services/lambda/lambda.ts';
import type { Logs } from '../services/logs/logs.ts';
import type { Buckets } from '../services/s3/buckets.ts';
import type { Sqs } from '../services/sqs/sqs.ts';
import type { Ssm } from '../services/ssm/ssm.ts';
import { checkInput } from '../wire/protocols.ts';
import type { CallContext, ServiceDefinition } from '../wire/service.ts';
import type { World } from '../world.ts';
import type { Created, DeployedResource, DeployedStack } from './stack.ts';
import type { DeploymentPlace, TemplateJson } from './template.ts';

/** The embedded services that a stack's resources live in. */
export interface DeploymentCloud {
  readonly world: World;
  readonly iam: Pick<
    Iam,
    'createRole' | 'updateRole' | 'deleteRole' | 'createManagedPolicy' | 'deleteManagedPolicy' | 'trusts'
  >;
  readonly sqs: Pick<Sqs, 'definition'>;
  readonly dynamoDb: Pick<DynamoDb, 'call'>;
  readonly lambda: Lambda;
  readonly httpApis: HttpApis;
  readonly events: Pick<EventBridge, 'definition'>;
  readonly ssm: Ssm;
  /** Where log groups, alarms and dashboards are; without them they have a name, and that is all. */
  readonly cloudWatch?: Pick<CloudWatch, 'alarms' | 'dashboards'>;
  readonly logs?: Pick<Logs, 'groups'>;
  /** EC2, which knows the VPC of a function's subnets; without it functions with a VpcConfig are refused. */
  readonly ec2?: ServiceDefinition;
  /** Unpacks the code that a function's `Code` names. @returns the folder; `undefined` if the code does not exist. */
  readonly code?: { unpack(account: string, code: TemplateJson): Promise<UnpackedCode | undefined> };
  /** Where a stack's buckets are; without it they have a name, and that is all. */
  readonly buckets?: Pick<Buckets, 'create' | 'delete'>;
  /** Where deployed stacks are recorded. */
  readonly stacks?: { record(deployed: DeployedStack): void };
}

/** A function's package, unpacked. */
export interface UnpackedCode {
  readonly folder: string;
  /** Of the package, in base64; left out for what was never packed. */
  readonly sha256?: string;
}

/** One resource about to be made. */
export interface Creation {
  readonly logicalId: string;
  readonly type: string;
  /** Evaluated: no intrinsic function is left. */
  readonly properties: TemplateJson;
  readonly place: DeploymentPlace;
  readonly cloud: DeploymentCloud;
  /** Root of the stack's account, in the stack's region. */
  readonly context: CallContext;
  /** A function's code. */
  readonly code: UnpackedCode | undefined;
  /** `<stack>-<logical id>-<12 characters>`, each shortened to fit, as CloudFormation names what has no name. */
  readonly generatedName: string;
  note(line: string): void;
}

export type Create = (creation: Creation) => Created | Promise<Created>;

/** One resource about to be taken away. */
export type Removal = Pick<Creation, 'logicalId' | 'place' | 'cloud' | 'context'> & DeployedResource;

/** What becomes of a resource of one type. What it lacks is refused before anything is changed. */
export interface Lifecycle {
  readonly create: Create;
  /** Brings what stands to other properties; `generatedName` is then its reference. */
  readonly update?: (creation: Creation, present: DeployedResource) => Created | Promise<Created>;
  /** Properties that no update can change: another value makes another resource in its place. */
  readonly fixed?: readonly string[];
  readonly remove?: (removal: Removal) => void | Promise<void>;
}

/** For types whose creation overwrites what has the same name. */
export const overwritten = (create: Create, rest: Pick<Lifecycle, 'fixed' | 'remove'>): Lifecycle => ({
  create,
  update: create,
  ...rest,
});

/** Calls an operation of a service from inside, as the root of the stack's account. */
export async function call(
  definition: ServiceDefinition,
  name: string,
  input: object,
  context: CallContext,
): Promise<TemplateJson> {
  const operation = definition.operations.find(({ schema }) => schema[2] === name);
  if (operation === undefined) throw new Error(`the embedded ${definition.signingName} has no operation ${name}`);
  checkInput(definition, operation, input);
  return { ...(await operation.run(input, context)) };
}

export const isJson = (value: unknown): value is TemplateJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const object = (value: unknown): TemplateJson => (isJson(value) ? value : {});

export const list = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Templates write numbers and booleans as text as often as not. */
export const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
export const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
export const texts = (value: unknown): readonly string[] => list(value).map(String);
