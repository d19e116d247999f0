import * as sdk from '@aws-sdk/client-organizations';
import { parsePolicy } from '../../iam/policy.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type ControlPolicy, describedPolicy, type Node, type Organization, policySummary } from './organization.ts';
import type { Organizations } from './organizations.ts';
import { page } from './pages.ts';
import { onAll, onIds } from './permissions.ts';
import { constraint, invalidInput, missing } from './refusals.ts';

/** Documented: quotas of service control policies: characters of one, and how many hang on one root, unit or account. */
const LONGEST = 5120;
const MOST_ATTACHED = 5;

const TARGETS = { root: 'ROOT', unit: 'ORGANIZATIONAL_UNIT', account: 'ACCOUNT' } as const;

/** Service control policies; the other types of policy are not there. */
export function policyOperations(organizations: Organizations): readonly OperationDefinition[] {
  const { world } = organizations;
  const options = () => ({ emptyFirst: world.switches.emptyFirstPages });

  return [
    operation<sdk.EnablePolicyTypeCommandInput, sdk.EnablePolicyTypeCommandOutput>(sdk.EnablePolicyType$, {
      writes: true,
      permissions: ({ RootId }, context) => onIds(organizations, context, 'EnablePolicyType', RootId),
      run: ({ RootId, PolicyType }, { account }) => {
        const organization = organizations.managed(account);
        checkRoot(organization, RootId);
        checkType(PolicyType);
        if (organization.controlPoliciesEnabled) {
          throw new AwsError(
            'PolicyTypeAlreadyEnabledException',
            'The specified policy type is already enabled in the specified root.',
          );
        }
        organization.enableControlPolicies();
        return { Root: describedRoot(organization) };
      },
    }),

    operation<sdk.DisablePolicyTypeCommandInput, sdk.DisablePolicyTypeCommandOutput>(sdk.DisablePolicyType$, {
      writes: true,
      permissions: ({ RootId }, context) => onIds(organizations, context, 'DisablePolicyType', RootId),
      run: ({ RootId, PolicyType }, { account }) => {
        const organization = organizations.managed(account);
        checkRoot(organization, RootId);
        checkType(PolicyType);
        checkEnabled(organization);
        organization.controlPoliciesEnabled = false;
        for (const node of organization.nodes) node.policies.clear();
        return { Root: describedRoot(organization) };
      },
    }),

    operation<sdk.CreatePolicyCommandInput, sdk.CreatePolicyCommandOutput>(sdk.CreatePolicy$, {
      writes: true,
      permissions: () => onAll('CreatePolicy'),
      run: ({ Content = '', Description = '', Name = '', Type }, { account }) => {
        const organization = organizations.managed(account);
        checkType(Type);
        checkName(organization, Name);
        checkContent(Content);
        const id = `p-${world.chance.base32(10).toLowerCase()}`;
        const policy = organization.addPolicy({
          id,
          arn: organization.arn('policy', `service_control_policy/${id}`),
          name: Name,
          description: Description,
          content: Content,
          awsManaged: false,
        });
        return { Policy: describedPolicy(policy) };
      },
    }),

    operation<sdk.UpdatePolicyCommandInput, sdk.UpdatePolicyCommandOutput>(sdk.UpdatePolicy$, {
      writes: true,
      permissions: ({ PolicyId }, context) => onIds(organizations, context, 'UpdatePolicy', PolicyId),
      run: ({ PolicyId, Name, Description, Content }, { account }) => {
        const organization = organizations.managed(account);
        const policy = changeable(organization, PolicyId);
        if (Name !== undefined && Name !== policy.name) checkName(organization, Name);
        if (Content !== undefined) policy.statements = checkContent(Content);
        Object.assign(policy, {
          name: Name ?? policy.name,
          description: Description ?? policy.description,
          content: Content ?? policy.content,
        });
        return { Policy: describedPolicy(policy) };
      },
    }),

    operation<sdk.DescribePolicyCommandInput, sdk.DescribePolicyCommandOutput>(sdk.DescribePolicy$, {
      permissions: ({ PolicyId }, context) => onIds(organizations, context, 'DescribePolicy', PolicyId),
      run: ({ PolicyId }, { account }) => ({
        Policy: describedPolicy(policyOf(organizations.readable(account), PolicyId)),
      }),
    }),

    operation<sdk.DeletePolicyCommandInput, sdk.DeletePolicyCommandOutput>(sdk.DeletePolicy$, {
      writes: true,
      permissions: ({ PolicyId }, context) => onIds(organizations, context, 'DeletePolicy', PolicyId),
      run: ({ PolicyId }, { account }) => {
        const organization = organizations.managed(account);
        const { id } = changeable(organization, PolicyId);
        if (organization.nodes.some(({ policies }) => policies.has(id))) {
          throw new AwsError(
            'PolicyInUseException',
            'The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.',
          );
        }
        organization.policies.delete(id);
        return {};
      },
    }),

    operation<sdk.ListPoliciesCommandInput, sdk.ListPoliciesCommandOutput>(sdk.ListPolicies$, {
      permissions: () => onAll('ListPolicies'),
      run: (input, { account }) => {
        const organization = organizations.readable(account);
        checkType(input.Filter);
        const { items, next } = page([...organization.policies.values()], input, 'ListPolicies', options());
        return { Policies: items.map(policySummary), ...next };
      },
    }),

    operation<sdk.ListPoliciesForTargetCommandInput, sdk.ListPoliciesForTargetCommandOutput>(
      sdk.ListPoliciesForTarget$,
      {
        permissions: ({ TargetId }, context) => onIds(organizations, context, 'ListPoliciesForTarget', TargetId),
        run: (input, { account }) => {
          const organization = organizations.readable(account);
          const { id, policies } = targetOf(organization, input.TargetId);
          checkType(input.Filter);
          const attached = [...policies].map((policyId) => policyOf(organization, policyId));
          const { items, next } = page(attached, input, `ListPoliciesForTarget ${id}`, options());
          return { Policies: items.map(policySummary), ...next };
        },
      },
    ),

    operation<sdk.ListTargetsForPolicyCommandInput, sdk.ListTargetsForPolicyCommandOutput>(sdk.ListTargetsForPolicy$, {
      permissions: ({ PolicyId }, context) => onIds(organizations, context, 'ListTargetsForPolicy', PolicyId),
      run: (input, { account }) => {
        const organization = organizations.readable(account);
        const { id } = policyOf(organization, input.PolicyId);
        const targets = organization.nodes.filter(({ policies }) => policies.has(id));
        const { items, next } = page(targets, input, `ListTargetsForPolicy ${id}`, options());
        return {
          Targets: items.map((node) => ({
            TargetId: node.id,
            Arn: node.arn,
            Name: node.name,
            Type: TARGETS[node.kind],
          })),
          ...next,
        };
      },
    }),

    operation<sdk.AttachPolicyCommandInput, sdk.AttachPolicyCommandOutput>(sdk.AttachPolicy$, {
      writes: true,
      permissions: ({ PolicyId, TargetId }, context) =>
        onIds(organizations, context, 'AttachPolicy', PolicyId, TargetId),
      run: ({ PolicyId, TargetId }, { account }) => {
        const organization = organizations.managed(account);
        const { id } = policyOf(organization, PolicyId);
        const { policies } = targetOf(organization, TargetId);
        checkEnabled(organization);
        if (policies.has(id)) {
          throw new AwsError(
            'DuplicatePolicyAttachmentException',
            'The selected policy is already attached to the specified target.',
          );
        }
        if (policies.size >= MOST_ATTACHED) {
          throw constraint(
            'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
            'You have attached the maximum number of policies of that type to the target.',
          );
        }
        policies.add(id);
        return {};
      },
    }),

    operation<sdk.DetachPolicyCommandInput, sdk.DetachPolicyCommandOutput>(sdk.DetachPolicy$, {
      writes: true,
      permissions: ({ PolicyId, TargetId }, context) =>
        onIds(organizations, context, 'DetachPolicy', PolicyId, TargetId),
      run: ({ PolicyId, TargetId }, { account }) => {
        const organization = organizations.managed(account);
        const { id } = policyOf(organization, PolicyId);
        const { policies } = targetOf(organization, TargetId);
        if (!policies.has(id)) {
          throw new AwsError(
            'PolicyNotAttachedException',
            "The policy isn't attached to the specified target in the specified root.",
          );
        }
        if (policies.size === 1) {
          throw constraint(
            'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
            'You cannot detach the last service control policy from a root, OU or account.',
          );
        }
        policies.delete(id);
        return {};
      },
    }),
  ];
}

function policyOf(organization: Organization, id: string | undefined): ControlPolicy {
  const policy = organization.policies.get(id ?? '');
  if (policy === undefined) throw missing('PolicyNotFoundException', 'a policy');
  return policy;
}

/** AWS's own policies cannot be changed. */
function changeable(organization: Organization, id: string | undefined): ControlPolicy {
  const policy = policyOf(organization, id);
  if (policy.awsManaged) throw invalidInput('IMMUTABLE_POLICY', 'You specified a policy that is managed by AWS.');
  return policy;
}

function targetOf(organization: Organization, id: string | undefined): Node {
  const node = organization.find(id);
  if (node === undefined) throw missing('TargetNotFoundException', 'a target');
  return node;
}

function checkRoot(organization: Organization, id: string | undefined): void {
  if (organization.root.id !== id) throw missing('RootNotFoundException', 'a root');
}

function checkType(type: string | undefined): void {
  if (type !== 'SERVICE_CONTROL_POLICY') {
    throw new AwsError('NotImplemented', `the embedded cloud has service control policies only, not ${type}`, {
      status: 501,
    });
  }
}

function checkEnabled(organization: Organization): void {
  if (organization.controlPoliciesEnabled) return;
  throw new AwsError('PolicyTypeNotEnabledException', 'This operation can be performed only for enabled policy types.');
}

function checkName(organization: Organization, name: string): void {
  if (!/^.{1,128}$/s.test(name)) throw invalidInput('INVALID_PATTERN', 'You provided an invalid name.');
  if ([...organization.policies.values()].some((policy) => policy.name === name)) {
    throw new AwsError('DuplicatePolicyException', 'A policy with the same name already exists.');
  }
}

function checkContent(content: string) {
  if (content.length > LONGEST) {
    throw constraint(
      'POLICY_CONTENT_LIMIT_EXCEEDED',
      `You have exceeded the maximum policy size of ${LONGEST} characters.`,
    );
  }
  try {
    return parsePolicy(content, 'identity');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AwsError(
      'MalformedPolicyDocumentException',
      `The provided policy document does not meet the requirements of the specified policy type. ${why}`,
    );
  }
}

const describedRoot = ({ root, controlPoliciesEnabled }: Organization): sdk.Root => ({
  Id: root.id,
  Arn: root.arn,
  Name: root.name,
  PolicyTypes: controlPoliciesEnabled ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : [],
});
