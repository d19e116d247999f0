import { parseServiceArn } from '../../shared/service-arn.ts';
import { UsageError } from '../errors.ts';
import type { ApiClient } from './client.ts';
import { services } from './listing.ts';

/** A service, as the paths of the API name it. */
export interface ServicePath {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly id: string;
}

const PATH = /(?:^|\/)services\/([^/]+)\/([^/]+)\/([^/]+)\/([^/?]+)/;

/**
 * What people call a service: its ARN, its path in the API (or the URL that ends with it), or its name, where only one
 * that is known has it.
 * @throws UsageError when no such service is known, or several are.
 */
export async function findService(client: ApiClient, called: string): Promise<ServicePath> {
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
  const found = await services(client, { name: called });
  const [only, ...others] = found;
  if (only === undefined) {
    throw new UsageError(
      `No service named ${called} is known here. "list" prints those that are; one that was never looked at can be given by its ARN.`,
    );
  }
  if (others.length === 0) return pathOf(only);
  const all = found.map((service) => `  ${pathText(service)}`);
  throw new UsageError(`${found.length} services are named ${called}; give one of\n${all.join('\n')}`);
}

export function pathText({ account, region, name, id }: ServicePath): string {
  return `/services/${account}/${region}/${name}/${id}`;
}

const pathOf = ({ account, region, name, id }: ServicePath): ServicePath => ({ account, region, name, id });
