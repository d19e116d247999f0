import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { similar } from '../shared/similar.ts';
import { awsAccess, regionFor } from './aws-access.ts';
import { UsageError } from './errors.ts';
import { listedServices } from './listed-services.ts';

/**
 * A service by its name, which only one has in an account and region: those of the caller.
 * @throws UsageError, ConnectError
 */
export async function findPlanned(
  called: string,
  { local }: { readonly local?: string | true | undefined },
): Promise<ServiceIdentity> {
  const arnForm = 'arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID';
  if (/[:/<>]/.test(called)) {
    throw new UsageError(
      `"${called}" is neither the name nor the ARN of an App Runner service; an ARN looks like ${arnForm}.`,
    );
  }
  const { config } = await awsAccess({ local });
  const region = await regionFor(new AppRunnerClient(config));
  const listed = await listedServices(config);
  const found = listed.find(({ name }) => name === called);
  if (found !== undefined) return found;
  const near = similar(
    called,
    listed.map(({ name }) => name),
  );
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new UsageError(
    `App Runner lists no service named ${called} in ${region}.${meant} One of another account or region is given by its ARN: ${arnForm}.`,
  );
}
