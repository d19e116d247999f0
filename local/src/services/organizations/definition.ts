import * as sdk from '@aws-sdk/client-organizations';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import { accountOperations } from './account-operations.ts';
import { delegationOperations } from './delegation-operations.ts';
import { organizationOperations } from './organization-operations.ts';
import type { Organizations } from './organizations.ts';
import { policyOperations } from './policy-operations.ts';
import { brokenInput } from './refusals.ts';
import { unitOperations } from './unit-operations.ts';

export function defineOrganizations(organizations: Organizations): ServiceDefinition {
  const operations = [
    ...organizationOperations(organizations),
    ...accountOperations(organizations),
    ...unitOperations(organizations),
    ...policyOperations(organizations),
    ...delegationOperations(organizations),
  ];
  return {
    signingName: 'organizations',
    global: true,
    eventSource: 'organizations.amazonaws.com',
    protocol: 'aws-json-1.1',
    targetPrefix: 'AWSOrganizationsV20161128',
    errors: errorSchemas(sdk),
    operations,
    refuseInput: brokenInput,
    api: operationSchemas(sdk),
  };
}
