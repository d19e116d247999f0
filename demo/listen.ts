import { readFile } from 'node:fs/promises';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { EmbeddedCloud } from 'apprunner-embedded-cloud';
import type { DeployedStack } from 'apprunner-embedded-cloud/deploy';
import {
  ANY_FREE,
  type ListenOptions as EmbeddedListenOptions,
  type ListenAddresses,
  listen as listenEmbedded,
} from 'apprunner-embedded-cloud/listen';
import { type SeededNetwork, seedNetwork } from 'apprunner-embedded-cloud/seed';
import type { Package } from '../build/package.ts';
import { hubParameters } from './member-stacks.ts';
import type { StartOptions } from './options.ts';
import { deployMembers, type StartedOrganization, startOrganization } from './organization.ts';
import { deployProduct } from './product-stack.ts';

export interface Running {
  readonly cloud: EmbeddedCloud;
  readonly network: SeededNetwork;
  readonly stack: DeployedStack;
  /** Only with `--org`. */
  readonly organization?: StartedOrganization;
  readonly ready: ListenAddresses;
  stop(): Promise<void>;
}

export interface DemoListenOptions
  extends Pick<StartOptions, 'profile' | 'probe' | 'connectionNameIsPublic' | 'ports'>,
    Pick<EmbeddedListenOptions<unknown, unknown>, 'log' | 'functionLog' | 'portGaveWay'> {
  /** Path of the packaged template, and the folder the packaged handlers' paths begin at. */
  readonly template: string;
  /** Paths of the members' templates: an organisation is made around the seeded account. */
  readonly organization?: Pick<Package, 'memberTemplate' | 'zonesTemplate'>;
  readonly codeFolder: string;
}

/** The seeded cloud on its ports, with the packaged stack deployed into it. */
export async function listen(options: DemoListenOptions): Promise<Running> {
  const { probe, codeFolder, organization: packaged } = options;
  const { cloud, seeded, deployed, addresses, stop } = await listenEmbedded({
    ...options,
    switches: { connectionNameIsPublic: options.connectionNameIsPublic },
    ports: { ...options.ports, https: ANY_FREE },
    seed: async (cloud, atEnd) => {
      const network = await seedNetwork(cloud);
      if (packaged === undefined) return { network };
      const organization = await startOrganization(cloud, network, codeFolder, packaged, probe);
      await atEnd(() => organization.stop());
      return { network, organization };
    },
    deploy: async (cloud, { network, organization }) => {
      const stack = await deployProduct(cloud, network, {
        template: JSON.parse(await readFile(options.template, 'utf8')),
        codeFolder: organization?.codeFolder ?? codeFolder,
        probe,
        // The story begins its own sweeps.
        parameters: {
          ...(await topicParameters(cloud)),
          ...(organization === undefined ? {} : { ...hubParameters(organization.seeded), SweepRate: 'rate(7 days)' }),
        },
      });
      if (organization !== undefined) await deployMembers(organization);
      for (const line of stack.notes) options.log(line);
      return stack;
    },
  });
  return { cloud, ...seeded, stack: deployed, ready: addresses(), stop };
}

/** A topic for alarms and findings, so that people can subscribe to it and see what they would get. */
async function topicParameters(cloud: EmbeddedCloud): Promise<Readonly<Record<string, string>>> {
  const sns = new SNSClient(cloud.clientConfig());
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'private-ingress' }));
  return { AlarmTopicArn: TopicArn, NotificationTopicArn: TopicArn };
}
