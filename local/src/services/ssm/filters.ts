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
 * Reads the filters of DescribeParameters or, with fewer keys, of GetParametersByPath.
 * @returns whether a parameter fits them all.
 * @throws AwsError InvalidFilterKey, InvalidFilterOption
 */
export function filterOf(
  filters: readonly ParameterStringFilter[],
  known: readonly string[],
): (record: ParameterRecord) => boolean {
  const checks = filters.map((filter) => checkOf(filter, known));
  return (record) => checks.every((check) => check(record));
}

function checkOf(filter: ParameterStringFilter, known: readonly string[]): (record: ParameterRecord) => boolean {
  const { Key: key = '', Option: option, Values: values = [] } = filter;
  if (!known.includes(key.startsWith('tag:') ? 'tag' : key)) {
    throw new AwsError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${key}. Valid filter keys include: [${known.join(', ')}].`,
    );
  }
  if (key === 'Path') {
    const recursive = checked(option ?? 'OneLevel', ['OneLevel', 'Recursive']) === 'Recursive';
    return ({ name }) => values.some((path) => isBelow(name, path, recursive));
  }
  const valid = key === 'Name' ? ['Equals', 'BeginsWith', 'Contains'] : ['Equals', 'BeginsWith'];
  const comparison = checked(option ?? 'Equals', valid);
  const fits = (value: string) => values.length === 0 || values.some((wanted) => compare(comparison, value, wanted));
  return (record) => {
    const own = key.startsWith('tag:') ? [record.tags.get(key.slice('tag:'.length))] : (keys[key]?.(record) ?? []);
    return own.some((value) => value !== undefined && fits(value));
  };
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
