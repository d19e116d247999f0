import * as sdk from '@aws-sdk/client-cloudformation';
import { unresolvedReferences } from '../../deploy/references.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { anywhere, given, onStack } from './input.ts';
import type { Stacks } from './stacks.ts';
import {
  capabilitiesOf,
  type GivenTemplate,
  invalid,
  type ReadObject,
  readText,
  templateOf,
} from './template-input.ts';

export function templateOperations(stacks: Stacks, readObject: ReadObject): OperationDefinition[] {
  return [
    operation<sdk.GetTemplateCommandInput, sdk.GetTemplateCommandOutput>(sdk.GetTemplate$, {
      permissions: onStack('GetTemplate'),
      run({ StackName, ChangeSetName }, context) {
        const record = stacks.get(context, given(StackName, 'StackName'));
        const changeSets = [...record.changeSets.values()];
        const chosen = changeSets.find(({ name, id }) => name === ChangeSetName || id === ChangeSetName);
        if (ChangeSetName !== undefined && chosen === undefined)
          throw invalid(`ChangeSet [${ChangeSetName}] does not exist`);
        const { templateText } = chosen?.definition ?? record.definition;
        return { TemplateBody: templateText, StagesAvailable: ['Original', 'Processed'] };
      },
    }),
    operation<sdk.GetTemplateSummaryCommandInput, sdk.GetTemplateSummaryCommandOutput>(sdk.GetTemplateSummary$, {
      permissions: onStack('GetTemplateSummary'),
      run({ StackName, TemplateBody, TemplateURL }, context) {
        const given: GivenTemplate =
          StackName === undefined
            ? templateOf({ TemplateBody, TemplateURL }, readObject, context.account)
            : readText(stacks.get(context, StackName).definition.templateText);
        const { template } = given;
        const types = Object.values(template.Resources).map(({ Type }) => Type);
        return {
          ...described(given),
          Parameters: Object.entries(template.Parameters ?? {}).map(([name, declaration]) => ({
            ...parameter(name, declaration),
            ParameterType: declaration.Type,
            ParameterConstraints:
              declaration.AllowedValues === undefined ? {} : { AllowedValues: declaration.AllowedValues.map(String) },
          })),
          ResourceTypes: [...new Set(types)],
          Version: template.AWSTemplateFormatVersion ?? '2010-09-09',
          ...(template.Metadata === undefined ? {} : { Metadata: JSON.stringify(template.Metadata) }),
        };
      },
    }),
    operation<sdk.ValidateTemplateCommandInput, sdk.ValidateTemplateCommandOutput>(sdk.ValidateTemplate$, {
      permissions: anywhere('ValidateTemplate'),
      run(input, { account }) {
        const given = templateOf(input, readObject, account);
        const missing = unresolvedReferences(given.template);
        if (missing.length > 0) {
          throw invalid(
            `Template format error: Unresolved resource dependencies [${missing.join(', ')}] in the Resources block of the template`,
          );
        }
        const parameters = Object.entries(given.template.Parameters ?? {});
        return {
          ...described(given),
          Parameters: parameters.map(([name, declaration]) => parameter(name, declaration)),
        };
      },
    }),
  ];
}

function described({ template }: GivenTemplate) {
  const needed = capabilitiesOf(template);
  return {
    ...(template.Description === undefined ? {} : { Description: template.Description }),
    ...(needed === undefined ? {} : { Capabilities: [needed.capability], CapabilitiesReason: needed.reason }),
    DeclaredTransforms: [],
  };
}

type Declaration = NonNullable<GivenTemplate['template']['Parameters']>[string];

const parameter = (ParameterKey: string, { Default, NoEcho, Description }: Declaration) => ({
  ParameterKey,
  ...(Default === undefined ? {} : { DefaultValue: String(Default) }),
  NoEcho: String(NoEcho ?? false) === 'true',
  ...(Description === undefined ? {} : { Description }),
});
