import { z } from 'zod';
import type { Policy, PolicyInForce, Subject } from '../../shared/policy/policy.ts';
import { parseServiceArn, type ServiceIdentity } from '../../shared/service-arn.ts';
import { UsageError } from '../errors.ts';

/** What rules match in a service beside its ARN. */
export interface ServiceFacts {
  readonly tags: Readonly<Record<string, string>>;
  /** The units above its account up to the root. */
  readonly units: readonly string[];
}

/** The source of services and their facts, if the command line does not give them. */
export interface ServiceSource {
  inForce(): Promise<PolicyInForce>;
  describe(service: ServiceIdentity): Promise<ServiceFacts>;
  /** Every service that the stack knows. */
  list(): Promise<readonly Subject[]>;
  /** What a policy uses and the source does not return, for people. */
  unknownTags(policy: Policy): Promise<readonly string[]>;
}

export const SERVICES_FORM =
  '[{"arn": "arn:aws:apprunner:…", "tags": {"stage": "prod"}, "units": ["ou-abcd-12345678"]}]';

const serviceList = z.array(
  z.strictObject({
    arn: z.string(),
    tags: z.record(z.string(), z.string()).default({}),
    units: z.array(z.string()).default([]),
  }),
);

/**
 * A JSON list of services.
 * @param from where it was read, for the error.
 * @throws UsageError
 */
export function parseServices(text: string, from: string): readonly Subject[] {
  const wrong = (why: string) => new UsageError(`${from}: ${why}. It takes a JSON list of ${SERVICES_FORM}.`);
  const { data, error } = serviceList.safeParse(parseJson(text, wrong));
  if (data === undefined) {
    const [issue] = error?.issues ?? [];
    throw wrong(`${issue?.path.join('.') || 'it'}: ${issue?.message}`);
  }
  return data.map(({ arn, tags, units }) => {
    const service = parseServiceArn(arn);
    if (service === undefined) throw wrong(`"${arn}" is not the ARN of an App Runner service`);
    return { ...service, tags, units };
  });
}

function parseJson(text: string, wrong: (why: string) => UsageError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

/** `stage=prod` → the tag; the value may be empty or contain `=`. @throws UsageError */
export function parseTags(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`"${text}" is not a tag; write key=value.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
