import type { Principal } from '../../wire/service.ts';

/** On whose behalf something is sent: a service, for a resource of its own (`aws:SourceArn`, `aws:SourceAccount`). */
export interface Sender {
  /** `events.amazonaws.com`, `lambda.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
  /** The role that sends, where the service uses one instead of the receiver's own policy. */
  readonly roleArn?: string | undefined;
}

export interface TargetMessage {
  readonly body: string;
  /** For FIFO queues. */
  readonly groupId?: string | undefined;
  /** Message attributes of type String. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Values of condition keys about a principal, such as `aws:PrincipalOrgID`. */
export type PrincipalConditions = Readonly<Record<string, readonly string[] | string | undefined>>;

/**
 * What EventBridge, and Lambda for what failed, can send to. Each rejects with an AwsError of the receiving service
 * (`ResourceNotFoundException`, `AccessDeniedException`, …) when it cannot deliver.
 */
export interface Targets {
  /** Invokes asynchronously: settles as soon as the event is queued. */
  invokeFunction(functionArn: string, payload: string, sender: Sender): Promise<void>;
  sendMessage(queueArn: string, message: TargetMessage, sender: Sender): Promise<void>;
  /**
   * Whether the role's own policies allow the action on the resource.
   * @param sender whom the role has to trust to act in it; not asked without.
   */
  roleAllows(roleArn: string, action: string, resource: string, sender?: Sender): boolean;
  /** What condition keys say of the role. */
  conditionsOf(roleArn: string): PrincipalConditions;
  /** What condition keys say of a caller. */
  callerConditions(caller: Principal): PrincipalConditions;
}

/** The parts of an ARN; a text that is none has an empty service. */
export function parseArn(arn: string): { service: string; region: string; account: string; resource: string } {
  const [, service = '', region = '', account = '', resource = ''] =
    /^arn:[^:]+:([^:]+):([^:]*):([^:]*):(.+)$/.exec(arn) ?? [];
  return { service, region, account, resource };
}
