import {
  type AvailabilityZone,
  DescribeAvailabilityZones$,
  type DescribeAvailabilityZonesCommandInput,
  type DescribeAvailabilityZonesCommandOutput,
  DescribeRegions$,
  type DescribeRegionsCommandInput,
  type DescribeRegionsCommandOutput,
  type Region,
} from '@aws-sdk/client-ec2';
import { OPT_IN_REGIONS, type Regions } from '../../regions.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type Fields, matching } from './filters.ts';
import { reads } from './permissions.ts';
import { regionNames, zonesOf } from './regions.ts';

const zoneFields: Fields<AvailabilityZone> = {
  'group-name': (zone) => [zone.GroupName ?? ''],
  'opt-in-status': (zone) => [zone.OptInStatus ?? ''],
  'region-name': (zone) => [zone.RegionName ?? ''],
  state: (zone) => [zone.State ?? ''],
  'zone-id': (zone) => [zone.ZoneId ?? ''],
  'zone-name': (zone) => [zone.ZoneName ?? ''],
  'zone-type': (zone) => [zone.ZoneType ?? ''],
};

const regionFields: Fields<Region> = {
  endpoint: (region) => [region.Endpoint ?? ''],
  'opt-in-status': (region) => [region.OptInStatus ?? ''],
  'region-name': (region) => [region.RegionName ?? ''],
};

/** @throws AwsError `InvalidParameterValue` for a name that none of `items` has. */
function named<Item>(
  items: readonly Item[],
  names: readonly string[] | undefined,
  nameOf: (item: Item) => string,
  noun: string,
) {
  if (names === undefined || names.length === 0) return items;
  for (const name of names) {
    if (!items.some((item) => nameOf(item) === name)) {
      throw new AwsError('InvalidParameterValue', `Invalid ${noun}: [${name}]`);
    }
  }
  return items.filter((item) => names.includes(nameOf(item)));
}

export function regionOperations(regions: Pick<Regions, 'isEnabled'>): readonly OperationDefinition[] {
  return [
    operation<DescribeAvailabilityZonesCommandInput, DescribeAvailabilityZonesCommandOutput>(
      DescribeAvailabilityZones$,
      {
        permissions: () => reads('DescribeAvailabilityZones'),
        run: (input, { region }) => {
          const all = zonesOf(region).map(
            (zone): AvailabilityZone => ({
              State: 'available',
              OptInStatus: 'opt-in-not-required',
              Messages: [],
              RegionName: region,
              ZoneName: zone.name,
              ZoneId: zone.id,
              GroupName: region,
              NetworkBorderGroup: region,
              ZoneType: 'availability-zone',
            }),
          );
          const byName = named(all, input.ZoneNames, (zone) => zone.ZoneName ?? '', 'availability zone');
          const byId = named(byName, input.ZoneIds, (zone) => zone.ZoneId ?? '', 'availability zone-id');
          return { AvailabilityZones: [...matching(byId, input.Filters, zoneFields, () => [])] };
        },
      },
    ),
    operation<DescribeRegionsCommandInput, DescribeRegionsCommandOutput>(DescribeRegions$, {
      permissions: () => reads('DescribeRegions'),
      run: (input, { account }) => {
        const isEnabled = (region: string) => regions.isEnabled({ account, region });
        const all = [...regionNames, ...OPT_IN_REGIONS].map(
          (name): Region => ({
            RegionName: name,
            Endpoint: `ec2.${name}.amazonaws.com`,
            OptInStatus: !isEnabled(name)
              ? 'not-opted-in'
              : OPT_IN_REGIONS.includes(name)
                ? 'opted-in'
                : 'opt-in-not-required',
          }),
        );
        // By name every region is returned; otherwise those that are not enabled only with AllRegions (documented).
        const returned =
          input.AllRegions === true || (input.RegionNames ?? []).length > 0
            ? all
            : all.filter(({ OptInStatus }) => OptInStatus !== 'not-opted-in');
        const chosen = named(returned, input.RegionNames, (region) => region.RegionName ?? '', 'region name');
        return { Regions: [...matching(chosen, input.Filters, regionFields, () => [])] };
      },
    }),
  ];
}
