import { readFile } from 'node:fs/promises';
import { AppRunnerClient, ListVpcIngressConnectionsCommand, TagResourceCommand } from '@aws-sdk/client-apprunner';
import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssociateVPCWithHostedZoneCommand } from '@aws-sdk/client-route-53';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { makeVpc } from 'apprunner-embedded-cloud/vpc';
import { ensurePackaged } from '../build/package.ts';
import { deployProduct } from '../demo/product-stack.ts';
import type { ServiceRow } from '../shared/state/row.ts';
import type { Store } from '../shared/state/store.ts';
import { createStore } from '../shared/state/tables.ts';
import { functionArn, type Installation } from '../test/installation/installation.ts';
import { ownership } from '../test/scenarios/vocabulary.ts';

const REGION = 'us-east-1';
const INSTALLATION = 'other';

/**
 * The stack a second time, in another region of the account, with a service and a VPC of its own. It publishes in the same hosted
 * zones, and knows nothing of the first one.
 */
export class OtherInstallation {
  readonly #world: Installation;
  readonly #vpcId: string;
  readonly #store: Store;
  readonly #appRunner: AppRunnerClient;
  readonly #ec2: EC2Client;
  #arn = '';
  /** Names that its service is wanted to have. */
  domains: readonly string[] = [];

  private constructor(world: Installation, vpcId: string, store: Store) {
    this.#world = world;
    this.#vpcId = vpcId;
    this.#store = store;
    const config = world.cloud.clientConfig({ region: REGION });
    this.#appRunner = new AppRunnerClient(config);
    this.#ec2 = new EC2Client(config);
  }

  /** @param parameters of the stack. */
  static async deploy(world: Installation, parameters: Readonly<Record<string, string>>): Promise<OtherInstallation> {
    const { cloud, network, route53 } = world;
    const config = cloud.clientConfig({ region: REGION });
    const vpc = await makeVpc(new EC2Client(config), {
      name: 'other',
      cidr: '10.9.0.0/16',
      subnets: [{ cidr: '10.9.1.0/24', zone: `${REGION}a` }],
    });
    const VPC = { VPCId: vpc.vpcId, VPCRegion: REGION } as const;
    await route53.send(new AssociateVPCWithHostedZoneCommand({ HostedZoneId: network.privateZoneId, VPC }));
    const { template, codeFolder } = await ensurePackaged();
    const { outputs } = await deployProduct(
      cloud,
      { ...network, ...vpc },
      {
        template: JSON.parse(await readFile(template, 'utf8')),
        codeFolder,
        probe: false,
        region: REGION,
        parameters: { ...parameters, Installation: INSTALLATION, SweepRate: 'rate(1 day)' },
      },
    );
    return new OtherInstallation(world, vpc.vpcId, createStore(outputs.TableName ?? '', config));
  }

  /** What its owner wants by now; without a name, nothing. */
  async want(domains: readonly string[]): Promise<void> {
    const tags = {
      'private-ingress': domains.length === 0 ? 'disabled' : 'enabled',
      'private-ingress:domains': domains.join(' '),
    };
    if (this.#arn === '') this.#arn = (await createHelloService(this.#appRunner, 'elsewhere', tags)).arn;
    else {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await this.#appRunner.send(new TagResourceCommand({ ResourceArn: this.#arn, Tags }));
    }
    this.domains = domains;
  }

  async sweep(): Promise<void> {
    const { lambda } = this.#world.cloud;
    await lambda.invoke(lambda.get(functionArn('sweep', REGION)), {});
  }

  row(): Promise<ServiceRow | undefined> {
    return this.#arn === '' ? Promise.resolve(undefined) : this.#store.get(this.#arn);
  }

  /** The records that are its own in the private zone when all is well. */
  async records(): Promise<readonly string[]> {
    const Filters = [{ Name: 'vpc-id', Values: [this.#vpcId] }];
    const { VpcEndpoints } = await this.#ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
    const endpoint = VpcEndpoints?.[0]?.DnsEntries?.[0]?.DnsName ?? 'no endpoint';
    const serviceId = this.#arn.split('/').at(-1) ?? '';
    return this.domains.flatMap((domain) => [`A ${domain} → ${endpoint}`, ownership(domain, serviceId, INSTALLATION)]);
  }

  /** What is not as its owner wants it. */
  async problems(): Promise<readonly string[]> {
    if (this.#arn === '') return [];
    const { VpcIngressConnectionSummaryList: connections = [] } = await this.#appRunner.send(
      new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: this.#arn } }),
    );
    const isWanted = this.domains.length > 0;
    const { phase } = (await this.row()) ?? {};
    const phases: readonly unknown[] = isWanted ? ['ready', 'ready-unverified'] : ['detached', undefined];
    return [
      ...(phases.includes(phase) ? [] : [`the other installation’s service is ${phase}`]),
      ...(connections.length === (isWanted ? 1 : 0)
        ? []
        : [`the other installation has ${connections.length} connections`]),
    ];
  }
}
