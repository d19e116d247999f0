import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { aliasStrategies } from '../../shared/records/alias.ts';
import type { CommandDefinition } from '../command.ts';
import { change, changeCommand } from './change.ts';
import { given } from './filter.ts';

export const attachCommand: CommandDefinition = (run) =>
  changeCommand('attach', [
    { line: 'attach hello hello.example.com', does: 'reachable from the VPC only, as hello.example.com' },
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
    .option('--vpc <id>', 'the VPC that reaches the service')
    .option('--endpoint <id>', 'the interface endpoint to attach to')
    .addOption(new Option('--strategy <strategy>', 'the target of the alias records').choices(aliasStrategies))
    .option('--zone <id>', 'a hosted zone to prefer; may be given several times', collect)
    .option('--clear <setting>', `remove a setting (${SETTINGS.join(', ')}); may be given several times`, clearable)
    .action((called, domains, options) =>
      change(run, called, options, (client, path) =>
        client.POST('/services/{account}/{region}/{name}/{id}/attach', {
          params: { path },
          body: {
            ...options.clear,
            ...given(options, ['vpc', 'endpoint', 'strategy']),
            ...(domains.length === 0 ? {} : { domains }),
            ...(options.zone === undefined ? {} : { zones: [...options.zone] }),
          },
        }),
      ),
    );

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
