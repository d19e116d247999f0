import { DescribeRepositoriesCommand, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import type { Rows } from './setting.ts';

export const ecrRows: Rows = {
  DescribeRepositories: {
    call: ({ ecr }) => ecr.send(new DescribeRepositoriesCommand({})),
    answer: { repositories: [] },
    refused: {
      call: ({ ecr }) => ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['images'] })),
      by: RepositoryNotFoundException,
    },
  },
};
