import {
  type Change,
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, type Profile, profiles, type Switches } from '../../src/profile.ts';
import { createRoute53, type Route53 } from '../../src/services/route53/route53.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';

export const ACCOUNT = '123456789012';

export interface Route53Setting {
  readonly clock: VirtualClock;
  readonly route53: Route53;
  readonly iam: Iam;
  /** The SDK's own client, over the wire format, as root of `ACCOUNT`. */
  readonly client: Route53Client;
  /** The same with another key id: 12 digits are root of that account. */
  clientOf(accessKeyId: string): Route53Client;
  /** Makes a zone and answers its id: a private one when VPCs are given. */
  zone(name: string, ...vpcIds: readonly string[]): Promise<string>;
  change(zoneId: string, ...changes: readonly Change[]): Promise<string | undefined>;
}

export function setting(switches: Partial<Switches> = {}, profile: Partial<Profile> = {}): Route53Setting {
  const clock = new VirtualClock();
  const chance = seededChance('route53');
  const route53 = createRoute53({
    clock,
    chance,
    profile: { ...profiles.fast, ...profile },
    switches: { ...defaultSwitches, ...switches },
  });
  const iam = new Iam({ chance });
  const gateway = new Gateway({
    clock,
    chance,
    iam,
    services: [route53.definition],
    defaultRegion: 'us-east-1',
    onUnexpectedError: (error) => {
      throw error;
    },
  });
  const clientOf = (accessKeyId: string) =>
    new Route53Client({
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey: 'secret' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
    });
  const client = clientOf(ACCOUNT);
  let references = 0;
  return {
    clock,
    route53,
    iam,
    client,
    clientOf,
    async zone(name, ...vpcIds) {
      const [first] = vpcIds;
      const { HostedZone } = await client.send(
        new CreateHostedZoneCommand({
          Name: name,
          CallerReference: `zone ${references++}`,
          ...(first === undefined ? {} : { VPC: { VPCId: first, VPCRegion: 'ap-northeast-1' } }),
        }),
      );
      return (HostedZone?.Id ?? '').replace('/hostedzone/', '');
    },
    async change(HostedZoneId, ...Changes) {
      const { ChangeInfo } = await client.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: [...Changes] } }),
      );
      return ChangeInfo?.Id;
    },
  };
}

type Set = Partial<ResourceRecordSet>;

export const record = (
  Name: string,
  Type: ResourceRecordSet['Type'],
  values: string | readonly string[],
  more: Set = {},
): ResourceRecordSet => ({
  Name,
  Type,
  TTL: 300,
  ResourceRecords: [values].flat().map((Value) => ({ Value })),
  ...more,
});

export const alias = (Name: string, target: string, HostedZoneId: string, more: Set = {}): ResourceRecordSet => ({
  Name,
  Type: 'A',
  AliasTarget: { DNSName: target, HostedZoneId, EvaluateTargetHealth: false },
  ...more,
});

export const CREATE = (ResourceRecordSet: ResourceRecordSet): Change => ({ Action: 'CREATE', ResourceRecordSet });
export const DELETE = (ResourceRecordSet: ResourceRecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet });
export const UPSERT = (ResourceRecordSet: ResourceRecordSet): Change => ({ Action: 'UPSERT', ResourceRecordSet });
