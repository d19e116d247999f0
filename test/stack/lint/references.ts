import { type Assumption, type ConditionOutcome, outcomes } from './conditions.ts';
import { intrinsic, isJson, json, type LintedValue, type Mistake, PSEUDO_PARAMETERS } from './template.ts';

/** One thing of the template that another names. */
interface Reference {
  readonly path: string;
  readonly kind: 'value' | 'attribute' | 'dependency' | 'condition' | 'mapping';
  readonly name: string;
  /** What is asked of a resource. */
  readonly attribute?: string;
  /** What is known where the name stands: the resource's own condition, and the branches of every `Fn::If` around it. */
  readonly assumed: readonly Assumption[];
}

/** Names without a target, circles, and unused names. @param attributesOf `undefined` for a type that is not known. */
export function referenceMistakes(
  template: LintedValue,
  attributesOf: (type: string) => readonly string[] | undefined,
): readonly Mistake[] {
  const { Parameters, Conditions, Mappings, Resources } = template;
  const found = references(template);
  const conditionNames = Object.keys(json(Conditions));
  const isKnown = ({ kind, name }: Reference): boolean => {
    if (kind === 'condition') return conditionNames.includes(name);
    if (kind === 'mapping') return Object.hasOwn(json(Mappings), name);
    if (Object.hasOwn(json(Resources), name)) return true;
    return kind === 'value' && (PSEUDO_PARAMETERS.includes(name) || Object.hasOwn(json(Parameters), name));
  };
  const unknown = found.filter((reference) => !isKnown(reference));
  const used = new Set(found.map(({ name }) => name));
  const unused = (section: string, names: readonly string[]) =>
    names.filter((name) => !used.has(name)).map((name) => ({ path: `${section}/${name}`, message: 'is used nowhere' }));
  return [
    ...unknown.map(({ path, name, kind }) => ({ path, message: `${name} is not in the template (${kind})` })),
    ...found.flatMap((reference) => attributeMistakes(reference, json(Resources), attributesOf)),
    ...unused('Parameters', Object.keys(json(Parameters))),
    ...unused('Conditions', conditionNames),
    ...unused('Mappings', Object.keys(json(Mappings))),
    ...circles(found, json(Resources)),
    ...(unknown.length === 0 ? absences(found, json(Resources), outcomes(template)) : []),
  ];
}

function references({ Conditions, Resources, Outputs }: LintedValue): readonly Reference[] {
  const ofConditions = Object.entries(json(Conditions)).flatMap(([name, expression]) =>
    inValue(expression, `Conditions/${name}`, []),
  );
  const ofOthers = [
    ...Object.entries(json(Resources)).map(([id, resource]) => [`Resources/${id}`, json(resource)] as const),
    ...Object.entries(json(Outputs)).map(([name, output]) => [`Outputs/${name}`, json(output)] as const),
  ].flatMap(([path, { Condition, DependsOn, ...rest }]) => {
    const assumed = typeof Condition === 'string' ? [{ condition: Condition, holds: true }] : [];
    const dependencies = [DependsOn ?? []].flat().map(String);
    return [
      ...assumed.map(({ condition: name }) => ({
        path: `${path}/Condition`,
        kind: 'condition' as const,
        name,
        assumed: [],
      })),
      ...dependencies.map((name) => ({ path: `${path}/DependsOn`, kind: 'dependency' as const, name, assumed })),
      ...inValue(rest, path, assumed),
    ];
  });
  return [...ofConditions, ...ofOthers];
}

function inValue(value: unknown, path: string, assumed: readonly Assumption[]): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => inValue(item, `${path}/${at}`, assumed));
  if (!isJson(value)) return [];
  const { name, argument } = intrinsic(value) ?? {};
  const parts = Array.isArray(argument) ? argument : [];
  switch (name) {
    case undefined:
      return Object.entries(value).flatMap(([key, member]) =>
        path.startsWith('Conditions/') && key === 'Condition'
          ? [{ path, kind: 'condition' as const, name: String(member), assumed }]
          : inValue(member, `${path}/${key}`, assumed),
      );
    case 'Ref':
      return [{ path, kind: 'value', name: String(argument), assumed }];
    case 'Fn::GetAtt': {
      const [id = '', ...attribute] = (Array.isArray(argument) ? argument : [argument]).join('.').split('.');
      return [{ path, kind: 'attribute', name: id, attribute: attribute.join('.'), assumed }];
    }
    case 'Fn::If':
      return [
        { path, kind: 'condition', name: String(parts[0]), assumed },
        ...[true, false].flatMap((holds, at) =>
          inValue(parts[at + 1], `${path}/${at + 1}`, [...assumed, { condition: String(parts[0]), holds }]),
        ),
      ];
    case 'Fn::FindInMap':
      return [{ path, kind: 'mapping', name: String(parts[0]), assumed }, ...inValue(parts.slice(1), path, assumed)];
    case 'Fn::Sub': {
      const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
      const names = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, inside = '']) => inside.trim());
      const own = names.filter((inside) => !Object.hasOwn(json(variables), inside));
      return [
        ...own.flatMap((inside) =>
          inValue(inside.includes('.') ? { 'Fn::GetAtt': inside } : { Ref: inside }, path, assumed),
        ),
        ...inValue(variables, path, assumed),
      ];
    }
    default:
      return inValue(argument, `${path}/${name}`, assumed);
  }
}

function attributeMistakes(
  { kind, name, attribute = '', path }: Reference,
  resources: LintedValue,
  attributesOf: (type: string) => readonly string[] | undefined,
): readonly Mistake[] {
  const type = String(json(resources[name]).Type);
  const attributes = attributesOf(type);
  if (kind !== 'attribute' || attributes === undefined || attributes.includes(attribute)) return [];
  return [{ path, message: `${type} has no attribute ${attribute}; it has ${attributes.join(', ') || 'none'}` }];
}

/** Resources that wait for each other. */
function circles(found: readonly Reference[], resources: LintedValue): readonly Mistake[] {
  const needs = (id: string) =>
    found.flatMap(({ path, name }) => (path.startsWith(`Resources/${id}/`) && name in resources ? [name] : []));
  const done = new Set<string>();
  const follow = (id: string, above: readonly string[]): readonly Mistake[] => {
    if (above.includes(id)) {
      const circle = [...above.slice(above.indexOf(id)), id].join(' → ');
      return [{ path: `Resources/${id}`, message: `waits for itself: ${circle}` }];
    }
    if (done.has(id)) return [];
    const mistakes = needs(id).flatMap((next) => follow(next, [...above, id]));
    done.add(id);
    return mistakes;
  };
  return Object.keys(resources).flatMap((id) => follow(id, []));
}

/** Resources that are named where their condition need not hold. */
function absences(
  found: readonly Reference[],
  resources: LintedValue,
  ways: readonly ConditionOutcome[],
): readonly Mistake[] {
  return found.flatMap(({ path, name, assumed }) => {
    const { Condition } = json(resources[name]);
    if (typeof Condition !== 'string') return [];
    const possible = ways.filter((way) => assumed.every(({ condition, holds }) => way.get(condition) === holds));
    if (possible.every((way) => way.get(Condition) === true)) return [];
    return [{ path, message: `${name} exists only if ${Condition}, which need not hold here` }];
  });
}
