import { failureDefinitions } from '../../shared/sweep/failure.ts';
import { heldDefinitions } from '../../shared/sweep/guards.ts';
import { orphanDefinitions } from '../../shared/sweep/orphan.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

type Definitions = Readonly<
  Record<string, { readonly severity: string; readonly meaning: string; readonly remedy: string }>
>;

/** `docs/sweep.md`, from `shared/sweep/failure.ts` and `shared/sweep/orphan.ts`. */
export function sweepDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/sweep/ by "npm run docs". -->
# Sweeps

Events are hints, and some are lost. So a sweep compares everything in scope with the policy: on a schedule (\`SweepRate\`, by default
every 15 minutes), and on request.

## What it does

1. The function \`sweep\` enumerates the accounts (those of the policy, or those of the organization) and the regions, and
   sends one message for each account and region, so that a broken one stops no other. The first sweep of a day, and each sweep on
   request, also reads the hosted zones as a whole, to find orphaned records.
2. The function \`sweep-region\` takes the messages, several at a time (\`SweepConcurrency\`), and compares every service there with the policy: those
   that App Runner lists, those that have a row, and those that a connection belongs to. It makes the same plan as a reconciliation,
   with roles that can only read, and keeps the answer.
3. The last answer concludes the sweep. Services that are out of sync are reconciled, as after an event; the sweep itself writes
   nothing in any account. What it could not read is a failure of the sweep, and never counts as in sync.

The schedule starts no sweep while one runs, so a sweep may take longer than \`SweepRate\`. A request always starts one. The next sweep
concludes a sweep in which nothing has answered for 14 minutes (a message that was tried twice and lost): the missing answers are
\`not-answered\`. Sweeps are kept for thirty days.

When Organizations does not answer, this is a failure, and the sweep compares the accounts that are known without it: those of the
policy's networks, and those that have rows.

## How many calls it makes

Counted on the wire of the embedded cloud: three reads for each account and region, one for each service that is not
managed, and four of App Runner for each ready one, whatever its domains. In addition, for each VPC in use, three of EC2 and one
listing of zones by VPC. Of Route 53, one listing of zones for each account that has some, and each zone
[once for all](decisions/a-sweep-reads-zones-once.md): a call for every 300 records, or one or two for each service in it, whichever is
fewer. All of them share the [rate of Route 53](facts.md#route-53-request-rates), which bounds a large sweep: ten thousand ready services
in 800 regions of accounts take half a minute, if \`SweepConcurrency\` is 50. [performance.md](performance.md) has the figures.

## What it finds that events do not report

- **Lost events**: a service that differs from its tags or the policy, one without a row, a delayed message that never arrived, a
  service that was deleted unnoticed.
- **Another policy**: no event reports that other rules apply after a deployment, or that an exception has ended (finding
  \`exception-expired\`).
- **Drift**: connections of deleted services, certificates that will not be renewed (\`certificate-not-renewing\`), deleted or changed records:
  whatever the plan of a service finds (the codes are in [findings.md](findings.md)).
- **Orphans**, which belong to no service.

${table(['orphan', 'severity', 'meaning', 'what to do'], rows(orphanDefinitions))}

The stack deletes none of these.

## Failures

${table(['failure', 'severity', 'meaning', 'what to do'], rows(failureDefinitions))}

A failure is shown in the sweep, among the findings (\`GET /findings\`, \`findings --source sweep\`), in the metric \`SweepFailures\`
([metrics.md](metrics.md)), which has an alarm, and in the exit code of the command line, which is never 0.

## Limits

A policy has \`limits\` ([policy.md](policy.md)): how many services a sweep may change, and how many it may detach or release, as a
number or as a share of those that are managed. A sweep that would do more is **held**: it enqueues nothing and reports what it would do. The
alarm \`<stack>-held-sweep\` fires, and as long as it is the latest sweep that ended, it is among the findings.

${table(['finding', 'severity', 'meaning', 'what to do'], rows(heldDefinitions))}

Either

- correct the policy, and the next sweep stays within the limits; or
- confirm the sweep: \`POST /sweeps/{id}/confirm\`, or \`sweep confirm\`. Each service that was out of sync is then reconciled with a new
  plan. The sweep records who confirmed it.

The changes of a held sweep stay held: an event, a delayed message or a request makes a plan and reports it as the
finding \`audit\`, and executes nothing until the sweep is confirmed, or a later sweep ends within the limits. Services that only need a refresh of
their row are not held. A service that falls out of management, because its rule ignores it now or its account or region left the scope,
counts as detached. A service that was already being changed to the same desire does not count as a change. A service whose grace time would begin, because it has lost its tag, counts as detached:
the grace time ends without another sweep. Without a policy file there are no limits.

## The kill switch

Each reconciliation reads the SSM parameter \`/<stack>/kill-switch\` (output \`KillSwitchParameter\`) before its first write.
While it is \`off\`, tags and policy apply. Changing it needs no deployment, and a deployment keeps the value. A value that cannot be
read, or is neither of the two, counts as \`on\`.

| while it is on | |
| --- | --- |
| stops | every write of every reconciliation: to App Runner, EC2 and Route 53, in every account and region |
| finishes | a reconciliation that has begun to write (seconds) |
| continues | observing, planning, sweeps, findings (\`audit\` lists what is not done), rows, queues, metrics |
| continues | requests through the API and the command line: they write the tags \`private-ingress*\`, and their answers say in \`waitsFor\` that they are kept |
| is not stopped | what others do: owners of services, Terraform, CloudFormation, also \`deploy\` and \`remove\` |

When it is off again, the first sweep does what was kept (\`SweepRate\`), and an event or \`reconcile\` does it for one service at
once. \`remove\` cannot detach services while it is on.

\`\`\`sh
npm run cli -- kill-switch on
\`\`\`

## By hand

\`\`\`sh
npm run cli -- sweep                 # starts one, and waits until every region has answered
npm run cli -- sweep list
npm run cli -- sweep show latest     # what is out of sync, what failed, why it is held
npm run cli -- sweep confirm 20260131T235959Z-1a2b3c4d
\`\`\`

\`sweep\`, \`sweep show\` and \`sweep confirm\` exit with 0 when there is no failure and no orphan, with 1 when there is a
failure, and with 3 when the sweep is held or there are orphans. The API has \`POST /sweeps\`,
\`GET /sweeps\`, \`GET /sweeps/{id}\` and \`POST /sweeps/{id}/confirm\` ([api.md](api.md)).
`;
  return { path: 'docs/sweep.md', content };
}

function rows(definitions: Definitions): readonly (readonly string[])[] {
  return Object.entries(definitions).map(([code, { severity, meaning, remedy }]) => [
    `\`${code}\``,
    severity,
    meaning,
    remedy,
  ]);
}
