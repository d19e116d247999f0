import { parseArgs } from 'node:util';
import type { PortChoice } from 'apprunner-embedded-cloud/listen';
import { defaultSwitches, type Profile, profiles } from 'apprunner-embedded-cloud/profile';
import { similar } from '../shared/similar.ts';

export interface StartOptions {
  /** End after the story. */
  readonly once: boolean;
  /** Play no story. */
  readonly idle: boolean;
  /** A whole organisation, and its story. */
  readonly org: boolean;
  readonly json: boolean;
  readonly profile: Profile;
  readonly probe: boolean;
  readonly connectionNameIsPublic: boolean;
  readonly ports: Readonly<Record<'aws' | 'dns' | 'api', PortChoice>>;
}

export const HELP = `npm start -- [options]

Starts the embedded cloud on this machine, deploys the stack into it, and plays the story of one service: created with
a tag, made private, attached, published. Then it stays up for any AWS client.

Options
  --once               end after the story, with exit code 0, or 1 if a part of it failed
  --idle               start without the story
  --org                a whole organisation: a hub and eight member accounts in two regions, and the story of its sweeps
  --json               one JSON object per line instead of text: first "ready", last of the story "story"
  --profile NAME       fast (default) or realistic: how long things take
  --no-probe           deploy the stack without the probe inside the VPC
  --private-names      the world in which the connection's name does not resolve in public DNS
  --aws-port PORT      AWS APIs (default 4566)
  --dns-port PORT      DNS, public view (default 1053); the seeded VPC's view has the next one (default 1054)
  --api-port PORT      HTTP API (default 3000)
                       0 is any free port; a default that is taken gives way to a free one
  --help               this text

Examples
  npm start
  npm start -- --once
  npm start -- --org --once
  npm start -- --idle --aws-port 0 --dns-port 0 --json
`;

export class StartUsageError extends Error {
  override readonly name = 'UsageError';
}

/** @returns `undefined` when only help is wanted. @throws UsageError */
export function parseOptions(args: readonly string[]): StartOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.once && values.idle)
    throw new StartUsageError('--once ends after the story and --idle plays none. Pass one of them.');
  const profile = values.profile === 'fast' || values.profile === 'realistic' ? profiles[values.profile] : undefined;
  if (profile === undefined) throw new StartUsageError(`--profile takes fast or realistic, not "${values.profile}".`);
  return {
    once: values.once,
    idle: values.idle,
    org: values.org,
    json: values.json,
    profile,
    probe: !values['no-probe'],
    connectionNameIsPublic: defaultSwitches.connectionNameIsPublic && !values['private-names'],
    ports: {
      aws: port('--aws-port', values['aws-port'], 4566),
      dns: port('--dns-port', values['dns-port'], 1053, 65_534),
      api: port('--api-port', values['api-port'], 3000),
    },
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: flag,
        idle: flag,
        org: flag,
        json: flag,
        'no-probe': flag,
        'private-names': flag,
        profile: { type: 'string', default: 'fast' },
        'aws-port': text,
        'dns-port': text,
        'api-port': text,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, typed] = /^Unknown option '(--[^']+)'/.exec(message) ?? [];
    const meant = typed === undefined ? undefined : similar(typed, HELP.match(/--[a-z-]+/g) ?? []);
    throw new StartUsageError(meant === undefined ? message : `Unknown option '${typed}'; did you mean ${meant}?`);
  }
}

/** @param most the highest port; the seeded VPC's DNS has the one after the public one. */
function port(option: string, text: string | undefined, otherwise: number, most = 65_535): PortChoice {
  if (text === undefined) return { port: otherwise, asked: false };
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > most)
    throw new StartUsageError(`${option} takes a port from 0 to ${most}, not "${text}".`);
  return { port: number, asked: true };
}
