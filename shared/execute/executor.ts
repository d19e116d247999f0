import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Claims } from '../claims.ts';
import { observeEndpointState } from '../observe/network.ts';
import { clientOf, type ZoneClients } from '../observe/zone-clients.ts';
import type { Action } from '../plan/action.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import {
  associateDomain,
  createConnection,
  deleteConnection,
  disassociateDomain,
  removeTag,
  setPublic,
  updateConnection,
} from './apprunner.ts';
import { createEndpoint, createSecurityGroup, extendSecurityGroup } from './ec2.ts';
import { endpointAttempts } from './endpoint-attempt.ts';
import type { ExecutionOutcome } from './outcome.ts';
import { changeRecords } from './route53.ts';
import { changeValidation } from './validation.ts';

/** The clients to write with. */
export interface ExecutorClients {
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly zones: ZoneClients;
  readonly ownerTag: string;
  readonly claims: Claims;
  /** Milliseconds since the epoch. */
  now(): number;
  /** @returns a new unique token. */
  token(): string;
}

/** Executes one action. A dry run is a composition without one of these. */
export type Execute = (action: Action, service: ServiceIdentity) => Promise<ExecutionOutcome>;

/** The executor: the only code that changes anything but the row. */
export function createExecutor(clients: ExecutorClients): Execute {
  const { appRunner, ec2, zones, ownerTag } = clients;
  const isGone = async (endpointId: string) => (await observeEndpointState(ec2, endpointId)) === 'deleted';
  const writeRecords = (batch: Parameters<typeof changeRecords>[1]) =>
    changeRecords(clientOf(zones, batch.zoneId), batch);
  return (action, service) => {
    switch (action.kind) {
      case 'create-security-group':
        return createSecurityGroup(ec2, ownerTag, action);
      case 'extend-security-group':
        return extendSecurityGroup(ec2, action);
      case 'create-endpoint':
        return createEndpoint(
          ec2,
          ownerTag,
          service.region,
          endpointAttempts(clients.claims, { ...service, vpcId: action.vpcId }, { ...clients, isGone }),
          action,
        );
      case 'make-private':
        return setPublic(appRunner, service.arn, false);
      case 'make-public':
        return setPublic(appRunner, service.arn, true);
      case 'create-connection':
        return createConnection(appRunner, service.arn, ownerTag, action);
      case 'update-connection':
        return updateConnection(appRunner, action);
      case 'delete-connection':
        return deleteConnection(appRunner, action.arn);
      case 'remove-tag':
        return removeTag(appRunner, service.arn, action.key);
      case 'associate-domain':
        return associateDomain(appRunner, service.arn, action.domain);
      case 'disassociate-domain':
        return disassociateDomain(appRunner, service.arn, action.domain);
      case 'change-records':
        return action.purpose === 'validation'
          ? changeValidation(clients.claims, service.arn, action, (changes) => writeRecords({ ...action, changes }))
          : writeRecords(action);
    }
  };
}
