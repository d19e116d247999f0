import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesByVPCCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { appRunnerZoneIds } from '../../shared/records/alias.ts';
import { type Contract, outcomeOf } from '../contract.ts';
import { resolved } from '../resolved.ts';
import { given, region, type World } from '../world.ts';

const text = (Name: string): ResourceRecordSet => ({
  Name,
  Type: 'TXT',
  TTL: 60,
  ResourceRecords: [{ Value: '"conformance"' }],
});

const create = (world: World, HostedZoneId: string, ...records: ResourceRecordSet[]) => {
  const Changes = records.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
  return world.clients.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
};

const alias = (Name: string, DNSName: string, HostedZoneId: string): ResourceRecordSet => ({
  Name,
  Type: 'A',
  AliasTarget: { DNSName, HostedZoneId, EvaluateTargetHealth: false },
});

const appRunnerAlias = async (world: World, name: string) => {
  const { DomainName = '' } = await world.describeConnection((await world.connection()).arn);
  return alias(
    name,
    DomainName,
    given(appRunnerZoneIds[world.site.region], 'hosted zone id of App Runner for this region'),
  );
};

export const route53Contracts: readonly Contract[] = [
  {
    id: 'zones-of-missing-vpc',
    fact: 'zones-of-a-foreign-vpc',
    asks: 'What does ListHostedZonesByVPC answer for a VPC that does not exist?',
    expected: 'an empty list',
    answer: async ({ clients, site, run }) => {
      const VPCId = `vpc-0${run.replaceAll(/[^0-9a-f]/g, '').slice(-6)}0123456789`;
      const outcome = await outcomeOf(
        clients.route53.send(new ListHostedZonesByVPCCommand({ VPCId, VPCRegion: region(site.region) })),
      );
      return outcome === 'accepted' ? 'an empty list' : outcome;
    },
  },
  {
    id: 'zones-of-vpc',
    fact: 'list-by-vpc-names-owners',
    asks: 'What does ListHostedZonesByVPC tell of a zone?',
    expected: 'its id, name and owner',
    answer: async (world) => {
      const id = await world.privateZone();
      const request = { VPCId: world.site.vpcId, VPCRegion: region(world.site.region) };
      const { HostedZoneSummaries = [] } = await world.clients.route53.send(new ListHostedZonesByVPCCommand(request));
      const zone = HostedZoneSummaries.find(({ HostedZoneId }) => HostedZoneId === id);
      if (zone === undefined) return 'the zone is missing';
      const named = zone.Name === `${world.privateZoneName}.`;
      return named && zone.Owner?.OwningAccount === world.site.account ? 'its id, name and owner' : 'something else';
    },
  },
  {
    id: 'zones-by-name',
    fact: 'list-by-name-is-no-search',
    asks: 'Does ListHostedZonesByName return zones of other names?',
    expected: 'yes',
    answer: async (world) => {
      await world.privateZone();
      // Just before the zone in the order of names.
      const DNSName = world.privateZoneName.replace(/[0-9a-f]\./, '.');
      const { HostedZones = [] } = await world.clients.route53.send(new ListHostedZonesByNameCommand({ DNSName }));
      return HostedZones.some(({ Name }) => Name !== `${DNSName}.`) ? 'yes' : 'no';
    },
  },
  {
    id: 'record-name-escapes',
    fact: 'record-name-escapes',
    asks: 'How is a wildcard written in a listing of records?',
    expected: '\\052 and a final dot',
    answer: async (world) => {
      const HostedZoneId = await world.privateZone();
      await create(world, HostedZoneId, text(`*.${world.privateZoneName}`));
      const { ResourceRecordSets = [] } = await world.clients.route53.send(
        new ListResourceRecordSetsCommand({ HostedZoneId }),
      );
      const found = ResourceRecordSets.some(({ Name }) => Name === `\\052.${world.privateZoneName}.`);
      return found ? '\\052 and a final dot' : 'in another way';
    },
  },
  {
    id: 'cname-beside-others',
    fact: 'cname-excludes-others',
    asks: 'Can a CNAME stand beside another record?',
    expected: 'refused with InvalidChangeBatch',
    answer: async (world) => {
      const Name = `both.${world.privateZoneName}`;
      const cname = { ...text(Name), Type: 'CNAME' as const, ResourceRecords: [{ Value: 'example.com' }] };
      return outcomeOf(create(world, await world.privateZone(), text(Name), cname));
    },
  },
  {
    id: 'zone-tags',
    fact: 'zone-tags-by-bare-id',
    asks: 'Do the tag operations take /hostedzone/ID?',
    expected: 'refused with NoSuchHostedZone',
    answer: async (world) => {
      const ResourceId = `/hostedzone/${await world.privateZone()}`;
      const request = { ResourceType: 'hostedzone' as const, ResourceId };
      const outcome = await outcomeOf(world.clients.route53.send(new ListTagsForResourceCommand(request)));
      // Above 32 characters it is InvalidInput.
      return outcome === 'refused with InvalidInput' && ResourceId.length > 32
        ? 'refused with NoSuchHostedZone'
        : outcome;
    },
  },
  {
    id: 'alias-to-endpoint',
    fact: 'alias-to-endpoint',
    asks: 'Does a private zone take an alias to the name of the endpoint, at its apex?',
    expected: 'accepted',
    answer: async (world) => {
      const [entry] = (await world.endpoint()).DnsEntries ?? [];
      const target = [given(entry?.DnsName, 'DnsName'), given(entry?.HostedZoneId, 'HostedZoneId')] as const;
      return outcomeOf(create(world, await world.privateZone(), alias(world.privateZoneName, ...target)));
    },
  },
  {
    id: 'alias-in-vpc',
    fact: 'private-zones-by-hand',
    asks: 'What does an alias to the endpoint in a private zone resolve to in the VPC?',
    expected: 'private addresses',
    needs: ['vpc-dns'],
    answer: async (world) => {
      const [entry] = (await world.endpoint()).DnsEntries ?? [];
      const target = [given(entry?.DnsName, 'DnsName'), given(entry?.HostedZoneId, 'HostedZoneId')] as const;
      const name = `endpoint.${world.privateZoneName}`;
      await create(world, await world.privateZone(), alias(name, ...target));
      return resolved(world, world.site.vpcDns, name);
    },
  },
  {
    id: 'alias-to-app-runner-private',
    fact: 'app-runner-alias-in-private-zone',
    asks: 'Does a private zone take an alias to an App Runner name?',
    expected: 'refused with InvalidChangeBatch',
    answer: async (world) => {
      const record = await appRunnerAlias(world, `app.${world.privateZoneName}`);
      return outcomeOf(create(world, await world.privateZone(), record));
    },
  },
  {
    id: 'alias-to-app-runner-public',
    fact: 'alias-to-app-runner',
    asks: 'Does a public zone take an alias to an App Runner name?',
    expected: 'accepted',
    needs: ['public-zone'],
    answer: async (world) => {
      world.about('records');
      return outcomeOf(create(world, world.zone.id, await appRunnerAlias(world, `app.${world.domain}`)));
    },
  },
];
