import type { z } from 'zod';
import { errorMessage, errorName } from '../errors.ts';
import type { Finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { TAG } from '../tags.ts';
import type { Accepted } from './answers.ts';
import type { ApiDependencies, DesiredPreview } from './dependencies.ts';
import { keptBy } from './kept.ts';
import { type ProblemError, RequestProblem } from './problems.ts';
import type { AttachRequest, adoptRequest } from './requests.ts';
import type { Input } from './route.ts';
import { notFound, pathOf, refuseOutOfScope, serviceAt } from './service.ts';
import type { servicePath } from './service-schemas.ts';
import { adoptTags, attachTags, changed, outstanding, type TagChanges, type Tags } from './tag-changes.ts';

type Asked<Body = unknown> = Input<z.output<typeof servicePath>, unknown, Body>;

/** What is asked by hand is written as tags, the loop is woken, and everything else follows as ever. */
export function attach(asked: Asked<AttachRequest>, dependencies: ApiDependencies): Promise<Accepted> {
  return change(asked, dependencies, {
    verb: 'attach',
    changes: () => attachTags(asked.body),
    leadsTo: ['private'],
    domains: asked.body.domains ?? [],
    zones: asked.body.zones ?? [],
    network:
      typeof asked.body.vpc === 'string' ? 'vpc' : typeof asked.body.endpoint === 'string' ? 'endpoint' : undefined,
  });
}

export function adopt(asked: Asked<z.output<typeof adoptRequest>>, dependencies: ApiDependencies): Promise<Accepted> {
  const { domains } = asked.body;
  return change(asked, dependencies, {
    verb: 'adopt',
    changes: (tags) => adoptTags(domains, tags),
    leadsTo: ['private'],
    domains,
    zones: [],
  });
}

export function detach(asked: Asked, dependencies: ApiDependencies): Promise<Accepted> {
  const changes = () => ({ [TAG]: 'disabled' });
  return change(asked, dependencies, {
    verb: 'detach',
    changes,
    leadsTo: ['detached', 'unmanaged'],
    domains: [],
    zones: [],
  });
}

export function release(asked: Asked, dependencies: ApiDependencies): Promise<Accepted> {
  const changes = () => ({ [TAG]: 'released' });
  return change(asked, dependencies, { verb: 'release', changes, leadsTo: ['released'], domains: [], zones: [] });
}

/** No tag is written. Also for a service that is gone: something of it may be left. */
export async function reconcileNow(
  { params, caller, requestId }: Asked,
  dependencies: ApiDependencies,
): Promise<Accepted> {
  const service = serviceAt(params);
  await refuseOutOfScope(service, dependencies);
  const row = await dependencies.store.get(service.arn);
  if (row === undefined && (await dependencies.observe(service)).kind === 'deleted') throw notFound(service, row);
  await dependencies.serviceIndex.noteRequest(service.arn, {
    at: dependencies.now(),
    by: caller,
    what: 'requested a reconciliation',
  });
  return wake(service, 'reconcile', { set: {}, removed: [] }, requestId, dependencies);
}

interface Intent {
  readonly verb: Exclude<Accepted['asked'], 'reconcile'>;
  /** @throws RequestProblem for what cannot be written as a tag. */
  changes(tags: Tags): TagChanges;
  /** What has to come of it, or it is not written. */
  readonly leadsTo: readonly Desired['kind'][];
  /** As they were given, to point at. */
  readonly domains: readonly string[];
  readonly zones: readonly string[];
  /** The member that names a VPC or an endpoint, which must be there. */
  readonly network?: 'vpc' | 'endpoint' | undefined;
}

async function change(
  { params, caller, requestId }: Asked,
  dependencies: ApiDependencies,
  intent: Intent,
): Promise<Accepted> {
  const service = serviceAt(params);
  await refuseOutOfScope(service, dependencies);
  const row = await dependencies.store.get(service.arn);
  const present = await dependencies.observe(service);
  if (present.kind === 'deleted') throw notFound(service, row);
  const changes = intent.changes(present.tags);
  const [now, then] = await Promise.all([
    dependencies.previewDesired(service, present.tags, row),
    dependencies.previewDesired(service, changed(present.tags, changes), row),
  ]);
  refuseForbidden(intent, now, then);
  await refuseMissingNetwork(service, intent, then, dependencies);
  const tags = outstanding(present.tags, changes);
  await write(service, caller, intent, tags, dependencies);
  return wake(service, intent.verb, tags, requestId, dependencies);
}

/** The planner's own findings, before anything is written. */
function refuseForbidden({ verb, leadsTo, domains, zones }: Intent, now: DesiredPreview, then: DesiredPreview): void {
  const { desired, findings } = then.desire;
  if (!leadsTo.includes(desired.kind)) {
    const problem = verb === 'adopt' ? 'not-attached' : 'policy-decides';
    const because = findings.map(({ message }) => ` ${message}`).join('');
    throw new RequestProblem(problem, `The service would be "${desired.kind}", not "${leadsTo[0]}".${because}`);
  }
  const known = new Set(now.desire.findings.map(({ id }) => id));
  const isOfDomain = (finding: Finding, domain: string) => finding.domain === domain.toLowerCase().replace(/\.$/, '');
  const errors: ProblemError[] = findings
    .filter(({ severity }) => severity === 'error')
    .flatMap((finding) => {
      const index = domains.findIndex((domain) => isOfDomain(finding, domain));
      const { code, message, remedy } = finding;
      const said = { detail: `${code}: ${message} ${remedy}` };
      if (index >= 0) return [{ pointer: `#/domains/${index}`, ...said }];
      // Problems that existed before and do not concern this request do not block it.
      return known.has(finding.id) ? [] : [{ pointer: '#', ...said }];
    });
  const allowed = then.rules.allowedZones.map(({ id }) => id);
  for (const [index, zone] of zones.entries()) {
    if (allowed.includes(zone)) continue;
    const detail = `zone-not-allowed: ${zone} is not one of ${allowed.join(', ')}`;
    errors.push({ pointer: `#/zones/${index}`, detail });
  }
  if (errors.length > 0) {
    throw new RequestProblem('not-allowed', errors.map(({ detail }) => detail).join(' '), { errors });
  }
}

/** The plan would report it and wait for a person: better before a tag is written. */
async function refuseMissingNetwork(
  service: ServiceIdentity,
  { network }: Intent,
  then: DesiredPreview,
  dependencies: ApiDependencies,
): Promise<void> {
  const missing = network === undefined ? undefined : await dependencies.missingNetwork(service, then);
  if (missing === undefined) return;
  const { code, message } = missing;
  const [member, command] =
    code === 'vpc-not-found' ? (['vpc', 'describe-vpcs'] as const) : (['endpoint', 'describe-vpc-endpoints'] as const);
  const errors = [{ pointer: `#/${member}`, detail: `${code}: ${message}` }];
  const remedy = `Name one that is there: "aws ec2 ${command} --region ${service.region}" lists those of the account ${service.account}.`;
  throw new RequestProblem('network-not-found', `${code}: ${message}`, { errors, remedy });
}

/** Records the caller before anything is written, and the refusal of AWS, if any. */
async function write(
  { arn, ...service }: ServiceIdentity,
  by: string,
  { verb }: Intent,
  { set, removed }: Accepted['tags'],
  { serviceIndex, taggerFor, now }: ApiDependencies,
): Promise<void> {
  const said = [...Object.entries(set).map(([key, value]) => `${key}=${value}`), ...removed.map((key) => `no ${key}`)];
  const what = `requested ${verb}: ${said.length === 0 ? 'its tags are so already' : said.join(', ')}`;
  await serviceIndex.noteRequest(arn, { at: now(), by, what });
  const tagger = taggerFor({ arn, ...service });
  try {
    // Set before removed: in between, a name that moves from one tag to another is in both, never in none.
    if (Object.keys(set).length > 0) await tagger.set(arn, set);
    if (removed.length > 0) await tagger.remove(arn, removed);
  } catch (error) {
    const failed = `could not ${verb}: ${errorName(error)}: ${errorMessage(error)}`;
    await serviceIndex.noteRequest(arn, { at: now(), by, what: failed });
    throw error;
  }
}

async function wake(
  service: ServiceIdentity,
  asked: Accepted['asked'],
  tags: Accepted['tags'],
  requestId: string,
  dependencies: ApiDependencies,
): Promise<Accepted> {
  await dependencies.store.markDirty(service.arn);
  await dependencies.queue.send({ serviceArn: service.arn, fresh: true, correlation: `request/${requestId}` });
  return { service: service.arn, asked, tags, watch: pathOf(service), ...(await keptBy(dependencies, service)) };
}
