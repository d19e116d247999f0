import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Route53Client } from '@aws-sdk/client-route-53';
import { type Act, writingHalf } from '../act/act.ts';
import { type ResolveName, systemIssuers, systemResolver } from '../observe/names.ts';
import { Observer } from '../observe/observe.ts';
import type { Issuers } from '../plan/observed.ts';
import { type Probe, probeResult } from '../probe/contract.ts';
import type { RuleSettings } from '../settings.ts';
import type { AwsConfig } from './aws-config.ts';

/** What is not AWS's API: time, and DNS as seen from here. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  now(): number;
  readonly resolve: ResolveName;
  issuers(name: string): Promise<Issuers>;
}

export const systemSurroundings: Surroundings = {
  now: () => Date.now(),
  resolve: systemResolver('public'),
  issuers: systemIssuers,
};

/** The reading half alone: a plan can be made with it, and nothing carried out. */
export function composeObserver(
  settings: RuleSettings,
  config: AwsConfig = {},
  surroundings: Surroundings = systemSurroundings,
): Observer {
  const lambda = new LambdaClient(config);
  return new Observer(
    {
      appRunner: new AppRunnerClient(config),
      ec2: new EC2Client(config),
      route53: new Route53Client(config),
      resolve: surroundings.resolve,
      issuers: surroundings.issuers,
      now: surroundings.now,
      probeIn: (vpcId) => (settings.probe?.vpcId === vpcId ? invoke(lambda, settings.probe.functionName) : undefined),
    },
    settings.endpoint,
  );
}

/** The writing half. */
export function composeAct(settings: RuleSettings, config: AwsConfig = {}): Act {
  return writingHalf({
    appRunner: new AppRunnerClient(config),
    ec2: new EC2Client(config),
    route53: new Route53Client(config),
    installation: settings.rules.installation,
  });
}

function invoke(lambda: LambdaClient, functionName: string): Probe {
  return async (request) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
    );
    const payload = Payload?.transformToString() ?? '';
    if (FunctionError !== undefined) throw new Error(`${functionName} failed: ${payload}`);
    return probeResult.parse(JSON.parse(payload));
  };
}
