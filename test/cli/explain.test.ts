import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type } from './command-line.ts';

const samples = z
  .record(z.string(), z.object({ rule: z.string().nullable(), subject: z.string().optional() }))
  .parse(JSON.parse(readFileSync('events/index.json', 'utf8')));

describe('explain', () => {
  test.each(Object.entries(samples))('%s', async (file, { rule, subject }) => {
    const { code, stdout, stderr } = await type(['explain', `events/${file}`, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { event, serviceArn, follows } = JSON.parse(stdout);
    expect(event.rule ?? null).toBe(rule);
    expect(event.mismatches).toHaveLength(rule === null ? 4 : 3);
    if (subject?.startsWith('arn:')) expect(serviceArn).toBe(subject);
    const expected =
      rule === null
        ? /^Nothing: no rule/
        : subject === 'other'
          ? /^Nothing: it is about no service/
          : subject === 'malformed'
            ? /dead-letter/
            : /looked at/;
    expect(follows).toMatch(expected);
  });

  test('from standard input, for people', async () => {
    const input = readFileSync('events/service-status-change.running.json', 'utf8');
    const { code, stdout, stderr } = await type(['explain', '-'], { input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^rule {6}service-status\nservice {3}arn:aws:apprunner:\S+\nfollows {3}The service would be looked at\.\n$/,
    );
  });

  test('says why no rule takes it', async () => {
    const { stdout } = await type(['explain', 'events/other-source.json']);
    expect(stdout).toContain(
      'none takes it\n          service-status: source is "com.example.apprunner", and has to be',
    );
  });

  test.each([
    ['no file', 'nowhere.json', undefined, 'nowhere.json cannot be read: ENOENT'],
    ['no JSON', 'README.md', undefined, 'README.md is not JSON'],
    ['nothing', '-', '', 'Standard input is not JSON'],
    ['many events', '-', '[{}]', 'Standard input is not an event but an array'],
    ['text', '-', '"event"', 'Standard input is not an event but "event"'],
  ])('%s: 2, and what it takes', async (_, file, input, message) => {
    const { code, stdout, stderr } = await type(['explain', file], input === undefined ? {} : { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
