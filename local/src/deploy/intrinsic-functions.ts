import { isJson, type ParameterValue, type Template, TemplateError, type TemplateJson } from './template.ts';

/** What names mean while a template is evaluated. */
export interface Scope {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** `AWS::Region` … */
  readonly pseudo: Readonly<Record<string, ParameterValue>>;
  /** What `Ref` of a resource gives. */
  reference(logicalId: string): string;
  /** What `Fn::GetAtt` of a resource gives. */
  attribute(logicalId: string, name: string): unknown;
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Whether a named condition holds. @throws TemplateError */
export function condition(scope: Scope, name: string): boolean {
  const declared = scope.template.Conditions ?? {};
  if (!Object.hasOwn(declared, name))
    throw new TemplateError(`Template format error: Unresolved condition dependency ${name}`);
  return holds(scope, declared[name]);
}

function holds(scope: Scope, expression: unknown): boolean {
  const [[operator, argument] = ['', undefined]] = isJson(expression) ? Object.entries(expression) : [];
  const operands = Array.isArray(argument) ? argument : [];
  switch (operator) {
    case 'Condition':
      return condition(scope, String(argument));
    case 'Fn::Equals':
      return JSON.stringify(evaluate(scope, operands[0])) === JSON.stringify(evaluate(scope, operands[1]));
    case 'Fn::And':
      return operands.every((operand) => holds(scope, operand));
    case 'Fn::Or':
      return operands.some((operand) => holds(scope, operand));
    case 'Fn::Not':
      return !holds(scope, operands[0]);
    default:
      throw new TemplateError(`Template format error: a condition cannot be ${JSON.stringify(expression)}`);
  }
}

/** What `Ref: AWS::NoValue` leaves behind; members and elements that are this are left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** A value with its intrinsic functions carried out. @throws TemplateError */
export function evaluate(scope: Scope, value: unknown): unknown {
  const result = resolve(scope, value);
  return result === NO_VALUE ? undefined : result;
}

function resolve(scope: Scope, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(scope, item)).filter((item) => item !== NO_VALUE);
  if (!isJson(value)) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return intrinsic(scope, name, argument);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, resolve(scope, member)] as const)
      .filter(([, member]) => member !== NO_VALUE),
  );
}

function intrinsic(scope: Scope, name: string, argument: unknown): unknown {
  const list = (): readonly unknown[] => {
    if (Array.isArray(argument)) return argument;
    throw new TemplateError(`Template error: ${name} wants a list, not ${JSON.stringify(argument)}`);
  };
  const text = (value: unknown): string => {
    const resolved = resolve(scope, value);
    if (isScalar(resolved)) return String(resolved);
    throw new TemplateError(
      `Template error: every ${name} object must be made of strings; ${JSON.stringify(value)} is none`,
    );
  };
  switch (name) {
    case 'Ref':
      return referenced(scope, String(argument));
    case 'Fn::GetAtt': {
      const [logicalId = '', attribute = ''] = Array.isArray(argument)
        ? argument.map(text)
        : splitAtDot(String(argument));
      return attributeOf(scope, logicalId, attribute);
    }
    case 'Fn::Sub': {
      const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
      return substitute(scope, String(template), isJson(variables) ? variables : {}, text);
    }
    case 'Fn::Join': {
      const [delimiter, parts] = list();
      const resolved = resolve(scope, parts);
      if (!Array.isArray(resolved))
        throw new TemplateError('Template error: Fn::Join wants a delimiter and a list of strings');
      return resolved.map(text).join(String(delimiter));
    }
    case 'Fn::Split': {
      const [delimiter, source] = list();
      return text(source).split(String(delimiter));
    }
    case 'Fn::Select': {
      const [index, items] = list();
      const [at, resolved] = [Number(text(index)), resolve(scope, items)];
      if (!Array.isArray(resolved) || !(at in resolved)) {
        throw new TemplateError(`Template error: Fn::Select cannot select nonexistent value at index ${at}`);
      }
      return resolved[at];
    }
    case 'Fn::If': {
      const [named, whenTrue, whenFalse] = list();
      return resolve(scope, condition(scope, String(named)) ? whenTrue : whenFalse);
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = list().map(text);
      const found = Object(Object(scope.template.Mappings?.[map ?? ''])[first ?? ''])[second ?? ''];
      if (found === undefined)
        throw new TemplateError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
      return found;
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    default:
      throw new TemplateError(`Template error: ${name} is not supported by the embedded cloud`);
  }
}

function referenced(scope: Scope, name: string): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = scope.parameters[name] ?? scope.pseudo[name];
  if (value !== undefined) return value;
  if (!Object.hasOwn(scope.template.Resources, name)) throw unresolved([name]);
  return scope.reference(name);
}

function attributeOf(scope: Scope, logicalId: string, attribute: string): unknown {
  if (!Object.hasOwn(scope.template.Resources, logicalId)) {
    throw new TemplateError(`Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`);
  }
  const value = scope.attribute(logicalId, attribute);
  if (value !== undefined) return value;
  const type = scope.template.Resources[logicalId]?.Type;
  throw new TemplateError(
    `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt (${type} in the embedded cloud)`,
  );
}

export const splitAtDot = (text: string): [string, string] => [
  text.slice(0, text.indexOf('.')),
  text.slice(text.indexOf('.') + 1),
];

/** `${Name}`, and `${!Literal}`, in the text of an Fn::Sub. */
export const SUBSTITUTION = /\$\{(!?)([^}]*)\}/g;

function substitute(
  _scope: Scope,
  template: string,
  variables: TemplateJson,
  text: (value: unknown) => string,
): string {
  return template.replace(SUBSTITUTION, (_all, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(variables[name]);
    return text(name.includes('.') ? { 'Fn::GetAtt': splitAtDot(name) } : { Ref: name });
  });
}

export const unresolved = (names: readonly string[]): TemplateError =>
  new TemplateError(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the Resources block of the template`,
  );
