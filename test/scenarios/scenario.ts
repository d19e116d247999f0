import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { AppRunnerFault, EndpointView } from 'apprunner-embedded-cloud';
import type { Switches } from 'apprunner-embedded-cloud/profile';
import type { FindingCode } from '../../shared/findings.ts';
import type { Phase } from '../../shared/plan/plan.ts';
import type { Proof } from '../../shared/plan/plan-builder.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import type { InputOf, Operation } from './calls.ts';

/**
 * One situation in the life of a service, as pure data: what is there, what happens, and what is to be seen then.
 * It is run on the embedded installation (`run.ts`) and described in `docs/behaviour.md`.
 *
 * Texts may hold symbolic names, filled in when a step is taken (`names.ts`): `{service}`, `{endpoint}`, `{vpc}` …
 */
export interface Scenario {
  /** In kebab case, unique. */
  readonly id: string;
  readonly chapter: Chapter;
  /** For people: what is the case. */
  readonly situation: string;
  /** For people: what the product does about it. */
  readonly happens: string;
  /** Each `?` of the facts that matters here both ways; without it, one world with every switch at its default. */
  readonly worlds?: readonly ScenarioWorld[];
  /** Hosted zones beside the two of example.com, allowed to the stack; known by the name they are given here. */
  readonly zones?: readonly ExtraZone[];
  readonly given: Given;
  /** Reconciliations fail here and log it. In any other scenario a logged error is a failure. */
  readonly reconciliationsFail?: true;
  readonly steps: readonly Step[];
  /** What a person does about what was found: after the steps of each, its findings must be closed. */
  readonly remedies?: readonly Remedy[];
}

export const chapters = ['coming', 'staying', 'going', 'proof', 'policy'] as const;
export type Chapter = (typeof chapters)[number];

export interface ExtraZone {
  readonly as: string;
  readonly name: string;
  /** A private zone of the VPC; else a public one. */
  readonly inVpc: boolean;
}

/** `a ready service`: `hello`, tagged, with the domain hello.example.com, seen from inside the VPC. */
export type Given = 'nothing' | 'a ready service';

export interface ScenarioWorld {
  /** For people; absent where there is only one. */
  readonly name?: string;
  readonly switches?: Partial<Switches>;
  /** Whether the stack has its probe inside the VPC (it has, if nothing is said). */
  readonly probe?: boolean;
  /** Parameters of the stack. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How far listings lag behind writes. */
  readonly readLag?: Time;
}

export interface Remedy {
  readonly closes: FindingCode | readonly FindingCode[];
  readonly steps: readonly Step[];
}

/** A number and a unit: `5s`, `30m`, `24h`, `2d`. */
export type Time = `${number}${'s' | 'm' | 'h' | 'd'}`;

/** `private`, `public`, or the name an extra zone is given. */
export type ZoneName = string;

/** What a step is about when it does not say: the service created first. */
interface OfService {
  /** The name of the service. */
  readonly service?: string;
}

type Call = {
  readonly [Name in Operation]: {
    readonly do: 'call';
    readonly operation: Name;
    readonly input: InputOf<Name>;
    /** Twelve digits: another account calls. */
    readonly account?: string;
    /** Gives parts of the answer symbolic names: `{ 'other-vpc': 'Vpc.VpcId' }`. */
    readonly as?: Readonly<Record<string, string>>;
    /** The error it is refused with. */
    readonly refused?: string;
  };
}[Operation];

export type Step =
  // Calls to AWS by owners and operators
  | Call
  | {
      readonly do: 'create-service';
      readonly name?: string;
      readonly tags?: ScenarioTags;
      readonly input?: Partial<InputOf<'CreateService'>>;
    }
  | (OfService & { readonly do: 'tag'; readonly tags: ScenarioTags })
  | (OfService & { readonly do: 'untag'; readonly keys: readonly string[] })
  | { readonly do: 'put-record'; readonly zone: ZoneName; readonly record: ResourceRecordSet }
  /** Deletes what stands there; `type: 'validation'` every validation CNAME of the name. */
  | {
      readonly do: 'delete-record';
      readonly zone: ZoneName;
      readonly name: string;
      readonly type: string;
    }
  /** A person writes the validation records of the service's domains to the public zone. */
  | (OfService & { readonly do: 'validate' })
  /** The stack is deployed again with other settings of the reconcile function (environment variables). */
  | { readonly do: 'configure'; readonly environment: Readonly<Record<string, string>> }
  /** A policy is deployed that says this; about the rest it says what the parameters say. */
  | { readonly do: 'policy'; readonly says: Partial<Policy> }
  /** A person sets the kill switch of the installation (an SSM parameter). */
  | { readonly do: 'kill-switch'; readonly to: 'on' | 'off' }
  /** The row of the service is damaged, or deleted by a person. */
  | (OfService & { readonly do: 'row'; readonly becomes: 'damaged' | 'deleted' })
  /** A person asks the API to reconcile the service. */
  | (OfService & { readonly do: 'request-reconciliation' })
  // Events
  | { readonly do: 'events'; readonly are: EventWeather; readonly by?: Time }
  /** Delivers what was held, the last first. */
  | { readonly do: 'deliver-reversed' }
  | (OfService & { readonly do: 'enqueue'; readonly times?: number })
  // Faults
  | {
      readonly do: 'break';
      /** `apprunner:DescribeService`; it concerns the stack's functions only. */
      readonly operation: string;
      /** Those calls only whose input holds this text. */
      readonly about?: string;
      readonly error: string;
      readonly message?: string;
      /** For ever, if nothing is said. */
      readonly times?: number;
    }
  | { readonly do: 'mend'; readonly operation: string }
  | { readonly do: 'fail-next'; readonly what: AppRunnerFault | 'endpoint-creation'; readonly times?: number }
  /** The next pass that has made this call dies before it can do anything else. */
  | { readonly do: 'crash'; readonly after: string }
  | { readonly do: 'endpoint-becomes'; readonly state: EndpointView['state'] }
  | { readonly do: 'offer-zones'; readonly zones: readonly string[] }
  /** Its subnets are shared with the account of the service. */
  | { readonly do: 'share-vpc'; readonly vpc: string }
  // Time
  | { readonly do: 'advance'; readonly time: Time }
  | (OfService & { readonly do: 'until'; readonly phase: Phase | readonly Phase[]; readonly within?: Time })
  | { readonly do: 'sweep' }
  /** Calls of the stack's functions are counted from here on. */
  | { readonly do: 'count-calls' }
  | Expectation;

export type ScenarioTags = Readonly<Record<string, string>>;

/**
 * `normal`; `lost`: none arrives; `twice`: each arrives twice; `late`: each arrives `by` later; `held`: none arrives
 * until delivered by hand.
 */
export type EventWeather = 'normal' | 'lost' | 'twice' | 'late' | 'held';

/** What is to be seen. Everything that is named must be exactly so; what is not named is not looked at. */
export interface Expectation extends OfService {
  readonly do: 'expect';
  readonly phase?: Phase | 'no row';
  readonly visibility?: 'public' | 'private';
  /** `VPC`: the service has an outbound connector. */
  readonly egress?: 'DEFAULT' | 'VPC';
  /** Every finding that is open, in any order. `says`: a part of its message. */
  readonly findings?: readonly ExpectedFinding[];
  /**
   * By zone, every record there is but NS and SOA, in any order: `A hello.example.com → {endpoint-name}`,
   * `TXT _private-ingress.hello.example.com "v=1 …"`. The validation records of a name, however many, are
   * `validation hello.example.com`.
   */
  readonly records?: Readonly<Record<string, readonly string[]>>;
  /** Another VPC than the stack's, by its id: what is to be seen in the VPC is to be seen there. */
  readonly vpc?: string;
  /** What DNS answers in the VPC: addresses in any order, `endpoint` for those of the endpoint's interfaces. */
  readonly vpcAnswers?: Readonly<Record<string, 'endpoint' | readonly string[]>>;
  /** The same asked for AAAA. */
  readonly vpcAnswersIpv6?: Readonly<Record<string, 'endpoint' | readonly string[]>>;
  readonly publicAnswers?: Readonly<Record<string, 'endpoint' | readonly string[]>>;
  /** The service's connections that are not deleted: `AVAILABLE {endpoint}`. */
  readonly connections?: readonly string[];
  /** What is known of whether it works. */
  readonly proof?: Proof;
  /** The service's tags, all of them. */
  readonly tags?: ScenarioTags;
  /** Its associated domains and their states. */
  readonly domains?: Readonly<Record<string, string>>;
  /** Status of an HTTPS request from inside the VPC, the same at every address of the name, or `refused` when nothing answers or the certificate is another's. */
  readonly https?: Readonly<Record<string, number | 'refused'>>;
  /** At most so many calls since `count-calls`; `writes`: of all that change anything but the stack's own state. */
  readonly atMost?: Readonly<Record<string, number>>;
  /** Parts of entries of the row's timeline, in this order. */
  readonly timeline?: readonly string[];
  /** Parts of what `npm run plan` prints now. */
  readonly plan?: readonly string[];
  /** How many VPC endpoints there are, whatever their state. */
  readonly endpoints?: number;
}

export interface ExpectedFinding {
  readonly code: FindingCode;
  readonly says?: string;
}
