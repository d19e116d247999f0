import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { checkLimits, LimitError } from '../../build/templates/limits.ts';

const SERVICE = 'apprunner-private-ingress';

let texts: Readonly<Record<string, string>>;

beforeAll(async () => {
  const { template, memberTemplate, zonesTemplate, organizationTemplate } = await ensurePackaged();
  const files = { hub: template, member: memberTemplate, zones: zonesTemplate, organization: organizationTemplate };
  const read = Object.entries(files).map(async ([name, file]) => [name, await readFile(file, 'utf8')] as const);
  texts = Object.fromEntries(await Promise.all(read));
}, 120_000);

/** The templates as another stage makes them. */
function check(stage: string): void {
  const ofStage = Object.entries(texts).map(([name, text]): [string, unknown] => [
    name,
    JSON.parse(text.replaceAll(`${SERVICE}-main`, `${SERVICE}-${stage}`)),
  ]);
  checkLimits(Object.fromEntries(ofStage), `${SERVICE}-${stage}`, stage);
}

describe('the stage', () => {
  it('may have 13 characters, which every name has room for', () => {
    expect(() => check('main')).not.toThrow();
    expect(() => check('s'.repeat(13))).not.toThrow();
  });

  it('is refused when a name gets too long, with the longest that fits', () => {
    expect(() => check('s'.repeat(14))).toThrow(LimitError);
    expect(() => check('s'.repeat(14))).toThrow(
      /operation-status: 65 characters, and AWS allows 64\n(?:.+\n)*The stage "s{14}" has 14 characters\. The longest stage that fits has 13\.$/,
    );
    expect(() => check('s'.repeat(40))).toThrow(/The longest stage that fits has 13\.$/);
  });

  it('is checked in the templates of the other accounts as well', () => {
    expect(() => check('s'.repeat(14))).toThrow(/member: Resources\/ForwardOperationStatus\/Properties\/Name/);
  });
});

it('is checked before anything is built', async () => {
  await expect(ensurePackaged({ arguments: ['--stage', 's'.repeat(14)] })).rejects.toThrow(
    /ForwardOperationStatus.*65 characters, and AWS allows 64\n.*The longest stage that fits has 13\.$/,
  );
});
