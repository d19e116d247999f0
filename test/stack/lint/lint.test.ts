import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePackaged, type Package } from '../../../build/package.ts';
import { lint } from './lint.ts';
import { json, type LintedValue } from './template.ts';

let packaged: Package;
let member: LintedValue;
let hub: LintedValue;

beforeAll(async () => {
  packaged = await ensurePackaged();
  hub = json(JSON.parse(await readFile(packaged.template, 'utf8')));
  member = json(JSON.parse(await readFile(packaged.memberTemplate, 'utf8')));
}, 120_000);

describe('the packaged templates', () => {
  it.each(['template', 'memberTemplate', 'zonesTemplate', 'organizationTemplate'] as const)(
    '%s is as CloudFormation wants it',
    async (which) => {
      expect(lint(JSON.parse(await readFile(packaged[which], 'utf8')))).toEqual([]);
    },
  );
});

/** The value with another one at a path such as `Resources/ReadRole/Type`; `undefined` takes it away. */
function changed(value: unknown, [name = '', ...rest]: readonly string[], to: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === name ? changed(item, rest, to) : item));
  return { ...json(value), [name]: rest.length === 0 ? to : changed(json(value)[name], rest, to) };
}

const many = (count: number, of: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`X${at}`, of]));
const NEEDS = (name: string) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: { 'Fn::GetAtt': [name, 'QueueName'] } },
});

const READ = 'Resources/ReadRole';
const PROBE = 'Resources/ProbeFunction';
const RULE = 'Resources/ForwardApiCall/Properties';
const STATEMENT = `${READ}/Properties/Policies/0/PolicyDocument/Statement/0`;
const sub = (text: string) => ({ 'Fn::Sub': text.replaceAll('<', '${').replaceAll('>', '}') });
const BUS = sub('arn:<AWS::Partition>:events:<HubRegion>:<HubAccount>:event-bus/<HubName>');

/** One thing made wrong in the members' template, and what is said of it. */
const BROKEN: readonly (readonly [path: string, to: unknown, said: string])[] = [
  // The template
  ['Resourcs', {}, 'Resourcs: is no section of a template'],
  ['Description', 'x'.repeat(1025), 'Description: has 1025 bytes, and may have 1024'],
  ['Description', ['x'], 'Description: is not a text'],
  ['Parameters', many(201, { Type: 'String' }), 'Parameters: has 201 members, and may have 200'],
  ['Resources', many(501, { Type: 'AWS::SQS::Queue' }), 'Resources: has 501 members, and may have 500'],
  ['Resources', {}, 'Resources: has no resource'],
  ['Metadata', { text: 'x'.repeat(1_000_000) }, 'bytes, and may have 1000000'],
  ['Resources/Read-Role', { Type: 'AWS::SQS::Queue' }, 'Resources/Read-Role: is no name of letters and digits'],
  ['Outputs', { Arn: { Description: 'x' } }, 'Outputs/Arn: has no Value'],
  // Parameters
  ['Parameters/HubAccount/Type', 'Text', 'Parameters/HubAccount/Type: Text is no type of a parameter'],
  ['Parameters/HubAccount/Default', '1', 'Parameters/HubAccount/Default: "1" does not match ^[0-9]{12}$'],
  ['Parameters/Access/Default', 'none', '"none" is not one of read-only, full'],
  ['Parameters/Access/Defualt', 'full', 'Parameters/Access/Defualt: is not known there'],
  ['Parameters/Spare', { Type: 'String' }, 'Parameters/Spare: is used nowhere'],
  ['Parameters/HubRegion', undefined, 'HubRegion is not in the template (value)'],
  ['Parameters/Count', { Type: 'Number', Default: 'x' }, '"x" is not a number'],
  // Conditions
  ['Conditions/IsHome', undefined, 'there is no condition IsHome'],
  ['Conditions/IsHome', { Condition: 'MayWrite' }, 'goes in a circle'],
  ['Conditions/IsHome', { 'Fn::Equals': [{ Ref: 'HomeRegion' }] }, 'Fn::Equals compares two values'],
  ['Conditions/IsHome', { Ref: 'HomeRegion' }, '{"Ref":"HomeRegion"} is no condition'],
  ['Conditions/HasProbe/Fn::And', [{ Condition: 'IsHome' }], 'Fn::And takes 2 to 10 conditions'],
  ['Conditions/Spare', { 'Fn::Equals': [1, 2] }, 'Conditions/Spare: is used nowhere'],
  [`${READ}/Condition`, 'IsHoem', 'IsHoem is not in the template (condition)'],
  // Resources and their properties
  [`${READ}/Type`, 'AWS::IAM::Rule', 'Resources/ReadRole/Type: there is no type AWS::IAM::Rule'],
  [`${READ}/DeletePolicy`, 'Retain', 'Resources/ReadRole/DeletePolicy: is not known there'],
  [`${READ}/Properties/AssumeRolePolicyDocument`, undefined, 'has no AssumeRolePolicyDocument, which is required'],
  [`${READ}/Properties/AssumeRolePolicyDocument`, { Ref: 'AWS::NoValue' }, 'is AWS::NoValue, and required'],
  [`${READ}/Properties/Polices`, [], 'Resources/ReadRole/Properties/Polices: is no property here'],
  [`${READ}/Properties/Policies`, {}, 'is an object, not a list'],
  [`${READ}/Properties/Policies/0/PolicyName`, undefined, 'Policies/0: has no PolicyName, which is required'],
  [`${READ}/Properties/Policies/0/Name`, 'read', 'Policies/0/Name: is no property here'],
  [`${READ}/Properties/RoleName`, ['x'], 'is a list, not a text'],
  [`${READ}/Properties/RoleName`, { Ref: 'ProbeSubnetIds' }, 'RoleName: is a list, not a text'],
  [`${READ}/Properties/Tags`, [{ Key: 'a' }], 'Tags/0: has no Value, which is required'],
  [`${PROBE}/Properties/Timeout`, 'soon', 'Timeout: is "soon", not an integer'],
  [`${PROBE}/Properties/Timeout`, 1.5, 'Timeout: is 1.5, not an integer'],
  [`${PROBE}/Properties/PublishToLatestPublished`, 'perhaps', 'is "perhaps", not a boolean'],
  [`${PROBE}/Properties/PackageType`, 'Tar', 'is "Tar", not one of Image, Zip'],
  [`${PROBE}/Properties/VpcConfig/SubnetIds`, { Ref: 'ProbeCodeKey' }, 'SubnetIds: is a text, not a list'],
  [
    `${PROBE}/Properties/VpcConfig`,
    { 'Fn::If': ['HasProbe', { Subnets: [] }, { Ref: 'AWS::NoValue' }] },
    'VpcConfig/1/Subnets: is no property here',
  ],
  [`${PROBE}/Properties/VpcConfig`, { 'Fn::If': ['HasProbe', {}] }, 'Fn::If takes a condition and two values'],
  [`${PROBE}/Properties/Environment/Variables/A`, { b: 1 }, 'Variables/A: is an object, not a text'],
  // References
  [`${PROBE}/DependsOn`, ['ProbeLogs'], 'ProbeLogs is not in the template (dependency)'],
  [`${PROBE}/Properties/Role`, { 'Fn::GetAtt': ['ProbeRoll', 'Arn'] }, 'ProbeRoll is not in the template (attribute)'],
  [
    `${PROBE}/Properties/Role`,
    { 'Fn::GetAtt': 'ProbeRole.Name' },
    'AWS::IAM::Role has no attribute Name; it has Arn, RoleId',
  ],
  [`${PROBE}/Properties/Description`, { 'Fn::Sub': 'for $' + '{Who}' }, 'Who is not in the template (value)'],
  [`${PROBE}/Properties/Description`, { 'Fn::Sub': '$' + '{ProbeRole.Name}' }, 'has no attribute Name'],
  [
    `${PROBE}/Properties/Description`,
    { 'Fn::FindInMap': ['Texts', 'a', 'b'] },
    'Texts is not in the template (mapping)',
  ],
  [`${PROBE}/Properties/Description`, { 'Fn::If': ['Never', 'a', 'b'] }, 'Never is not in the template (condition)'],
  [
    `${PROBE}/Properties/Role`,
    { 'Fn::GetAtt': ['ReadRole', 'Arn'] },
    'ReadRole exists only if IsHome, which need not hold here',
  ],
  ['Outputs', { Arn: { Value: { 'Fn::GetAtt': ['ReadRole', 'Arn'] } } }, 'ReadRole exists only if IsHome'],
  ['Resources', { A: NEEDS('B'), B: NEEDS('A') }, 'waits for itself: A → B → A'],
  // What the services refuse
  [`${RULE}/Targets/0/RetryPolicy`, { MaximumRetryAttempts: 20 }, 'RetryPolicy: is not supported for a target that is'],
  [`${RULE}/Targets/0/InputPath`, '$.detail', 'InputPath: is not supported for a target that is an event bus'],
  [`${RULE}/Targets/0/RoleArn`, undefined, 'has no RoleArn, which an event bus of another account or region needs'],
  [`${RULE}/EventBusName`, BUS, 'Targets/0/Arn: is the event bus of the rule itself'],
  [`${RULE}/Targets`, Array(6).fill({ Id: 'a', Arn: BUS }), 'Targets: has 6 targets, and AWS allows 5'],
  [`${RULE}/Targets`, Array(2).fill({ Id: 'a', Arn: BUS }), 'Targets: has two targets with one Id'],
  [`${RULE}/Targets/0/RetryPolicy`, { MaximumRetryAttempts: 186 }, 'is 186, and AWS allows 0 to 185'],
  [`${RULE}/Targets/0/RetryPolicy`, { MaximumEventAgeInSeconds: 59 }, 'is 59, and AWS allows 60 to 86400'],
  [`${READ}/Properties/RoleName`, sub('<HubName>-write'), 'is the name of'],
  [`${RULE}/Name`, sub('<HubName>-forward-custom-domain-status'), '68 characters, and AWS allows 64'],
  [`${RULE}/Description`, 'x'.repeat(513), 'has 513 characters, and AWS allows 512'],
  [`${READ}/Properties/RoleName`, sub('<HubName>-read-the-services-of-account'), '68 characters, and AWS allows 64'],
  [`${READ}/Properties/Description`, 'the hub’s', 'Description: has characters that IAM refuses'],
  [`${PROBE}/Properties/FunctionName`, 'x'.repeat(65), '65 characters, and AWS allows 64'],
  [`${PROBE}/Properties/Description`, 'x'.repeat(257), 'has 257 characters, and AWS allows 256'],
  [`${PROBE}/Properties/Environment/Variables/A`, 'x'.repeat(4096), 'bytes, and AWS allows 4096'],
  [`${PROBE}/Properties/Environment/Variables/AWS_REGION`, 'x', 'AWS_REGION: is a name that Lambda reserves'],
  [`${PROBE}/Properties/Timeout`, 901, 'is 901 s, and Lambda allows 900'],
  [`${STATEMENT}/Resource`, ['x'.repeat(10_240)], 'the inline policies: '],
  [`${STATEMENT}/Sid`, 'List-Services', 'the Sid List-Services may have letters and digits only'],
  [`${STATEMENT}/Sid`, 'ReadServices', 'has two statements with one Sid'],
  [`${STATEMENT}/Effect`, 'allow', 'has a statement without Allow or Deny'],
  [`${STATEMENT}/Action`, undefined, 'has a statement without an action'],
  [`${STATEMENT}/Resource`, undefined, 'has a statement without a resource'],
  [`${STATEMENT}/Principal`, '*', 'has a Principal, which only trust and resource policies have'],
  [`${READ}/Properties/Policies/0/PolicyDocument/Version`, undefined, 'has no Version 2012-10-17'],
  [`${READ}/Properties/AssumeRolePolicyDocument/Id`, 'x'.repeat(2048), 'the trust policy: '],
  [
    `${READ}/Properties/ManagedPolicyArns`,
    Array(11).fill('arn:aws:iam::aws:policy/x'),
    'the role: 11 managed policies, and AWS allows 10',
  ],
  [
    'Resources/Large',
    { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: 'x'.repeat(6144) } } },
    'the managed policy: 6160 characters, and AWS allows 6144',
  ],
];

describe('the lint', () => {
  it.each(BROKEN)('says what is wrong with %s', (path, to, said) => {
    const broken: unknown = JSON.parse(JSON.stringify(changed(member, path.split('/'), to)));
    expect(lint(broken).join('\n')).toContain(said);
  });

  it('says when messages come back before the function times out', () => {
    const broken = changed(hub, ['Resources', 'ReconcileQueue', 'Properties', 'VisibilityTimeout'], 59);
    expect(lint(broken).join('\n')).toContain("visibility timeout of 59 s is shorter than the function's 60 s");
  });

  it('knows that one condition means another', () => {
    const output = { Condition: 'MayWrite', Value: { 'Fn::GetAtt': ['ReadRole', 'Arn'] } };
    expect(lint({ ...member, Outputs: { Arn: output } })).toEqual([]);
  });

  it('takes a template only', () => {
    expect(lint('Resources: {}')).toEqual(['the template is not an object']);
  });
});
