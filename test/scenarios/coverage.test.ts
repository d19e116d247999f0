import { describe, expect, test } from 'vitest';
import { findingDefinitions } from '../../shared/findings.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** The engine checks of each that it is open before the remedy and closed after it. */
const closed = new Set<string>(scenarios.flatMap(({ remedies = [] }) => remedies.flatMap(({ closes }) => closes)));

describe('the scenarios', () => {
  test.each(Object.keys(findingDefinitions))('%s is opened by one, with a remedy that closes it', (code) => {
    expect([...closed]).toContain(code);
  });

  test('have ids of their own', () => {
    expect(duplicates(scenarios.map(({ id }) => id))).toEqual([]);
  });

  test.each(scenarios.filter(({ worlds = [] }) => worlds.length > 1))('$id distinguishes its worlds', (scenario) => {
    const names = namesOf(scenario);
    expect(names).not.toContain('');
    expect(duplicates(names)).toEqual([]);
  });
});

const namesOf = ({ worlds = [] }: Scenario): readonly string[] => worlds.map(({ name = '' }) => name);

const duplicates = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, index) => texts.indexOf(text) !== index);
