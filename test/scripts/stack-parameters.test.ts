import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const stackParameters = z
  .custom<(osls: object) => Promise<unknown>>((value) => typeof value === 'function')
  .parse(createRequire(import.meta.url)('../../scripts/stack-parameters.cjs'));

const definitions = {
  AllowedZones: {},
  AllowedNames: {},
  DetachGrace: { Default: '24h' },
};

const resolve = (param?: readonly string[]) =>
  stackParameters({ options: { param }, resolveVariable: async () => definitions });

describe('the parameters of a deployment', () => {
  it('are the ones given, with their commas and equals signs', async () => {
    expect(await resolve(['AllowedZones=Z1,Z2', 'AllowedNames=*.example.com', 'DetachGrace=a=b'])).toEqual([
      { ParameterKey: 'AllowedZones', ParameterValue: 'Z1,Z2' },
      { ParameterKey: 'AllowedNames', ParameterValue: '*.example.com' },
      { ParameterKey: 'DetachGrace', ParameterValue: 'a=b' },
    ]);
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
