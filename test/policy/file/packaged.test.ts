import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsError } from '../../../shared/errors.ts';
import { loadPolicy } from '../../../shared/policy/file/packaged.ts';
import { parsePolicy } from '../../../shared/policy/file/parse.ts';
import { policyOfParameters } from '../../../shared/policy/parameters.ts';
import { parseRuleSettings } from '../../../shared/settings.ts';
import { START } from '../../fixtures.ts';
import { completed, parts } from './valid.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settingsOf = (installation: string, inOrganization = true) =>
  parseRuleSettings({
    MEMBER_ROLE_PREFIX: inOrganization ? 'apprunner-private-ingress-main' : '',
    INSTALLATION: installation,
    ALLOWED_ZONES: 'Z1',
    ALLOWED_NAMES: '*.example.com',
    HUB_ACCOUNT: '123456789012',
    AWS_REGION: 'eu-west-1',
  });
const packaged = async (text?: string) => {
  const file = join(folder, 'policy.json');
  if (text !== undefined) await writeFile(file, text);
  return pathToFileURL(file);
};
const hub = { account: '123456789012', region: 'eu-west-1' };

describe('the policy of a function', () => {
  it('is the one packaged beside it', async () => {
    const { policy, document } = parsePolicy(completed(''), 'policy.yml', START);
    const file = await packaged(JSON.stringify(document));
    expect(loadPolicy(settingsOf('platform'), hub, file)).toEqual(policy);
  });

  it('is that of the parameters where none is', async () => {
    const settings = settingsOf('platform');
    expect(loadPolicy(settings, hub, await packaged())).toEqual(policyOfParameters(settings, hub));
    // The sources have none beside them.
    expect(loadPolicy(settings)).toMatchObject({ accounts: { ids: ['123456789012'] } });
  });

  it('has to be of the same owner as the stack', async () => {
    const file = await packaged(JSON.stringify(parsePolicy(completed(''), 'policy.yml', START).document));
    const load = () => loadPolicy(settingsOf('other'), hub, file);
    expect(load).toThrow(SettingsError);
    expect(load).toThrow(/owner is "platform".*Installation is "other"/);
  });

  it('need not name the owner', async () => {
    const { document } = parsePolicy(completed('').replace('owner: platform\n', ''), 'policy.yml', START);
    const loaded = loadPolicy(settingsOf('other'), hub, await packaged(JSON.stringify(document)));
    expect(loaded.owner).toBeUndefined();
  });

  it.each([
    ['listed', completed('')],
    ['listed beside its own', completed('accounts: ["123456789012", "222222222222"]\nnetworks: []\n')],
    ['of an organisation', completed('organization: {}\n').replace(parts.accounts, '')],
  ])('with other accounts in scope (%s) needs an organisation: they would be taken for the hub', async (_, text) => {
    const file = await packaged(JSON.stringify(parsePolicy(text, 'policy.yml', START).document));
    expect(() => loadPolicy(settingsOf('platform', false), hub, file)).toThrow(/OrganizationId is empty/);
    expect(loadPolicy(settingsOf('platform'), hub, file)).toMatchObject({ owner: 'platform' });
  });

  it('with only the own account in scope needs none', async () => {
    const own = completed('accounts: ["123456789012"]\nnetworks: []\n');
    const file = await packaged(JSON.stringify(parsePolicy(own, 'policy.yml', START).document));
    expect(loadPolicy(settingsOf('platform', false), hub, file)).toMatchObject({ owner: 'platform' });
  });

  it('that cannot be read stops the function', () => {
    expect(() => loadPolicy(settingsOf('platform'), hub, pathToFileURL(folder))).toThrow(SettingsError);
  });

  it.each([
    ['no JSON', 'version: 1'],
    ['not a policy', '{"version":1}'],
  ])('that is %s stops the function', async (_, text) => {
    const file = await packaged(text);
    const load = () => loadPolicy(settingsOf('platform'), hub, file);
    expect(load).toThrow(SettingsError);
    expect(load).toThrow(/policy\.json is not a policy.*npm run policy -- check/s);
  });
});
