import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const stackParameters = z
  .custom<(osls: object) => Promise<unknown>>((value) => typeof value === 'function')
  .parse(createRequire(import.meta.url)('../../scripts/stack-parameters.cjs'));

const definitions = {
  AllowedZones: {},
  AllowedNames: {},
  DetachGrace: { Default: '24h' },
  OrganizationId: { Default: '' },
  MemberExternalId: { Default: '' },
};

const resolve = (param?: readonly string[]) =>
  stackParameters({ options: { param }, resolveVariable: async () => definitions });

describe('the parameters of a deployment', () => {
  const before = process.argv;
  beforeEach(() => {
    process.argv = ['node', 'serverless', 'deploy'];
  });
  afterEach(() => {
    process.argv = before;
  });

  it('are the ones given, with their commas and equals signs', async () => {
    expect(await resolve(['AllowedZones=Z1,Z2', 'AllowedNames=*.example.com', 'DetachGrace=a=b'])).toEqual([
      { ParameterKey: 'AllowedZones', ParameterValue: 'Z1,Z2' },
      { ParameterKey: 'AllowedNames', ParameterValue: '*.example.com' },
      { ParameterKey: 'DetachGrace', ParameterValue: 'a=b' },
    ]);
  });

  it('must hold the required ones', async () => {
    await expect(resolve()).rejects.toThrow(
      "The stack needs AllowedZones and AllowedNames: add --param='AllowedZones=…' --param='AllowedNames=…'",
    );
  });

  it('name an external id wherever they name an organisation', async () => {
    const given = ['AllowedZones=Z1', 'AllowedNames=example.com', 'OrganizationId=o-a1b2c3d4e5'];
    await expect(resolve(given)).rejects.toThrow("add --param='MemberExternalId=…'");
    expect(await resolve([...given, 'MemberExternalId=one-two-three'])).toHaveLength(4);
  });

  it('may be none when the stack is only packaged', async () => {
    process.argv = ['node', 'serverless', 'package'];
    expect(await resolve()).toEqual([]);
  });

  it('must exist', async () => {
    await expect(resolve(['AllowedZone=Z1'])).rejects.toThrow(
      'No such parameter: AllowedZone. There are AllowedZones,',
    );
  });

  it('must have a value', async () => {
    await expect(resolve(['AllowedZones'])).rejects.toThrow(
      "No value for AllowedZones: write --param='AllowedZones=value'",
    );
  });
});
