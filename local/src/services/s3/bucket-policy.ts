import { checkPolicyDocument } from '../../iam/policy.ts';
import { AwsError } from '../../wire/errors.ts';

/**
 * @param policy as an object or as JSON text.
 * @throws AwsError MalformedPolicy
 */
export function checkBucketPolicy(bucket: string, policy: unknown): void {
  const malformed = (message: string) => new AwsError('MalformedPolicy', message);
  let resources: readonly string[];
  try {
    resources = checkPolicyDocument(policy ?? '', 'resource');
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw malformed(error.message);
  }
  const arn = `arn:aws:s3:::${bucket}`;
  if (resources.length === 0) throw malformed('Missing required field Resource');
  if (!resources.every((resource) => resource === arn || resource.startsWith(`${arn}/`)))
    throw malformed('Policy has invalid resource');
}
