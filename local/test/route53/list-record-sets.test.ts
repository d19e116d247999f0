import { ListResourceRecordSetsCommand, type ListResourceRecordSetsCommandInput } from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CREATE, record, setting } from './client.ts';

async function zoneWith(names: readonly string[]) {
  const made = setting();
  const HostedZoneId = await made.zone('example.com');
  if (names.length > 0) await made.change(HostedZoneId, ...names.map((name) => CREATE(record(name, 'A', '10.0.0.1'))));
  const list = (more: Partial<ListResourceRecordSetsCommandInput> = {}) =>
    made.client.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...more }));
  return { ...made, HostedZoneId, list };
}

const keys = (page: {
  ResourceRecordSets?: readonly { Name?: string | undefined; Type?: string | undefined }[] | undefined;
}) => page.ResourceRecordSets?.map((set) => `${set.Name} ${set.Type}`);

describe('ListResourceRecordSets', () => {
  it('sorts by reversed labels, then type, then set identifier', async () => {
    const { change, HostedZoneId, list } = await zoneWith([
      'www.example.com',
      'a.www.example.com',
      'www-2.example.com',
      '*.example.com',
      '1.example.com',
    ]);
    await change(
      HostedZoneId,
      CREATE(record('example.com', 'TXT', '"v=1"')),
      CREATE(record('example.com', 'A', '10.0.0.1')),
      CREATE(record('www.example.com', 'AAAA', ['2001:db8::1'])),
      ...['green', 'blue'].map((SetIdentifier) =>
        CREATE(record('w.example.com', 'A', '10.0.0.1', { SetIdentifier, Weight: 1 })),
      ),
    );
    const page = await list();
    expect(keys(page)).toEqual([
      'example.com. A',
      'example.com. NS',
      'example.com. SOA',
      'example.com. TXT',
      '\\052.example.com. A',
      '1.example.com. A',
      'w.example.com. A',
      'w.example.com. A',
      // The final dot of com.example.www. sorts after the hyphen (documented).
      'www-2.example.com. A',
      'www.example.com. A',
      'www.example.com. AAAA',
      'a.www.example.com. A',
    ]);
    expect(page.ResourceRecordSets?.filter((set) => set.SetIdentifier).map((set) => set.SetIdentifier)).toEqual([
      'blue',
      'green',
    ]);
    expect(page).toMatchObject({ IsTruncated: false, MaxItems: 300 });
  });

  it('starts at a name, type and identifier, whether they are there or not', async () => {
    const { list } = await zoneWith(['a.example.com', 'c.example.com']);
    expect(keys(await list({ StartRecordName: 'B.example.com.' }))).toEqual(['c.example.com. A']);
    expect(keys(await list({ StartRecordName: 'example.com', StartRecordType: 'SOA' }))).toEqual([
      'example.com. SOA',
      'a.example.com. A',
      'c.example.com. A',
    ]);
    expect(keys(await list({ StartRecordName: 'c.example.com', StartRecordType: 'TXT' }))).toEqual([]);
  });

  it.each<[string, Partial<ListResourceRecordSetsCommandInput>]>([
    ['a type without a name', { StartRecordType: 'A' }],
    ['an identifier without a type', { StartRecordName: 'example.com', StartRecordIdentifier: 'blue' }],
    ['no items', { MaxItems: 0 }],
    ['a name that is none', { StartRecordName: 'a..b' }],
  ])('refuses %s', async (_, input) => {
    const { list } = await zoneWith([]);
    await expect(list(input)).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  it('never returns more than 300 at once', async () => {
    const { list } = await zoneWith(Array.from({ length: 310 }, (_, at) => `n${at}.example.com`));
    const page = await list({ MaxItems: 1000 });
    expect(page.ResourceRecordSets).toHaveLength(300);
    expect(page).toMatchObject({ IsTruncated: true, MaxItems: 300 });
  });

  it('finds every record set once, whatever the page size', async () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', '-', '1', '*', '_', 'a-b', '\\041'), { minLength: 1, maxLength: 3 })
      .map((labels) => `${labels.join('.')}.example.com`);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (names, MaxItems) => {
          const { list } = await zoneWith(names);
          const whole = keys(await list());
          expect(whole).toHaveLength(names.length + 2);
          const paged: (string | undefined)[] = [];
          let next: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
          while (next !== undefined) {
            const page: Awaited<ReturnType<typeof list>> = await list({ ...next, MaxItems });
            paged.push(...(keys(page) ?? []));
            next = page.IsTruncated
              ? { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType }
              : undefined;
          }
          expect(paged).toEqual(whole);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('pages through the sets of one name and type by identifier', async () => {
    const { change, HostedZoneId, list } = await zoneWith([]);
    const identifiers = ['a', 'b', 'c'];
    await change(
      HostedZoneId,
      ...identifiers.map((SetIdentifier) =>
        CREATE(record('w.example.com', 'A', '10.0.0.1', { SetIdentifier, Weight: 1 })),
      ),
    );
    const first = await list({ StartRecordName: 'w.example.com', MaxItems: 1 });
    expect(first).toMatchObject({
      NextRecordName: 'w.example.com.',
      NextRecordType: 'A',
      NextRecordIdentifier: 'b',
    });
    const rest = await list({ StartRecordName: 'w.example.com', StartRecordType: 'A', StartRecordIdentifier: 'b' });
    expect(rest.ResourceRecordSets?.map((set) => set.SetIdentifier)).toEqual(['b', 'c']);
  });
});
