import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ACCOUNT, REGION } from 'apprunner-embedded-cloud';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { ENDPOINT_ADDRESSES, SUBNETS, ZONE_NAME } from 'apprunner-embedded-cloud/seed';
import { describeConnections } from '../shared/observe/connections.ts';
import type { ServiceRow } from '../shared/state/row.ts';
import { createStore } from '../shared/state/tables.ts';
import type { Running } from './listen.ts';
import { type DnsLookup, dig, https } from './look-up.ts';

/** One answer of the end of the story, with what the field report saw (docs/facts.md#the-field-report). */
export interface StoryCheck {
  readonly question: string;
  readonly answer: string;
  readonly ok: boolean;
}

export interface NameRow {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly ok: boolean;
}

export interface Story {
  readonly serviceArn: string;
  readonly seconds: number;
  readonly phase: string;
  readonly names: readonly NameRow[];
  readonly checks: readonly StoryCheck[];
  readonly ok: boolean;
}

export interface StepOutput {
  /** @param seconds since the story began. */
  step(seconds: number, who: string, text: string): void;
}

interface Step {
  readonly at: number;
  readonly who: string;
  readonly text: string;
}

const SERVICE_NAME = 'hello';
const DOMAIN = `hello.${ZONE_NAME}`;

/** Milliseconds between two reads of the row, and until the story fails. */
const LOOK = 100;
const TIMEOUT_MS: Readonly<Record<'fast' | 'realistic', number>> = { fast: 60_000, realistic: 3_600_000 };

/**
 * Plays the field report (docs/facts.md#the-field-report): creates a service with the tag, lets the functions do the rest, and
 * repeats the report's `dig` and `curl` over the wire.
 */
export async function playStory({ cloud, network, stack, ready }: Running, steps: StepOutput): Promise<Story> {
  const { clock, profile } = cloud.world;
  const config = {
    region: REGION,
    endpoint: ready.aws,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: ACCOUNT },
  };
  const inVpc = (name: string) => dig(ready.dns[network.vpcId] ?? '', name);
  const outside = (name: string) => dig(ready.dns.public ?? '', name);
  const start = clock.now();
  const seconds = () => (clock.now() - start) / 1000;
  const domainBefore = await inVpc(DOMAIN);

  steps.step(
    0,
    'you',
    `aws apprunner create-service --service-name ${SERVICE_NAME} --tags private-ingress=enabled private-ingress:domains=${DOMAIN} …`,
  );
  const appRunner = new AppRunnerClient(config);
  const tags = { 'private-ingress': 'enabled', 'private-ingress:domains': DOMAIN };
  const { arn: serviceArn, url: publicName } = await createHelloService(appRunner, SERVICE_NAME, tags);
  steps.step(seconds(), 'App Runner', `${SERVICE_NAME} is being deployed, and is still public: ${publicName}`);

  const store = createStore(stack.outputs.TableName ?? '', config);
  let shown = 0;
  // The row is saved at the end of a reconciliation, so steps seen earlier are held back until then.
  let held: readonly Step[] = [];
  const show = (some: readonly Step[]) => {
    for (const { at, who, text } of some.toSorted((one, other) => one.at - other.at))
      steps.step((at - start) / 1000, who, text);
  };
  let row: ServiceRow | undefined;
  let connectionName: string | undefined;
  let before: DnsLookup | undefined;
  let seenInDns = false;
  while (clock.now() - start < TIMEOUT_MS[profile.name]) {
    row = await store.get(serviceArn);
    const done = (row?.timeline.slice(shown) ?? []).map((entry) => ({ who: 'reconcile', ...entry }));
    if (done.length > 0) {
      shown += done.length;
      show([...done, ...held]);
      held = [];
    }
    connectionName ??= (await describeConnections(appRunner, serviceArn))[0]?.domainName;
    if (connectionName !== undefined && !seenInDns) {
      const answer = await inVpc(connectionName);
      if (before === undefined) {
        before = answer;
        held = [{ at: clock.now(), who: 'dig', text: `${connectionName} +short prints nothing yet` }];
      }
      if (answer.addresses.length > 0) {
        seenInDns = true;
        const seen = ENDPOINT_ADDRESSES.filter((address) => answer.addresses.includes(address));
        held = [
          ...held,
          { at: clock.now(), who: 'dig', text: `${connectionName} +short prints ${seen.join(' and ')}` },
        ];
      }
    }
    if (row?.phase === 'ready' || row?.phase === 'ready-unverified' || row?.phase === 'blocked') break;
    await new Promise<void>((resolve) => clock.schedule(LOOK, resolve));
  }
  show(held);
  const took = seconds();

  const { VpcEndpoints = [] } = await new EC2Client(config).send(
    new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [network.vpcId] }] }),
  );
  const [regional = '', ...zonal] = (VpcEndpoints[0]?.DnsEntries ?? []).map(({ DnsName = '' }) => DnsName);
  const all = [...ENDPOINT_ADDRESSES];
  const names: NameRow[] = [
    nameRow(connectionName ?? '', before, await inVpc(connectionName ?? publicName), all),
    nameRow(DOMAIN, domainBefore, await inVpc(DOMAIN), all),
    nameRow(regional, undefined, await inVpc(regional), all),
    ...(await Promise.all(
      zonal.sort().map(async (name) => nameRow(name, undefined, await inVpc(name), addressIn(name))),
    )),
  ];
  const listener = Object.values(cloud.front.addresses())[0] ?? '';
  const trust = cloud.front.caCertificatePem;
  const [underDomain, underEndpoint, publicDomain, publicUrl] = [
    await https(listener, DOMAIN, trust),
    await https(listener, regional, trust),
    await outside(DOMAIN),
    await outside(publicName),
  ];
  const checks: StoryCheck[] = [
    {
      question: `https://${DOMAIN} from inside the VPC`,
      answer: underDomain.ok
        ? `${underDomain.status}, certificate for ${underDomain.certificate.replace('DNS:', '')}`
        : underDomain.reason,
      ok: underDomain.ok && underDomain.status === 200 && underDomain.certificate.includes(DOMAIN),
    },
    {
      question: `https://${regional} from inside the VPC`,
      answer: underEndpoint.ok
        ? `${underEndpoint.status}: App Runner routes by SNI and Host, and does not know the endpoint's own name`
        : underEndpoint.reason,
      ok: !underEndpoint.ok || underEndpoint.status === 404,
    },
    {
      question: `${DOMAIN} from outside`,
      answer: publicDomain.addresses.join(' ') || `${publicDomain.nothing}: no answer`,
      ok: publicDomain.addresses.length === 0,
    },
    {
      question: `${publicName} from outside`,
      answer: publicAnswer(publicUrl),
      ok: publicUrl.addresses.every((address) => all.includes(address)),
    },
  ];
  const phase = row?.phase ?? 'unknown';
  const ok = (phase === 'ready' || phase === 'ready-unverified') && [...names, ...checks].every((one) => one.ok);
  return { serviceArn, seconds: took, phase, names, checks, ok };
}

/**
 * A zonal name has its zone in its first label, and that zone's single address
 * (docs/facts.md#endpoint-names-answer-no-request).
 */
function addressIn(name: string): readonly string[] {
  const [label = ''] = name.split('.');
  return SUBNETS.filter(({ zone }) => label.endsWith(`-${zone}`)).map(({ address }) => address);
}

/** In the world where the name is in public DNS, it leads to private addresses, which do not answer from outside. */
function publicAnswer({ addresses, nothing }: DnsLookup): string {
  return addresses.length === 0
    ? `${nothing}: no answer`
    : `${addresses.join(' ')}: private addresses, not reachable from outside`;
}

function nameRow(name: string, before: DnsLookup | undefined, after: DnsLookup, expected: readonly string[]): NameRow {
  const sorted = [...after.addresses].sort();
  return {
    name,
    before: before === undefined ? '(no such endpoint)' : before.addresses.join(' ') || '(nothing)',
    after: expected.filter((address) => sorted.includes(address)).join(' ') || after.nothing || sorted.join(' '),
    ok: sorted.join() === [...expected].sort().join() && (before?.addresses.length ?? 0) === 0,
  };
}
