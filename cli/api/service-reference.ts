import { isAccessDenied } from '../../shared/aws/errors.ts';
import { errorMessage } from '../../shared/errors.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { similar } from '../../shared/similar.ts';
import { UsageError } from '../errors.ts';
import type { Layout } from '../terminal/output.ts';
import type { ApiClient } from './client.ts';
import { services } from './listing.ts';
import { pathText, type ServicePath } from './service-path.ts';

/** Finds services by their names. */
export interface ServiceDirectory {
  readonly client: ApiClient;
  /** The services that App Runner lists in the caller's account and region: also those that the stack does not know. */
  readonly listed: () => Promise<readonly ServicePath[]>;
  readonly typed: Layout['typed'];
}

const PATH = /(?:^|\/)services\/([^/]+)\/([^/]+)\/([^/]+)\/([^/?]+)/;

/**
 * A service by its ARN, its path in the API (or the URL that ends with it), or its name, if only one service has it.
 * @throws UsageError when there is no such service, or there are several.
 */
export async function findService(called: string, directory: ServiceDirectory): Promise<ServicePath> {
  const arn = parseServiceArn(called);
  if (arn !== undefined) return pathOf(arn);
  const [, account, region, name, id] = PATH.exec(called) ?? [];
  if (account !== undefined && region !== undefined && name !== undefined && id !== undefined) {
    return { account, region, name, id };
  }
  if (/[:/]/.test(called)) {
    throw new UsageError(
      `"${called}" is not a service: give its ARN (arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID), its path in the API (/services/ACCOUNT/REGION/NAME/ID) or its name.`,
    );
  }
  const known = await services(directory.client, { name: called });
  const [only, ...others] = known.length > 0 ? known : await listedAs(called, directory);
  if (only === undefined) {
    throw new UsageError(
      `No service is named "${called}", neither in the stack ("${directory.typed('list')}" prints its services) nor in App Runner in your account and region.${await meant(called, directory)} Give the ARN of a service in another account or region.`,
    );
  }
  if (others.length === 0) return pathOf(only);
  const all = [only, ...others].map((service) => `  ${pathText(service)}`);
  throw new UsageError(`${all.length} services are named ${called}; give one of\n${all.join('\n')}`);
}

/** A name that is nearly the one given. It is only a hint, so what cannot be listed is left out. */
async function meant(called: string, { client, listed }: ServiceDirectory): Promise<string> {
  const [known, others] = await Promise.all([services(client, {}), listed()].map((names) => names.catch(() => [])));
  const near = similar(called, [...new Set([...(known ?? []), ...(others ?? [])].map(({ name }) => name))]);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

async function listedAs(called: string, { listed }: ServiceDirectory): Promise<readonly ServicePath[]> {
  try {
    return (await listed()).filter(({ name }) => name === called);
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    throw new UsageError(
      `The stack knows no service named ${called}, and App Runner's services cannot be listed: ${errorMessage(error)}\nGive its ARN.`,
    );
  }
}

const pathOf = ({ account, region, name, id }: ServicePath): ServicePath => ({ account, region, name, id });
