import type { ChangeSetType } from '@aws-sdk/client-cloudformation';
import type { ResourceChange } from '../../deploy/changes.ts';
import type { Definition } from './stacks.ts';

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: ChangeSetType;
  readonly description: string | undefined;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly definition: Definition;
  readonly changes: readonly ResourceChange[];
  /** Why it cannot be executed, if it cannot. */
  readonly failure: string | undefined;
  executed: boolean;
}
