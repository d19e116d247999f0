import { z } from 'zod';
import { readStackSource } from '../../build/stack-source.ts';
import { metricUnits } from '../../shared/metrics.ts';
import type { GeneratedDocument } from './document.ts';
import { metricMeanings } from './metric-meanings.ts';
import { table } from './table.ts';

const stackSchema = z.object({
  provider: z.object({ environment: z.object({ POWERTOOLS_METRICS_NAMESPACE: z.string() }) }),
});

/** `docs/metrics.md`, from `shared/metrics.ts` and the namespace in `serverless.yml`. */
export async function metricsDocument(): Promise<GeneratedDocument> {
  const { POWERTOOLS_METRICS_NAMESPACE: namespace } = (await readStackSource('serverless.yml', stackSchema)).provider
    .environment;
  const content = `<!-- Generated from shared/metrics.ts and serverless.yml by "npm run docs". -->
# Metrics

CloudWatch metrics in the namespace \`${namespace}\`, dimension \`service\` = the name of the stack
(\`apprunner-private-ingress-<stage>\`). The functions write them into their logs (embedded metric format), so they cost no
call. The alarms of the stack also watch metrics of Lambda, SQS and API Gateway; [runbook.md](runbook.md) has a page for each alarm, and
the dashboard that has the name of the stack shows them all.

${table(
  ['metric', 'unit', 'meaning', 'how to read it'],
  Object.entries(metricMeanings).map(([name, { meaning, read }]) => [
    `\`${name}\``,
    metricUnits[name as keyof typeof metricUnits],
    meaning,
    read,
  ]),
)}
`;
  return { path: 'docs/metrics.md', content };
}
