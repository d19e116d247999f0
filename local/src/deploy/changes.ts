import { isReplaced, lifecycleOf, same, scopeOf, supportedOrder } from './deploy.ts';
import { evaluate, type Scope } from './intrinsic-functions.ts';
import { object } from './resource.ts';
import type { Stack, StackResources } from './stack.ts';
import { TemplateError, type TemplateJson } from './template.ts';

/** What bringing a stack to a template would do to one resource. */
export interface StackResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  /** Of what stands. */
  readonly physicalId?: string;
  /** Whether another resource takes its place. */
  readonly replacement: boolean;
  /** Names of the properties that differ. */
  readonly properties: readonly string[];
}

/** Placeholder of a value that is known after the deployment only (documented). */
const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/**
 * The changes that `bringTo` would make, in its order. A property that refers to something not made yet, or about to be
 * replaced, counts as changed, as on AWS.
 * @throws TemplateError
 */
export function changesTo(stack: Stack, present: StackResources): readonly StackResourceChange[] {
  const standing = new Map(present);
  const scope: Scope = {
    ...scopeOf(stack, () => undefined),
    reference: (logicalId) => standing.get(logicalId)?.reference ?? KNOWN_AFTER_APPLY,
    attribute: (logicalId, name) => {
      const resource = standing.get(logicalId);
      return resource === undefined ? KNOWN_AFTER_APPLY : resource.attributes[name];
    },
  };
  const order = supportedOrder(scope);
  const changes: StackResourceChange[] = [];
  for (const logicalId of order) {
    const { Type: type = '', Properties: declared = {} } = scope.template.Resources[logicalId] ?? {};
    const before = standing.get(logicalId);
    if (before === undefined) {
      changes.push({ action: 'Add', logicalId, type, replacement: false, properties: [] });
      continue;
    }
    const properties = evaluated(scope, declared);
    const names = [...new Set([...Object.keys(before.properties), ...Object.keys(properties)])];
    const differing = names.filter((name) => !same(before.properties[name], properties[name]));
    if (before.type === type && differing.length === 0) continue;
    const replacement = isReplaced(before, type, properties);
    const physicalId = before.reference;
    changes.push({ action: 'Modify', logicalId, type, physicalId, replacement, properties: differing });
    if (replacement) standing.delete(logicalId);
  }
  for (const [logicalId, { type, reference: physicalId }] of [...present].reverse()) {
    if (order.includes(logicalId)) continue;
    changes.push({ action: 'Remove', logicalId, type, physicalId, replacement: false, properties: [] });
  }
  return changes;
}

/** Property by property: one that takes an unknown value apart is unknown itself. */
function evaluated(scope: Scope, declared: TemplateJson): TemplateJson {
  return object(
    Object.fromEntries(
      Object.entries(declared)
        .map(([name, value]) => [name, knownValue(scope, value)])
        .filter(([, value]) => value !== undefined),
    ),
  );
}

function knownValue(scope: Scope, value: unknown): unknown {
  try {
    return evaluate(scope, value);
  } catch (error) {
    if (error instanceof TemplateError) return KNOWN_AFTER_APPLY;
    throw error;
  }
}

/** What of the changes the embedded cloud cannot do; empty when it can do all. */
export function impossible(changes: readonly StackResourceChange[]): readonly string[] {
  return changes.flatMap(({ action, logicalId, type, replacement }) => {
    const { update, remove } = lifecycleOf(type);
    if (action === 'Modify' && !replacement && update === undefined) return [`change ${logicalId} (${type})`];
    if ((action === 'Remove' || replacement) && remove === undefined) return [`take ${logicalId} (${type}) away`];
    return [];
  });
}
