import * as sdk from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OperationSetting, setting } from '../every-operation/setting.ts';

let made: OperationSetting;
beforeAll(async () => {
  made = await setting();
});
afterAll(() => made.cloud.stop());

const put = (Name: string, more: Partial<sdk.PutParameterCommandInput> = {}) =>
  made.ssm.send(new sdk.PutParameterCommand({ Name, Value: 'v', Type: 'String', ...more }));

test('a name with and without its leading slash is one parameter', async () => {
  await put('x');
  await expect(put('/x')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  const { Parameter } = await made.ssm.send(new sdk.GetParameterCommand({ Name: '/x' }));
  expect(Parameter).toMatchObject({ Name: 'x', Version: 1 });
  await put('/x', { Overwrite: true, Value: 'w' });
  const { Parameters } = await made.ssm.send(new sdk.DescribeParametersCommand({}));
  expect(Parameters).toMatchObject([{ Name: 'x', Version: 2 }]);
  await made.ssm.send(new sdk.DeleteParameterCommand({ Name: '/x' }));
  await expect(made.ssm.send(new sdk.GetParameterCommand({ Name: 'x' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});

test('a filter is checked when there is no parameter at all', async () => {
  const filters = (ParameterFilters: sdk.ParameterStringFilter[]) =>
    made.ssm.send(new sdk.DescribeParametersCommand({ ParameterFilters }));
  await expect(filters([{ Key: 'Colour' }])).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(filters([{ Key: 'Label', Values: ['a'] }])).rejects.toMatchObject({ name: 'InvalidFilterKey' });
  await expect(filters([{ Key: 'Name', Option: 'Sounds', Values: ['a'] }])).rejects.toMatchObject({
    name: 'InvalidFilterOption',
  });
  const byPath = new sdk.GetParametersByPathCommand({ Path: '/', ParameterFilters: [{ Key: 'Tier', Values: ['a'] }] });
  await expect(made.ssm.send(byPath)).rejects.toMatchObject({ name: 'InvalidFilterKey' });
});

test('an allowed pattern that is no regular expression is refused when it is put', async () => {
  await expect(put('y', { AllowedPattern: '(' })).rejects.toMatchObject({ name: 'InvalidAllowedPatternException' });
  await expect(made.ssm.send(new sdk.GetParameterCommand({ Name: 'y' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});
