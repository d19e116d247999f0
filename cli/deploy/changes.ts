import type { Change } from '@aws-sdk/client-cloudformation';

/** The change of one resource of the stack. */
export interface ResourceChange {
  /**
   * `replaced`: CloudFormation creates a new one and deletes the old one with its content. `perhaps-replaced`: known only
   * during the deployment.
   */
  readonly kind: 'added' | 'changed' | 'replaced' | 'perhaps-replaced' | 'removed';
  readonly id: string;
  /** `AWS::Lambda::Function` */
  readonly type: string;
  readonly physicalId: string | undefined;
  /** The properties that differ. */
  readonly properties: readonly string[];
}

/** The changes of a change set. */
export function resourceChanges(changes: readonly Change[]): readonly ResourceChange[] {
  return changes.flatMap(({ ResourceChange: change }): readonly ResourceChange[] => {
    if (change === undefined) return [];
    const details = (change.Details ?? []).flatMap(({ Target }) => Target?.Name ?? Target?.Attribute ?? []);
    return [
      {
        kind: kindOf(change),
        id: change.LogicalResourceId ?? '',
        type: change.ResourceType ?? '',
        physicalId: change.PhysicalResourceId,
        properties: [...new Set(details)],
      },
    ];
  });
}

function kindOf({ Action, Replacement }: NonNullable<Change['ResourceChange']>): ResourceChange['kind'] {
  switch (Action) {
    case 'Add':
    case 'Import':
      return 'added';
    case 'Remove':
      return 'removed';
    default:
      return Replacement === 'True' ? 'replaced' : Replacement === 'Conditional' ? 'perhaps-replaced' : 'changed';
  }
}
