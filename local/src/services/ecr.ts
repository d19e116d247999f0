import * as sdk from '@aws-sdk/client-ecr';
import type { Violation } from '../wire/constraints.ts';
import { AwsError } from '../wire/errors.ts';
import { errorSchemas, operationSchemas } from '../wire/sdk-schemas.ts';
import { type CallContext, operation, type ServiceDefinition } from '../wire/service.ts';

/** ECR without any repository: who takes a stack away asks whether it has left images. */
export function createEcr(): { readonly definition: ServiceDefinition } {
  const describeRepositories = operation<sdk.DescribeRepositoriesCommandInput, sdk.DescribeRepositoriesCommandOutput>(
    sdk.DescribeRepositories$,
    {
      permissions: ({ repositoryNames = ['*'] }, { account, region }: CallContext) => ({
        action: 'ecr:DescribeRepositories',
        resources: repositoryNames.map((name) => `arn:aws:ecr:${region}:${account}:repository/${name}`),
      }),
      run({ repositoryNames = [], registryId }, { account }) {
        const [name] = repositoryNames;
        if (name === undefined) return { repositories: [] };
        const message = `The repository with name '${name}' does not exist in the registry with id '${registryId ?? account}'`;
        throw new AwsError('RepositoryNotFoundException', message);
      },
    },
  );
  const operations = [describeRepositories];
  return {
    definition: {
      signingName: 'ecr',
      eventSource: 'ecr.amazonaws.com',
      protocol: 'aws-json-1.1',
      targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
      errors: errorSchemas(sdk),
      operations,
      refuseInput,
      api: operationSchemas(sdk),
    },
  };
}

/** Captured: `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '[a-z]+''`. */
function refuseInput([first]: readonly Violation[]): AwsError {
  const rule = first?.rule
    .replace(/^Member /, '')
    .replace(/regular expression pattern: (.*)/s, "regular expression '$1'");
  const message = `Invalid parameter at '${first?.path}' failed to satisfy constraint: '${rule}'`;
  return new AwsError('InvalidParameterException', message);
}
