import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Route53Client } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type Act, writingHalf } from '../act/act.ts';
import { type ResolveName, systemIssuers, systemResolver } from '../observe/names.ts';
import { Observer } from '../observe/observe.ts';
import type { ZoneClients } from '../observe/zone-clients.ts';
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
      zones: composeZoneClients(settings, config),
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
    zones: composeZoneClients(settings, config),
    installation: settings.rules.installation,
  });
}

function composeZoneClients({ zoneRole }: RuleSettings, config: AwsConfig): ZoneClients {
  const own = new Route53Client(config);
  if (zoneRole === undefined) return { own };
  const credentials = assumedRole(new STSClient(config), zoneRole);
  return { own, shared: { client: new Route53Client({ ...config, credentials }), zoneIds: zoneRole.zoneIds } };
}

/** Credentials of a role, asked for again by the SDK when they run out. */
function assumedRole(
  sts: STSClient,
  { arn, externalId }: { readonly arn: string; readonly externalId?: string | undefined },
) {
  return async () => {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'apprunner-private-ingress', ExternalId: externalId }),
    );
    if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) {
      throw new Error(`sts:AssumeRole of ${arn} answered without credentials`);
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
      ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
    };
  };
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
