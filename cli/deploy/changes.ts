import type { Change } from '@aws-sdk/client-cloudformation';

/** What becomes of one resource of the stack. */
export interface ResourceChange {
  /**
   * `replaced`: a new one is made and the old one deleted, with what is in it; `perhaps-replaced`: CloudFormation only knows
   * while it works.
   */
  readonly kind: 'added' | 'changed' | 'replaced' | 'perhaps-replaced' | 'removed';
  readonly id: string;
  /** `AWS::Lambda::Function` */
  readonly type: string;
  readonly physicalId: string | undefined;
  /** The properties that differ. */
  readonly properties: readonly string[];
}

/** The changes of a change set as CloudFormation tells them. */
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
