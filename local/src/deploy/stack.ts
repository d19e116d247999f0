import type { DeploymentPlace, TemplateJson } from './template.ts';

/** What the rest of the template sees of a resource. */
export interface Created {
  /** The answer of `Ref`. */
  readonly reference: string;
  /** The answers of `Fn::GetAtt`. */
  readonly attributes: TemplateJson;
}

/** A resource that stands. */
export interface DeployedResource extends Created {
  readonly type: string;
  /** Evaluated. */
  readonly properties: TemplateJson;
}

export interface Stack extends DeploymentPlace {
  /** The packaged template, as parsed JSON. */
  readonly template: unknown;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The folder with the unpacked code of a function, by its logical id or its name. */
  functionCode(logicalIdOrName: string): string | undefined;
}

/** By logical id, in the order of creation. */
export type StackResources = ReadonlyMap<string, DeployedResource>;

export interface DeployedStack {
  readonly stack: Stack;
  readonly stackId: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: StackResources;
  /** What was left out and may be missed. */
  readonly notes: readonly string[];
}

/** One resource on its way: `CREATE_IN_PROGRESS`, `UPDATE_COMPLETE`, `DELETE_FAILED` … */
export interface ResourceEvent {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}` | 'DELETE_SKIPPED';
  readonly reason?: string;
  readonly properties: TemplateJson;
}
