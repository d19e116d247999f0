import type { InputTransformer } from '@aws-sdk/client-eventbridge';

/** An event as it travels over a bus (documented: "AWS events metadata"). */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  /** The account of the source, which need not be that of the bus. */
  readonly account: string;
  /** ISO 8601, seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** A moment as events have it: ISO 8601, seconds. */
export const eventTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** What a target receives: at most one of the three. */
export interface TargetInput {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?: InputTransformer | undefined;
}

/** The value at a JSON path of the kind EventBridge takes: `$`, `$.detail.a`, `$.detail-type`, `$.resources[0]`, `$['a']`. */
export function valueAt(path: string, document: unknown): unknown {
  let value = document;
  for (const [, name, index, quoted] of path.slice(1).matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === (name ?? index ?? quoted))?.[1];
  }
  return value;
}

/** What the target receives: JSON text, or the plain text of a template that is not JSON. */
export function targetInput(target: TargetInput, event: EventEnvelope, rule: { arn: string; name: string }): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(target.InputPath, event) ?? null);
  const { InputTemplate: template, InputPathsMap: paths = {} } = target.InputTransformer ?? {};
  if (template === undefined) return JSON.stringify(event);
  const variables: Record<string, unknown> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event.json': event,
    'aws.events.event': { ...event, detail: undefined },
  };
  for (const [name, path] of Object.entries(paths)) variables[name] = valueAt(path, event);
  return fill(template, variables);
}

/** Within quotes a variable's text is put in, elsewhere its JSON (in a template that is not JSON, strings without quotes). */
function fill(template: string, variables: Readonly<Record<string, unknown>>): string {
  const isJson = /^\s*[{["]/.test(template);
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/gs, (text, name: string | undefined) => {
    if (text === '"') quoted = !quoted;
    if (name === undefined || !Object.hasOwn(variables, name)) return text;
    const value = variables[name];
    if (isJson && !quoted) return JSON.stringify(value ?? null);
    const plain = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return isJson ? JSON.stringify(plain).slice(1, -1) : plain;
  });
}
