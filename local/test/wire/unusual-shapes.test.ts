import type { $SchemaRef, SchemaTraits, StaticListSchema, StaticMapSchema, StaticStructureSchema } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import type { OperationDefinition } from '../../src/wire/service.ts';
import { bodyText, fakeCloud, fakeOperation, fakeService, raw } from './fake.ts';

// What the protocols allow and the services of the other tests happen not to use.
const STRING = 0;
const NUMBER = 1;
const INTEGER = 17;
const structure = (members: Record<string, $SchemaRef>, required = 0): StaticStructureSchema => [
  3,
  'test',
  'Shape',
  0,
  Object.keys(members),
  Object.values(members),
  required,
];
const list = (item: $SchemaRef, traits: SchemaTraits = 0): StaticListSchema => [1, 'test', 'List', traits, item];
const map = (key: $SchemaRef, value: $SchemaRef, traits: SchemaTraits = 0): StaticMapSchema => [
  2,
  'test',
  'Map',
  traits,
  key,
  value,
];
const operationOf = (
  input: StaticStructureSchema,
  traits: SchemaTraits = 0,
  name = 'Do',
): OperationDefinition['schema'] => [9, 'test', name, traits, input, 'unit'];

const shape = structure({
  Names: list(STRING),
  Flat: [list(STRING, { xmlFlattened: 1 }), { xmlName: 'FlatName' }],
  Ages: map(STRING, NUMBER),
  FlatAges: map([STRING, { xmlName: 'Who' }], [NUMBER, { xmlName: 'Years' }], { xmlFlattened: 1 }),
});
const value = { Names: ['a', 'b'], Flat: ['c', 'd'], Ages: { x: 1, y: 2 }, FlatAges: { z: 3 } };

describe('the query protocols', () => {
  const send = async (service: 'ec2' | 'sts', schema: StaticStructureSchema, fields: string) => {
    const operation = fakeOperation(operationOf(schema));
    const response = await raw(fakeCloud([fakeService(service, [operation])]).gateway, service, {
      body: `Action=Do&${fields}`,
    });
    return { inputs: operation.inputs, status: response.status, text: bodyText(response) };
  };

  it('read lists and maps, flattened and not', async () => {
    const fields = [
      'Names.member.1=a&Names.member.2=b&FlatName.1=c&FlatName.2=d',
      'Ages.entry.1.key=x&Ages.entry.1.value=1&Ages.entry.2.key=y&Ages.entry.2.value=2',
      'FlatAges.1.Who=z&FlatAges.1.Years=3',
    ];
    expect((await send('sts', shape, fields.join('&'))).inputs).toEqual([value]);
  });

  it('name the key whose value is wrong', async () => {
    const { status, text } = await send('sts', shape, 'Ages.entry.1.key=x&Ages.entry.1.value=old');
    expect([status, text]).toEqual([400, expect.stringContaining('ages.x.member')]);
  });

  it('prefer the EC2 name', async () => {
    const schema = structure({ Addresses: [list(STRING), { ec2QueryName: 'Address', xmlName: 'addressSet' }] });
    expect((await send('ec2', schema, 'Address.1=a&AddressSet.1=b')).inputs).toEqual([{ Addresses: ['a'] }]);
  });

  it('read whole numbers of any size', async () => {
    const schema = structure({ Big: INTEGER });
    expect((await send('sts', schema, 'Big=12345678901234567890')).inputs).toEqual([{ Big: 12345678901234567890n }]);
    expect((await send('sts', schema, 'Big=1.5')).status).toBe(400);
  });
});

describe('REST', () => {
  const get = (uri: string): SchemaTraits => ({ http: ['GET', uri, 200] });
  const ask = async (path: string, ...schemas: OperationDefinition['schema'][]) => {
    const cloud = fakeCloud([
      fakeService(
        'lambda',
        schemas.map((schema) => fakeOperation(schema)),
      ),
    ]);
    const response = await raw(cloud.gateway, 'lambda', { method: 'GET', path });
    return { status: response.status, call: cloud.calls[0] };
  };
  const labelled = structure({ Id: [STRING, 1] }, 1);

  it('reads lists and maps of XML, flattened and not', async () => {
    const operation = fakeOperation(operationOf(shape, { http: ['POST', '/do', 200] }));
    const { gateway } = fakeCloud([fakeService('route53', [operation])]);
    const ages = '<entry><key>x</key><value>1</value></entry><entry><key>y</key><value>2</value></entry>';
    const body =
      '<Do><Names><member>a</member><member>b</member></Names><FlatName>c</FlatName><FlatName>d</FlatName>' +
      `<Ages>${ages}</Ages><FlatAges><Who>z</Who><Years>3</Years></FlatAges></Do>`;
    const response = await raw(gateway, 'route53', { path: '/do', body });
    expect([response.status, operation.inputs]).toEqual([200, [value]]);
  });

  it('means the route that says more of the path', async () => {
    const [any, count] = [
      operationOf(labelled, get('/zone/{Id}'), 'Get'),
      operationOf(structure({}), get('/zone/count'), 'Count'),
    ];
    expect((await ask('/zone/count', any, count)).call?.operation).toBe('Count');
    expect((await ask('/zone/other', any, count)).call).toMatchObject({ operation: 'Get', input: { Id: 'other' } });
  });

  it('knows no path that continues beyond its route', async () => {
    const schema = operationOf(labelled, get('/zone/{Id}'));
    expect((await ask('/zone/a/b', schema)).status).toBe(501);
    expect((await ask('/zone', schema)).status).toBe(501);
  });

  it('gives a greedy label all that is left, decoded', async () => {
    const schema = operationOf(labelled, get('/zone/{Id+}'));
    expect((await ask('/zone/a%20b/c', schema)).call?.input).toEqual({ Id: 'a b/c' });
  });

  it('collects headers by prefix', async () => {
    const schema = structure({ Meta: [map(STRING, STRING), { httpPrefixHeaders: 'X-Meta-' }] });
    const operation = fakeOperation(operationOf(schema, get('/do')));
    const { gateway } = fakeCloud([fakeService('lambda', [operation])]);
    await raw(gateway, 'lambda', { method: 'GET', path: '/do', headers: { 'x-meta-a': 'b', other: 'c' } });
    expect(operation.inputs).toEqual([{ Meta: { a: 'b' } }]);
  });
});
