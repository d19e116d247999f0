import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { DAY, HOUR, MINUTE, SECOND } from '../../../shared/duration.ts';
import { writePolicy } from '../../../shared/policy/file/document.ts';
import { parsePolicy } from '../../../shared/policy/file/parse.ts';
import { policyOfParameters } from '../../../shared/policy/parameters.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import { parseRuleSettings } from '../../../shared/settings.ts';
import { START } from '../../fixtures.ts';
import { policy, rule } from '../builders.ts';

const zones = new Map([['Z1', { name: 'example.com', visibility: 'public' } as const]]);
const endpoint = { kind: 'create', subnetIds: [], securityGroupIds: [], allowFrom: [] } as const;

/** Writes a policy, and reads what was written as `policy check` does. */
const again = (source: Policy): Policy =>
  parsePolicy(stringify(writePolicy(source, zones, START).document), 'policy.yml', START).policy;

describe('a policy file that is written from a policy', () => {
  test('means the same: every key of the example', async () => {
    const { policy: example } = parsePolicy(await readFile('policy.example.yml', 'utf8'), 'policy.example.yml', START);
    expect(again(example)).toEqual(example);
  });

  test('has the names of zones that parameters give by id, one network for each VPC, and no limit', () => {
    const settings = parseRuleSettings({
      INSTALLATION: 'default',
      ALLOWED_ZONES: 'Z1',
      ALLOWED_NAMES: '*.example.com',
      ALLOWED_VPCS: 'vpc-0000000a,vpc-0000000b',
      VPC_ID: 'vpc-0000000c',
      CLAIMABLE_NAMES: '{service}.example.com',
    });
    const source = policyOfParameters(settings, { account: '123456789012', region: 'eu-west-1' });
    const written = again(source);
    expect(written.zones).toEqual([{ id: 'Z1', ...zones.get('Z1'), allowedNames: ['*.example.com'] }]);
    expect(written.networks.map(({ vpcId }) => vpcId)).toEqual(['vpc-0000000c', 'vpc-0000000a', 'vpc-0000000b']);
    expect(written.rules).toEqual(source.rules);
    expect(written.limits).toEqual({ changes: { share: 1 }, detaches: { share: 1 } });
    expect(writePolicy(source, zones, START).unsaid).toEqual([]);
  });

  test('reports the VPCs that it cannot name', () => {
    const source = policy({ networks: [{ account: '123456789012', region: 'eu-west-1', endpoint }], rules: [rule()] });
    const { document, unsaid } = writePolicy(source, zones, START);
    expect(document).toMatchObject({ networks: [] });
    expect(unsaid).toEqual(['any other VPC of account 123456789012 in eu-west-1 (AllowedVpcs=*)']);
  });

  test.each([
    [7 * DAY, '7d'],
    [36 * HOUR, '36h'],
    [90 * MINUTE, '90m'],
    [45 * SECOND, '45s'],
    [0, '0s'],
  ])('keeps a duration of %i ms exactly, in the largest unit that does: %s', (cutoverDeadline, written) => {
    const { document } = writePolicy(policy({ rules: [rule({ cutoverDeadline })] }), zones, START);
    expect(document).toMatchObject({ rules: [{ cutoverDeadline: written }] });
  });

  test.each<[string, Partial<Policy>]>([
    ['which findings are sent', { notifications: { severity: 'warning', except: ['123456789012'] } }],
    ['the whole organisation', { accounts: { kind: 'organization', units: [], except: [] } }],
    [
      'units, without some accounts, read by a role',
      {
        accounts: {
          ...{ kind: 'organization', roleArn: 'arn:aws:iam::123456789012:role/reader' },
          ...{ units: ['ou-abcd-12345678'], except: ['111111111111'] },
        },
      },
    ],
  ])('says %s', (_, change) => {
    const source = policy({
      rules: [rule({ enforcement: 'by-tag' })],
      zones: [{ id: 'Z1', name: 'example.com', visibility: 'public', allowedNames: ['*.example.com'] }],
      ...change,
    });
    const { limits: __, ...written } = again(source);
    const { limits: ___, ...expected } = source;
    expect(written).toStrictEqual(expected);
  });

  test('leaves out exceptions that have ended, and keeps durations and limits exactly', () => {
    const exception = { match: { services: ['web'] }, reason: 'moving', until: '2025-12-31' };
    const source = policy({
      networks: [{ account: '123456789012', region: 'ap-northeast-1', vpcId: 'vpc-0000000a', endpoint }],
      rules: [rule({ cutoverDeadline: 36 * 3_600_000 })],
      exceptions: [exception, { ...exception, until: '2026-01-01' }],
      limits: { changes: { share: 0.29 }, detaches: { count: 0 } },
    });
    expect(again(source)).toEqual({ ...source, exceptions: [source.exceptions[1]] });
  });
});
