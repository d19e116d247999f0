import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../wire/errors.ts';
import type { ParameterRecord } from './parameter.ts';
import { newest } from './parameters.ts';

type Values = (record: ParameterRecord) => readonly string[];

const keys: Readonly<Record<string, Values>> = {
  Name: ({ name }) => [name],
  Type: (record) => [newest(record).type],
  Tier: (record) => [newest(record).tier],
  KeyId: (record) => [newest(record).keyId ?? ''],
  DataType: () => ['text'],
};

/** Whether `name` lies below the path: directly, or at any depth. */
export function isBelow(name: string, path: string, recursive: boolean): boolean {
  const base = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(base) && (recursive || !name.slice(base.length).includes('/'));
}

/**
 * Whether a parameter fits a filter of DescribeParameters or, with fewer keys, of GetParametersByPath.
 * @throws AwsError InvalidFilterKey, InvalidFilterOption
 */
export function fits(record: ParameterRecord, filter: ParameterStringFilter, known: readonly string[]): boolean {
  const { Key: key = '', Option: option, Values: values = [] } = filter;
  if (!known.includes(key.startsWith('tag:') ? 'tag' : key)) {
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${key}. Valid filter keys include: [${known.join(', ')}].`,
    );
  }
  if (key === 'Path')
    return values.some((path) =>
      isBelow(record.name, path, checked(option ?? 'OneLevel', ['OneLevel', 'Recursive']) === 'Recursive'),
    );
  const mine = key.startsWith('tag:') ? [record.tags.get(key.slice('tag:'.length))] : (keys[key]?.(record) ?? []);
  const comparison = checked(
    option ?? 'Equals',
    key === 'Name' ? ['Equals', 'BeginsWith', 'Contains'] : ['Equals', 'BeginsWith'],
  );
  return mine.some(
    (value) =>
      value !== undefined && (values.length === 0 || values.some((wanted) => compare(comparison, value, wanted))),
  );
}

function compare(comparison: string, value: string, wanted: string): boolean {
  if (comparison === 'BeginsWith') return value.startsWith(wanted);
  return comparison === 'Contains' ? value.includes(wanted) : value === wanted;
}

function checked(option: string, valid: readonly string[]): string {
  if (valid.includes(option)) return option;
  throw new AwsError(
    'InvalidFilterOption',
    `The following filter option is not valid: ${option}. Valid options include: [${valid.join(', ')}].`,
  );
}
