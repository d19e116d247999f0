import {
  type EvaluationResult,
  GetRoleCommand,
  type IAMClient,
  paginateSimulatePrincipalPolicy,
} from '@aws-sdk/client-iam';
import { errorMessage, errorName } from '../../../shared/errors.ts';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';
import type { NeededActions } from '../deployment-actions.ts';

/** One action on one resource that is not allowed, and what does not allow it. */
export interface Denied {
  readonly action: string;
  readonly resource: string;
  /** `conditions`: a policy has conditions on context that the simulation lacks, so it may be allowed after all. */
  readonly by: 'no-policy' | 'explicit-deny' | 'boundary' | 'organization' | 'conditions';
}

export type PermissionFacts =
  | { readonly kind: 'root' }
  /** Whose policies cannot be simulated at all. */
  | { readonly kind: 'not-simulated'; readonly why: string }
  | {
      readonly kind: 'simulated';
      /** The role or user whose policies were simulated. */
      readonly principal: string;
      readonly denied: readonly Denied[];
      readonly asked: number;
    };

/** Simulates with IAM which of the actions the caller may do. */
export async function askPermissions(
  client: IAMClient,
  callerArn: string,
  region: string,
  needed: readonly NeededActions[],
): Promise<PermissionFacts> {
  if (/:root$/.test(callerArn)) return { kind: 'root' };
  const principal = await principalOf(client, callerArn);
  if (principal === undefined) return { kind: 'not-simulated', why: `${callerArn} is neither a role nor a user` };
  const context = (name: string, value: string) => ({
    ContextKeyName: name,
    ContextKeyType: 'string' as const,
    ContextKeyValues: [value],
  });
  const results: EvaluationResult[] = [];
  try {
    for (const { actions, resources } of needed) {
      const pages = paginateSimulatePrincipalPolicy(
        { client },
        {
          PolicySourceArn: principal,
          ActionNames: [...actions],
          ResourceArns: [...resources],
          ContextEntries: [
            context('aws:RequestedRegion', region),
            context('iam:PassedToService', 'lambda.amazonaws.com'),
          ],
        },
      );
      for await (const { EvaluationResults = [] } of pages) results.push(...EvaluationResults);
    }
  } catch (error) {
    return { kind: 'not-simulated', why: `${errorName(error)}: ${errorMessage(error)}` };
  }
  return { kind: 'simulated', principal, denied: results.flatMap(denied), asked: results.length };
}

/** The role of a context, or the user. A context's ARN leaves out the path of its role (documented). */
async function principalOf(client: IAMClient, callerArn: string): Promise<string | undefined> {
  if (/^arn:[^:]+:iam::\d+:user\//.test(callerArn)) return callerArn;
  const [, partition, account, roleName] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(callerArn) ?? [];
  if (roleName === undefined) return undefined;
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: roleName }));
    return Role?.Arn;
  } catch {
    return `arn:${partition}:iam::${account}:role/${roleName}`;
  }
}

function denied(result: EvaluationResult): readonly Denied[] {
  if (result.EvalDecision === 'allowed') return [];
  const by =
    result.OrganizationsDecisionDetail?.AllowedByOrganizations === false
      ? 'organization'
      : result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false
        ? 'boundary'
        : result.EvalDecision === 'explicitDeny'
          ? 'explicit-deny'
          : (result.MissingContextValues ?? []).length > 0
            ? 'conditions'
            : 'no-policy';
  return [{ action: result.EvalActionName ?? '', resource: result.EvalResourceName ?? '', by }];
}

/** Who has to change what, if an Allow of one's own does not help. */
const limits: Readonly<
  Record<'organization' | 'boundary' | 'explicit-deny', { readonly limit: string; readonly text: string }>
> = {
  organization: { limit: 'a service control policy', text: "Ask the organisation's administrators." },
  boundary: { limit: 'the permissions boundary', text: "Ask the account's administrators." },
  'explicit-deny': { limit: 'a Deny statement', text: 'Remove it, or narrow it.' },
};

/** Whether the caller may deploy. */
export function judgePermissions(
  facts: PermissionFacts,
  callerArn: string,
  unknownTypes: readonly string[],
): readonly DoctorCheck[] {
  const check = about('permissions', callerArn);
  if (facts.kind === 'root') {
    return [check.ok("the account's root user: only service control policies can deny it anything; a role is safer")];
  }
  if (facts.kind === 'not-simulated') {
    return [
      check.unknown(
        `cannot check whether the caller may deploy: ${facts.why}`,
        'Allow the caller iam:SimulatePrincipalPolicy on itself, or deploy and see.',
      ),
    ];
  }
  const certain = facts.denied.filter(({ by }) => by !== 'conditions');
  const doubtful = facts.denied.filter(({ by }) => by === 'conditions');
  const unknownTags = unknownTypes.map((type) =>
    about('permissions', type).unknown('this version does not know which rights it needs'),
  );
  if (certain.length > 0) return [...judgeDenied(certain, facts.principal, callerArn), ...unknownTags];
  if (doubtful.length > 0) {
    const actions = distinct(doubtful.map(({ action }) => action));
    const evidence = `policies allow ${actions.join(', ')} under conditions that a simulation cannot know`;
    return [check.unknown(evidence, 'Deploy and see.'), ...unknownTags];
  }
  return [check.ok(`${facts.asked} simulated calls are all allowed`), ...unknownTags];
}

function judgeDenied(certain: readonly Denied[], principal: string, callerArn: string): readonly DoctorCheck[] {
  return [...Map.groupBy(certain, ({ by }) => by)].map(([by, all]) => {
    const actions = distinct(all.map(({ action }) => action)).sort();
    const check = about('permissions', callerArn);
    const evidence = `may not ${actions.join(', ')}`;
    if (by === 'conditions') return check.unknown(evidence);
    if (by !== 'no-policy') return check.missing(`${evidence}, because of ${limits[by].limit}`, limits[by].text);
    return check.missing(
      `${evidence}: no policy allows it`,
      'Allow it, with credentials that may.',
      allowing(principal, actions, distinct(all.map(({ resource }) => resource))),
    );
  });
}

function allowing(principal: string, actions: readonly string[], resources: readonly string[]): string {
  const [kind = 'role', ...path] = principal.split(':').slice(5).join(':').split('/');
  // The last letters of what CloudFormation names are not known yet.
  const Resource = resources.map((arn) => arn.replace(/-x{12}/, '-*'));
  return awsCommand(`iam put-${kind}-policy`, {
    [`${kind}-name`]: path.at(-1) ?? '',
    'policy-name': 'private-ingress-deployment',
    'policy-document': { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource }] },
  });
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
