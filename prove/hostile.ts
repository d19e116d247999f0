import { readdirSync, readFileSync } from 'node:fs';
import { MalformedInputError } from '../shared/errors.ts';
import { type DnsLookups, publicDns, vpcDns } from '../shared/observe/names.ts';
import { desire } from '../shared/policy/desire.ts';
import { parsePolicy } from '../shared/policy/file/parse.ts';
import { PolicyFileError } from '../shared/policy/file/problems.ts';
import { matchesNamePattern } from '../shared/policy/names.ts';
import { allowedNames } from '../shared/policy/rules.ts';
import { readProbeAnswer } from '../shared/probe/answer.ts';
import { parseReconcileMessage } from '../shared/reconcile/message.ts';
import { eventSubject, unreadableEventMessage } from '../shared/service-event.ts';
import { parseRow } from '../shared/state/row.ts';
import { parseSweepMessage, parseSweepRequest } from '../shared/sweep/message.ts';
import { effectivePolicy, SERVICE_ARN, START } from '../test/fixtures.ts';
import type { Effort, Family } from './family.ts';
import { playHostileReplies } from './hostile-replies.ts';
import { playHostileRequests } from './hostile-requests.ts';
import { promises } from './promises.ts';
import { type Draw, numbers } from './seeded.ts';
import { HOSTILE, spoil, spoilt } from './spoil.ts';

/** Inputs of each kind in a full run, but of the replies of AWS, for which whole services are played. */
const INPUTS = 20_000;
const INPUTS_OF_AWS = 5_000;
/** Cases of each kind in a quick run. */
const QUICK = 2;

interface Kind {
  /** In a full run. */
  readonly inputs: number;
  /** In one case. */
  readonly batch: number;
  /** @throws Error that says what did not hold */
  play(draw: Draw, count: number): void | Promise<void>;
}

/** What a reader of input may throw: it says what is wrong with it. */
function refuses(errors: readonly (new (...args: never[]) => Error)[], read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!errors.some((one) => error instanceof one)) throw error;
  }
}

const samples = (folder: string): readonly string[] =>
  readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((file) => file.endsWith('.json') && file !== 'index.json')
    .sort()
    .map((file) => readFileSync(new URL(`../${folder}/${file}`, import.meta.url), 'utf8'));

const reconcileMessage = {
  serviceArn: SERVICE_ARN,
  token: 'a-token',
  waiting: {
    lookedAt: START,
    tagsSeen: '',
    waits: [{ kind: 'dns', subject: 'x', condition: { check: 'name', name: 'x' }, expected: '', since: START }],
  },
};
const sweepMessage = {
  run: '2026-01-01T00:00:00Z',
  target: { kind: 'region', account: '123456789012', region: 'ap-northeast-1', known: [SERVICE_ARN] },
};
const probeRequest = {
  names: [{ name: 'hello.example.com', https: true }],
  dualStack: false,
  endpointAddresses: ['10.0.22.10'],
};
const probeAnswer = {
  names: {
    'hello.example.com': {
      answer: { vantage: 'vpc', outcome: 'addresses', addresses: ['10.0.22.10'] },
      httpsChecks: { ok: true, status: 200, milliseconds: 12 },
    },
  },
};
const tags = {
  'private-ingress': 'enabled',
  'private-ingress:domains': 'hello.example.com www.example.com',
  'private-ingress:vpc': 'vpc-0a1b2c3d',
  'private-ingress:alias': 'auto',
};
const past = { desired: undefined, ownsAnything: false, ownsConnection: false, findings: [] };

/** What is spoilt, and read by a function. */
const read: Readonly<Record<string, (draw: Draw) => void | Promise<void>>> = {
  events(draw) {
    const files = samples('events');
    const event = spoilt(JSON.parse(files[draw(files.length)] ?? '{}'), draw);
    const subject = eventSubject(event, () => false);
    if (subject.kind === 'malformed') JSON.parse(unreadableEventMessage(event, subject.reason));
  },
  messages(draw) {
    refuses([MalformedInputError], () => parseReconcileMessage(text(spoilt(reconcileMessage, draw), draw)));
    refuses([MalformedInputError], () => parseSweepMessage(text(spoilt(sweepMessage, draw), draw)));
    refuses([MalformedInputError], () => parseSweepRequest(spoilt({ confirm: '2026-01-01T00:00:00Z' }, draw)));
  },
  tags(draw) {
    const spoiltTags = Object.fromEntries(
      Object.entries(Object(spoilt(tags, draw))).map(([key, value]) => [key, String(value)]),
    );
    const policy = effectivePolicy();
    const allowed = allowedNames(policy.rules);
    const { desired } = desire(SERVICE_ARN, spoiltTags, past, policy, START);
    if (desired.kind !== 'private') return;
    const stray = desired.domains.find((name) => !allowed.some((pattern) => matchesNamePattern(name, pattern)));
    if (stray !== undefined) throw new Error(`${JSON.stringify(spoiltTags)} claims ${stray}`);
  },
  policies(draw) {
    const example = readFileSync(new URL('../policy.example.yml', import.meta.url), 'utf8').split('\n');
    const at = draw(example.length);
    const hostile = String(HOSTILE[draw(HOSTILE.length)]);
    const line = example[at] ?? '';
    const cut = draw(line.length + 1);
    const changed = draw(2) === 0 ? hostile : `${line.slice(0, cut)}${hostile}${line.slice(cut)}`;
    const file = [...example.slice(0, at), changed, ...example.slice(at + 1)].join('\n');
    refuses([PolicyFileError], () => parsePolicy(file, 'policy.yml', START));
  },
  'probe answers'(draw) {
    let names: Readonly<Record<string, unknown>> = {};
    try {
      ({ names } = readProbeAnswer('probe', probeRequest, text(spoilt(probeAnswer, draw), draw)));
    } catch (error) {
      // It names the function, and so what is wrong with its answer.
      if (!(error instanceof Error && error.message.startsWith('probe '))) throw error;
    }
    const stray = Object.keys(names).find((name) => name !== 'hello.example.com');
    if (stray !== undefined) throw new Error(`the answer tells of ${stray}, which was not asked`);
  },
  rows(draw) {
    const row = spoilt(
      { serviceArn: SERVICE_ARN, generation: 1, phase: 'ready', ledger: { madePrivate: true, domains: {} }, waits: [] },
      draw,
    );
    if (typeof row !== 'object' || row === null) return;
    // The key of the table is always there.
    parseRow({ ...row, serviceArn: SERVICE_ARN });
  },
  arns(draw) {
    const arn = String(spoil(SERVICE_ARN, draw));
    const subject = eventSubject({ source: 'aws.apprunner', 'detail-type': 'x', resources: [arn] });
    if (subject.kind === 'service' && subject.serviceArn !== arn)
      throw new Error(`${arn} became ${subject.serviceArn}`);
  },
  async 'DNS answers'(draw) {
    const lookup = async (values: unknown): Promise<string[]> => {
      if (draw(8) === 0) throw Object.assign(new Error('query failed'), { code: HOSTILE[draw(HOSTILE.length)] });
      return [spoilt(values, draw)].flat(1).map(String);
    };
    const make = (): DnsLookups => ({
      resolve4: () => lookup(['10.0.22.10', '10.0.21.218']),
      resolve6: () => lookup(['fd00::1']),
      resolveCname: () => lookup(['hello.example.com']),
      resolveNs: () => lookup(['ns-1.awsdns-00.com']),
      resolveTxt: async () => (await lookup(['v=1 owner=default'])).map((one) => [one]),
      resolveCaa: async () => (await lookup(['amazon.com'])).map((issue) => ({ issue })),
    });
    const name = String(spoil('hello.example.com', draw));
    const { resolve, issuers, nameServers, cname } = publicDns(make);
    await Promise.all([resolve(name, draw(2) === 0), issuers(name), nameServers(name), cname(name)]);
    // What cannot be read of the ownership of a name is no absence of it.
    await vpcDns(make)
      .texts(name)
      .catch((error: unknown) => {
        if (!(error instanceof Error)) throw new Error('what is thrown is no error');
      });
  },
};

const kinds: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(
    Object.entries(read).map(([name, readOne]): [string, Kind] => [
      name,
      {
        ...{ inputs: INPUTS, batch: 1_000 },
        async play(draw, count) {
          for (let index = 0; index < count; index++) await readOne(draw);
        },
      },
    ]),
  ),
  'API requests': { inputs: INPUTS, batch: 1_000, play: playHostileRequests },
  'AWS replies': { inputs: INPUTS_OF_AWS, batch: 25, play: playHostileReplies },
};

/** JSON, now and then cut. */
function text(value: unknown, draw: Draw): string {
  const json = JSON.stringify(value) ?? '';
  return draw(10) === 0 ? json.slice(0, draw(json.length + 1)) : json;
}

export const hostile: Family = {
  name: 'hostile',
  about: promises.hostile.about,
  weight: 1,
  /** By turns of each kind, as long as there are any. */
  *cases(effort: Effort, seed: number) {
    const counts = Object.entries(kinds).map(([name, { inputs, batch }]): [string, number] => [
      name,
      effort === 'quick' ? QUICK : inputs / batch,
    ]);
    for (let index = 0; counts.some(([, count]) => index < count); index++)
      for (const [name, count] of counts) if (index < count) yield `${name}/${seed}-${index}`;
  },
  async play(name) {
    const kind = kinds[name.split('/')[0] ?? ''];
    if (kind === undefined)
      throw new Error(`There is nothing like ${name}; there are ${Object.keys(kinds).join(', ')}.`);
    await kind.play(numbers(name), kind.batch);
    return { disturbances: kind.batch };
  },
};
