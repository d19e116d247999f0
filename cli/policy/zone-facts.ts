import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { errorMessage } from '../../shared/errors.ts';
import type { PolicyZone } from '../../shared/policy/policy.ts';
import { normalizeName } from '../../shared/records/names.ts';
import { awsAccess } from '../aws-access.ts';
import { ConnectError } from '../errors.ts';

/** Name and visibility of hosted zones, read with the credentials of the caller. @throws ConnectError */
export async function zoneFacts(
  zones: readonly Pick<PolicyZone, 'id'>[],
  { local, region }: { readonly local?: string | true | undefined; readonly region?: string | undefined },
): Promise<ReadonlyMap<string, Required<Pick<PolicyZone, 'name' | 'visibility'>>>> {
  if (zones.length === 0) return new Map();
  const { config } = await awsAccess({ local, region });
  // Route 53 is global; the region only signs.
  const client = new Route53Client({ region: 'us-east-1', ...config });
  const facts = zones.map(async ({ id }) => {
    try {
      const { HostedZone } = await client.send(new GetHostedZoneCommand({ Id: id }));
      const visibility = HostedZone?.Config?.PrivateZone === true ? 'private' : 'public';
      return [id, { name: normalizeName(HostedZone?.Name ?? ''), visibility }] as const;
    } catch (error) {
      throw new ConnectError(
        `The name of hosted zone ${id} cannot be read: ${errorMessage(error)}\nThe call is route53:GetHostedZone, in the account of the zone; without --file it is not needed.`,
      );
    }
  });
  return new Map(await Promise.all(facts));
}
