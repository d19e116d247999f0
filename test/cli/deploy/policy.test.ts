import { expect, test } from 'vitest';
import { start } from '../../installation/worlds.ts';
import { rule } from '../../policy/builders.ts';
import { deskAt } from '../embedded-desk.ts';

test('deploy over a policy file, without one, shows the services that change hands and stops; --without-policy continues and keeps the parameters', async () => {
  const world = await start();
  world.deployPolicy({ rules: [rule({ name: 'production', match: { tags: { stage: 'prod' } }, mode: 'audit' })] });
  const arn = await world.createService('hello', { stage: 'prod' });
  await world.until(arn, 'blocked');
  const type = await deskAt(world);

  const refused = await type(['deploy', '--dry-run']);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('Policy: from the policy file to the parameters\n');
  expect(refused.stderr).toContain(
    `${arn}\n  - required (audit) by the rule "production"\n  + by-tag by the rule "tagged services"\n`,
  );
  expect(refused.stderr).toContain('1 of 1 service would change hands.');
  expect(refused.stdout).toContain('pass --without-policy.');
  expect(refused.stderr).toContain('warning  policy');

  const shown = await type(['deploy', '--dry-run', '--without-policy']);
  expect(shown.code).toBe(0);
  expect(shown.stderr).toMatch(/Parameters that the stack keeps: .*AdoptAllowed=true AllowedVpcs=\* VpcId=vpc-/);
  expect(shown.stdout).not.toContain('Environment');
});
