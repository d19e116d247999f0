import type { FunctionConfiguration } from '@aws-sdk/client-lambda';

/** A function: what AWS returns of it, and what only the embedded cloud needs. */
export interface LambdaFunction {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** Without a qualifier; there is only `$LATEST`. */
  readonly arn: string;
  readonly description: string;
  /** For example `nodejs24.x`. */
  readonly runtime: string;
  /** For example `functions/reconcile.handler`. */
  readonly handler: string;
  readonly roleArn: string;
  /** Seconds. */
  readonly timeout: number;
  /** MiB. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The unzipped package, an absolute path. */
  readonly codeFolder: string;
  /** SHA-256 of the package in base64; left out for code that came as a folder. */
  readonly codeSha256?: string | undefined;
  readonly vpc?: FunctionVpc | undefined;
  /** How many events it may be handling at once; without it the account's 1,000. */
  readonly reservedConcurrency?: number | undefined;
  /** Where asynchronous events go that failed for good. */
  readonly deadLetterQueueArn?: string | undefined;
  readonly asynchronous: AsynchronousConfiguration;
  readonly lastModified: number;
  /** Statements of the function's own policy, by Sid. */
  readonly statements: ReadonlyMap<string, object>;
}

export interface FunctionVpc {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** Documented: "Configuring error handling settings for asynchronous invocations". */
export interface AsynchronousConfiguration {
  /** 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** Seconds. */
  readonly maximumEventAge: number;
  readonly onSuccessArn?: string | undefined;
  readonly onFailureArn?: string | undefined;
}

export const defaultAsynchronous: AsynchronousConfiguration = { maximumRetryAttempts: 2, maximumEventAge: 6 * 3600 };

/** A function's account, region and name, from its ARN, a partial ARN (`account:function:name`) or its name; without the qualifier. */
export function functionId(named: string, caller: { account: string; region: string }): [string, string, string] {
  const parts = /^(?:arn:[^:]+:lambda:([^:]+):)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::[\w$-]+)?$/.exec(named);
  const [, region = caller.region, account = caller.account, name = named] = parts ?? [];
  return [account, region, name];
}

export function describedFunction(fn: LambdaFunction): FunctionConfiguration {
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Description: fn.description,
    // The model's enum is older or newer than the runtime a template names; AWS sends the string all the same.
    Runtime: fn.runtime as FunctionConfiguration['Runtime'],
    Role: fn.roleArn,
    Handler: fn.handler,
    Timeout: fn.timeout,
    MemorySize: fn.memorySize,
    ...(fn.codeSha256 === undefined ? {} : { CodeSha256: fn.codeSha256 }),
    LastModified: new Date(fn.lastModified).toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    PackageType: 'Zip',
    Architectures: ['arm64'],
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Environment: { Variables: { ...fn.environment } },
    ...(fn.deadLetterQueueArn === undefined ? {} : { DeadLetterConfig: { TargetArn: fn.deadLetterQueueArn } }),
    VpcConfig: {
      VpcId: fn.vpc?.vpcId ?? '',
      SubnetIds: [...(fn.vpc?.subnetIds ?? [])],
      SecurityGroupIds: [...(fn.vpc?.securityGroupIds ?? [])],
    },
  };
}
