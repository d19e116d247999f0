/** The parts of a service's path in the API. */
export interface ServicePath {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly id: string;
}

export function pathText({ account, region, name, id }: ServicePath): string {
  return `/services/${account}/${region}/${name}/${id}`;
}
