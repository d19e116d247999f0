import { readFile } from 'node:fs/promises';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { ACCOUNT, createCloud, REGION } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { deployStack } from 'apprunner-embedded-cloud/deploy';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { recordsOfPackage, templateWithRecords } from '../../build/records-of-package.ts';
import { AllowedRecordsError, fitParameters, withAllowedRecords } from '../../build/templates/allowed-records.ts';
import { sizedTemplateSchema } from '../../build/templates/largest.ts';
import { limitProblems } from '../../build/templates/limits.ts';
import { lint } from '../stack/lint/lint.ts';
import { type PackagedTemplate, properties, statements } from '../stack/template.ts';

const STACK = 'apprunner-private-ingress-main';

let hub: unknown;
let zonesTemplate: unknown;

beforeAll(async () => {
  const packaged = await ensurePackaged();
  hub = JSON.parse(await readFile(packaged.template, 'utf8'));
  zonesTemplate = JSON.parse(await readFile(packaged.zonesTemplate, 'utf8'));
}, 120_000);

const ids = (count: number) => Array.from({ length: count }, (_, at) => `Z${String(at).padStart(20, '0')}`);
/** Names of `length` characters, each of its own zone. */
const names = (count: number, length = 40) =>
  Array.from({ length: count }, (_, at) => `${'n'.repeat(length - 12)}${String(at).padStart(3, '0')}.corp.org`);

const patternsOf = (template: unknown, role = 'ReconcileRole'): readonly string[] =>
  statements(parsed(template), role).flatMap((statement) =>
    [
      Object(Object(statement.Condition)['ForAllValues:StringLike'])[
        'route53:ChangeResourceRecordSetsNormalizedRecordNames'
      ] ?? [],
    ].flat(),
  );

function parsed(template: unknown): PackagedTemplate {
  return JSON.parse(JSON.stringify({ Outputs: {}, ...Object(template) }));
}

describe('100 zones and 100 names', () => {
  it.each([
    ['short names', names(100, 20)],
    ['names as they are', names(100, 40)],
    ['wildcards', names(100, 60).map((name) => `*.${name}`)],
    ['long names', names(100, 225)],
  ])('deploy: %s', (_, list) => {
    const template = withAllowedRecords(hub, { zones: ids(100), names: list });
    expect(limitProblems(sizedTemplateSchema.parse(template))).toEqual([]);
    expect(lint(template)).toEqual([]);
    const patterns = patternsOf(template);
    for (const name of list) expect(patterns).toContain(name);
  });

  it('are deployed, and let the role write these names and no others', async () => {
    const records = { zones: ids(100), names: names(100), zoneRoleZones: [] };
    await using cloud = createCloud({ clock: new VirtualClock() });
    const parameters = { AllowedVpcs: '*' };
    const place = { account: ACCOUNT, region: REGION, stackName: STACK };
    const template = templateWithRecords(hub, records);
    const deployed = await deployStack(
      { ...place, template, parameters, functionCode: () => '/code' },
      cloud.deployment,
    );
    const iam = new IAMClient(cloud.clientConfig());
    const decision = async (zone: string | undefined, name: string) => {
      const { EvaluationResults = [] } = await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: String(deployed.resources.get('ReconcileRole')?.attributes.Arn),
          ActionNames: ['route53:ChangeResourceRecordSets'],
          ResourceArns: [`arn:aws:route53:::hostedzone/${zone}`],
          ContextEntries: Object.entries({ NormalizedRecordNames: name, RecordTypes: 'A', Actions: 'CREATE' }).map(
            ([key, value]) => ({
              ContextKeyName: `route53:ChangeResourceRecordSets${key}`,
              ContextKeyType: 'stringList' as const,
              ContextKeyValues: [value],
            }),
          ),
        }),
      );
      return EvaluationResults[0]?.EvalDecision;
    };
    for (const at of [0, 50, 99]) expect(await decision(records.zones[at], records.names[at] ?? '')).toBe('allowed');
    expect(await decision(records.zones[0], 'other.corp.org')).not.toBe('allowed');
    expect(await decision('Z9', records.names[0] ?? '')).toBe('explicitDeny');
  });

  it('stand in any distribution over zones and names', () => {
    const counts = fc.record({ zones: fc.integer({ min: 1, max: 100 }), names: fc.integer({ min: 1, max: 100 }) });
    const length = fc.integer({ min: 16, max: 120 });
    fc.assert(
      fc.property(counts, length, ({ zones, names: count }, characters) => {
        const list = names(count, characters);
        const template = withAllowedRecords(hub, { zones: ids(zones), names: list });
        expect(limitProblems(sizedTemplateSchema.parse(template))).toEqual([]);
        // A batch writes the records of one name, so they have to be in one statement.
        for (const { Condition } of statements(parsed(template), 'ReconcileRole')) {
          const part = Object(Object(Condition)['ForAllValues:StringLike'])[
            'route53:ChangeResourceRecordSetsNormalizedRecordNames'
          ];
          if (!Array.isArray(part)) continue;
          for (const name of part) if (!String(name).startsWith('_*.')) expect(part).toContain(`_*.${name}`);
        }
        expect(patternsOf(template)).toHaveLength(2 * count);
      }),
      { numRuns: 30 },
    );
  });

  it('are divided in the zones’ account too, where only full access may write', () => {
    const template = parsed(withAllowedRecords(zonesTemplate, { zones: ids(100), names: names(100, 90) }));
    expect(lint(template)).toEqual([]);
    const attached = properties(template, 'ZonesWriteRole').ManagedPolicyArns;
    expect(attached).toEqual([
      { Ref: 'AllowedZonesPolicy' },
      ...['', 2, 3, 4].map((at) => ({ Ref: `AllowedNamesPolicy${at}` })),
    ]);
    for (const at of ['', 2, 3, 4])
      expect(template.Resources[`AllowedNamesPolicy${at}`]).toMatchObject({ Condition: 'MayWrite' });
    expect(properties(template, 'AllowedNamesPolicy2').ManagedPolicyName).toEqual({
      'Fn::Sub': `\${HubName}-zones-allowed-names-2`,
    });
  });
});

describe('the zones', () => {
  it('are denied to every role that reads records, but for the allowed ones', () => {
    const template = parsed(withAllowedRecords(hub, { zones: ids(100), names: names(100) }));
    for (const role of ['ReconcileRole', 'ApiRole', 'SweepRegionRole']) {
      expect(statements(template, role)).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          NotResource: ids(100).map((id) => `arn:aws:route53:::hostedzone/${id}`),
        }),
      );
    }
  });

  it('may be none: then no role reads or writes records', () => {
    const text = JSON.stringify(withAllowedRecords(hub, { zones: [], names: [] }));
    const left =
      /route53:ChangeResourceRecordSets|route53:ListResourceRecordSets|AllowedZonesPolicy|AllowedNamesPolicy/;
    expect(left.exec(text)?.[0]).toBeUndefined();
  });
});

describe('what does not fit', () => {
  it('is said with what does', () => {
    const tooMany = { zones: ids(400), names: names(1) };
    expect(() => withAllowedRecords(hub, tooMany)).toThrow(AllowedRecordsError);
    expect(() => withAllowedRecords(hub, tooMany)).toThrow(/^400 hosted zones .* the first 1\d\d fit\./);
    expect(() => withAllowedRecords(hub, { zones: ids(1), names: names(150, 253) })).toThrow(
      /^150 domain names need 1\d managed policies, and a role has room for 9: the first \d\d fit\./,
    );
  });
});

describe('names that a wildcard of the list covers', () => {
  it('take no room', () => {
    const list = ['*.example.com', 'a.example.com', '*.b.example.com', 'example.com', 'example.com'];
    const template = withAllowedRecords(hub, { zones: ids(1), names: list });
    expect(patternsOf(template)).toEqual(['*.example.com', 'example.com', '_*.example.com']);
  });
});

describe('the package', () => {
  const words = (zones: readonly string[], list: readonly string[]) => [
    `AllowedZones=${zones.join(',')}`,
    `AllowedNames=${list.join(',')}`,
  ];

  it('leaves short lists to parameters of the stack', async () => {
    expect(fitParameters({ zones: ids(28), names: names(28, 30) })).toBe(true);
    expect(await recordsOfPackage('/nowhere', words(ids(28), names(28, 30)), {})).toBeUndefined();
    expect(await recordsOfPackage('/nowhere', [], {})).toBeUndefined();
  });

  it('holds long ones, in the place of parameters and environment variables', async () => {
    const records = await recordsOfPackage('/nowhere', words(ids(100), names(100)), {});
    expect(records).toEqual({ zones: ids(100), names: names(100), zoneRoleZones: [] });
    if (records === undefined) return;
    const template = parsed(templateWithRecords(hub, records));
    expect(Object.keys(template.Parameters)).not.toContain('AllowedZones');
    expect(JSON.stringify(template)).not.toContain('ALLOWED_NAMES');
    expect(Object(template).Metadata).toEqual({ AllowedRecords: records });
  });
});
