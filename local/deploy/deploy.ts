import { rootOf } from '../iam/iam.ts';
import { apiResources } from './api-resources.ts';
import { dataResources } from './data-resources.ts';
import { effectlessResources } from './effectless-resources.ts';
import { eventResources } from './event-resources.ts';
import { lambdaResources } from './lambda-resources.ts';
import { type Create, type Created, type DeploymentCloud, object } from './resource.ts';
import {
  condition,
  creationOrder,
  evaluate,
  type Json,
  type Place,
  pseudoParameters,
  readTemplate,
  resolveParameters,
  type Scope,
  TemplateError,
} from './template.ts';

export type { DeploymentCloud } from './resource.ts';

export interface Stack extends Place {
  /** The packaged template, as parsed JSON. */
  readonly template: unknown;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The folder with the unpacked code of a function, by its logical id or its name. */
  functionCode(logicalIdOrName: string): string | undefined;
}

export interface DeployedResource extends Created {
  readonly type: string;
  /** Evaluated. */
  readonly properties: Json;
}

export interface DeployedStack {
  readonly stackId: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, DeployedResource>;
  /** What was left out and may be missed. */
  readonly notes: readonly string[];
}

/** A resource that could not be made; the ones before it stay. */
class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

const creators: Readonly<Record<string, Create>> = {
  ...dataResources,
  ...lambdaResources,
  ...eventResources,
  ...apiResources,
  ...effectlessResources,
};

/** 64 characters fit every kind of resource. */
const generatedName = (stackName: string, logicalId: string, suffix: string): string =>
  `${stackName.slice(0, 24)}-${logicalId.slice(0, 26)}-${suffix}`;

/**
 * Makes the resources of a packaged template in the embedded cloud, in dependency order. Stacks are made once:
 * they are neither updated nor rolled back.
 * @throws TemplateError, DeploymentError
 */
export async function deployStack(stack: Stack, cloud: DeploymentCloud): Promise<DeployedStack> {
  const { account, region } = stack;
  const template = readTemplate(stack.template);
  const pseudo = pseudoParameters(stack);
  const resources = new Map<string, DeployedResource>();
  const made = (logicalId: string): DeployedResource => {
    const resource = resources.get(logicalId);
    if (resource === undefined)
      throw new TemplateError(`Template error: ${logicalId} is referred to, but its condition does not hold`);
    return resource;
  };
  const scope: Scope = {
    template,
    parameters: resolveParameters(template, stack.parameters ?? {}),
    pseudo,
    reference: (logicalId) => made(logicalId).reference,
    attribute: (logicalId, name) => made(logicalId).attributes[name],
  };
  const order = creationOrder(scope);
  const unsupported = order.filter((id) => creators[template.Resources[id]?.Type ?? ''] === undefined);
  if (unsupported.length > 0) {
    const named = unsupported.map((id) => `${id} (${template.Resources[id]?.Type})`);
    throw new TemplateError(
      `the embedded cloud cannot make ${named.join(', ')}; it knows ${Object.keys(creators).sort().join(', ')}`,
    );
  }
  const notes: string[] = [];
  for (const logicalId of order) {
    const { Type: type = '', Properties: declared = {} } = template.Resources[logicalId] ?? {};
    const create = creators[type];
    try {
      const properties = object(evaluate(scope, declared));
      const name = properties.FunctionName;
      const created = await create?.({
        logicalId,
        type,
        properties,
        place: { account, region, stackName: stack.stackName },
        cloud,
        context: {
          account,
          region,
          requestId: cloud.world.chance.uuid(),
          principal: rootOf(account),
          accessKeyId: account,
          userAgent: 'cloudformation.amazonaws.com',
          sourceAddress: 'cloudformation.amazonaws.com',
        },
        codeFolder: stack.functionCode(logicalId) ?? (typeof name === 'string' ? stack.functionCode(name) : undefined),
        generatedName: generatedName(stack.stackName, logicalId, cloud.world.chance.base32(12)),
        note: (line) => notes.push(line),
      });
      if (created !== undefined) resources.set(logicalId, { type, properties, ...created });
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DeploymentError(
        `Resource ${logicalId} (${type}) of stack ${stack.stackName} failed to create: ${reason}`,
        { cause: error },
      );
    }
  }
  const outputs = Object.entries(template.Outputs ?? {})
    .filter(([, output]) => output.Condition === undefined || condition(scope, output.Condition))
    .map(([name, output]) => [name, String(evaluate(scope, output.Value))]);
  return { stackId: pseudo['AWS::StackId'] ?? '', outputs: Object.fromEntries(outputs), resources, notes };
}
