import { nameProperty, sizedTemplateSchema } from '../../../build/templates/largest.ts';
import { limitProblems } from '../../../build/templates/limits.ts';
import { isJson, json, type LintedValue, type Mistake } from './template.ts';

/** What the services refuse although CloudFormation's resource types allow it. */
export function serviceMistakes(template: LintedValue): readonly Mistake[] {
  const sized = sizedTemplateSchema.safeParse(template);
  return [
    ...(sized.success ? limitProblems(sized.data).map(({ path, message }) => ({ path, message })) : []),
    ...nameMistakes(json(template.Resources)),
    ...Object.entries(json(template.Resources)).flatMap(([id, resource]) => {
      const { Type, Properties } = json(resource);
      const path = `Resources/${id}/Properties`;
      return [
        ...descriptionMistakes(path, String(Type), json(Properties)),
        ...resourceMistakes(path, String(Type), json(Properties), json(template.Resources)),
      ];
    }),
  ];
}

function resourceMistakes(
  path: string,
  type: string,
  properties: LintedValue,
  resources: LintedValue,
): readonly Mistake[] {
  switch (type) {
    case 'AWS::Events::Rule':
      return ruleMistakes(path, properties, resources);
    case 'AWS::IAM::Role':
      return list(properties.Policies).flatMap((policy, at) =>
        documentMistakes(`${path}/Policies/${at}/PolicyDocument`, json(policy).PolicyDocument),
      );
    case 'AWS::IAM::ManagedPolicy':
      return documentMistakes(`${path}/PolicyDocument`, properties.PolicyDocument);
    case 'AWS::Lambda::Function':
      return functionMistakes(path, properties);
    case 'AWS::Lambda::EventSourceMapping':
      return mappingMistakes(path, properties, resources);
    default:
      return [];
  }
}

/** EventBridge quotas, targets per rule. */
const MAX_TARGETS = 5;

function ruleMistakes(path: string, properties: LintedValue, resources: LintedValue): readonly Mistake[] {
  const targets = list(properties.Targets).map(json);
  const ids = targets.map(({ Id }) => Id);
  return [
    ...(targets.length > MAX_TARGETS
      ? [{ path: `${path}/Targets`, message: `has ${targets.length} targets, and AWS allows ${MAX_TARGETS}` }]
      : []),
    ...(new Set(ids).size === ids.length ? [] : [{ path: `${path}/Targets`, message: 'has two targets with one Id' }]),
    ...targets.flatMap((target, at) => [
      ...targetMistakes(`${path}/Targets/${at}`, target, properties, resources),
      ...retryMistakes(`${path}/Targets/${at}/RetryPolicy`, json(target.RetryPolicy)),
    ]),
  ];
}

/** EventBridge API reference, RetryPolicy. */
const RETRY_RANGES = { MaximumEventAgeInSeconds: [60, 86_400], MaximumRetryAttempts: [0, 185] } as const;

function retryMistakes(path: string, policy: LintedValue): readonly Mistake[] {
  return Object.entries(RETRY_RANGES).flatMap(([name, [least, most]]) => {
    const value = policy[name];
    if (typeof value !== 'number' || (value >= least && value <= most)) return [];
    return [{ path: `${path}/${name}`, message: `is ${value}, and AWS allows ${least} to ${most}` }];
  });
}

/** Resources of one type with the same name: the second one exists already when it is created. */
function nameMistakes(resources: LintedValue): readonly Mistake[] {
  const named = Object.entries(resources).flatMap(([id, resource]) => {
    const { Type, Properties } = json(resource);
    const property = nameProperty(String(Type));
    const name = json(Properties)[property];
    return name === undefined || !NAMED_ONCE.includes(String(Type))
      ? []
      : [{ path: `Resources/${id}/Properties/${property}`, key: `${Type} ${JSON.stringify(name)}` }];
  });
  return [...Map.groupBy(named, ({ key }) => key).values()].flatMap(([first, ...others]) =>
    others.map(({ path }) => ({ path, message: `is the name of ${first?.path.split('/')[1]} too` })),
  );
}

const NAMED_ONCE = ['AWS::Events::Rule', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role', 'AWS::Lambda::Function'].concat([
  'AWS::SQS::Queue',
  'AWS::DynamoDB::Table',
  'AWS::Logs::LogGroup',
]);

/** docs/facts.md#bus-target-takes-no-retry-policy. */
const NOT_FOR_BUSES = ['RetryPolicy', 'Input', 'InputPath', 'InputTransformer'];

function targetMistakes(
  path: string,
  target: LintedValue,
  { EventBusName }: LintedValue,
  resources: LintedValue,
): readonly Mistake[] {
  const arn = JSON.stringify(target.Arn) ?? '';
  const ofStack = Object.keys(resources).find(
    (id) => json(resources[id]).Type === 'AWS::Events::EventBus' && arn.includes(`"${id}"`),
  );
  if (ofStack === undefined && !arn.includes(':event-bus/')) return [];
  const own = JSON.stringify(EventBusName) ?? '';
  return [
    ...NOT_FOR_BUSES.filter((name) => target[name] !== undefined).map((name) => ({
      path: `${path}/${name}`,
      message: 'is not supported for a target that is an event bus',
    })),
    ...(target.RoleArn === undefined && ofStack === undefined
      ? [{ path, message: 'has no RoleArn, which an event bus of another account or region needs' }]
      : []),
    ...(own !== '' && (arn === own || own.includes(`"${ofStack}"`))
      ? [{ path: `${path}/Arn`, message: 'is the event bus of the rule itself' }]
      : []),
  ];
}

/** Statements as IAM's grammar wants them in an identity-based policy. */
function documentMistakes(path: string, document: unknown): readonly Mistake[] {
  const { Version, Statement } = json(document);
  const statements = list(Statement).flatMap((statement) =>
    list(json(statement)['Fn::If'] ?? [statement]).filter(isStatement),
  );
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined);
  const mistake = (message: string) => [{ path, message }];
  return [
    ...(Version === '2012-10-17' ? [] : mistake('has no Version 2012-10-17')),
    ...sids
      .filter((sid) => !/^[A-Za-z0-9]*$/.test(String(sid)))
      .flatMap((sid) => mistake(`the Sid ${sid} may have letters and digits only`)),
    ...(new Set(sids).size === sids.length ? [] : mistake('has two statements with one Sid')),
    ...statements.flatMap((statement) => [
      ...(statement.Effect === 'Allow' || statement.Effect === 'Deny'
        ? []
        : mistake('has a statement without Allow or Deny')),
      ...('Action' in statement || 'NotAction' in statement ? [] : mistake('has a statement without an action')),
      ...('Resource' in statement || 'NotResource' in statement ? [] : mistake('has a statement without a resource')),
      ...('Principal' in statement ? mistake('has a Principal, which only trust and resource policies have') : []),
    ]),
  ];
}

const isStatement = (value: unknown): value is LintedValue => isJson(value) && !('Ref' in value);

function functionMistakes(path: string, { Environment, Timeout }: LintedValue): readonly Mistake[] {
  const names = Object.keys(json(json(Environment).Variables));
  return [
    ...names
      .filter((name) => /^(AWS_|LAMBDA_|_)/.test(name))
      .map((name) => ({ path: `${path}/Environment/Variables/${name}`, message: 'is a name that Lambda reserves' })),
    ...(Number(Timeout) > 900 ? [{ path: `${path}/Timeout`, message: `is ${Timeout} s, and Lambda allows 900` }] : []),
  ];
}

/** Lambda refuses a queue whose messages come back before the function times out. */
function mappingMistakes(
  path: string,
  { EventSourceArn, FunctionName }: LintedValue,
  resources: LintedValue,
): readonly Mistake[] {
  const queue = json(json(resources[target(EventSourceArn)]).Properties);
  const { Timeout = 3 } = json(json(resources[target(FunctionName)]).Properties);
  const visibility = Number(queue.VisibilityTimeout ?? 30);
  if (target(EventSourceArn) === '' || visibility >= Number(Timeout)) return [];
  return [
    { path, message: `the queue's visibility timeout of ${visibility} s is shorter than the function's ${Timeout} s` },
  ];
}

const target = (value: unknown): string => String(list(json(value)['Fn::GetAtt'])[0] ?? json(value).Ref ?? '');

const DESCRIPTION_LIMITS: Readonly<Record<string, number>> = {
  'AWS::CloudWatch::Alarm': 1024,
  'AWS::Events::Rule': 512,
  'AWS::IAM::ManagedPolicy': 1000,
  'AWS::IAM::Role': 1000,
  'AWS::Lambda::Function': 256,
  'AWS::SSM::Parameter': 1024,
};
/** IAM API reference, `Description` of a role and of a policy. */
const IAM_TEXT = /^[\t\n\r\x20-\x7e\u00a1-\u00ff]*$/;

function descriptionMistakes(path: string, type: string, properties: LintedValue): readonly Mistake[] {
  const name = type === 'AWS::CloudWatch::Alarm' ? 'AlarmDescription' : 'Description';
  const text = properties[name];
  const most = DESCRIPTION_LIMITS[type];
  if (typeof text !== 'string' || most === undefined) return [];
  return [
    ...(text.length > most
      ? [{ path: `${path}/${name}`, message: `has ${text.length} characters, and AWS allows ${most}` }]
      : []),
    ...(type.startsWith('AWS::IAM::') && !IAM_TEXT.test(text)
      ? [{ path: `${path}/${name}`, message: 'has characters that IAM refuses' }]
      : []),
  ];
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
