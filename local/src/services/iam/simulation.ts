import * as sdk from '@aws-sdk/client-iam';
import { conditionValues, type Decision } from '../../iam/evaluate.ts';
import { noSuchEntity } from '../../iam/roles.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { page } from './pages.ts';
import type { IamSetting } from './setting.ts';

const invalidInput = (message: string) => new AwsError('InvalidInput', message);

const decisions: Readonly<Record<Decision, sdk.PolicyEvaluationDecisionType>> = {
  allowed: 'allowed',
  'explicitly-denied': 'explicitDeny',
  'not-allowed': 'implicitDeny',
};

/** What the embedded IAM would have to make up an answer for. */
const NOT_SIMULATED = [
  'PolicyInputList',
  'PermissionsBoundaryPolicyInputList',
  'PolicyExclusionList',
  'ResourcePolicy',
  'ResourceOwner',
  'CallerArn',
  'ResourceHandlingOption',
] as const;

/**
 * What a role's policies would say of calls that are not made: each action on each resource is one result.
 * Policies of resources are not asked, as AWS does not either unless they are handed over (documented).
 */
export function simulationOperations({ iam }: IamSetting): readonly OperationDefinition[] {
  return [
    operation<sdk.SimulatePrincipalPolicyCommandInput, sdk.SimulatePrincipalPolicyCommandOutput>(
      sdk.SimulatePrincipalPolicy$,
      {
        permissions: ({ PolicySourceArn = '' }) => ({
          action: 'iam:SimulatePrincipalPolicy',
          resources: [PolicySourceArn],
        }),
        run: (input, { account }) => {
          const { PolicySourceArn: source = '', ActionNames = [], ContextEntries = [] } = input;
          const left = NOT_SIMULATED.filter((member) => input[member] !== undefined);
          if (left.length > 0) {
            const what = `${left.join(', ')} of iam:SimulatePrincipalPolicy`;
            throw new AwsError('NotImplemented', `${what} is not implemented by the embedded cloud`, { status: 501 });
          }
          // Root has no policies; a session is simulated by its role (documented).
          if (!/^arn:aws:iam::\d{12}:(role|user|group)\/.+$/.test(source))
            throw invalidInput(`Invalid Entity Arn: ${source} does not clearly define entity type and name.`);
          const wrong = ActionNames.find((name) => !/^[\w-]+:\w+$/.test(name));
          if (wrong !== undefined) throw invalidInput(`Invalid action name: ${wrong}`);
          const role = source.startsWith(`arn:aws:iam::${account}:`) ? iam.role(source) : undefined;
          if (role === undefined) throw noSuchEntity(`The entity with ARN ${source} cannot be found.`);
          const given = ContextEntries.map(({ ContextKeyName = '', ContextKeyValues = [] }) => [
            ContextKeyName,
            ContextKeyValues,
          ]);
          const conditions = conditionValues(iam.sessionConditions(role), Object.fromEntries(given));
          const results = ActionNames.flatMap((action) =>
            (input.ResourceArns ?? ['*']).map((resource): sdk.EvaluationResult => {
              const { decision, boundary, organization, missing } = iam.judge(role, { action, resource, conditions });
              return {
                EvalActionName: action,
                EvalResourceName: resource,
                EvalDecision: decisions[decision],
                MissingContextValues: [...missing],
                ...(organization === undefined
                  ? {}
                  : { OrganizationsDecisionDetail: { AllowedByOrganizations: organization === 'allowed' } }),
                ...(boundary === undefined
                  ? {}
                  : {
                      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: boundary === 'allowed' },
                    }),
              };
            }),
          );
          const { items, rest } = page(results, input);
          return { EvaluationResults: items, ...rest };
        },
      },
    ),
  ];
}
