import * as sdk from '@aws-sdk/client-ssm';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { checkName, checkValue } from './parameter.ts';
import { newest, type Parameters } from './parameters.ts';
import { onParameters, tagConditions } from './permissions.ts';
import { constraint, notFound, validation } from './refusals.ts';
import { tagged } from './tag-operations.ts';

const MOST_NAMES = 10;
const DEFAULT_KEY = 'alias/aws/ssm';
const MOST_STANDARD_BYTES = 4096;

export function writeOperations(parameters: Parameters): readonly OperationDefinition[] {
  return [
    operation<sdk.PutParameterCommandInput, sdk.PutParameterCommandOutput>(sdk.PutParameter$, {
      writes: true,
      permissions: ({ Name, Tags, Overwrite = false }, context) => {
        const asked = onParameters('PutParameter')([Name], context);
        const tags = tagConditions(tagged(new Map(), Tags));
        const put = { ...asked, conditions: { ...tags, 'ssm:Overwrite': [String(Overwrite)] } };
        return Tags === undefined
          ? put
          : [put, { ...onParameters('AddTagsToResource')([Name], context), conditions: tags }];
      },
      run: (input, context) => {
        const { Name = '', Value = '', Overwrite = false, Tags } = input;
        const name = Name.trim();
        checkName(context, name);
        if (input.Policies !== undefined || (input.DataType !== undefined && input.DataType !== 'text')) {
          const what = 'parameter policies and data types other than text';
          throw new AwsError('NotImplemented', `${what} are not implemented by the embedded cloud`, { status: 501 });
        }
        const before = parameters.find(context, name);
        if (before !== undefined && !Overwrite) {
          throw new AwsError(
            'ParameterAlreadyExists',
            'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
          );
        }
        if (Overwrite && Tags !== undefined && Tags.length > 0) {
          throw validation(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
          );
        }
        const known = before && newest(before);
        const type = input.Type ?? known?.type;
        if (type === undefined) throw validation('A parameter type is required when you create a parameter.');
        const tier =
          input.Tier === 'Intelligent-Tiering'
            ? Buffer.byteLength(Value) > MOST_STANDARD_BYTES
              ? 'Advanced'
              : 'Standard'
            : (input.Tier ?? known?.tier ?? 'Standard');
        if (tier === 'Standard' && known?.tier === 'Advanced') {
          throw validation(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.",
          );
        }
        checkValue(Value, tier, input.AllowedPattern);
        const version = parameters.put(
          context,
          name,
          {
            value: Value,
            type,
            tier,
            description: input.Description ?? known?.description,
            allowedPattern: input.AllowedPattern,
            keyId: type === 'SecureString' ? (input.KeyId ?? known?.keyId ?? DEFAULT_KEY) : undefined,
            modifiedBy: context.principal.arn,
          },
          Tags === undefined ? undefined : tagged(new Map(), Tags),
        );
        return { Version: version, Tier: tier };
      },
    }),

    operation<sdk.DeleteParameterCommandInput, sdk.DeleteParameterCommandOutput>(sdk.DeleteParameter$, {
      writes: true,
      permissions: ({ Name }, context) => onParameters('DeleteParameter')([Name], context),
      run: ({ Name = '' }, context) => {
        const record = parameters.find(context, Name);
        if (record === undefined) throw notFound(Name);
        parameters.delete(context, record);
        return {};
      },
    }),

    operation<sdk.DeleteParametersCommandInput, sdk.DeleteParametersCommandOutput>(sdk.DeleteParameters$, {
      writes: true,
      permissions: ({ Names = [] }, context) => onParameters('DeleteParameters')(Names, context),
      run: ({ Names = [] }, context) => {
        if (Names.length < 1 || Names.length > MOST_NAMES) {
          const bound = Names.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_NAMES}`;
          throw constraint(`[${Names.join(', ')}]`, 'names', `have length ${bound}`);
        }
        const found = Names.flatMap((name) => parameters.find(context, name) ?? []);
        for (const record of found) parameters.delete(context, record);
        const deleted = found.map(({ name }) => name);
        return { DeletedParameters: deleted, InvalidParameters: Names.filter((name) => !deleted.includes(name)) };
      },
    }),
  ];
}
