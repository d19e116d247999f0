/** A service, as the paths of the API name it. */
export interface ServicePath {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly id: string;
}

export function pathText({ account, region, name, id }: ServicePath): string {
  return `/services/${account}/${region}/${name}/${id}`;
}
