import { readdir, readFile } from 'node:fs/promises';
import { matches, validatePattern } from 'apprunner-embedded-cloud/event-pattern';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readStackSource } from '../../build/stack-source.ts';
import { eventSubject } from '../../shared/service-event.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

const rulesSchema = z.array(z.object({ eventBridge: z.object({ name: z.string(), pattern: z.unknown() }) }));

/** What `events/index.json` says of each sample: the rule that takes it, or none, and what on-service-event finds in it. */
const indexSchema = z.record(
  z.string(),
  z.strictObject({
    rule: z.enum(['service-status', 'operation-status', 'custom-domain', 'api-call', 'delete-refused']).nullable(),
    /** The ARN of the service, or that it reports nothing to do, is about something else, or cannot be read. */
    subject: z.string().optional(),
    note: z.string().optional(),
  }),
);

const rules = (await readStackSource('stack/event-rules.yml', rulesSchema)).map(({ eventBridge }) => eventBridge);
const index = indexSchema.parse(JSON.parse(await read('events/index.json')));
const samples = Object.entries(index);

const ruleName = (name: string) => name.slice(name.indexOf('}-') + 2);

describe('the rules of stack/event-rules.yml', () => {
  it('have patterns that EventBridge takes', () => {
    expect(rules.length).toBeGreaterThan(0);
    for (const { pattern } of rules) validatePattern(pattern);
  });

  it('each have samples, and every sample is listed', async () => {
    const listed = new Set(samples.map(([, { rule }]) => rule));
    expect([...listed].filter((rule) => rule !== null).sort()).toEqual(rules.map(({ name }) => ruleName(name)).sort());
    const files = (await readdir(new URL('../../events', import.meta.url))).filter((file) => file !== 'index.json');
    expect(files.sort()).toEqual(samples.map(([file]) => file).sort());
  });

  it.each(samples)('%s', async (file, { rule }) => {
    const event: unknown = JSON.parse(await read(`events/${file}`));
    const taking = rules.filter(({ pattern }) => matches(pattern, event)).map(({ name }) => ruleName(name));
    expect(taking).toEqual(rule === null ? [] : [rule]);
  });
});

describe('on-service-event', () => {
  it.each(samples.filter(([, { rule }]) => rule !== null))('reads %s', async (file, { subject }) => {
    const found = eventSubject(JSON.parse(await read(`events/${file}`)), (role) => role.includes('-ReconcileRole-'));
    expect(found.kind === 'service' ? found.serviceArn : found.kind).toBe(subject);
  });
});
