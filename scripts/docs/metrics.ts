import { z } from 'zod';
import { readStackSource } from '../../build/stack-source.ts';
import { metricDefinitions } from '../../shared/metrics.ts';
import type { GeneratedDocument } from './document.ts';
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
call. The alarms of the stack also watch metrics of Lambda and SQS: errors, the dead-letter queue, the age of the oldest message.

${table(
  ['metric', 'unit', 'meaning', 'how to read it'],
  Object.entries(metricDefinitions).map(([name, { unit, meaning, read }]) => [`\`${name}\``, unit, meaning, read]),
)}
`;
  return { path: 'docs/metrics.md', content };
}
