import * as sdk from '@aws-sdk/client-iam';
import type { Iam } from '../../iam/iam.ts';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import { accountOperations } from './account.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { roleOperations } from './roles.ts';
import { simulationOperations } from './simulation.ts';

/** IAM's own API over the roles and policies that every call of the embedded cloud is checked against. */
export function createIamService(iam: Iam): ServiceDefinition {
  const operations = [
    ...roleOperations({ iam }),
    ...rolePolicyOperations({ iam }),
    ...simulationOperations({ iam }),
    ...accountOperations(),
  ];
  return {
    signingName: 'iam',
    global: true,
    eventSource: 'iam.amazonaws.com',
    protocol: 'aws-query',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    version: '2010-05-08',
    errors: errorSchemas(sdk),
    operations,
    api: operationSchemas(sdk),
  };
}
