import { DescribeOrganizationCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { errorName } from '../../../shared/errors.ts';
import { about, type DoctorCheck } from '../check.ts';

/** Id of the organisation that the account belongs to, such as `o-a1b2c3d4e5`; `undefined` for an account without one. */
export async function askOrganization(client: OrganizationsClient): Promise<string | undefined> {
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}));
    return Organization?.Id;
  } catch (error) {
    if (errorName(error) === 'AWSOrganizationsNotInUseException') return undefined;
    throw error;
  }
}

/** Whether the hub is in the organisation whose events its bus will take, and whose roles it will assume. */
export function judgeOrganization(found: string | undefined, wanted: string): DoctorCheck {
  const check = about('organization', wanted);
  if (found === wanted) return check.ok('this account belongs to it; a sweep shows whether the members accept the hub');
  if (found === undefined) {
    return check.missing(
      'this account belongs to no organisation',
      'Leave out OrganizationId, or deploy in an account of the organisation.',
    );
  }
  return check.missing(
    `this account belongs to ${found}`,
    `Give --param OrganizationId=${found}, or deploy in another account.`,
  );
}
