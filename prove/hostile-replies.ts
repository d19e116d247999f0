import type { EmbeddedClientConfig } from 'apprunner-embedded-cloud';
import type { AnswerDns } from 'apprunner-embedded-cloud/in-process-resolver';
import { z } from 'zod';
import { HOUR, MINUTE } from '../shared/duration.ts';
import type { Disturb } from '../test/installation/handlers.ts';
import { Installation } from '../test/installation/installation.ts';
import { takeAll } from '../test/scenarios/run.ts';
import type { Step } from '../test/scenarios/scenario.ts';
import { Stage } from '../test/scenarios/stage.ts';
import { created, DOMAIN, TAGS } from '../test/scenarios/vocabulary.ts';
import type { Draw } from './seeded.ts';
import { spoilt, spoiltBody } from './spoil.ts';

type Handler = EmbeddedClientConfig['requestHandler'];

/** One reply of AWS in so many is spoilt: in some worlds so few that services come far. */
const REPLIES = [4, 12, 36];
/** One answer of DNS in so many is. */
const ANSWERS = 3;
/** What the stack itself keeps is no reply of a stranger; rows and messages are spoilt elsewhere. */
const OWN = /^(dynamodb|sqs|ssm|s3|events)\./;
/** The one name that the policy allows, and those below it. */
const ALLOWED = `${DOMAIN},*.${DOMAIN}`;

/** Another one's in place of the installation's, of which it may touch nothing. */
type Strangers = readonly (readonly [own: string, of: string])[];

/** Spoils what functions are answered, while it is on. */
class Spoiler implements Disturb {
  readonly #draw: Draw;
  readonly #replies: number;
  strangers: Strangers = [];
  isOn = false;
  spoilt = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
    this.#replies = REPLIES[draw(REPLIES.length)] ?? 1;
  }

  readonly client: Disturb['client'] = (_, handler) => {
    const handle: Handler['handle'] = async (request, options) => {
      const reply = await handler.handle(request, options);
      if (OWN.test(request.hostname ?? '') || !this.#isSpoilt(this.#replies)) return reply;
      const body = new TextDecoder().decode(reply.response.body);
      const told = this.#draw(2) === 0 ? this.#ofStrangers(body) : spoiltBody(body, this.#draw);
      if (told !== body) this.spoilt++;
      reply.response.body = Buffer.from(told);
      return reply;
    };
    return { ...handler, handle };
  };

  #ofStrangers(body: string): string {
    const own = this.strangers.filter(([one]) => body.includes(one));
    const [one = '', stranger = ''] = own[this.#draw(Math.max(1, own.length))] ?? [];
    return body.replaceAll(one, stranger);
  }

  readonly answerDns: AnswerDns = (_, truth) => {
    const values = truth();
    if (!this.#isSpoilt(ANSWERS)) return values;
    this.spoilt++;
    const answer = spoilt(values, this.#draw);
    return Array.isArray(answer) ? answer.map(String) : [String(answer)];
  };

  #isSpoilt(oneIn: number): boolean {
    return this.isOn && this.#draw(oneIn) === 0;
  }
}

/** What people do meanwhile. */
const HAPPENINGS: readonly Step[] = [
  { do: 'sweep' },
  { do: 'tag', tags: { ...TAGS, 'private-ingress:domains': `${DOMAIN} www.${DOMAIN}` } },
  { do: 'tag', tags: { 'private-ingress': 'disabled' } },
  { do: 'untag', keys: ['private-ingress'] },
  { do: 'tag', tags: TAGS },
];

/**
 * Plays services whose replies of AWS, of the probe and of DNS are spoilt, until so many are.
 * @throws Error that names what was written where nothing may be, or what is silent about its state.
 */
export async function playHostileReplies(draw: Draw, count: number): Promise<void> {
  for (let spoilt = 0; spoilt < count; ) {
    const spoiler = new Spoiler(draw);
    const world = await Installation.start({ parameters: { AllowedNames: ALLOWED }, disturb: spoiler });
    try {
      const stage = new Stage(world);
      const strays = watchStrays(stage);
      await takeAll(stage, 'first', [created]);
      const { vpcId, privateZoneId, publicZoneId } = world.network;
      spoiler.strangers = [
        [DOMAIN, 'stranger.example.com'],
        [DOMAIN, 'com'],
        [vpcId, 'vpc-0123456789abcdef0'],
        [privateZoneId, 'Z0STRANGER'],
        [publicZoneId, 'Z0STRANGER'],
        [stage.service(), stage.service().replace('/hello/', '/stranger/')],
      ];
      spoiler.isOn = true;
      await world.quiet(10 * MINUTE);
      for (let more = 1 + draw(3); more > 0; more--) {
        const step = HAPPENINGS[draw(HAPPENINGS.length)];
        if (step !== undefined) await takeAll(stage, 'by hand', [step]);
        await world.quiet(10 * MINUTE);
      }
      spoiler.isOn = false;
      await takeAll(stage, 'in the end', [{ do: 'tag', tags: TAGS }]);
      for (let sweeps = 0; sweeps < 2; sweeps++) {
        await world.sweep();
        await world.quiet(HOUR);
      }
      const { phase, findings = [], waits = [] } = (await world.row(stage.service())) ?? {};
      const isSilent = phase !== 'ready' && findings.length === 0;
      const addresses = stage.endpointAddresses(vpcId, 'A');
      const isFalse = phase === 'ready' && world.dig(DOMAIN).toSorted().join() !== addresses.toSorted().join();
      const broken = [
        ...strays,
        ...(isFalse ? [`${DOMAIN} is said to be ready, and answers ${world.dig(DOMAIN).join() || 'nothing'}`] : []),
        ...(isSilent ? [`${phase}, and no finding says why: ${JSON.stringify(waits)}`] : []),
      ];
      if (broken.length > 0) throw new Error(broken.join('\n'));
      spoilt += spoiler.spoilt;
    } finally {
      await world.stop();
    }
  }
}

const batch = z.object({
  HostedZoneId: z.string(),
  ChangeBatch: z.object({
    Changes: z.array(z.object({ ResourceRecordSet: z.object({ Name: z.string() }) })),
  }),
});
const ofService = z.object({ ServiceArn: z.string() });
const ofDomain = z.object({ ...ofService.shape, DomainName: z.string() });
const ofVpc = z.object({ VpcId: z.string() });
const ofConnection = z.object({ ...ofService.shape, IngressVpcConfiguration: ofVpc });

/** What the stack writes for itself: rows, objects, messages, events, and calls of its own functions. */
const OWN_WRITES: readonly string[] = [
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems', 'PutObject', 'PutEvents'],
  ...['Publish', 'SendMessage', 'SendMessageBatch', 'DeleteMessage', 'ChangeMessageVisibility', 'Invoke'],
];

/** What a role wants to write, even in vain, outside of the zones, names, services and VPCs of the installation; it grows. */
function watchStrays(stage: Stage): readonly string[] {
  const { cloud, network } = stage.world;
  const strays: string[] = [];
  const zones = [network.privateZoneId, network.publicZoneId];
  const isZone = (id: string) => zones.includes(id.replace('/hostedzone/', ''));
  const isName = (name: string) => name === DOMAIN || name.endsWith(`.${DOMAIN}`);
  const isOwn = (arn: string) => [...stage.services.values()].includes(arn);
  const isVpc = (id: string) => id === network.vpcId;
  const isOwnDomain = ({ ServiceArn, DomainName }: z.infer<typeof ofDomain>) => isOwn(ServiceArn) && isName(DomainName);
  /** By operation: what is within bounds. */
  const bounds: Readonly<Record<string, z.ZodType>> = {
    ChangeResourceRecordSets: batch.refine(
      ({ HostedZoneId, ChangeBatch }) =>
        isZone(HostedZoneId) &&
        ChangeBatch.Changes.every(({ ResourceRecordSet }) => isName(ResourceRecordSet.Name.replace(/\.$/, ''))),
    ),
    AssociateCustomDomain: ofDomain.refine(isOwnDomain),
    DisassociateCustomDomain: ofDomain.refine(isOwnDomain),
    UpdateService: ofService.refine(({ ServiceArn }) => isOwn(ServiceArn)),
    CreateVpcIngressConnection: ofConnection.refine(
      ({ ServiceArn, IngressVpcConfiguration }) => isOwn(ServiceArn) && isVpc(IngressVpcConfiguration.VpcId),
    ),
    UpdateVpcIngressConnection: z
      .object({ IngressVpcConfiguration: ofVpc })
      .refine(({ IngressVpcConfiguration }) => isVpc(IngressVpcConfiguration.VpcId)),
    // There is no connection but that of the service, and no group but that of the stack: AWS refuses what names another one.
    DeleteVpcIngressConnection: z.object({ VpcIngressConnectionArn: z.string() }),
    AuthorizeSecurityGroupIngress: z.object({ GroupId: z.string() }),
    UntagResource: z.object({ ResourceArn: z.string() }).refine(({ ResourceArn }) => isOwn(ResourceArn)),
    CreateVpcEndpoint: ofVpc.refine(({ VpcId }) => isVpc(VpcId)),
    CreateSecurityGroup: ofVpc.refine(({ VpcId }) => isVpc(VpcId)),
  };
  cloud.gateway.observe(({ operation, context, input, writes }) => {
    if (!writes || context.principal.kind !== 'role' || OWN_WRITES.includes(operation)) return;
    if (bounds[operation]?.safeParse(input).success !== true) strays.push(`${operation} ${JSON.stringify(input)}`);
  });
  return strays;
}
