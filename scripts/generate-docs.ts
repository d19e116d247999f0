import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiDocument } from './docs/api.ts';
import { apiErrorsDocument } from './docs/api-errors.ts';
import { behaviourDocument } from './docs/behaviour.ts';
import { cliDocument } from './docs/cli.ts';
import type { GeneratedDocument } from './docs/document.ts';
import { embeddedCloudDocument } from './docs/embedded-cloud.ts';
import { eventsDocument } from './docs/events.ts';
import { factsDocument, fidelityDocument, unverifiedDocument } from './docs/facts.ts';
import { findingsDocument } from './docs/findings.ts';
import { lifecycleEventsDocument, lifecycleSchemaDocument } from './docs/lifecycle-events.ts';
import { logsDocument } from './docs/logs.ts';
import { metricsDocument } from './docs/metrics.ts';
import { notificationsDocument } from './docs/notifications.ts';
import { openApiDocument } from './docs/openapi.ts';
import { memberParametersDocument, parametersDocument } from './docs/parameters.ts';
import { policyDocument, policySchemaDocument } from './docs/policy.ts';
import { privilegesDocument } from './docs/privileges.ts';
import { reliabilityDocument } from './docs/reliability.ts';
import { sweepDocument } from './docs/sweep.ts';
import { tagsDocument } from './docs/tags.ts';

/** Every generated page: to add one, write its function and name it here. `npm run check` names stale pages. */
const documents: readonly (() => GeneratedDocument | Promise<GeneratedDocument>)[] = [
  apiDocument,
  apiErrorsDocument,
  behaviourDocument,
  cliDocument,
  embeddedCloudDocument,
  eventsDocument,
  factsDocument,
  fidelityDocument,
  findingsDocument,
  lifecycleEventsDocument,
  lifecycleSchemaDocument,
  logsDocument,
  memberParametersDocument,
  metricsDocument,
  notificationsDocument,
  openApiDocument,
  parametersDocument,
  policyDocument,
  policySchemaDocument,
  privilegesDocument,
  reliabilityDocument,
  sweepDocument,
  tagsDocument,
  unverifiedDocument,
];

const root = fileURLToPath(new URL('..', import.meta.url));
const onlyCheck = process.argv.includes('--check');

for (const { path, content } of await Promise.all(documents.map((document) => document()))) {
  const file = join(root, path);
  if (existsSync(file) && (await readFile(file, 'utf8')) === content) continue;
  if (onlyCheck) {
    console.error(`${path} is stale: run "npm run docs".`);
    process.exitCode = 1;
  } else {
    await writeFile(file, content);
    console.log(`${path} written`);
  }
}
