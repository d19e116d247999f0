import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { Statement } from '../iam/policy.ts';
import type { Violation } from './constraints.ts';
import type { AwsError } from './errors.ts';
import type { WireRequest } from './message.ts';

/** Who is calling: root of an account (any unknown key), or a role whose policies are checked. */
export type Principal =
  | { readonly kind: 'root'; readonly account: string; readonly arn: string }
  | {
      readonly kind: 'role';
      readonly account: string;
      readonly arn: string;
      readonly roleName: string;
      /** The session's own policy, if it was given one: it narrows what the role may. */
      readonly sessionPolicy?: readonly Statement[];
    };

/** Of a key that was issued here; those of other keys are unknown. */
export interface Secrets {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What every operation receives about the call besides its input. */
export interface CallContext {
  /** 12 digits; state is kept per account and region. */
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  readonly principal: Principal;
  readonly accessKeyId: string;
  readonly userAgent: string;
  readonly sourceAddress: string;
}

/** What the caller has to be allowed, in IAM's terms. */
export interface RequiredPermission {
  /** For example `apprunner:DescribeService`. */
  readonly action: string;
  /** ARNs, or `*` alone where IAM knows no resource for the action. */
  readonly resources: readonly string[];
  /** Condition keys and their values, as the service authorization reference names them. */
  readonly conditions?: Readonly<Record<string, readonly string[]>>;
}

/** One operation: its wire shape from the SDK, what it takes to call it, and what it does. */
export interface OperationDefinition {
  readonly schema: StaticOperationSchema;
  /** Whether it changes anything: such calls become CloudTrail management events (`readOnly: false`) and count as writes. */
  readonly writes: boolean;
  /** Whether CloudTrail records it as a data event, that is, not at all by default (SQS messages, DynamoDB items, Invoke). */
  readonly dataPlane: boolean;
  permissions(input: object, context: CallContext): readonly RequiredPermission[];
  run(input: object, context: CallContext): Promise<object>;
}

export type Protocol =
  | 'aws-json-1.0'
  | 'aws-json-1.1'
  | 'aws-query'
  | 'ec2-query'
  | 'rest-xml'
  | 'rest-json'
  | 'rpc-v2-cbor';

/** A service of the embedded cloud. The gateway needs nothing else to put it on the wire. */
export interface ServiceDefinition {
  /** The signing name, as in the credential scope of a request: `apprunner`, `ec2`, `route53` … */
  readonly signingName: string;
  /** Names that some of its operations are signed with instead. */
  readonly otherSigningNames?: readonly string[];
  /** The CloudTrail event source, `apprunner.amazonaws.com`. */
  readonly eventSource: string;
  readonly protocol: Protocol;
  /** Others that its clients speak, older and newer ones: CloudWatch's three. */
  readonly otherProtocols?: readonly Protocol[];
  /** `AppRunner` in `X-Amz-Target: AppRunner.CreateService` (JSON protocols only). */
  readonly targetPrefix?: string;
  /** Namespace of XML answers (XML protocols only). */
  readonly xmlNamespace?: string;
  /** Whether it is one for all regions, so that no region can be without it (IAM, Organizations, Route 53). */
  readonly global?: boolean;
  /** Whether an error is the whole document (S3), without an envelope (REST XML only). */
  readonly bareErrors?: true;
  /** The API version in the query protocols (`Version=2016-11-15`). */
  readonly version?: string;
  /** The modelled errors, from which the gateway takes their HTTP status and fault. */
  readonly errors: readonly StaticErrorSchema[];
  /** The path of the operation, where a request may have a part of it in its host (S3). */
  readonly pathOf?: (request: WireRequest) => string;
  /** Refuses a request whose signature is in its query and does not hold (S3). @throws AwsError */
  readonly checkPresigned?: (request: WireRequest, now: number, secrets: Secrets | undefined) => void;
  readonly operations: readonly OperationDefinition[];
  /** The answer to an input that breaks constraints of the model; without it, the one of the protocol. */
  readonly refuseInput?: (violations: readonly Violation[]) => AwsError;
  /**
   * The policy of a resource, by its ARN: asked beside the caller's own policies, and the only way for other accounts to be
   * let in. Services without it check accounts themselves.
   */
  readonly resourcePolicy?: (resourceArn: string) => unknown;
  /**
   * All operations of the AWS service, from its SDK client. Those that `operations` lacks answer NotImplemented by name;
   * any other request names no operation. Left out where they are not known.
   */
  readonly api?: readonly StaticOperationSchema[];
  /** Operations that AWS takes unsigned. */
  readonly unsigned?: readonly string[];
}

/**
 * Declares one operation with the types of the SDK command it answers.
 *
 * `operation<DescribeServiceCommandInput, DescribeServiceCommandOutput>(DescribeService$, { … })`
 */
export function operation<Input extends object, Output extends object>(
  schema: StaticOperationSchema,
  definition: {
    readonly writes?: boolean;
    readonly dataPlane?: boolean;
    permissions(input: Input, context: CallContext): readonly RequiredPermission[] | RequiredPermission;
    run(input: Input, context: CallContext): Omit<Output, '$metadata'> | Promise<Omit<Output, '$metadata'>>;
  },
): OperationDefinition {
  return {
    schema,
    writes: definition.writes ?? false,
    dataPlane: definition.dataPlane ?? false,
    // The gateway has decoded and validated the input with `schema` before it calls either of these.
    permissions: (input, context) => [definition.permissions(input as Input, context)].flat(),
    run: async (input, context) => definition.run(input as Input, context),
  };
}

/** One call on the wire, as observers (the wire counter, CloudTrail) receive it when it has been answered. */
export interface CallRecord {
  readonly at: number;
  readonly service: string;
  readonly eventSource: string;
  readonly operation: string;
  readonly writes: boolean;
  readonly dataPlane: boolean;
  readonly input: object;
  readonly context: CallContext;
  readonly outcome:
    | { readonly ok: true; readonly output: object }
    | { readonly ok: false; readonly code: string; readonly message: string };
}
