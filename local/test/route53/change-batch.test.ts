import {
  type Change,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appRunnerZones } from '../../src/services/route53/alias-targets.ts';
import { alias, CREATE, DELETE, type Route53Setting, record, setting, UPSERT } from './client.ts';

const APP_RUNNER = 'abc123.ap-northeast-1.awsapprunner.com';
const TOKYO = appRunnerZones['ap-northeast-1'] ?? '';

const ENDPOINT = 'vpce-1.requests.apprunner.ap-northeast-1.vpce.amazonaws.com';
const ENDPOINT_ZONE = 'Z2E726K9Y6RL4W';

/** A setting with one public zone, `example.com`, that holds these record sets. */
async function withZone(...sets: readonly ResourceRecordSet[]): Promise<Route53Setting & { readonly id: string }> {
  const made = setting();
  made.route53.addAliasTargets((name, zone) => name === ENDPOINT && zone === ENDPOINT_ZONE);
  const id = await made.zone('example.com');
  if (sets.length > 0) await made.change(id, ...sets.map(CREATE));
  return { ...made, id };
}

const setsOf = async ({ client, id }: Pick<Route53Setting, 'client'> & { readonly id: string }) =>
  (await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: id }))).ResourceRecordSets ?? [];

const ownSets = async (where: Pick<Route53Setting, 'client'> & { readonly id: string }) =>
  (await setsOf(where)).filter((set) => set.Name !== 'example.com.');

const www = record('www.example.com', 'A', '10.0.0.1');
const wwwCname = record('www.example.com', 'CNAME', 'other.example.net');
const weighted = (SetIdentifier: string, more: Partial<ResourceRecordSet> = {}) =>
  record('www.example.com', 'A', '10.0.0.1', { SetIdentifier, Weight: 1, ...more });
const text = (value: string) => record('text.example.com', 'TXT', value);
const fatal = (code: string, explanation: string, value: string) =>
  `Invalid Resource Record: 'FATAL problem: ${code} (${explanation}) encountered with '${value}''`;

describe('what a change batch does', () => {
  it('creates, replaces and deletes', async () => {
    const where = await withZone(www);
    await where.change(where.id, UPSERT({ ...www, TTL: 60 }), CREATE(record('a.example.com', 'A', '10.0.0.2')));
    expect(await ownSets(where)).toEqual([
      { Name: 'a.example.com.', Type: 'A', TTL: 300, ResourceRecords: [{ Value: '10.0.0.2' }] },
      { Name: 'www.example.com.', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.0.0.1' }] },
    ]);
    await where.change(where.id, DELETE({ ...www, TTL: 60 }), DELETE(record('a.example.com', 'A', '10.0.0.2')));
    expect(await ownSets(where)).toEqual([]);
    expect(
      (await where.client.send(new GetHostedZoneCommand({ Id: where.id }))).HostedZone?.ResourceRecordSetCount,
    ).toBe(2);
  });

  it('keeps an alias as it is written, its target in lower case and with a final dot', async () => {
    const where = await withZone(alias('app.example.com', APP_RUNNER.toUpperCase(), TOKYO));
    expect(await ownSets(where)).toEqual([
      {
        Name: 'app.example.com.',
        Type: 'A',
        AliasTarget: { HostedZoneId: TOKYO, DNSName: `${APP_RUNNER}.`, EvaluateTargetHealth: false },
      },
    ]);
  });

  it('turns a CNAME into an alias by DELETE, then CREATE', async () => {
    const where = await withZone(wwwCname);
    await where.change(where.id, DELETE(wwwCname), CREATE(alias('www.example.com', APP_RUNNER, TOKYO)));
    expect((await ownSets(where)).map((set) => set.Type)).toEqual(['A']);
  });

  it('changes exactly what was observed by DELETE, then CREATE of the same set', async () => {
    const where = await withZone(www);
    await where.change(where.id, DELETE(www), CREATE({ ...www, ResourceRecords: [{ Value: '10.0.0.9' }] }));
    expect((await ownSets(where))[0]?.ResourceRecords).toEqual([{ Value: '10.0.0.9' }]);
  });

  it('matches a DELETE by values in any order, and by names in any notation', async () => {
    const where = await withZone(record('*.Example.com', 'A', ['10.0.0.1', '10.0.0.2']));
    expect((await ownSets(where))[0]?.Name).toBe('\\052.example.com.');
    await where.change(where.id, DELETE(record('\\052.example.com.', 'A', ['10.0.0.2', '10.0.0.1'])));
    expect(await ownSets(where)).toEqual([]);
  });

  it('stores sets of a routing policy side by side', async () => {
    const where = await withZone(weighted('blue'), weighted('green', { Weight: 0 }));
    expect((await ownSets(where)).map((set) => [set.SetIdentifier, set.Weight])).toEqual([
      ['blue', 1],
      ['green', 0],
    ]);
  });

  it('takes an alias to a record of the same zone, an endpoint, and an App Runner name at the apex', async () => {
    const where = await withZone(www);
    await where.change(
      where.id,
      CREATE(alias('a.example.com', 'www.example.com', where.id)),
      CREATE(alias('b.example.com', ENDPOINT, ENDPOINT_ZONE)),
      CREATE(alias('example.com', APP_RUNNER, TOKYO)),
    );
    expect((await setsOf(where)).filter((set) => set.AliasTarget)).toHaveLength(3);
  });
});

/** [what, standing before, batch, messages]; `ZONE` in a message is the zone's id. */
const refusals: readonly (readonly [string, readonly ResourceRecordSet[], readonly Change[], readonly string[]])[] = [
  [
    'CREATE of what is there',
    [www],
    [CREATE({ ...www, TTL: 5 })],
    ["Tried to create resource record set [name='www.example.com.', type='A'] but it already exists"],
  ],
  [
    'CREATE of a set identifier that is there',
    [weighted('blue')],
    [CREATE(weighted('blue'))],
    [
      "Tried to create resource record set [name='www.example.com.', type='A', set-identifier='blue'] but it already exists",
    ],
  ],
  [
    'DELETE of what is not there',
    [],
    [DELETE(www)],
    ["Tried to delete resource record set [name='www.example.com.', type='A'] but it was not found"],
  ],
  ...[
    { ...www, TTL: 5 },
    record('www.example.com', 'A', '10.0.0.2'),
    record('www.example.com', 'A', ['10.0.0.1', '10.0.0.2']),
  ].map(
    (other) =>
      [
        `DELETE of ${other.TTL} ${other.ResourceRecords?.map((it) => it.Value)} when there is something else`,
        [www],
        [DELETE(other)],
        [
          "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values",
        ],
      ] as const,
  ),
  [
    'DELETE of an alias with another target',
    [alias('www.example.com', APP_RUNNER, TOKYO)],
    [DELETE(alias('www.example.com', ENDPOINT, ENDPOINT_ZONE))],
    [
      "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values",
    ],
  ],
  [
    'DELETE without the set identifier',
    [weighted('blue')],
    [DELETE(www)],
    ["Tried to delete resource record set [name='www.example.com.', type='A'] but it was not found"],
  ],
  [
    'DELETE with another weight',
    [weighted('blue')],
    [DELETE(weighted('blue', { Weight: 2 }))],
    [
      "Tried to delete resource record set [name='www.example.com.', type='A', set-identifier='blue'] but the values provided do not match the current values",
    ],
  ],
  [
    'everything that is wrong at once',
    [www],
    [DELETE({ ...www, TTL: 5 }), CREATE(www), DELETE(record('no.example.com', 'A', '10.0.0.1'))],
    [
      "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not match the current values",
      "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists",
      "Tried to delete resource record set [name='no.example.com.', type='A'] but it was not found",
    ],
  ],
  [
    'a name outside the zone',
    [],
    [CREATE(record('www.badexample.com', 'A', '10.0.0.1'))],
    ['RRSet with DNS name www.badexample.com. is not permitted in zone example.com.'],
  ],
  [
    'a CNAME at the apex',
    [],
    [CREATE(record('example.com', 'CNAME', 'example.net'))],
    ['RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.'],
  ],
  [
    'a CNAME beside another type',
    [www],
    [CREATE(wwwCname)],
    [
      'RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.',
    ],
  ],
  [
    'an alias at a CNAME',
    [wwwCname],
    [UPSERT(alias('www.example.com', APP_RUNNER, TOKYO))],
    [
      'RRSet of type A with DNS name www.example.com. is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone example.com.',
    ],
  ],
  [
    'a CNAME created before what it replaces is deleted',
    [www],
    [CREATE(wwwCname), DELETE(www)],
    [
      'RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.',
    ],
  ],
  ...(
    [
      ['CREATE twice', [CREATE(www), CREATE(www)]],
      ['DELETE twice', [DELETE(www), DELETE(www)]],
      ['UPSERT twice', [UPSERT(www), UPSERT(www)]],
      ['CREATE, then DELETE', [CREATE(www), DELETE(www)]],
    ] as const
  ).map(
    ([what, batch]) =>
      [
        `${what} of one set`,
        [],
        batch,
        ["The request contains an invalid set of changes for a resource record set 'A www.example.com.'"],
      ] as const,
  ),
  [
    'a simple set beside a weighted one',
    [weighted('blue')],
    [CREATE(www)],
    [
      'RRSet with DNS name www.example.com., type A cannot be created as other RRSets exist with the same name and type.',
    ],
  ],
  [
    'a weighted set beside a simple one',
    [www],
    [CREATE(weighted('blue'))],
    [
      'RRSet with DNS name www.example.com., type A, SetIdentifier blue cannot be created as a non-weighted set exists with the same name and type.',
    ],
  ],
  [
    'weighted sets with different TTLs',
    [weighted('blue')],
    [CREATE(weighted('green', { TTL: 5 }))],
    [
      'RRSet with DNS name www.example.com. and type A, SetIdentifier green cannot be created as weighted sets must contain the same TTL.',
    ],
  ],
  [
    'an alias to App Runner with the zone id of another region',
    [],
    [CREATE(alias('www.example.com', APP_RUNNER, appRunnerZones['us-east-1'] ?? ''))],
    [
      `Tried to create an alias that targets ${APP_RUNNER}., type A in zone Z01915732ZBZKC8D32TPT, but the alias target name does not lie within the target zone`,
    ],
  ],
  [
    'an alias to an unknown endpoint',
    [],
    [CREATE(alias('www.example.com', `x${ENDPOINT}`, ENDPOINT_ZONE))],
    [
      `Tried to create an alias that targets x${ENDPOINT}., type A in zone ${ENDPOINT_ZONE}, but the alias target name does not lie within the target zone`,
    ],
  ],
  [
    'an alias of another type than an address',
    [],
    [CREATE(alias('www.example.com', APP_RUNNER, TOKYO, { Type: 'TXT' }))],
    [
      `Tried to create an alias that targets ${APP_RUNNER}., type TXT in zone ${TOKYO}, but the alias target name does not lie within the target zone`,
    ],
  ],
  [
    'an alias out of its own zone',
    [],
    [CREATE(alias('www.example.com', 'www.example.net', 'ZONE'))],
    [
      'Tried to create an alias that targets www.example.net., type A in zone ZONE, but the alias target name does not lie within the target zone',
      'Tried to create an alias that targets www.example.net., type A in zone ZONE, but that target was not found',
    ],
  ],
  [
    'an alias to a missing record of its zone',
    [record('other.example.com', 'AAAA', '2001:db8::1')],
    [CREATE(alias('www.example.com', 'other.example.com', 'ZONE'))],
    ['Tried to create an alias that targets other.example.com., type A in zone ZONE, but that target was not found'],
  ],
  [
    'an alias to itself',
    [],
    [CREATE(alias('www.example.com', 'www.example.com', 'ZONE'))],
    ['Tried to create an alias that targets www.example.com., type A in zone ZONE, but that target was not found'],
  ],
  [
    'an alias to the record that it replaces',
    [www],
    [UPSERT(alias('www.example.com', 'www.example.com', 'ZONE'))],
    ['Tried to create an alias that targets www.example.com., type A in zone ZONE, but that target was not found'],
  ],
  [
    'a second SOA',
    [],
    [CREATE(record('www.example.com', 'SOA', 'ns.example.com. admin.example.com. 1 2 3 4 5'))],
    ['A HostedZone must contain exactly one SOA record.'],
  ],
  ...(
    [
      ['A', 'www.example.net', 'ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address'],
      ['A', '2001:db8::1', 'ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address'],
      ['AAAA', '10.0.0.1', 'AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address'],
      ['TXT', 'v=1', 'InvalidCharacterString', 'Value should be enclosed in quotation marks'],
      ['TXT', '"v=1" more', 'InvalidCharacterString', 'Value should be enclosed in quotation marks'],
      ['TXT', '"half', 'InvalidCharacterString', 'Value should be enclosed in quotation marks'],
      ['TXT', `"${'a'.repeat(256)}"`, 'CharacterStringTooLong', 'Value is too long'],
      ['CNAME', 'two names.example.com', 'RRDATANotSingleField', 'Value contains spaces'],
      ['CNAME', 'double..dot', 'DomainLabelEmpty', 'Domain label is empty'],
      ['CAA', 'amazon.com', 'CAARRDATANotCorrectFieldCount', "CAA record doesn't have 3 fields"],
      ['CAA', '0 issue amazon.com', 'InvalidCharacterString', 'Value should be enclosed in quotation marks'],
      ['CAA', '256 issue "amazon.com"', 'CAARRDATAIllegalNumber', 'Value is not a number from 0 to 255'],
      ['MX', 'mail.example.com', 'MXRRDATANotCorrectFieldCount', "MX record doesn't have 2 fields"],
      ['SRV', '1 2 x mail.example.com', 'SRVRRDATAIllegalNumber', 'Value is not a number from 0 to 65535'],
    ] as const
  ).map(
    ([type, value, code, explanation]) =>
      [
        `the ${type} value ${value.slice(0, 30)}`,
        [],
        [CREATE(record('value.example.com', type, value))],
        [fatal(code, explanation, value)],
      ] as const,
  ),
  [
    'a value twice',
    [],
    [CREATE(record('www.example.com', 'A', ['10.0.0.1', '10.0.0.1']))],
    ["Duplicate Resource Record: '10.0.0.1'"],
  ],
  [
    'a name that is none, beside a bad value',
    [],
    [CREATE(record('a..example.com', 'A', '10.0.0.1')), CREATE(text('unquoted'))],
    [
      "FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com'",
      fatal('InvalidCharacterString', 'Value should be enclosed in quotation marks', 'unquoted'),
    ],
  ],
];

describe('what a change batch refuses, in the words of Route 53', () => {
  it.each(refusals)('%s', async (_, standing, batch, messages) => {
    const where = await withZone(...standing);
    const before = await setsOf(where);
    const own = (set: Change): Change => JSON.parse(JSON.stringify(set).replaceAll('"ZONE"', JSON.stringify(where.id)));
    await expect(where.change(where.id, ...batch.map(own))).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: `[${messages.join(', ').replaceAll('ZONE', where.id)}]`,
    });
    expect(await setsOf(where)).toEqual(before);
  });

  it('an apex without NS or SOA', async () => {
    const where = await withZone();
    for (const set of await setsOf(where)) {
      const message = set.Type === 'SOA' ? 'exactly one SOA record.' : 'at least one NS record for the zone itself.';
      await expect(where.change(where.id, DELETE(set))).rejects.toMatchObject({
        message: `[A HostedZone must contain ${message}]`,
      });
    }
    expect(await setsOf(where)).toHaveLength(2);
  });
});

const expected = (found: string, set: string) =>
  `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found ${found} in Change with [Action=CREATE, Name=www.example.com, Type=A, SetIdentifier=${set}]`;

describe('what is no request at all (InvalidInput)', () => {
  it.each<readonly [string, ResourceRecordSet, string | RegExp]>([
    ['no TTL', { ...www, TTL: undefined }, expected('none', 'null')],
    ['no values', { ...www, ResourceRecords: undefined }, expected('none', 'null')],
    [
      'values and an alias',
      { ...alias('www.example.com', APP_RUNNER, TOKYO), ...www },
      expected('more than one', 'null'),
    ],
    [
      'an alias with a TTL',
      { ...alias('www.example.com', APP_RUNNER, TOKYO), TTL: 60 },
      expected('more than one', 'null'),
    ],
    [
      'a weight without set identifier',
      { ...www, Weight: 1 },
      /^Invalid request: Missing field 'SetIdentifier' in Change with/,
    ],
    ['a set identifier without policy', { ...www, SetIdentifier: 'a' }, /but found none in .*SetIdentifier=a\]$/],
    ['two policies', { ...weighted('a'), Failover: 'PRIMARY' }, /but found more than one in .*SetIdentifier=a\]$/],
    [
      'a weight over 255',
      weighted('a', { Weight: 256 }),
      /cvc-maxInclusive-valid: Value '256'.* 'ResourceRecordSetWeight'\.$/,
    ],
    ['a negative TTL', { ...www, TTL: -1 }, /cvc-minInclusive-valid: Value '-1'/],
  ])('%s', async (_, set, message) => {
    const where = await withZone();
    await expect(where.change(where.id, CREATE(set))).rejects.toMatchObject({
      name: 'InvalidInput',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('no changes', async () => {
    const where = await withZone();
    await expect(where.change(where.id)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});

describe('the size of a batch', () => {
  const addresses = (count: number) => Array.from({ length: count }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
  const strings = (count: number) => Array.from({ length: count }, (_, at) => `"${String(at).padStart(198, '0')}"`);
  const tooMany = '[Number of records limit of 1000 exceeded.]';
  const tooLong = '[Number of characters limit of 32000 exceeded.]';

  it.each<readonly [string, readonly Change[], string | undefined]>([
    ['1000 records', [CREATE(record('a.example.com', 'A', addresses(1000)))], undefined],
    ['1001 records', [CREATE(record('a.example.com', 'A', addresses(1001)))], tooMany],
    ['500 records upserted', [UPSERT(record('a.example.com', 'A', addresses(500)))], undefined],
    ['501 records upserted', [UPSERT(record('a.example.com', 'A', addresses(501)))], tooMany],
    [
      'aliases, which count as one record',
      Array.from({ length: 1001 }, (_, at) => CREATE(alias(`a${at}.example.com`, APP_RUNNER, TOKYO))),
      tooMany,
    ],
    ['32000 characters', [CREATE(record('a.example.com', 'TXT', strings(160)))], undefined],
    ['32200 characters', [CREATE(record('a.example.com', 'TXT', strings(161)))], tooLong],
    ['16200 characters upserted', [UPSERT(record('a.example.com', 'TXT', strings(81)))], tooLong],
  ])('%s', async (_, batch, message) => {
    const where = await withZone();
    const answer = where.change(where.id, ...batch);
    if (message === undefined) await expect(answer).resolves.toMatch(/^\/change\//);
    else await expect(answer).rejects.toMatchObject({ name: 'InvalidChangeBatch', message });
  });
});

describe('an alias to App Runner in a private zone', () => {
  it.each([true, false])('is taken or refused as the switch says (%s)', async (appRunnerAliasInPrivateZone) => {
    const { zone, change, route53 } = setting({ appRunnerAliasInPrivateZone });
    route53.addAliasTargets((name) => name === ENDPOINT);
    const id = await zone('example.com', 'vpc-0a1b2c3d');
    const answer = change(id, CREATE(alias('app.example.com', APP_RUNNER, TOKYO)));
    if (appRunnerAliasInPrivateZone) await expect(answer).resolves.toBeDefined();
    else await expect(answer).rejects.toMatchObject({ name: 'InvalidChangeBatch' });
    await expect(change(id, CREATE(alias('endpoint.example.com', ENDPOINT, ENDPOINT_ZONE)))).resolves.toBeDefined();
  });
});

describe('any batch', () => {
  const set = fc.oneof(
    fc
      .record({ name: fc.constantFrom('a', 'b', '*'), value: fc.constantFrom('10.0.0.1', '10.0.0.2') })
      .map(({ name, value }) => record(`${name}.example.com`, 'A', value)),
    fc.constantFrom('a', 'b').map((name) => record(`${name}.example.com`, 'CNAME', 'x.example.net')),
    fc.constantFrom('a', 'b').map((name) => record(`${name}.example.com`, 'TXT', '"v=1"')),
    fc
      .constantFrom('blue', 'green')
      .map((id) => record('a.example.com', 'A', '10.0.0.3', { SetIdentifier: id, Weight: 1 })),
  );
  const change = fc
    .record({ action: fc.constantFrom(CREATE, DELETE, UPSERT), set })
    .map(({ action, set }) => action(set));

  it('applies whole or not at all, and never leaves a zone that breaks the rules', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
        async (batches) => {
          const where = await withZone();
          for (const batch of batches) {
            const before = await setsOf(where);
            const applied = await where.change(where.id, ...batch).then(
              () => true,
              () => false,
            );
            const after = await setsOf(where);
            if (!applied) {
              expect(after).toEqual(before);
              continue;
            }
            // The last word on each set in the batch holds.
            for (const { Action, ResourceRecordSet } of batch) {
              const last = batch.findLast((it) => sameKey(it.ResourceRecordSet, ResourceRecordSet));
              const stands = after.some((it) => sameKey(it, { ...last?.ResourceRecordSet, Name: nameOf(last) }));
              if (last?.ResourceRecordSet === ResourceRecordSet) expect(stands).toBe(Action !== 'DELETE');
            }
            for (const name of new Set(after.map((it) => it.Name))) {
              const types = new Set(after.filter((it) => it.Name === name).map((it) => it.Type));
              if (types.has('CNAME')) expect([...types]).toEqual(['CNAME']);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

type Keyed = Partial<Pick<ResourceRecordSet, 'Name' | 'Type' | 'SetIdentifier'>> | undefined;
const sameKey = (a: Keyed, b: Keyed) =>
  a?.Name === b?.Name && a?.Type === b?.Type && a?.SetIdentifier === b?.SetIdentifier;
const nameOf = (change: Change | undefined) => `${change?.ResourceRecordSet?.Name?.replace('*', '\\052')}.`;

it('a zone holds 10,000 record sets', async () => {
  const { zone, change, route53 } = setting();
  const id = await zone('example.com');
  const txt = (index: number) => record(`${index}.example.com`, 'TXT', '"x"');
  // NS and SOA stand in the zone already.
  for (let first = 2; first < 10_000; first += 1000) {
    await change(
      id,
      ...Array.from({ length: Math.min(1000, 10_000 - first) }, (_, index) => CREATE(txt(first + index))),
    );
  }
  const beyond = change(id, CREATE(record('beyond.example.com', 'CNAME', 'example.net')));
  await expect(beyond).rejects.toThrow('has reached the limit of 10000 resource record sets');
  await change(id, DELETE(txt(2)), CREATE(record('beyond.example.com', 'CNAME', 'example.net')));
  expect(route53.cnameAt('beyond.example.com')).toBe('example.net');
});

describe('SVCB and HTTPS records', () => {
  it.each([
    '0 service.example.net',
    '1 .',
    '1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1,192.0.2.2',
    '16 foo.example.org alpn=h2 mandatory=alpn key65000="anything"',
    '2 . ipv6hint="2001:db8::1" ech=AEX+DQ== no-default-alpn alpn=h3',
  ])('take %s', async (value) => {
    const { zone, change } = setting();
    const id = await zone('example.com');
    await expect(change(id, CREATE(record('example.com', 'HTTPS', value)))).resolves.toBeDefined();
    await expect(change(id, CREATE(record('_x.example.com', 'SVCB', value)))).resolves.toBeDefined();
  });

  it.each([
    '.',
    'one .',
    '1',
    '70000 .',
    '0 . alpn=h2',
    '1 . colour=red',
    '1 . port=70000',
    '1 . port=1 port=2',
    '1 . ipv4hint=2001:db8::1',
    '1 . ipv6hint=192.0.2.1',
    '1 . no-default-alpn=h2',
    '1 . mandatory=colour',
  ])('do not take %s', async (value) => {
    const { zone, change } = setting();
    const id = await zone('example.com');
    await expect(change(id, CREATE(record('example.com', 'HTTPS', value)))).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
    });
  });
});
