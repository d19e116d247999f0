import * as sdk from '@aws-sdk/client-ssm';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { filterOf, isBelow } from './filters.ts';
import { describedHistory, describedMetadata, describedValue } from './parameter.ts';
import { newest, type Parameters } from './parameters.ts';
import { onParameters } from './permissions.ts';
import { constraint, notFound, validation } from './refusals.ts';

/** Documented: names of one GetParameters, and items on a page. */
const MOST_NAMES = 10;
const PATH_PAGE = 10;
const PAGE = 50;

const PATH_KEYS = ['Type', 'KeyId'];
const DESCRIBE_KEYS = ['Name', 'Path', 'Type', 'KeyId', 'Tier', 'DataType', 'tag'];

export function readOperations(parameters: Parameters): readonly OperationDefinition[] {
  return [
    operation<sdk.GetParameterCommandInput, sdk.GetParameterCommandOutput>(sdk.GetParameter$, {
      permissions: ({ Name }, context) => onParameters('GetParameter')([Name], context),
      run: ({ Name = '', WithDecryption: decrypt = false }, context) => {
        const { record, version, selector } = parameters.version(context, Name);
        return { Parameter: describedValue(record, version, { decrypt, selector }) };
      },
    }),

    operation<sdk.GetParametersCommandInput, sdk.GetParametersCommandOutput>(sdk.GetParameters$, {
      permissions: ({ Names = [] }, context) => onParameters('GetParameters')(Names, context),
      run: ({ Names = [], WithDecryption: decrypt = false }, context) => {
        if (Names.length < 1 || Names.length > MOST_NAMES) {
          const bound = Names.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_NAMES}`;
          throw constraint(`[${Names.join(', ')}]`, 'names', `have length ${bound}`);
        }
        if (new Set(Names).size < Names.length) throw validation('Duplicate parameter names are not allowed.');
        const found = Names.map((name) => ({ name, ...attempt(() => parameters.version(context, name)) }));
        return {
          Parameters: found.flatMap(({ record, version, selector }) =>
            record === undefined || version === undefined
              ? []
              : [describedValue(record, version, { decrypt, selector })],
          ),
          InvalidParameters: found.filter(({ record }) => record === undefined).map(({ name }) => name),
        };
      },
    }),

    operation<sdk.GetParametersByPathCommandInput, sdk.GetParametersByPathCommandOutput>(sdk.GetParametersByPath$, {
      permissions: ({ Path }, context) => onParameters('GetParametersByPath')([Path], context),
      run: (input, context) => {
        const { Path = '', Recursive = false, WithDecryption: decrypt = false, ParameterFilters = [] } = input;
        if (!/^\/([\w.-]+\/?)*$/.test(Path)) {
          throw validation(
            'The parameter path: must begin with a slash; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
          );
        }
        const below = parameters
          .of(context)
          .filter((record) => isBelow(record.name, Path, Recursive))
          .filter(filterOf(ParameterFilters, PATH_KEYS));
        const { items, next } = page(below, input, PATH_PAGE);
        return { Parameters: items.map((record) => describedValue(record, newest(record), { decrypt })), ...next };
      },
    }),

    operation<sdk.GetParameterHistoryCommandInput, sdk.GetParameterHistoryCommandOutput>(sdk.GetParameterHistory$, {
      permissions: ({ Name }, context) => onParameters('GetParameterHistory')([Name], context),
      run: (input, context) => {
        const record = parameters.find(context, input.Name ?? '');
        if (record === undefined) throw notFound(input.Name ?? '');
        const versions = record.versions.map((version) => ({
          ...version,
          name: String(version.version).padStart(9, '0'),
        }));
        const { items, next } = page(versions, input, PAGE);
        const decrypt = input.WithDecryption ?? false;
        return { Parameters: items.map((version) => describedHistory(record, version, decrypt)), ...next };
      },
    }),

    operation<sdk.DescribeParametersCommandInput, sdk.DescribeParametersCommandOutput>(sdk.DescribeParameters$, {
      // The action knows no single parameter: everything of the account and region, or nothing (service authorization reference).
      permissions: (_, { account, region }) => ({
        action: 'ssm:DescribeParameters',
        resources: [`arn:aws:ssm:${region}:${account}:*`],
      }),
      run: (input, context) => {
        if (input.Filters !== undefined || input.Shared === true) {
          const what = 'the deprecated Filters, and parameters of other accounts';
          throw new AwsError('NotImplemented', `${what} are not implemented by the embedded cloud`, { status: 501 });
        }
        const found = parameters.of(context).filter(filterOf(input.ParameterFilters ?? [], DESCRIBE_KEYS));
        const { items, next } = page(found, input, PAGE);
        return { Parameters: items.map((record) => describedMetadata(record, newest(record))), ...next };
      },
    }),
  ];
}

function attempt<Value>(find: () => Value): Partial<Value> {
  try {
    return find();
  } catch (error) {
    if (error instanceof AwsError) return {};
    throw error;
  }
}

/** A page in the order of names; the token names the last one returned. */
function page<Item extends { readonly name: string }>(
  all: readonly Item[],
  { MaxResults: most, NextToken: token }: { MaxResults?: number | undefined; NextToken?: string | undefined },
  limit: number,
): { readonly items: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const size = most ?? PATH_PAGE;
  if (size < 1) throw constraint(size, 'maxResults', 'have value greater than or equal to 1');
  if (size > limit) throw constraint(size, 'maxResults', `have value less than or equal to ${limit}`);
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  if (token !== undefined && Buffer.from(after).toString('base64url') !== token) {
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  }
  const rest = all.filter(({ name }) => name > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  if (last === undefined || items.length === rest.length) return { items, next: {} };
  return { items, next: { NextToken: Buffer.from(last.name).toString('base64url') } };
}
