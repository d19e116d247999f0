import { seededChance } from '../../src/chance.ts';
import { createResolver, type DnsAnswer } from '../../src/dns/resolver.ts';
import { appRunnerZones } from '../../src/services/route53/alias-targets.ts';
import type { Addresses, DnsView, NameSource } from '../../src/world.ts';
import { type Route53Setting, setting } from '../route53/client.ts';

export const VPC_ID = 'vpc-0a1b2c3d';
export const PUBLIC: DnsView = { kind: 'public' };
export const VPC: DnsView = { kind: 'vpc', vpcId: VPC_ID };

/** A private service's name: known in the VPC only. */
export const SERVICE = 'abc123.ap-northeast-1.awsapprunner.com';
export const TOKYO = appRunnerZones['ap-northeast-1'] ?? '';
export const ADDRESSES = ['10.0.22.10', '10.0.21.218'];

/** An App Runner that knows one service; `known` may be changed while the resolver lives. */
export function appRunner(known: Map<string, Addresses> = new Map()): NameSource {
  return {
    covers: (name) => name.endsWith('.awsapprunner.com'),
    addressesOf: (name, view) =>
      known.get(name) ?? (name === SERVICE && view.kind === 'vpc' ? { ipv4: ADDRESSES, ipv6: [] } : undefined),
  };
}

export interface DnsSetting extends Route53Setting {
  ask(view: DnsView, name: string, type: string): DnsAnswer;
  /** Just the values. */
  values(view: DnsView, name: string, type: string): readonly string[];
  readonly resolver: ReturnType<typeof createResolver>;
}

export function dnsSetting(options: { readonly byChance?: boolean; readonly source?: NameSource } = {}): DnsSetting {
  const made = setting({ appRunnerAliasInPrivateZone: true });
  const resolver = createResolver({
    route53: made.route53,
    sources: [options.source ?? appRunner()],
    ...(options.byChance ? { chance: seededChance('dns') } : {}),
  });
  return {
    ...made,
    resolver,
    ask: (view, name, type) => resolver.answer(view, name, type),
    values: (view, name, type) => resolver.answer(view, name, type).answers.map((it) => it.value),
  };
}
