import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { aliasStrategies } from '../../shared/records/alias.ts';
import { DOMAIN_TAGS, WILDCARD_LABEL } from '../../shared/tags.ts';
import { type ApiClient, dataOf } from '../api/client.ts';
import type { ServicePath } from '../api/service-path.ts';
import type { CommandContext, CommandDefinition } from '../command.ts';
import { UsageError } from '../errors.ts';
import { change, changeCommand } from './change.ts';
import { given } from './filter.ts';

export const attachCommand: CommandDefinition = (run) =>
  changeCommand('attach', [
    { line: 'attach hello hello.example.com', does: 'reachable from the VPC only, as hello.example.com' },
    { line: 'attach hello --add www.example.com', does: 'one more domain; the others stay' },
    { line: 'attach hello --remove www.example.com', does: 'without this domain; the others stay' },
    { line: 'attach hello hello.example.com --wait', does: 'the same, and watch until it is ready' },
    { line: 'attach hello --vpc vpc-0123456789abcdef0', does: 'from another VPC; its domains stay as they are' },
    { line: 'attach hello --clear vpc --clear strategy', does: "with the stack's own VPC and strategy again" },
    { line: 'attach hello hello.example.com --local --wait', does: 'in the embedded cloud of "npm start"' },
  ])
    .argument(
      '[domain...]',
      'its custom domains, a wildcard as *.example.com; they replace the list; without any, the list stays as it is',
    )
    .summary('make a service reachable from a VPC only, under its domains')
    .description(
      'Makes a service reachable from a VPC only. The API checks the request against the policy and writes it as tags of the service; the next reconciliation executes it. Settings that are not given stay as they are.',
    )
    .option('--add <domain>', 'add a domain and keep the others; may be given several times', collect)
    .option('--remove <domain>', 'remove a domain and keep the others; may be given several times', collect)
    .option('--yes', 'replace the list of domains without asking')
    .option('--vpc <id>', 'the VPC that reaches the service')
    .option('--endpoint <id>', 'the interface endpoint to attach to')
    .addOption(new Option('--strategy <strategy>', 'the target of the alias records').choices(aliasStrategies))
    .option('--zone <id>', 'a hosted zone to prefer; may be given several times', collect)
    .option('--clear <setting>', `remove a setting (${SETTINGS.join(', ')}); may be given several times`, clearable)
    .action((called, domains, options) =>
      change(run, called, options, async (client, path, context) => {
        const wanted = await wantedDomains({ ...options, domains }, client, path, context);
        if (wanted === 'declined') return undefined;
        return client.POST('/services/{account}/{region}/{name}/{id}/attach', {
          params: { path },
          body: {
            ...options.clear,
            ...given(options, ['vpc', 'endpoint', 'strategy']),
            ...(wanted === undefined ? {} : { domains: [...wanted] }),
            ...(options.zone === undefined ? {} : { zones: [...options.zone] }),
          },
        });
      }),
    );

interface DomainOptions {
  /** The whole new list; empty: not given. */
  readonly domains: readonly string[];
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly clear?: Cleared | undefined;
  readonly yes?: boolean | undefined;
}

/**
 *     domains                      → the list is replaced; asks if that removes a domain
 *     --add, --remove              → the other domains stay
 *     neither                      → `undefined`: the list stays as it is
 *
 * @throws UsageError
 */
async function wantedDomains(
  { domains, add = [], remove = [], clear = {}, yes = false }: DomainOptions,
  client: ApiClient,
  path: ServicePath,
  { output, environment }: CommandContext,
): Promise<readonly string[] | 'declined' | undefined> {
  const edits = add.length + remove.length > 0;
  if ([domains.length > 0, edits, 'domains' in clear].filter(Boolean).length > 1) {
    throw new UsageError(
      'Pass the whole list of domains, or --add and --remove, or --clear domains: one of the three.',
    );
  }
  if (domains.length === 0 && !edits) return undefined;
  if (!edits && yes) return domains;
  const current = await taggedDomains(client, path);
  if (edits) {
    const unknown = remove.filter((domain) => !current.includes(normalized(domain)));
    if (unknown.length > 0) {
      const list = current.length === 0 ? 'no domains' : `the domains ${current.join(', ')}`;
      throw new UsageError(`--remove ${unknown.join(', ')}: ${path.name} has ${list}.`);
    }
    const removed = remove.map(normalized);
    return [...new Set([...current, ...add.map(normalized)])].filter((domain) => !removed.includes(domain));
  }
  const wanted = domains.map(normalized);
  const lost = current.filter((domain) => !wanted.includes(domain));
  if (lost.length === 0) return domains;
  const warning = `${path.name} loses ${lost.join(', ')}: the stack removes the record and the certificate.`;
  if (output.json || environment.ask === undefined) {
    throw new UsageError(
      `${warning}\nNo terminal to ask for confirmation. Pass --yes to replace the list, or --add <domain> to keep the other domains.`,
    );
  }
  const answer = await environment.ask(`${warning}\nReplace the list? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return domains;
  output.say({ event: 'declined' }, () => 'Nothing was changed.');
  return 'declined';
}

/** The domains that the tags of the service list now. */
async function taggedDomains(client: ApiClient, path: ServicePath): Promise<readonly string[]> {
  const { policy } = await dataOf(client.GET('/services/{account}/{region}/{name}/{id}', { params: { path } }));
  return DOMAIN_TAGS.flatMap((key) => (policy.tags[key] ?? '').split(/\s+/))
    .filter((name) => name !== '')
    .map(normalized);
}

/** As people write it: `*.example.com`, lower case, without a dot at the end. */
function normalized(domain: string): string {
  const name = domain.toLowerCase().replace(/\.$/, '');
  return name.startsWith(`${WILDCARD_LABEL}.`) ? `*${name.slice(WILDCARD_LABEL.length)}` : name;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

const SETTINGS = ['domains', 'vpc', 'endpoint', 'strategy', 'zones'] as const;
type Cleared = { readonly [Setting in (typeof SETTINGS)[number]]?: null };

function clearable(text: string, before: Cleared = {}): Cleared {
  const setting = SETTINGS.find((known) => known === text);
  if (setting === undefined) throw new InvalidArgumentError(`Allowed choices are ${SETTINGS.join(', ')}.`);
  return { ...before, [setting]: null };
}
