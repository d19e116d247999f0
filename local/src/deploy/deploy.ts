import { rootOf } from '../iam/iam.ts';
import { apiResources } from './api-resources.ts';
import { dataResources } from './data-resources.ts';
import { effectlessResources } from './effectless-resources.ts';
import { eventResources } from './event-resources.ts';
import { condition, evaluate, type Scope } from './intrinsic-functions.ts';
import { lambdaResources } from './lambda-resources.ts';
import { creationOrder } from './references.ts';
import { type Creation, type DeploymentCloud, type Lifecycle, object } from './resource.ts';
import type { DeployedResource, DeployedStack, ResourceEvent, Stack } from './stack.ts';
import {
  type DeploymentPlace,
  pseudoParameters,
  readTemplate,
  resolveParameters,
  TemplateError,
  type TemplateJson,
} from './template.ts';
import { watchResources } from './watch-resources.ts';

export type { DeployedStack } from './stack.ts';

/** A resource that could not be made or changed; the ones before it stay. */
class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

const lifecycles: Readonly<Record<string, Lifecycle>> = {
  ...dataResources,
  ...lambdaResources,
  ...eventResources,
  ...apiResources,
  ...effectlessResources,
  ...watchResources,
};

/** @throws TemplateError for a type that the embedded cloud does not have. */
export function lifecycleOf(type: string): Lifecycle {
  const found = lifecycles[type];
  if (found === undefined) throw new TemplateError(`the embedded cloud cannot make ${type}`);
  return found;
}

/** 64 characters fit every kind of resource. */
const generatedName = (stackName: string, logicalId: string, suffix: string): string =>
  `${stackName.slice(0, 24)}-${logicalId.slice(0, 26)}-${suffix}`;

/** @throws TemplateError */
export function scopeOf(stack: Stack, resource: (logicalId: string) => DeployedResource | undefined): Scope {
  const template = readTemplate(stack.template);
  const standing = (logicalId: string): DeployedResource => {
    const found = resource(logicalId);
    if (found === undefined)
      throw new TemplateError(`Template error: ${logicalId} is referred to, but its condition does not hold`);
    return found;
  };
  return {
    template,
    parameters: resolveParameters(template, stack.parameters ?? {}),
    pseudo: pseudoParameters(stack),
    reference: (logicalId) => standing(logicalId).reference,
    attribute: (logicalId, name) => standing(logicalId).attributes[name],
  };
}

/** The order of {@link creationOrder}, of types that the embedded cloud has. @throws TemplateError */
export function supportedOrder(scope: Scope): readonly string[] {
  const { Resources: resources } = scope.template;
  const order = creationOrder(scope);
  const unsupported = order.filter((id) => lifecycles[resources[id]?.Type ?? ''] === undefined);
  if (unsupported.length === 0) return order;
  const named = unsupported.map((id) => `${id} (${resources[id]?.Type})`);
  throw new TemplateError(
    `the embedded cloud cannot make ${named.join(', ')}; it knows ${Object.keys(lifecycles).sort().join(', ')}`,
  );
}

/** Whether a property has changed that no update can change. */
export const isReplaced = (before: DeployedResource, type: string, properties: TemplateJson): boolean =>
  before.type !== type ||
  (lifecycleOf(type).fixed ?? []).some((name) => !same(before.properties[name], properties[name]));

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, sorted(member)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};

/**
 * Makes the resources of a packaged template in the embedded cloud, in dependency order.
 * @throws TemplateError, DeploymentError: what was made before stays.
 */
export async function deployStack(stack: Stack, cloud: DeploymentCloud): Promise<DeployedStack> {
  const deployed = await bringTo(stack, new Map(), cloud);
  cloud.stacks?.record(deployed);
  return deployed;
}

type ReportEvent = (event: ResourceEvent) => void;

/**
 * Brings what stands to what the template says: makes what is new, changes or replaces what differs, and at last takes
 * away what is in the template no more.
 * @param resources what stands: kept right as it goes, so that whoever catches an error knows what stands then.
 * @throws TemplateError, DeploymentError: neither rolls anything back.
 */
export async function bringTo(
  stack: Stack,
  resources: Map<string, DeployedResource>,
  cloud: DeploymentCloud,
  report: ReportEvent = () => {},
): Promise<DeployedStack> {
  const scope = scopeOf(stack, (logicalId) => resources.get(logicalId));
  const order = supportedOrder(scope);
  const notes: string[] = [];
  const replaced = new Map<string, DeployedResource>();
  try {
    for (const logicalId of order) {
      const { Type: type = '', Properties: declared = {} } = scope.template.Resources[logicalId] ?? {};
      const before = resources.get(logicalId);
      const properties = object(evaluate(scope, declared));
      if (before !== undefined && before.type === type && same(before.properties, properties)) continue;
      const present = before === undefined || isReplaced(before, type, properties) ? undefined : before;
      const creation = await creationOf(stack, cloud, { logicalId, type, properties }, present, notes);
      const action = before === undefined ? 'CREATE' : 'UPDATE';
      const created = await made(creation, present, action, report);
      if (before !== undefined && present === undefined) replaced.set(logicalId, before);
      resources.set(logicalId, created);
    }
  } catch (error) {
    // What was replaced takes its place again, so that the way back finds it; what replaced it is a stranger there.
    for (const [logicalId, before] of replaced) {
      const replacement = resources.get(logicalId);
      if (replacement !== undefined) resources.set(`${logicalId} (replacement)`, replacement);
      resources.set(logicalId, before);
    }
    throw error;
  }
  const outputs = Object.entries(scope.template.Outputs ?? {})
    .filter(([, output]) => output.Condition === undefined || condition(scope, output.Condition))
    .map(([name, output]) => [name, String(evaluate(scope, output.Value))]);
  const gone = [...resources].filter(([logicalId]) => !order.includes(logicalId));
  for (const [logicalId, resource] of [...replaced, ...gone].reverse()) {
    // A resource that cannot be deleted stays and is reported, as on AWS.
    await takenAway(stack, logicalId, resource, cloud, report);
    if (resources.get(logicalId) === resource) resources.delete(logicalId);
  }
  const stackId = String(scope.pseudo['AWS::StackId']);
  return { stack, stackId, outputs: Object.fromEntries(outputs), resources: new Map(resources), notes };
}

async function creationOf(
  stack: Stack,
  cloud: DeploymentCloud,
  resource: Pick<Creation, 'logicalId' | 'type' | 'properties'>,
  present: DeployedResource | undefined,
  notes: string[],
): Promise<Creation> {
  const { account, region, stackName } = stack;
  const { logicalId, properties } = resource;
  const { FunctionName: name, Code: code } = properties;
  const folder = stack.functionCode(logicalId) ?? (typeof name === 'string' ? stack.functionCode(name) : undefined);
  return {
    ...resource,
    place: { account, region, stackName },
    cloud,
    context: contextOf(stack, cloud),
    code: (await cloud.code?.unpack(account, object(code))) ?? (folder === undefined ? undefined : { folder }),
    generatedName: present?.reference ?? generatedName(stackName, logicalId, cloud.world.chance.base32(12)),
    note: (line) => notes.push(line),
  };
}

/** @throws TemplateError, DeploymentError */
async function made(
  creation: Creation,
  present: DeployedResource | undefined,
  action: 'CREATE' | 'UPDATE',
  report: ReportEvent,
): Promise<DeployedResource> {
  const { logicalId, type, properties, place } = creation;
  const event = { logicalId, type, physicalId: present?.reference ?? '', properties };
  report({ ...event, status: `${action}_IN_PROGRESS` });
  try {
    const { create, update } = lifecycleOf(type);
    if (present !== undefined && update === undefined) throw new Error(`the embedded cloud cannot change ${type}`);
    const created = await (present === undefined || update === undefined
      ? create(creation)
      : update(creation, present));
    report({ ...event, physicalId: created.reference, status: `${action}_COMPLETE` });
    return { type, properties, reference: created.reference, attributes: created.attributes };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report({ ...event, status: `${action}_FAILED`, reason });
    if (error instanceof TemplateError) throw error;
    const failed = action === 'CREATE' ? 'create' : 'update';
    const message = `Resource ${logicalId} (${type}) of stack ${place.stackName} failed to ${failed}: ${reason}`;
    throw new DeploymentError(message, { cause: error });
  }
}

async function takenAway(
  stack: Stack,
  logicalId: string,
  resource: DeployedResource,
  cloud: DeploymentCloud,
  report: ReportEvent,
  why: 'gone' | 'creation failed' = 'gone',
): Promise<boolean> {
  const { account, region, stackName } = stack;
  const { type, properties, reference: physicalId } = resource;
  const event = { logicalId, type, physicalId, properties };
  if (isRetained(stack, logicalId, why)) {
    report({ ...event, status: 'DELETE_SKIPPED' });
    return true;
  }
  report({ ...event, status: 'DELETE_IN_PROGRESS' });
  try {
    const { remove } = lifecycleOf(type);
    if (remove === undefined) throw new Error(`the embedded cloud cannot take ${type} away`);
    const place = { account, region, stackName };
    await remove({ ...resource, logicalId, place, cloud, context: contextOf(stack, cloud) });
    report({ ...event, status: 'DELETE_COMPLETE' });
    return true;
  } catch (error) {
    report({ ...event, status: 'DELETE_FAILED', reason: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

/** Documented ("DeletionPolicy attribute"): what is retained stays, and is no longer of the stack. */
function isRetained({ template }: Stack, logicalId: string, why: 'gone' | 'creation failed'): boolean {
  const { DeletionPolicy: policy } = object(object(object(template).Resources)[logicalId]);
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && why === 'gone');
}

/**
 * Takes all of it away, the last made first.
 * @param why `creation failed`: the stack never stood.
 * @returns the logical ids of what stays, because it could not be.
 */
export async function takeAwayAll(
  stack: Stack,
  resources: Map<string, DeployedResource>,
  cloud: DeploymentCloud,
  report: ReportEvent,
  why: 'gone' | 'creation failed' = 'gone',
): Promise<readonly string[]> {
  for (const [logicalId, resource] of [...resources].reverse()) {
    if (await takenAway(stack, logicalId, resource, cloud, report, why)) resources.delete(logicalId);
  }
  return [...resources.keys()];
}

const contextOf = ({ account, region }: DeploymentPlace, cloud: DeploymentCloud): Creation['context'] => ({
  account,
  region,
  requestId: cloud.world.chance.uuid(),
  principal: rootOf(account),
  accessKeyId: account,
  userAgent: 'cloudformation.amazonaws.com',
  sourceAddress: 'cloudformation.amazonaws.com',
});
