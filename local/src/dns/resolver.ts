import type { Chance } from '../chance.ts';
import type { Zones, ZoneView } from '../services/route53/hosted-zones.ts';
import { isWithin, plainName, type RecordName, recordName } from '../services/route53/names.ts';
import type { StoredRecordSet } from '../services/route53/record-sets.ts';
import { nameValue, soaValue } from '../services/route53/record-values.ts';
import { lookupInZone } from '../services/route53/zone-lookup.ts';
import type { Addresses, DnsView, NameSource } from '../world.ts';
import { chooseRoutes } from './routing.ts';

/** One resource record, as a zone file would have it. */
export interface DnsRecord {
  readonly name: RecordName;
  /** `A`, `CNAME` … */
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** In Route 53's notation: `10.0.22.10`, `"v=1"`, `0 issue "amazon.com"`, a name … */
  readonly value: string;
}

export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly answers: readonly DnsRecord[];
  /** The SOA of the zone that says no, for negative caching (RFC 2308). */
  readonly authority: readonly DnsRecord[];
  /** Whether the one who answers is responsible for the name: in the public view only, a VPC's resolver never is. */
  readonly authoritative: boolean;
}

export interface Resolver {
  /**
   * @param name in any notation that `recordName` reads, or `.`.
   * @param type `A`, `CNAME` …; one that the cloud has no records of is no data. `ANY` is refused (RFC 8482).
   * @throws NameError
   */
  answer(view: DnsView, name: string, type: string): DnsAnswer;
}

/** TTL of names that AWS answers for itself, and of aliases to them, in seconds (documented). */
const AWS_TTL = 60;

/** More CNAMEs and aliases in a row than this are taken for a loop. */
const LONGEST_CHAIN = 16;

/**
 * Resolves names as they are seen from the internet or from a VPC. Who answers:
 *
 *     in a VPC:  private zone associated with it, longest suffix   (even when it lacks the name: no falling through)
 *     then:      AWS itself (App Runner, endpoints)
 *     then:      public zone, longest suffix
 *     else:      none: NXDOMAIN, there is no outside world
 *
 * An alias answers what its target answers from where the question is asked, under the alias's own name; one whose
 * target does not resolve is no data.
 *
 * @param options.chance decides between weighted records; without it the heaviest always answers.
 */
export function createResolver(options: {
  readonly route53: Zones;
  readonly sources: readonly NameSource[];
  readonly chance?: Chance;
}): Resolver {
  return {
    answer(view, name, type) {
      if (type === 'ANY') return { rcode: 'REFUSED', answers: [], authority: [], authoritative: false };
      const chain: DnsRecord[] = [];
      for (let at = name === '.' ? name : recordName(name), hops = 0; hops <= LONGEST_CHAIN; hops++) {
        const step = ask(options, view, at, type, LONGEST_CHAIN - hops);
        if (step.kind === 'cname') {
          chain.push(step.record);
          at = nameValue(step.record.value);
          continue;
        }
        return {
          rcode: step.rcode,
          answers: [...chain, ...step.records],
          authority: step.records.length === 0 && step.soa !== undefined ? [step.soa] : [],
          authoritative: view.kind === 'public' && step.rcode !== 'SERVFAIL' && step.covered,
        };
      }
      return { rcode: 'SERVFAIL', answers: chain, authority: [], authoritative: false };
    },
  };
}

type Step =
  | { readonly kind: 'cname'; readonly record: DnsRecord }
  | {
      readonly kind: 'end';
      readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
      readonly records: readonly DnsRecord[];
      readonly soa?: DnsRecord | undefined;
      /** Whether a server answers for the name. */
      readonly covered: boolean;
    };

const end = (
  rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL',
  records: readonly DnsRecord[] = [],
  soa?: DnsRecord,
): Step => ({
  kind: 'end',
  rcode,
  records,
  soa,
  covered: true,
});

type Options = Parameters<typeof createResolver>[0];

function ask(options: Options, view: DnsView, name: RecordName, type: string, hopsLeft: number): Step {
  const privateZone = view.kind === 'vpc' ? options.route53.privateZone(view.vpcId, name) : undefined;
  if (privateZone !== undefined) return askZone(options, view, privateZone, name, type, hopsLeft);
  const source = options.sources.find((it) => it.covers(plainName(name)));
  if (source !== undefined) return askSource(source, view, name, type);
  const zone = options.route53.publicZone(name);
  if (zone !== undefined) return askZone(options, view, zone, name, type, hopsLeft);
  return { kind: 'end', rcode: 'NXDOMAIN', records: [], covered: false };
}

function askSource(source: NameSource, view: DnsView, name: RecordName, type: string): Step {
  const addresses = source.addressesOf(plainName(name), view);
  if (addresses === undefined) return end('NXDOMAIN');
  return end(
    'NOERROR',
    addressesOfType(addresses, type).map((value) => ({ name, type, ttl: AWS_TTL, value })),
  );
}

const addressesOfType = (addresses: Addresses, type: string) =>
  type === 'A' ? addresses.ipv4 : type === 'AAAA' ? addresses.ipv6 : [];

function askZone(
  options: Options,
  view: DnsView,
  zone: ZoneView,
  name: RecordName,
  type: string,
  hopsLeft: number,
): Step {
  const found = lookupInZone(zone, name, type);
  const standing = (sets: readonly StoredRecordSet[]) =>
    chooseRoutes(sets, options.chance).flatMap((set) =>
      set.AliasTarget === undefined
        ? plainRecords(set, name)
        : aliasRecords(options, view, zone, set, hopsLeft).map((record) => ({ ...record, name })),
    );
  switch (found.kind) {
    case 'no-name':
      return end('NXDOMAIN', [], negativeSoa(zone));
    case 'no-data':
      return end('NOERROR', [], negativeSoa(zone));
    case 'delegated':
      // The zone below would have been chosen if it stood in this cloud, so its name servers cannot be reached.
      return end('SERVFAIL');
    case 'cname': {
      const [record] = standing(found.sets);
      return record === undefined ? end('NOERROR', [], negativeSoa(zone)) : { kind: 'cname', record };
    }
    case 'records':
      return end('NOERROR', standing(found.sets), negativeSoa(zone));
  }
}

const plainRecords = (set: StoredRecordSet, name: RecordName): readonly DnsRecord[] =>
  (set.ResourceRecords ?? []).map(({ Value }) => ({ name, type: set.Type, ttl: set.TTL ?? 0, value: Value ?? '' }));

/** What stands behind an alias, as Route 53 gives it: addresses, never a CNAME in between (documented). */
function aliasRecords(
  options: Options,
  view: DnsView,
  zone: ZoneView,
  set: StoredRecordSet,
  hopsLeft: number,
): readonly DnsRecord[] {
  const target = set.AliasTarget?.DNSName;
  if (target === undefined || hopsLeft === 0) return [];
  const step =
    set.AliasTarget?.HostedZoneId === zone.id && isWithin(target, zone.name)
      ? askZone(options, view, zone, target, set.Type, hopsLeft - 1)
      : askAws(options, view, target, set.Type);
  return step.kind === 'end' ? step.records : set.Type === 'CNAME' ? [step.record] : [];
}

function askAws(options: Options, view: DnsView, target: RecordName, type: string): Step {
  const source = options.sources.find((it) => it.covers(plainName(target)));
  return source === undefined ? end('NXDOMAIN') : askSource(source, view, target, type);
}

/** The zone's SOA with the TTL of a negative answer: the smaller of its own and its last field (RFC 2308 §3). */
function negativeSoa(zone: ZoneView): DnsRecord | undefined {
  const set = zone.records.at(zone.name)?.find(({ Type }) => Type === 'SOA');
  const value = set?.ResourceRecords?.[0]?.Value;
  if (value === undefined) return undefined;
  return { name: zone.name, type: 'SOA', ttl: Math.min(set?.TTL ?? 0, soaValue(value).minimum), value };
}
