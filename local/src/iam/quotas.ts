import { AwsError } from '../wire/errors.ts';
import type { RoleProperties } from './role-properties.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const LONGEST_ROLE_NAME = 64;
const INLINE_POLICY_CHARACTERS = 10_240;
const MANAGED_POLICY_CHARACTERS = 6144;
const TRUST_POLICY_CHARACTERS = 2048;
const MANAGED_POLICIES_PER_ROLE = 10;

const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message, { status: 409 });

/** IAM does not count white space (documented). */
const sizeOf = (document: unknown): number =>
  (JSON.stringify(typeof document === 'string' ? JSON.parse(document) : document) ?? '').length;

/** @throws AwsError ValidationError, LimitExceeded. The documents have been read before. */
export function checkRoleQuotas(properties: RoleProperties): void {
  const { RoleName, AssumeRolePolicyDocument, Policies = [], ManagedPolicyArns = [] } = properties;
  if (RoleName.length > LONGEST_ROLE_NAME) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${RoleName}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_ROLE_NAME}`,
    );
  }
  if (sizeOf(AssumeRolePolicyDocument) > TRUST_POLICY_CHARACTERS)
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY_CHARACTERS}`);
  const inline = Policies.reduce((sum, { PolicyDocument }) => sum + sizeOf(PolicyDocument), 0);
  if (inline > INLINE_POLICY_CHARACTERS)
    throw limitExceeded(`Maximum policy size of ${INLINE_POLICY_CHARACTERS} bytes exceeded for role ${RoleName}`);
  if (ManagedPolicyArns.length > MANAGED_POLICIES_PER_ROLE)
    throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MANAGED_POLICIES_PER_ROLE}`);
}

/** @throws AwsError LimitExceeded */
export function checkManagedPolicyQuota(document: unknown): void {
  if (sizeOf(document) > MANAGED_POLICY_CHARACTERS)
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${MANAGED_POLICY_CHARACTERS}`);
}
