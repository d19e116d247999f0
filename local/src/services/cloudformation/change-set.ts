import type { Capability, ChangeSetType, Tag } from '@aws-sdk/client-cloudformation';
import type { StackResourceChange } from '../../deploy/changes.ts';
import type { Stack } from '../../deploy/stack.ts';

/** What a stack is asked to be. */
export interface Definition {
  readonly stack: Stack;
  /** As it was given, JSON or YAML. */
  readonly templateText: string;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly Capability[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: ChangeSetType;
  readonly description: string | undefined;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly definition: Definition;
  readonly changes: readonly StackResourceChange[];
  /** Why it cannot be executed, if it cannot. */
  readonly failure: string | undefined;
  executed: boolean;
}
