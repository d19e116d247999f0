import {
  type AppRunnerClient,
  AssociateCustomDomainCommand,
  CreateVpcIngressConnectionCommand,
  DeleteVpcIngressConnectionCommand,
  DisassociateCustomDomainCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateVpcIngressConnectionCommand,
} from '@aws-sdk/client-apprunner';
import { errorMessage, errorName } from '../errors.ts';
import { connectionState } from '../observe/connections.ts';
import { describeService } from '../observe/service.ts';
import type { ConnectionState } from '../plan/observed.ts';
import { OWNER_TAG } from '../tags.ts';
import { type ExecutionOutcome, outcomeOf, retryLater } from './outcome.ts';

/**
 * Makes a service public or private. UpdateService takes a whole NetworkConfiguration, so egress and address type are
 * carried over from what is there now, or an outbound VPC connector would be lost
 * (docs/facts.md#update-replaces-network-configuration).
 */
export async function setPublic(
  appRunner: AppRunnerClient,
  serviceArn: string,
  isPublic: boolean,
): Promise<ExecutionOutcome> {
  try {
    const service = await describeService(appRunner, serviceArn);
    // Update works in RUNNING and PAUSED; on CREATE_FAILED it would build the service again
    // (docs/facts.md#update-is-a-deployment).
    if (service?.Status !== 'RUNNING' && service?.Status !== 'PAUSED') {
      return { kind: 'retry', reason: `the service is ${service?.Status ?? 'deleted'}` };
    }
    const { EgressConfiguration, IpAddressType } = service.NetworkConfiguration ?? {};
    await appRunner.send(
      new UpdateServiceCommand({
        ServiceArn: serviceArn,
        NetworkConfiguration: {
          EgressConfiguration,
          IpAddressType,
          IngressConfiguration: { IsPubliclyAccessible: isPublic },
        },
      }),
    );
    return { kind: 'done' };
  } catch (error) {
    return outcomeOf(error);
  }
}

export async function createConnection(
  appRunner: AppRunnerClient,
  serviceArn: string,
  ownerTag: string,
  { name, vpcId, endpointId }: { readonly name: string; readonly vpcId: string; readonly endpointId: string },
): Promise<ExecutionOutcome> {
  return attempt(
    () =>
      appRunner.send(
        new CreateVpcIngressConnectionCommand({
          ServiceArn: serviceArn,
          VpcIngressConnectionName: name,
          IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
          Tags: [{ Key: OWNER_TAG, Value: ownerTag }],
        }),
      ),
    ({ VpcIngressConnection: created }) => {
      if (created?.VpcIngressConnectionArn === undefined) return {};
      const connection = connectionState(created.VpcIngressConnectionArn, created);
      return connection === undefined ? {} : { connection };
    },
  );
}

export async function updateConnection(
  appRunner: AppRunnerClient,
  { arn, vpcId, endpointId }: { readonly arn: string; readonly vpcId: string; readonly endpointId: string },
): Promise<ExecutionOutcome> {
  return attempt(() =>
    appRunner.send(
      new UpdateVpcIngressConnectionCommand({
        VpcIngressConnectionArn: arn,
        IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
      }),
    ),
  );
}

export async function deleteConnection(appRunner: AppRunnerClient, arn: string): Promise<ExecutionOutcome> {
  return attempt(() => appRunner.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: arn })));
}

/** Without www: EnableWWWSubdomain defaults to true (docs/facts.md#www-is-on-by-default). */
export async function associateDomain(
  appRunner: AppRunnerClient,
  serviceArn: string,
  domain: string,
): Promise<ExecutionOutcome> {
  try {
    await appRunner.send(
      new AssociateCustomDomainCommand({ ServiceArn: serviceArn, DomainName: domain, EnableWWWSubdomain: false }),
    );
    return { kind: 'done' };
  } catch (error) {
    // InvalidRequest "… is already associated with …" (docs/facts.md#associate-twice): the next observation
    // shows whether it is this one. A quota or another error says nothing of the name.
    return outcomeOf(error, errorName(error) === 'InvalidRequestException' ? 'domain-taken' : 'refused');
  }
}

export async function disassociateDomain(
  appRunner: AppRunnerClient,
  serviceArn: string,
  domain: string,
): Promise<ExecutionOutcome> {
  try {
    await appRunner.send(new DisassociateCustomDomainCommand({ ServiceArn: serviceArn, DomainName: domain }));
    return { kind: 'done' };
  } catch (error) {
    // "No custom domain … found for the provided service" (docs/facts.md#associate-twice).
    if (errorName(error) === 'InvalidRequestException' && /no custom domain/i.test(errorMessage(error))) {
      return retryLater(error, errorMessage(error));
    }
    return outcomeOf(error);
  }
}

export async function removeTag(
  appRunner: AppRunnerClient,
  serviceArn: string,
  key: string,
): Promise<ExecutionOutcome> {
  return attempt(() => appRunner.send(new UntagResourceCommand({ ResourceArn: serviceArn, TagKeys: [key] })));
}

/** @param seen what the reply says of what was done. */
async function attempt<Reply>(
  send: () => Promise<Reply>,
  seen: (reply: Reply) => { readonly connection?: ConnectionState } = () => ({}),
): Promise<ExecutionOutcome> {
  try {
    return { kind: 'done', ...seen(await send()) };
  } catch (error) {
    // A listing that lags does not show it yet, or an earlier attempt of the client has made it.
    if (errorName(error) === 'InvalidRequestException' && /already exists/i.test(errorMessage(error))) {
      return retryLater(error, errorMessage(error));
    }
    return outcomeOf(error);
  }
}
