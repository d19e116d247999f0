/** `AWS::IAM::Role`, intrinsic functions already resolved. */
export interface RoleProperties {
  readonly RoleName: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[];
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: string;
  readonly Description?: string;
  /** Seconds. */
  readonly MaxSessionDuration?: number;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** `AWS::IAM::ManagedPolicy`, intrinsic functions already resolved. */
export interface ManagedPolicyProperties {
  readonly ManagedPolicyName: string;
  readonly Path?: string;
  readonly PolicyDocument: unknown;
}
