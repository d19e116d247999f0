import { relative } from 'node:path';
import { counted } from '../../../shared/counted.ts';
import { errorMessage } from '../../../shared/errors.ts';
import { openPolicy } from '../../../shared/policy/file/open.ts';
import type { PolicyProblem } from '../../../shared/policy/file/problems.ts';
import type { Policy, PolicyInForce } from '../../../shared/policy/policy.ts';
import { isAllowedName } from '../../../shared/records/names.ts';
import { type PolicyDifference, policyDifference } from '../../policy/difference.ts';
import type { ServiceSource } from '../../policy/services.ts';
import type { ParameterValues } from '../../stack/parameters.ts';
import { about, type DoctorCheck } from '../check.ts';
import { isOnlyBegun, type StackFacts } from './stack.ts';

export interface PolicyFacts {
  /** The policy file that would be deployed. */
  readonly file:
    | { readonly path: string; readonly policy: Policy; readonly warnings?: readonly PolicyProblem[] }
    | undefined;
  readonly deployed:
    | { readonly kind: 'none' | 'not-asked' }
    | PolicyInForceFacts
    | { readonly kind: 'unknown'; readonly reason: string };
}

interface PolicyInForceFacts {
  readonly kind: 'known';
  readonly inForce: PolicyInForce;
}

/**
 * @param isUsable whether the stack can be read; if not, another check reports why.
 * @throws PolicyFileError
 */
export async function askPolicy(
  { policyFile, policySource }: { readonly policyFile: string | undefined; policySource(): Promise<ServiceSource> },
  stack: StackFacts | undefined,
  isUsable: boolean,
): Promise<PolicyFacts> {
  const opened = policyFile === undefined ? undefined : await openPolicy(policyFile, undefined);
  const file =
    policyFile === undefined || opened === undefined
      ? undefined
      : { path: relative(process.cwd(), policyFile), policy: opened.policy, warnings: opened.warnings };
  if (stack !== undefined && (stack.kind === 'none' || isOnlyBegun(stack))) return { file, deployed: { kind: 'none' } };
  if (!isUsable) return { file, deployed: { kind: 'not-asked' } };
  try {
    return { file, deployed: { kind: 'known', inForce: await (await policySource()).inForce() } };
  } catch (error) {
    return { file, deployed: { kind: 'unknown', reason: errorMessage(error) } };
  }
}

/** Whether the stack can work by the policy file, and what a deployment does to the policy that is in force. */
export function judgePolicy(
  { file, deployed }: PolicyFacts,
  parameters: ParameterValues,
  account: string,
): readonly DoctorCheck[] {
  const check = about('policy', file?.path ?? 'no policy file');
  const inForce = deployed.kind === 'known' ? deployed.inForce : undefined;
  const unread =
    deployed.kind === 'unknown' ? [check.unknown(`the policy of the stack cannot be read: ${deployed.reason}`)] : [];
  if (file === undefined) {
    if (deployed.kind === 'not-asked') return [];
    if (inForce?.from !== 'file') return unread.length > 0 ? unread : [check.ok('the parameters say what is in scope')];
    return [
      check.warning(
        'the stack uses a policy file, and a deployment from here has none',
        'Put the file here as policy.yml, or name it in POLICY_FILE: "policy show --file" prints it. deploy refuses to drop it without --without-policy.',
      ),
    ];
  }
  const wrong = mismatches(file.policy, parameters, account);
  if (wrong.length > 0) return wrong.map(([evidence, text]) => check.missing(evidence, text));
  const { warnings = [] } = file;
  const leavable = warnings.map(({ line, message }) =>
    check.warning(
      `line ${line}: ${message}`,
      'Bind services by accounts or units where they must not leave the rule (docs/policy.md#checks-beyond-the-schema).',
    ),
  );
  if (unread.length > 0) return unread;
  const rules = counted(file.policy.rules.length, 'rule');
  return [
    check.ok(deployed.kind === 'not-asked' ? rules : `${rules}; ${comparison(file.policy, inForce)}`),
    ...leavable,
  ];
}

function comparison(policy: Policy, inForce: PolicyInForce | undefined): string {
  if (inForce === undefined) return 'the stack is not there yet';
  const { parts, owner }: PolicyDifference = policyDifference(inForce.policy, policy, [], 0);
  const rules = JSON.stringify(inForce.policy.rules) !== JSON.stringify(policy.rules) ? ['rules'] : [];
  const differing = [...rules, ...parts, ...(owner === undefined ? [] : ['owner'])];
  return differing.length === 0 ? 'deployed already' : `differs from the deployed policy in ${differing.join(', ')}`;
}

/** What keeps the functions from starting with this file, or from writing what it allows; each with its remedy. */
function mismatches(
  policy: Policy,
  parameters: ParameterValues,
  account: string,
): readonly (readonly [evidence: string, remedy: string])[] {
  const { owner, accounts, zones } = policy;
  const installation = parameters.value('Installation') ?? '';
  const others = accounts.kind === 'organization' || accounts.ids.some((id) => id !== account);
  const allowedZones = parameters.list('AllowedZones');
  const allowedNames = parameters.list('AllowedNames');
  const own = zones.filter(({ roleArn }) => roleArn === undefined);
  const closed = own.filter(({ id }) => !allowedZones.includes(id)).map(({ id }) => id);
  const names = [...new Set(own.flatMap((zone) => zone.allowedNames))].filter((name) => !isCovered(name, allowedNames));
  return [
    ...(owner === undefined || owner === installation
      ? []
      : [
          [
            `its owner is "${owner}", and the parameter Installation is "${installation}": no function starts`,
            `Deploy with --param Installation=${owner}, or remove the owner from the file.`,
          ] as const,
        ]),
    ...(others && (parameters.value('OrganizationId') ?? '') === ''
      ? [
          [
            'it has other accounts in scope, and OrganizationId is empty: no function starts',
            'Add --param OrganizationId=… and --param MemberExternalId=… (docs/organization.md).',
          ] as const,
        ]
      : []),
    // Lists that are too long for parameters are packaged from the file itself.
    ...(allowedZones.length > 0 && closed.length > 0
      ? [
          [
            `its zones ${closed.join(', ')} are not in AllowedZones: the roles cannot write them`,
            `Add them: --param AllowedZones=${[...allowedZones, ...closed].join(',')}.`,
          ] as const,
        ]
      : []),
    ...(allowedNames.length > 0 && names.length > 0
      ? [
          [
            `its names ${names.join(', ')} are not in AllowedNames: the roles cannot write them`,
            `Add them: --param 'AllowedNames=${[...allowedNames, ...names].join(',')}'.`,
          ] as const,
        ]
      : []),
  ];
}

/** `*.a.example.com` is covered by `*.a.example.com` and by `*.example.com`. */
const isCovered = (pattern: string, allowed: readonly string[]): boolean =>
  allowed.includes(pattern) || isAllowedName(pattern.replace(/^\*\./, 'x.'), allowed);
