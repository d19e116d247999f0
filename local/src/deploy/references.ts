import { condition, type Scope, SUBSTITUTION, splitAtDot, unresolved } from './intrinsic-functions.ts';
import { isJson, type Template, TemplateError } from './template.ts';

/** What refers to what in a template: the order of creation, and names that are not there. */

/** The resources that a value refers to, in both branches of every Fn::If that does not hold them off. */
function referencedResources(scope: Scope, value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) referencedResources(scope, item, found);
  if (!isJson(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Ref') found.add(String(argument));
    else if (key === 'Fn::GetAtt')
      found.add(Array.isArray(argument) ? String(argument[0]) : splitAtDot(String(argument))[0]);
    else if (key === 'Fn::If' && Array.isArray(argument)) {
      referencedResources(scope, argument[condition(scope, String(argument[0])) ? 1 : 2], found);
    } else {
      if (key === 'Fn::Sub') for (const name of substituted(argument)) found.add(name);
      referencedResources(scope, argument, found);
    }
  }
}

/** Names that the template refers to and does not have, whatever its conditions. */
export function unresolvedReferences(template: Template): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isJson(value)) return;
    for (const [key, argument] of Object.entries(value)) {
      if (key === 'Ref') found.add(String(argument));
      if (key === 'Fn::GetAtt')
        found.add(Array.isArray(argument) ? String(argument[0]) : splitAtDot(String(argument))[0]);
      if (key === 'Fn::Sub') for (const name of substituted(argument)) found.add(name);
      visit(argument);
    }
  };
  visit(template.Resources);
  visit(template.Outputs);
  const { Resources: resources, Parameters: parameters = {} } = template;
  return [...found].filter(
    (name) => !name.startsWith('AWS::') && !Object.hasOwn(resources, name) && !Object.hasOwn(parameters, name),
  );
}

/** The names in the text of an `Fn::Sub` that are not its own variables. */
function substituted(argument: unknown): readonly string[] {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return [...String(text).matchAll(SUBSTITUTION)].flatMap(([, literal, name = '']) => {
    if (literal !== '' || Object.hasOwn(Object(variables), name)) return [];
    return [name.includes('.') ? splitAtDot(name)[0] : name];
  });
}

/** The resources whose condition holds, each after those it refers to or depends on. @throws TemplateError */
export function creationOrder(scope: Scope): readonly string[] {
  const { Resources: resources } = scope.template;
  const present = Object.keys(resources).filter((id) => {
    const named = resources[id]?.Condition;
    return named === undefined || condition(scope, named);
  });
  const needs = new Map(present.map((id) => [id, new Set<string>()]));
  for (const [id, needed] of needs) {
    const referred = new Set<string>();
    referencedResources(scope, resources[id]?.Properties, referred);
    const known = (name: string): boolean =>
      name === 'AWS::NoValue' || scope.parameters[name] !== undefined || scope.pseudo[name] !== undefined;
    const missing = [...referred].filter((name) => !known(name) && !needs.has(name));
    if (missing.length > 0) throw unresolved(missing);
    for (const name of [...referred, ...[resources[id]?.DependsOn ?? []].flat()]) if (needs.has(name)) needed.add(name);
  }
  const order: string[] = [];
  while (order.length < present.length) {
    const next = present.filter(
      (id) => !order.includes(id) && [...(needs.get(id) ?? [])].every((name) => order.includes(name)),
    );
    if (next.length === 0) {
      const stuck = present.filter((id) => !order.includes(id));
      throw new TemplateError(`Circular dependency between resources: [${stuck.join(', ')}]`);
    }
    order.push(...next);
  }
  return order;
}
