import type { Contract } from '../contract.ts';
import { connectionContracts, earlyConnectionContracts, lateConnectionContracts } from './connection.ts';
import { domainContracts } from './domains.ts';
import { endpointContracts } from './endpoint.ts';
import { eventContracts } from './events.ts';
import { organizationContracts } from './organizations.ts';
import { route53Contracts } from './route53.ts';
import { serviceContracts } from './service.ts';

/** In the order in which they are asked: the service is public first, then private, connected, and deleted at last. */
export const contracts: readonly Contract[] = [
  ...organizationContracts,
  ...endpointContracts,
  ...domainContracts,
  ...eventContracts,
  ...earlyConnectionContracts,
  ...serviceContracts,
  ...connectionContracts,
  ...route53Contracts,
  ...lateConnectionContracts,
];

/** The open facts of docs/unverified.md that no contract settles, and why. */
export const notAsked: Readonly<Record<string, string>> = {
  'age-of-delayed-messages': 'metrics of a queue come minutes late, and it needs an hour',
  'app-runner-read-lag': 'a lag that was not seen may be there the next time',
  'app-runner-request-rates': 'it would throttle everything else in the account',
  'http-api-default-route-authorization': 'it needs an HTTP API of its own',
  'renewal-follows-validation-status': 'a certificate renews after months',
  'set-identifier-is-traffic-shift': 'it is about what people do, not about AWS',
  'shared-vpcs-unsupported': 'it needs another account that shares its subnets',
  'zone-record-limit': 'it needs 10,000 records',
};
