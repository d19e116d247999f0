import { seededChance } from 'apprunner-embedded-cloud/chance';
import { type Switches, switchValues } from 'apprunner-embedded-cloud/profile';
import { describe, expect, it } from 'vitest';
import { contracts, notAsked } from '../../conformance/contracts/all.ts';
import { embeddedSite } from '../../conformance/embedded.ts';
import { journalInMemory } from '../../conformance/journal.ts';
import { ask, type Result, remove } from '../../conformance/runner.ts';
import { readFacts } from '../../facts/read.ts';
import { isOpen } from '../../facts/schema.ts';

const silent = { asking: () => {}, result: () => {}, removing: () => {} };

/** Asks everything of a new embedded cloud, and removes what was created. */
async function askAll(switches: Partial<Switches> = {}): Promise<readonly Result[]> {
  const { site, stop } = await embeddedSite(switches, seededChance('conformance'));
  try {
    const publicZoneId = site.publicZone?.id;
    const journal = journalInMemory({ run: 'pi-conf-0a1b2c', region: site.region });
    const results = await ask(contracts, site, journal, silent);
    expect(await remove({ ...site, publicZoneId }, journal, () => {})).toEqual([]);
    return results;
  } finally {
    await stop();
  }
}

const others = (results: readonly Result[]) => results.filter(({ outcome }) => outcome !== 'holds');
const { topics } = await readFacts();
const facts = topics.flatMap((topic) => topic.facts);
const turned = Object.entries(switchValues).flatMap(([name, values]) =>
  values.slice(1).map((value) => ({ name, value, fact: factOf(name) })),
);

function factOf(name: string): string | undefined {
  return facts.find(({ embedded }) => embedded !== undefined && 'switch' in embedded && embedded.switch === name)?.id;
}

it('asks of facts that exist, each contract once', () => {
  const known = new Set(facts.map(({ id }) => id));
  expect(contracts.filter(({ fact }) => !known.has(fact))).toEqual([]);
  expect(new Set(contracts.map(({ id }) => id)).size).toBe(contracts.length);
});

it('asks every open fact, or says why it does not', () => {
  const asked = new Set(contracts.map(({ fact }) => fact));
  const open = facts.filter(({ certainty }) => isOpen(certainty)).map(({ id }) => id);
  expect(open.filter((id) => !asked.has(id) && !(id in notAsked))).toEqual([]);
  expect(Object.keys(notAsked).filter((id) => asked.has(id) || !open.includes(id))).toEqual([]);
});

describe('an embedded cloud', () => {
  it('keeps every contract', async () => {
    expect(others(await askAll())).toEqual([]);
  });

  it.each(turned)('with $name=$value differs in that alone', async ({ name, value, fact }) => {
    const found = others(await askAll({ [name]: value }));
    expect(found.map((result) => ({ fact: result.fact, outcome: result.outcome }))).toEqual([
      { fact, outcome: 'differs' },
    ]);
  });
});
