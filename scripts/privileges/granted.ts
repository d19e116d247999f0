import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ensurePackaged } from '../../build/package.ts';
import { readStackSource } from '../../build/stack-source.ts';
import { kebab } from '../../test/installation/privileges.ts';
import { logicalIds, readTemplate, statements } from '../../test/stack/template.ts';

/** One action that a role of the packaged templates allows. */
export interface Grant {
  /** `reconcile`, or `read` of a member account. */
  readonly role: string;
  /** `apprunner:UpdateService` */
  readonly action: string;
}

/** Why an action is granted that no test uses. */
export interface UnusedReason {
  /** A role, or `*` for all. */
  readonly role: string;
  readonly actions: readonly string[];
  readonly reason: string;
}

/** Where the counted uses are kept, and where the reasons are written. */
export const USES_FILE = 'stack/privileges/uses.json';
export const REASONS_FILE = 'stack/privileges/unused.yml';

/** Everything that the packaged templates grant to roles, by role and action, each once. */
export async function grants(): Promise<readonly Grant[]> {
  const { template, memberTemplate, zonesTemplate, organizationTemplate } = await ensurePackaged();
  const all = new Map<string, Grant>();
  for (const path of [template, memberTemplate, zonesTemplate, organizationTemplate]) {
    const packaged = await readTemplate(path);
    for (const roleId of logicalIds(packaged, 'AWS::IAM::Role')) {
      const role = kebab(roleId.replace(/Role$/, ''));
      for (const { Effect, Action } of statements(packaged, roleId)) {
        if (Effect === 'Deny') continue;
        for (const action of Action) all.set(`${role} ${action}`, { role, action });
      }
    }
  }
  return [...all.values()].sort((a, b) => (`${a.role} ${a.action}` < `${b.role} ${b.action}` ? -1 : 1));
}

/** Uses by `<role> <action>`, as the last `npm run privileges` counted them. */
export async function countedUses(): Promise<Readonly<Record<string, number>>> {
  const text = await readFile(new URL(`../../${USES_FILE}`, import.meta.url), 'utf8');
  return z.record(z.string(), z.number()).parse(JSON.parse(text));
}

export function unusedReasons(): Promise<readonly UnusedReason[]> {
  return readStackSource(
    REASONS_FILE,
    z.array(z.strictObject({ role: z.string(), actions: z.array(z.string()).min(1), reason: z.string().min(1) })),
  );
}

/** Why a grant that no test uses is there. */
export function reasonFor({ role, action }: Grant, reasons: readonly UnusedReason[]): string | undefined {
  return reasons.find((one) => (one.role === '*' || one.role === role) && one.actions.includes(action))?.reason;
}

/**
 * What is wrong between what is granted, what was used, and the reasons:
 * granted without use or reason, used without a grant, and reasons for what is used or not granted.
 */
export function privilegeProblems(
  granted: readonly Grant[],
  uses: Readonly<Record<string, number>>,
  reasons: readonly UnusedReason[],
): readonly string[] {
  const keys = new Set(granted.map(({ role, action }) => `${role} ${action}`));
  const unexplained = granted
    .filter((grant) => uses[`${grant.role} ${grant.action}`] === undefined && reasonFor(grant, reasons) === undefined)
    .map(
      ({ role, action }) =>
        `${role} may ${action}, and no test uses it: take it away, or give the reason in ${REASONS_FILE}`,
    );
  const notGranted = Object.keys(uses)
    .filter((use) => !keys.has(use))
    .map((use) => `${use} was used and is not granted any more: run "npm run privileges"`);
  const stale = reasons.flatMap(({ role, actions }) =>
    actions
      .filter((action) => {
        const meant = granted.filter((grant) => grant.action === action && (role === '*' || role === grant.role));
        return !meant.some((grant) => uses[`${grant.role} ${grant.action}`] === undefined);
      })
      .map((action) => `${REASONS_FILE} explains ${role} ${action}, which is used or not granted: remove the reason`),
  );
  return [...unexplained, ...notGranted, ...stale];
}
