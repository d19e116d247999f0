import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedCloud } from 'apprunner-embedded-cloud';
import { STACK_NAME } from '../../demo/product-stack.ts';

/** Uses by role and action, of all clouds that this module has seen: a process may load it anew for the next file of tests. */
const uses = new Map<string, number>();
const FILE = `${randomUUID()}.json`;

/**
 * Counts the permissions that roles of the stack use, if `PRIVILEGES_FOLDER` names a folder. Each instance of this module keeps a
 * file there, `{"<role> <action>": uses}`; `npm run privileges` adds them up.
 */
export function recordPrivileges(cloud: EmbeddedCloud): void {
  const folder = process.env.PRIVILEGES_FOLDER;
  if (folder === undefined) return;
  cloud.iam.observe((principal, permissions) => {
    const role = principal.kind === 'role' ? roleLabel(principal.roleName) : undefined;
    if (role === undefined) return;
    for (const { action } of permissions) {
      const use = `${role} ${action}`;
      uses.set(use, (uses.get(use) ?? 0) + 1);
    }
  });
}

/** Writes what has been counted so far. */
export function keepPrivileges(): void {
  const folder = process.env.PRIVILEGES_FOLDER;
  if (folder !== undefined) {
    writeFileSync(join(folder, FILE), JSON.stringify(Object.fromEntries(uses)));
  }
}

/**
 * The label of a role of the stack or of a member's stack, by its name:
 *
 *     <stack>-ReconcileRole-1A2B3C   named by CloudFormation   reconcile
 *     <stack>-sweep-region           named by the template     sweep-region
 */
export function roleLabel(roleName: string): string | undefined {
  const [, logicalId] = /-([A-Z][A-Za-z]+)Role-[A-Z0-9]+$/.exec(roleName) ?? [];
  if (logicalId !== undefined) return kebab(logicalId);
  return roleName.startsWith(`${STACK_NAME}-`) ? roleName.slice(STACK_NAME.length + 1) : undefined;
}

/** `SweepRegion` → `sweep-region` */
export function kebab(logicalId: string): string {
  return logicalId.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
