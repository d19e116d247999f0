import * as sdk from '@aws-sdk/client-route-53';
import { errorSchemas, operationSchemas } from '../../wire/sdk-schemas.ts';
import type { ServiceDefinition } from '../../wire/service.ts';
import type { PublicRecords, World } from '../../world.ts';
import { type AliasTargets, isAppRunnerName, isAppRunnerTarget } from './alias-targets.ts';
import type { AliasTargetCheck } from './change-batch.ts';
import { Changes } from './changes.ts';
import { HostedZones, type Zones } from './hosted-zones.ts';
import { plainName, recordName } from './names.ts';
import { publicRecords } from './public-records.ts';
import { recordOperations } from './record-operations.ts';
import { ZoneTags } from './tag-operations.ts';
import { vpcAuthorizationOperations } from './vpc-authorizations.ts';
import { vpcOperations } from './vpc-operations.ts';
import type { VpcOwner } from './vpc-owner.ts';
import { zoneListing } from './zone-listing.ts';
import { zoneOperations } from './zone-operations.ts';

/** Route 53: hosted zones and their records, per account, in no region. */
export interface Route53 extends PublicRecords, Zones {
  readonly definition: ServiceDefinition;
  /** Lets another service say which of its names an alias may target (EC2: its interface endpoints' names). */
  addAliasTargets(targets: AliasTargets): void;
  /**
   * Says which name servers the registrar has for a domain; none when it is not registered. Until then a domain is
   * delegated to the oldest public zone of its name.
   */
  registerDomain(domain: string, nameServers: readonly string[]): void;
}

/** @param owner of a VPC, as EC2 knows it; without EC2 every VPC is its caller's. */
export function createRoute53(world: World, owner: VpcOwner = (_vpcId, _region, { account }) => account): Route53 {
  const zones = new HostedZones();
  const changes = new Changes(world);
  const tags = new ZoneTags(zones);
  const aliasTargets: AliasTargets[] = [];
  const isAliasTarget: AliasTargetCheck = (target, hostedZoneId, zone) => {
    if (isAppRunnerName(target)) {
      const allowedHere = !zone.private || world.switches.appRunnerAliasInPrivateZone;
      return allowedHere && isAppRunnerTarget(target, hostedZoneId);
    }
    return aliasTargets.some((allows) => allows(plainName(target), hostedZoneId));
  };
  const operations = [
    ...zoneOperations(world, zones, changes, owner),
    ...zoneListing(zones),
    ...vpcOperations(zones, changes, owner, world.switches),
    ...vpcAuthorizationOperations(zones),
    ...recordOperations(world, zones, changes, isAliasTarget),
    ...tags.operations(),
  ];
  return {
    ...publicRecords(zones),
    publicZone: (name) => zones.publicZone(name),
    privateZone: (vpcId, name) => zones.privateZone(vpcId, name),
    addAliasTargets: (targets) => {
      aliasTargets.push(targets);
    },
    registerDomain: (domain, nameServers) => zones.register(recordName(domain), nameServers.map(recordName)),
    definition: {
      signingName: 'route53',
      global: true,
      eventSource: 'route53.amazonaws.com',
      protocol: 'rest-xml',
      xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
      errors: errorSchemas(sdk),
      operations,
      api: operationSchemas(sdk),
    },
  };
}
