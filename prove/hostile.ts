import { readdirSync, readFileSync } from 'node:fs';
import { MalformedInputError } from '../shared/errors.ts';
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
import { promises } from './promises.ts';
import { numbers } from './seeded.ts';

/** Inputs of one case. */
const INPUTS = 1_000;
const QUICK = 14;
const FULL = 140;

type Draw = (below: number) => number;

/** What a stranger may write into any text. */
const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  '\u202e',
  '\ud800',
  '=HYPERLINK("https://example.com")',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%s%n',
  "'; DROP TABLE services; --",
  '*.com',
  '*',
  'com',
  'xn--ls8h.example.com',
  'a'.repeat(300),
  `${'a.'.repeat(130)}example.com`,
  'hello.example.com.',
  'HELLO.example.com',
  'hello.example.com hello.example.com',
  'hello.example.com\nevil.test',
  '_private-ingress.hello.example.com',
  '__proto__',
  'constructor',
  null,
  true,
  -1,
  0,
  Number.MAX_SAFE_INTEGER,
  1e308,
  [],
  {},
  [[[[]]]],
  { __proto__: { polluted: true } },
];

/** The same value with one to three places in it made hostile. */
function spoilt(value: unknown, draw: Draw): unknown {
  let result = value;
  for (let times = 1 + draw(3); times > 0; times--) result = spoil(result, draw);
  return result;
}

function spoil(value: unknown, draw: Draw): unknown {
  const hostile = HOSTILE[draw(HOSTILE.length)];
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'string' || draw(2) === 0) return hostile;
    const at = draw(value.length + 1);
    return `${value.slice(0, at)}${String(hostile)}${value.slice(at)}`;
  }
  const keys = Object.keys(value);
  const key = keys[draw(keys.length + 1)];
  if (key === undefined) return Array.isArray(value) ? [...value, hostile] : { ...value, [String(hostile)]: hostile };
  if (draw(6) === 0) {
    const { [key]: _, ...rest } = Object.fromEntries(Object.entries(value));
    return rest;
  }
  const inner: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  const changed = spoil(inner, draw);
  return Array.isArray(value)
    ? value.map((one, index) => (String(index) === key ? changed : one))
    : { ...value, [key]: changed };
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

/** By what is spoilt. */
const kinds: Readonly<Record<string, (draw: Draw) => void>> = {
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
    refuses([Error], () => readProbeAnswer('probe', probeRequest, text(spoilt(probeAnswer, draw), draw)));
    try {
      const { names } = readProbeAnswer('probe', probeRequest, JSON.stringify(spoilt(probeAnswer, draw)));
      const stray = Object.keys(names).find((name) => name !== 'hello.example.com');
      if (stray !== undefined) throw new RangeError(`the answer tells of ${stray}, which was not asked`);
    } catch (error) {
      if (error instanceof RangeError) throw error;
    }
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
  *cases(effort: Effort, seed: number) {
    const names = Object.keys(kinds);
    const count = effort === 'quick' ? QUICK : FULL;
    for (let index = 0; index < count; index++) yield `${names[index % names.length]}/${seed}-${index}`;
  },
  async play(name) {
    const kind = kinds[name.split('/')[0] ?? ''];
    if (kind === undefined)
      throw new Error(`There is nothing like ${name}; there are ${Object.keys(kinds).join(', ')}.`);
    const draw = numbers(name);
    for (let index = 0; index < INPUTS; index++) kind(draw);
    return { disturbances: INPUTS };
  },
};
