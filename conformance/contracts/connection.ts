import {
  DeleteServiceCommand,
  DeleteVpcIngressConnectionCommand,
  DescribeCustomDomainsCommand,
  UpdateVpcIngressConnectionCommand,
} from '@aws-sdk/client-apprunner';
import { type Contract, outcomeOf, refusalOf } from '../contract.ts';
import { resolved } from '../resolved.ts';
import { given, LONG, SHORT, type World } from '../world.ts';

const ARN = /^arn:aws[a-z-]*:apprunner:[a-z0-9-]+:\d{12}:vpcingressconnection\/[^/]+\/[0-9a-f]{32}$/;
/** Not documented; inferred from the time-out of Terraform's provider. */
const NORMAL_SECONDS = 120;

/** What becomes of a connection that is deleted, and of its name. */
const deletion = (world: World) =>
  world.once('deletion', async () => {
    const { arn } = await world.connection();
    const request = { VpcIngressConnectionArn: arn };
    await world.clients.appRunner.send(new DeleteVpcIngressConnectionCommand(request));
    const described = await world.until('deletion of the connection', LONG, async () => {
      try {
        const { Status } = await world.describeConnection(arn);
        return Status === 'DELETED' ? 'described as DELETED' : undefined;
      } catch (error) {
        return refusalOf(error);
      }
    });
    const again = await world.createConnection(await world.privateService()).then(
      async ({ VpcIngressConnectionArn = '' }) => {
        await world.availableConnection(VpcIngressConnectionArn);
        return { arn: VpcIngressConnectionArn, outcome: 'accepted' };
      },
      (error: unknown) => ({ arn: undefined, outcome: refusalOf(error) }),
    );
    return { described, again };
  });

const connectionName = async (world: World): Promise<string> =>
  given((await world.describeConnection((await world.connection()).arn)).DomainName, 'DomainName');

/** Before the service is private. */
export const earlyConnectionContracts: readonly Contract[] = [
  {
    id: 'connection-to-public-service',
    fact: 'not-ready-error',
    asks: 'How is a connection to a public service refused?',
    expected: 'refused with InvalidStateException',
    answer: async (world) => {
      await world.endpoint();
      return outcomeOf(world.createConnection(await world.service(), `${world.run}-early`));
    },
  },
];

export const connectionContracts: readonly Contract[] = [
  {
    id: 'connection-reply',
    fact: 'connection-reply-has-domain-name',
    asks: 'What does the reply of CreateVpcIngressConnection hold?',
    expected: 'PENDING_CREATION and a DomainName',
    answer: async (world) => {
      const { reply } = await world.connection();
      return `${reply.Status} and ${reply.DomainName ? 'a' : 'no'} DomainName`;
    },
  },
  {
    id: 'connection-arn',
    fact: 'connection-arn',
    asks: 'How does the ARN of a connection end?',
    expected: 'vpcingressconnection/NAME/ and 32 hex digits',
    answer: async (world) =>
      ARN.test((await world.connection()).arn) ? 'vpcingressconnection/NAME/ and 32 hex digits' : 'in another way',
  },
  {
    id: 'connection-timing',
    fact: 'connection-timing',
    asks: 'How long until a connection is available?',
    expected: 'less than 2 minutes',
    answer: async (world) => {
      const { seconds } = await world.connection();
      return seconds < NORMAL_SECONDS ? 'less than 2 minutes' : `${seconds} s`;
    },
  },
  {
    id: 'connection-same-name',
    fact: 'connection-name-is-the-only-idempotency-key',
    asks: 'How is a second connection of the same name refused?',
    expected: 'refused with InvalidRequestException',
    answer: async (world) => {
      await world.connection();
      return outcomeOf(world.createConnection(await world.privateService()));
    },
  },
  {
    id: 'connection-second',
    fact: 'one-connection-per-service',
    asks: 'How is a second connection of a service refused?',
    expected: 'refused with ServiceQuotaExceededException',
    answer: async (world) => {
      await world.connection();
      return outcomeOf(world.createConnection(await world.privateService(), `${world.run}-2`));
    },
  },
  {
    id: 'connection-dns-target',
    fact: 'vpc-dns-targets',
    asks: "Does DescribeCustomDomains name the connection's DomainName for its VPC?",
    expected: 'yes',
    answer: async (world) => {
      const { arn } = await world.connection();
      const { DomainName } = await world.describeConnection(arn);
      const request = { ServiceArn: await world.privateService() };
      const { VpcDNSTargets = [] } = await world.clients.appRunner.send(new DescribeCustomDomainsCommand(request));
      const target = VpcDNSTargets.find(({ VpcId }) => VpcId === world.site.vpcId);
      return target === undefined ? 'no target of the VPC' : target.DomainName === DomainName ? 'yes' : 'another name';
    },
  },
  {
    id: 'connection-name-in-vpc',
    fact: 'connection-name-resolves-to-endpoint',
    asks: "What does the connection's name resolve to in the VPC?",
    expected: 'private addresses',
    needs: ['vpc-dns'],
    answer: async (world) => resolved(world, world.site.vpcDns, await connectionName(world)),
  },
  {
    id: 'connection-name-in-public-dns',
    fact: 'connection-name-in-public-dns',
    asks: "What does the connection's name resolve to in public DNS?",
    expected: 'private addresses',
    needs: ['public-dns'],
    answer: async (world) => resolved(world, world.site.publicDns, await connectionName(world)),
  },
  {
    id: 'connection-update',
    fact: 'connection-update-may-change-domain-name',
    asks: 'Does DomainName survive an update of the connection?',
    expected: 'yes',
    answer: async (world) => {
      const { arn } = await world.connection();
      const before = await world.describeConnection(arn);
      const IngressVpcConfiguration = before.IngressVpcConfiguration;
      const request = { VpcIngressConnectionArn: arn, IngressVpcConfiguration };
      await world.clients.appRunner.send(new UpdateVpcIngressConnectionCommand(request));
      const after = await world.availableConnection(arn);
      return after.DomainName === before.DomainName ? 'yes' : 'no';
    },
  },
];

/** They end the connection and the service, so they come last. */
export const lateConnectionContracts: readonly Contract[] = [
  {
    id: 'connection-deleted',
    fact: 'connection-delete-states',
    asks: 'What does Describe answer for a deleted connection?',
    expected: 'described as DELETED',
    answer: async (world) => (await deletion(world)).described,
  },
  {
    id: 'connection-name-again',
    fact: 'failed-connection-can-be-made-anew',
    asks: 'Can a connection be created under the name of a deleted one?',
    expected: 'accepted',
    answer: async (world) => (await deletion(world)).again.outcome,
  },
  {
    id: 'delete-connected-service',
    fact: 'delete-service-with-connection',
    asks: 'What does DeleteService do to a service with an AVAILABLE connection?',
    expected: 'refused with InvalidStateException',
    answer: async (world) => {
      const { again } = await deletion(world);
      const { arn } = again;
      if (arn === undefined) throw new Error('there is no connection, because its name was not free');
      const ServiceArn = await world.privateService();
      const outcome = await outcomeOf(world.clients.appRunner.send(new DeleteServiceCommand({ ServiceArn })));
      if (outcome !== 'accepted') return outcome;
      await world.until('deletion of the service', LONG, async () => {
        const status = await world.describeService(ServiceArn).then(({ Status }) => String(Status), refusalOf);
        return status === 'DELETED' || status.startsWith('refused') ? true : undefined;
      });
      await world.wait(SHORT);
      const status = await world.describeConnection(arn).then(({ Status }) => String(Status), refusalOf);
      return status === 'AVAILABLE' ? 'accepted, the connection stays' : 'accepted, the connection goes too';
    },
  },
];
