import type { KillSwitch } from '../../../shared/reconcile/kill-switch.ts';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';

/** @param killSwitch of the stack that is there; `name`: its SSM parameter. */
export async function checkKillSwitch(killSwitch: KillSwitch, name: string, region: string): Promise<DoctorCheck> {
  const check = about('kill-switch', name);
  const block = await killSwitch();
  if (block === undefined) return check.ok('is off: tags and policy apply');
  if (block.isTransient) return check.unknown(block.reason, 'Ask again with credentials that may read it.');
  return check.warning(
    `${block.reason}: reconciliations write nothing, in every account`,
    'Turn it off once what it was turned on for is over: "kill-switch off", or',
    awsCommand('ssm put-parameter', { name, value: 'off', overwrite: true, region }),
  );
}
