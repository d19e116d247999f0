import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { metricUnits } from '../../shared/metrics.ts';
import { logicalIds, type PackagedTemplate, properties, readTemplate } from './template.ts';

let template: PackagedTemplate;
beforeAll(async () => {
  template = await readTemplate((await ensurePackaged()).template);
}, 120_000);

/** docs/facts.md#cloudwatch-prices */
const USD_A_MONTH = { alarm: 0.1, metric: 0.3, dashboard: 3 };
const FREE = { alarm: 10, metric: 10, dashboard: 3 };

it('docs/costs.md has what the alarms, metrics and the dashboard of the stack cost', async () => {
  const alarms = logicalIds(template, 'AWS::CloudWatch::Alarm');
  // AWS charges the metrics of an alarm; each has one.
  for (const id of alarms) expect(properties(template, id), id).not.toHaveProperty('Metrics');
  const have = {
    alarm: alarms.length,
    metric: Object.keys(metricUnits).length,
    dashboard: logicalIds(template, 'AWS::CloudWatch::Dashboard').length,
  };
  const usd = (beyond = { alarm: 0, metric: 0, dashboard: 0 }) =>
    (['alarm', 'metric', 'dashboard'] as const)
      .reduce((sum, one) => sum + Math.max(0, have[one] - beyond[one]) * USD_A_MONTH[one], 0)
      .toFixed(2);
  const page = await readFile(new URL('../../docs/costs.md', import.meta.url), 'utf8');
  const line = page.split('\n').find((one) => one.includes('alarms, metrics and the dashboard'));
  expect(line).toContain(`| ${usd()} |`);
  expect(line).toContain(
    `${have.alarm} alarms × 0.10 USD, ${have.metric} metrics × 0.30 USD, ${have.dashboard} dashboard × 3.00 USD`,
  );
  expect(line).toContain(`${usd(FREE)} where the free tier`);
  for (const other of ['README.md', 'docs/getting-started.md'])
    expect(await readFile(new URL(`../../${other}`, import.meta.url), 'utf8'), other).toContain(`${usd()} USD`);
});
