import * as sdk from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { ACCOUNT, type OperationSetting, REGION, type Rows } from './setting.ts';

const Name = '/stack/mode';
const put = ({ ssm }: OperationSetting, input: Partial<sdk.PutParameterCommandInput> = {}) =>
  ssm.send(new sdk.PutParameterCommand({ Name, Value: 'policy', Type: 'String', ...input }));

/** With the parameter in place. */
const onParameter =
  (call: (ssm: sdk.SSMClient) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    await put(setting, { Tags: [{ Key: 'team', Value: 'a' }] });
    return call(setting.ssm);
  };
const tag = { ResourceType: 'Parameter', ResourceId: Name } as const;

const get = (ssm: sdk.SSMClient) => ssm.send(new sdk.GetParameterCommand({ Name }));
const history = (ssm: sdk.SSMClient) => ssm.send(new sdk.GetParameterHistoryCommand({ Name }));
const remove = (ssm: sdk.SSMClient) => ssm.send(new sdk.DeleteParameterCommand({ Name }));
const listTags = (ssm: sdk.SSMClient) => ssm.send(new sdk.ListTagsForResourceCommand(tag));
const addTags = (ssm: sdk.SSMClient) =>
  ssm.send(new sdk.AddTagsToResourceCommand({ ...tag, Tags: [{ Key: 'more', Value: 'b' }] }));
const removeTags = (ssm: sdk.SSMClient) =>
  ssm.send(new sdk.RemoveTagsFromResourceCommand({ ...tag, TagKeys: ['team'] }));
const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

export const ssmRows: Rows = {
  PutParameter: {
    call: (s) => put(s),
    answer: { Version: 1, Tier: 'Standard' },
    refused: {
      call: async (s) => {
        await put(s);
        return put(s);
      },
      by: sdk.ParameterAlreadyExists,
    },
  },
  GetParameter: {
    call: onParameter(get),
    answer: {
      Parameter: { Name, Value: 'policy', Version: 1, ARN: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${Name}` },
    },
    refused: { call: ({ ssm }) => get(ssm), by: sdk.ParameterNotFound },
  },
  GetParameters: {
    call: onParameter((ssm) => ssm.send(new sdk.GetParametersCommand({ Names: [Name, 'none'] }))),
    answer: { Parameters: [{ Name }], InvalidParameters: ['none'] },
    refused: {
      call: ({ ssm }) => ssm.send(new sdk.GetParametersCommand({ Names: names(11) })),
      by: 'ValidationException',
    },
  },
  GetParametersByPath: {
    call: onParameter((ssm) => ssm.send(new sdk.GetParametersByPathCommand({ Path: '/stack' }))),
    answer: { Parameters: [{ Name, Value: 'policy' }] },
    refused: {
      call: ({ ssm }) => ssm.send(new sdk.GetParametersByPathCommand({ Path: 'stack' })),
      by: 'ValidationException',
    },
  },
  GetParameterHistory: {
    call: onParameter(history),
    answer: { Parameters: [{ Name, Value: 'policy', Version: 1 }] },
    refused: { call: ({ ssm }) => history(ssm), by: sdk.ParameterNotFound },
  },
  DescribeParameters: {
    call: onParameter((ssm) => ssm.send(new sdk.DescribeParametersCommand({}))),
    answer: { Parameters: [{ Name, Type: 'String', LastModifiedUser: expect.any(String) }] },
    refused: {
      call: onParameter((ssm) =>
        ssm.send(new sdk.DescribeParametersCommand({ ParameterFilters: [{ Key: 'Label', Values: ['a'] }] })),
      ),
      by: sdk.InvalidFilterKey,
    },
  },
  DeleteParameter: {
    call: onParameter(remove),
    refused: { call: ({ ssm }) => remove(ssm), by: sdk.ParameterNotFound },
  },
  DeleteParameters: {
    call: onParameter((ssm) => ssm.send(new sdk.DeleteParametersCommand({ Names: [Name, 'none'] }))),
    answer: { DeletedParameters: [Name], InvalidParameters: ['none'] },
    refused: {
      call: ({ ssm }) => ssm.send(new sdk.DeleteParametersCommand({ Names: names(11) })),
      by: 'ValidationException',
    },
  },
  AddTagsToResource: {
    call: onParameter(addTags),
    refused: { call: ({ ssm }) => addTags(ssm), by: sdk.InvalidResourceId },
  },
  RemoveTagsFromResource: {
    call: onParameter(removeTags),
    refused: { call: ({ ssm }) => removeTags(ssm), by: sdk.InvalidResourceId },
  },
  ListTagsForResource: {
    call: onParameter(listTags),
    answer: { TagList: [{ Key: 'team', Value: 'a' }] },
    refused: { call: ({ ssm }) => listTags(ssm), by: sdk.InvalidResourceId },
  },
};
