import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { recordsByRole } from './records-of-package.ts';
import { readStackSource } from './stack-source.ts';
import { type AllowedRecords, AllowedRecordsError, withAllowedRecords } from './templates/allowed-records.ts';
import { readHub } from './templates/hub.ts';
import { checkLimits, LimitError } from './templates/limits.ts';
import { forHub, memberTemplateSchema, withForwarding } from './templates/member.ts';

export const TEMPLATE = 'cloudformation-template-update-stack.json';
export const MEMBER_TEMPLATE = 'member-template.json';
export const ZONES_TEMPLATE = 'zones-template.json';
export const ORGANIZATION_TEMPLATE = 'organization-template.json';

/** `service` of serverless.yml, with which every name begins. */
const SERVICE = 'apprunner-private-ingress';

const DEFAULT_STAGE = 'main';

/** The package could not be made; the message holds what osls said. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

/**
 * The templates of the other accounts are made of the hub's: the same rules, the same statements.
 * @throws PackageError where AWS would refuse one for the length of a name or the size of a policy
 */
export async function writeOtherTemplates(directory: string, policyFile: string | undefined): Promise<void> {
  const packaged: unknown = JSON.parse(await readFile(join(directory, TEMPLATE), 'utf8'));
  const hub = readHub(packaged, await readStackSource('stack/allowed-records.yml', z.unknown()));
  const source = async (name: string) => forHub(await readStackSource(`stack/member/${name}`, z.unknown()), hub);
  const zones = await source('zones.yml');
  const byRole = policyFile === undefined ? [] : [...(await recordsByRole(policyFile))];
  const ofAccounts = byRole.flatMap(([role, records]): [string, unknown][] => {
    const account = new RegExp(`^arn:[^:]+:iam::(\\d{12}):role/${hub.name}-zones$`).exec(role)?.[1];
    return account === undefined ? [] : [[`zones-template-${account}.json`, withRecords(zones, records)]];
  });
  const others = {
    [MEMBER_TEMPLATE]: withForwarding(await source('template.yml'), hub),
    [ZONES_TEMPLATE]: zones,
    [ORGANIZATION_TEMPLATE]: await source('organization.yml'),
    ...Object.fromEntries(ofAccounts),
  };
  checkSizes({ [TEMPLATE]: packaged, ...others }, hub.name);
  for (const [name, content] of Object.entries(others))
    await writeFile(join(directory, name), `${JSON.stringify(content, null, 2)}\n`);
}

const namesSchema = z.array(z.object({ eventBridge: z.object({ name: z.string() }) }));

/**
 * Before osls, which refuses a long name without saying which stage would fit.
 * @throws PackageError
 */
export async function checkStage(further: readonly string[]): Promise<void> {
  const { stage = DEFAULT_STAGE } = parseArgs({
    args: [...further],
    options: { stage: { type: 'string', short: 's' } },
    strict: false,
  }).values;
  const stackName = `${SERVICE}-${stage}`;
  const source = await readStackSource('stack/member/template.yml', memberTemplateSchema);
  const rules = (await readStackSource('stack/event-rules.yml', namesSchema)).map(({ eventBridge: { name } }) => ({
    Name: name.replace(/^\$\{[^}]*\}/, stackName),
    Description: '',
    EventPattern: {},
  }));
  const member = withForwarding(source, { name: stackName, statements: new Map(), rules });
  checkSizes({ [MEMBER_TEMPLATE]: member }, stackName);
}

/** @throws PackageError */
function withRecords(template: unknown, records: AllowedRecords): unknown {
  try {
    return withAllowedRecords(template, records);
  } catch (error) {
    throw error instanceof AllowedRecordsError ? new PackageError(error.message) : error;
  }
}

function checkSizes(templates: Readonly<Record<string, unknown>>, stackName: string): void {
  const named = Object.entries(templates).map(([name, content]) => [`.serverless/${name}`, content] as const);
  try {
    checkLimits(Object.fromEntries(named), stackName, stackName.slice(`${SERVICE}-`.length));
  } catch (error) {
    throw error instanceof LimitError ? new PackageError(error.message) : error;
  }
}
