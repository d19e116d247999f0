import {
  ListHostedZones$,
  ListHostedZonesByName$,
  type ListHostedZonesByNameCommandInput,
  type ListHostedZonesByNameCommandOutput,
  type ListHostedZonesCommandInput,
  type ListHostedZonesCommandOutput,
} from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { bareId, type HostedZones } from './hosted-zones.ts';
import { pageSize } from './input.ts';
import { compareText, plainName, recordName, sortKey } from './names.ts';
import { nameProblem } from './record-values.ts';
import { hostedZoneMember } from './zone-operations.ts';

/** Zones on a page (documented). */
const PAGE = 100;

/** The listings of an account's hosted zones. */
export const zoneListing = (zones: HostedZones): readonly OperationDefinition[] => [
  operation<ListHostedZonesCommandInput, ListHostedZonesCommandOutput>(ListHostedZones$, {
    permissions: () => ({ action: 'route53:ListHostedZones', resources: ['*'] }),
    run: ({ Marker: marker, MaxItems, HostedZoneType }, context) => {
      const most = pageSize(MaxItems, PAGE);
      const all = zones.ofAccount(context.account);
      const from = marker === undefined ? 0 : all.findIndex((zone) => zone.id === bareId(marker));
      if (from < 0) throw new AwsError('InvalidInput', `The specified marker is not valid: ${marker}`);
      const rest = all.slice(from).filter((zone) => HostedZoneType !== 'PrivateHostedZone' || zone.private);
      const next = rest[most];
      return {
        HostedZones: rest.slice(0, most).map(hostedZoneMember),
        Marker: marker,
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextMarker: next.id }),
        MaxItems: most,
      };
    },
  }),

  // A lexical listing from a name on, not a search: the first row may be a neighbour, or a private namesake
  // (docs/facts.md#list-by-name-is-no-search).
  operation<ListHostedZonesByNameCommandInput, ListHostedZonesByNameCommandOutput>(ListHostedZonesByName$, {
    permissions: () => ({ action: 'route53:ListHostedZonesByName', resources: ['*'] }),
    run: ({ DNSName, HostedZoneId, MaxItems }, context) => {
      const most = pageSize(MaxItems, PAGE);
      if (DNSName === undefined && HostedZoneId !== undefined) {
        throw new AwsError('InvalidInput', 'Invalid request: HostedZoneId may only be specified together with DNSName');
      }
      const problem = DNSName === undefined ? undefined : nameProblem(DNSName);
      if (problem !== undefined) throw new AwsError('InvalidDomainName', problem);
      const start = DNSName === undefined ? ['', ''] : [sortKey(recordName(DNSName)), bareId(HostedZoneId ?? '')];
      const rest = zones
        .ofAccount(context.account)
        .map((zone) => ({ zone, place: [sortKey(zone.name), zone.id] }))
        .filter(({ place }) => comparePlaces(place, start) >= 0)
        .sort((a, b) => comparePlaces(a.place, b.place))
        .map(({ zone }) => zone);
      const next = rest[most];
      return {
        HostedZones: rest.slice(0, most).map(hostedZoneMember),
        ...(DNSName === undefined ? {} : { DNSName }),
        ...(HostedZoneId === undefined ? {} : { HostedZoneId }),
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextDNSName: `${plainName(next.name)}.`, NextHostedZoneId: next.id }),
        MaxItems: most,
      };
    },
  }),
];

/** Places are [sort key of the name, id]. */
const comparePlaces = ([nameA = '', idA = '']: readonly string[], [nameB = '', idB = '']: readonly string[]) =>
  compareText(nameA, nameB) || compareText(idA, idB);
