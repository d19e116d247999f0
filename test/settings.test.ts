import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../shared/duration.ts';
import { SettingsError } from '../shared/errors.ts';
import {
  type Environment,
  parseEventSettings,
  parseReconcileSettings,
  parseRuleSettings,
  parseSweepStartSettings,
  parseTableSettings,
} from '../shared/settings.ts';

const table = { TABLE_NAME: 'rows', QUEUE_URL: 'https://sqs.test/looks' };
const reconcile = {
  ...table,
  INSTALLATION: 'team-a',
  CLAIMS_TABLE_NAME: 'claims',
  ALLOWED_ZONES: 'Z1',
  ALLOWED_NAMES: '*.example.com',
  KILL_SWITCH_PARAMETER: '/pi/kill-switch',
  HUB_ACCOUNT: '123456789012',
  AWS_REGION: 'eu-west-1',
};
const sweep = {
  ...table,
  SWEEP_TABLE_NAME: 'sweeps',
  SWEEP_QUEUE_URL: 'https://sqs.test/sweep',
  REPORT_QUEUE_URL: 'https://sqs.test/report',
};
const OWN_ROLE = 'arn:aws:iam::123456789012:role/stack-ReconcileRole';
const event = {
  ...table,
  CUT_OFF_QUEUE_URL: 'https://sqs.test/cut-off',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.test/dead',
  RECONCILE_ROLE_ARN: OWN_ROLE,
};
const rule = { INSTALLATION: 'default', ALLOWED_ZONES: 'Z1', ALLOWED_NAMES: '*.example.com' };

function problem(parse: (environment: Environment) => unknown, environment: Environment): string {
  try {
    parse(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

describe('what is right', () => {
  it('of the table', () => {
    expect(parseTableSettings({ ...table, OTHER: 'x' })).toEqual({
      tableName: 'rows',
      queueUrl: 'https://sqs.test/looks',
    });
    expect(parseEventSettings(event)).toMatchObject({ tableName: 'rows', deadLetterQueueUrl: 'https://sqs.test/dead' });
    const { isOwnRole } = parseEventSettings({ ...event, MEMBER_ROLE_PREFIX: 'stack-main' });
    const roles = [
      OWN_ROLE,
      ...['write', 'tag'].map((purpose) => `arn:aws:iam::111122223333:role/stack-main-${purpose}`),
    ];
    expect(roles.map(isOwnRole)).toEqual([true, true, false]);
    expect(parseEventSettings(event).isOwnRole('arn:aws:iam::111122223333:role/-write')).toBe(false);
  });

  it('of the rules, the fewest', () => {
    expect(parseRuleSettings(rule)).toEqual({
      installation: 'default',
      ownerTag: 'default',
      claimsTableName: undefined,
      ratesTableName: undefined,
      route53Rate: 5,
      hub: { account: undefined, region: undefined },
      parameters: {
        allowedZones: ['Z1'],
        allowedNames: ['*.example.com'],
        claimableNames: [],
        adoptAllowed: false,
        allowedVpcs: [],
        vpcId: undefined,
        subnetIds: [],
        securityGroupIds: [],
        zoneRoles: [],
        probe: undefined,
      },
      detachGrace: 24 * 3600_000,
      onDetach: 'keep-private',
      onDeleteAttempt: 'report',
      aliasStrategy: 'auto',
      cutover: 'auto',
      cutoverDeadline: 7 * 24 * 3600_000,
      unobservableGrace: 300_000,
      endpointHourlyPrice: 0.014,
      membership: undefined,
    });
  });

  it('of the rules, all, as CloudFormation joins them', () => {
    const settings = parseRuleSettings({
      INSTALLATION: 'team-a',
      CLAIMS_TABLE_NAME: 'claims',
      RATES_TABLE_NAME: 'rates',
      ROUTE53_RATE: '2.5',
      ALLOWED_ZONES: '/hostedzone/Z1, Z2,',
      ALLOWED_NAMES: ' *.Example.com. ,example.com',
      CLAIMABLE_NAMES: '{service}.Example.com,_wildcard.example.com',
      ADOPT_ALLOWED: 'true',
      ALLOWED_VPCS: 'vpc-33334444',
      VPC_ID: 'vpc-11112222',
      ENDPOINT_SUBNET_IDS: 'subnet-1,subnet-2',
      ENDPOINT_SECURITY_GROUP_IDS: 'sg-1',
      DETACH_GRACE: '5s',
      ON_DETACH: 'restore-public',
      ON_DELETE_ATTEMPT: 'detach',
      ALIAS_STRATEGY: 'endpoint',
      CUTOVER: 'when-possible',
      CUTOVER_DEADLINE: '2d',
      UNOBSERVABLE_GRACE: '2m',
      ENDPOINT_HOURLY_PRICE: '0.01',
      ZONE_ROLE_ARN: 'arn:aws:iam::111122223333:role/zones',
      ZONE_ROLE_ZONES: 'Z2',
      ZONE_ROLE_EXTERNAL_ID: 'secret',
      PROBE_FUNCTION: 'probe',
      PROBE_VPC_ID: 'vpc-11112222',
      AWS_REGION: 'eu-west-1',
      HUB_ACCOUNT: '123456789012',
      MEMBER_ROLE_PREFIX: 'pi',
      MEMBER_EXTERNAL_ID: 'o-1',
    });
    expect(settings).toEqual({
      installation: 'team-a',
      ownerTag: 'team-a',
      claimsTableName: 'claims',
      ratesTableName: 'rates',
      route53Rate: 2.5,
      hub: { account: '123456789012', region: 'eu-west-1' },
      parameters: {
        allowedZones: ['Z1', 'Z2'],
        allowedNames: ['*.example.com', 'example.com'],
        claimableNames: ['{service}.example.com', '_wildcard.example.com'],
        adoptAllowed: true,
        allowedVpcs: ['vpc-33334444'],
        vpcId: 'vpc-11112222',
        subnetIds: ['subnet-1', 'subnet-2'],
        securityGroupIds: ['sg-1'],
        zoneRoles: [{ arn: 'arn:aws:iam::111122223333:role/zones', zoneIds: ['Z2'], externalId: 'secret' }],
        probe: { functionName: 'probe', vpcId: 'vpc-11112222' },
      },
      detachGrace: 5000,
      onDetach: 'restore-public',
      onDeleteAttempt: 'detach',
      aliasStrategy: 'endpoint',
      cutover: 'when-possible',
      cutoverDeadline: 2 * 24 * 3600_000,
      unobservableGrace: 120_000,
      endpointHourlyPrice: 0.01,
      membership: { hubAccount: '123456789012', rolePrefix: 'pi', externalId: 'o-1' },
    });
  });

  it('of a stack without an Installation: public records name no account', () => {
    const of = (stack: string) => parseRuleSettings({ ...rule, INSTALLATION: stack });
    const stack = '123456789012/ap-northeast-1/apprunner-private-ingress-main';
    expect(of(stack)).toMatchObject({ installation: '9dc117a9fb2d', ownerTag: stack });
    // Another account, region or stage.
    const others = [
      '123456789013/ap-northeast-1/apprunner-private-ingress-main',
      '123456789012/eu-west-1/apprunner-private-ingress-main',
      '123456789012/ap-northeast-1/apprunner-private-ingress-blue',
    ].map((other) => of(other).installation);
    expect(new Set(['9dc117a9fb2d', ...others]).size).toBe(4);
    for (const name of others) expect(name).toMatch(/^[0-9a-f]{12}$/);
  });

  it('of the function that writes, and of the one that begins sweeps', () => {
    expect(parseReconcileSettings(reconcile)).toMatchObject({
      installation: 'team-a',
      tableName: 'rows',
      killSwitchParameter: '/pi/kill-switch',
    });
    expect(parseSweepStartSettings(sweep)).toMatchObject({ sweepQueueUrl: 'https://sqs.test/sweep' });
  });

  it('a parameter that is not given is an empty string, and means nothing', () => {
    const empty = {
      CLAIMABLE_NAMES: '',
      ALLOWED_VPCS: '',
      VPC_ID: '',
      ENDPOINT_SUBNET_IDS: '',
      ENDPOINT_SECURITY_GROUP_IDS: '',
      PROBE_FUNCTION: '',
      PROBE_VPC_ID: '',
      ZONE_ROLE_ARN: '',
      ZONE_ROLE_ZONES: '',
      ZONE_ROLE_EXTERNAL_ID: '',
    };
    expect(parseRuleSettings({ ...rule, ...empty })).toEqual(parseRuleSettings(rule));
  });
});

describe('what is wrong is named', () => {
  it.each(['TABLE_NAME', 'QUEUE_URL'])('%s missing', (name) => {
    expect(problem(parseTableSettings, { ...table, [name]: undefined })).toContain(`${name} is not set`);
    expect(problem(parseEventSettings, { ...event, [name]: undefined })).toContain(`${name} is not set`);
  });
  it('DEAD_LETTER_QUEUE_URL missing', () => {
    expect(problem(parseEventSettings, table)).toContain('DEAD_LETTER_QUEUE_URL is not set');
  });
  it.each(Object.keys(reconcile))('%s missing of the function that writes', (name) => {
    expect(problem(parseReconcileSettings, { ...reconcile, [name]: undefined })).toContain(`${name} is not set`);
  });
  it.each(Object.keys(sweep))('%s missing of the function that begins sweeps', (name) => {
    expect(problem(parseSweepStartSettings, { ...sweep, [name]: undefined })).toContain(`${name} is not set`);
  });
  it.each(['KILL_SWITCH_PARAMETER', 'HUB_ACCOUNT', 'AWS_REGION'])('%s empty', (name) => {
    expect(problem(parseReconcileSettings, { ...reconcile, [name]: '' })).toContain(`${name}: `);
  });
  it.each(['INSTALLATION', 'ALLOWED_ZONES', 'ALLOWED_NAMES'])('%s missing', (name) => {
    expect(problem(parseRuleSettings, { ...rule, [name]: undefined })).toContain(`${name} is not set`);
  });
  it('all of them at once', () => {
    for (const name of Object.keys(event)) expect(problem(parseEventSettings, {})).toContain(`${name} is not set`);
  });

  it.each([
    ['TABLE_NAME', ''],
    ['QUEUE_URL', ''],
    ['CUT_OFF_QUEUE_URL', ''],
    ['DEAD_LETTER_QUEUE_URL', ''],
  ])('%s = "%s"', (name, value) => {
    expect(problem(parseEventSettings, { ...event, [name]: value })).toContain(`${name}: `);
  });

  it.each([
    ['INSTALLATION', ''],
    ['INSTALLATION', 'team_a'],
    ['INSTALLATION', 'Team A'],
    ['INSTALLATION', 'a'.repeat(33)],
    ['INSTALLATION', '123456789012/ap-northeast-1/'],
    ['INSTALLATION', '12345/ap-northeast-1/stack'],
    ['ALLOWED_ZONES', ''],
    ['ALLOWED_ZONES', ' , '],
    ['ALLOWED_NAMES', ''],
    ['DETACH_GRACE', ''],
    ['DETACH_GRACE', '24'],
    ['DETACH_GRACE', '1.5h'],
    ['DETACH_GRACE', '-1h'],
    ['DETACH_GRACE', '1 day'],
    ['UNOBSERVABLE_GRACE', '5min'],
    ['ADOPT_ALLOWED', 'yes'],
    ['ON_DETACH', 'delete'],
    ['ON_DELETE_ATTEMPT', 'delete'],
    ['ALIAS_STRATEGY', 'cname'],
    ['CUTOVER', 'later'],
    ['CUTOVER_DEADLINE', 'never'],
    ['ENDPOINT_HOURLY_PRICE', 'free'],
    ['ENDPOINT_HOURLY_PRICE', '-1'],
  ])('%s = "%s"', (name, value) => {
    expect(problem(parseRuleSettings, { ...rule, [name]: value })).toContain(`${name}: `);
  });
});

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['5s', 5000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['2d', 172_800_000],
    ['', undefined],
    ['5', undefined],
    ['s', undefined],
    ['5S', undefined],
    ['5w', undefined],
    [' 5s', undefined],
    ['5s5m', undefined],
  ])('%s is %s ms', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [999, '0 s'],
    [12_345, '12 s'],
    [245_000, '4 min 5 s'],
    [3_600_000, '1 h'],
    [3_605_000, '1 h 5 s'],
    [183_845_000, '2 d 3 h'],
  ])('%i ms is %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});
