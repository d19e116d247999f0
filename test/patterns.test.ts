import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { INSTALLATION_NAME, REGION, VPC_ID, ZONE_ID } from '../shared/patterns.ts';

/** Empty: the stack names the installation. */
const nameOrNone = INSTALLATION_NAME.source.replace('{1,', '{0,');

/** CloudFormation takes no import, so the templates repeat the patterns. */
test.each([
  ['stack/parameters.yml', 'Installation', nameOrNone],
  ['stack/parameters.yml', 'AllowedZones', ZONE_ID.source],
  ['stack/parameters.yml', 'VpcId', `^$|${VPC_ID.source}`],
  ['stack/member/template.yml', 'Installation', nameOrNone],
  ['stack/member/template.yml', 'HubRegion', REGION.source],
  ['stack/member/template.yml', 'HomeRegion', REGION.source],
])('%s repeats the pattern of %s', async (file, parameter, source) => {
  const text = await readFile(new URL(`../${file}`, import.meta.url), 'utf8');
  const pattern = new RegExp(`^ *${parameter}:\\n(?: +.*\\n)*? +AllowedPattern: ["'](.*)["']$`, 'm').exec(text)?.[1];
  expect(pattern).toBe(source);
});

describe('a region', () => {
  test.each(['ap-northeast-1', 'us-east-1', 'mx-central-1', 'eu-west-3'])('%s', (name) => expect(name).toMatch(REGION));
  test.each(['tokyo', 'ap-northeast', 'ap-notheast-1', 'AP-NORTHEAST-1', 'ap-northeast-1a'])('not %s', (name) =>
    expect(name).not.toMatch(REGION),
  );
});
