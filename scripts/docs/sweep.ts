import { failureDefinitions } from '../../shared/sweep/failure.ts';
import { orphanDefinitions } from '../../shared/sweep/orphan.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

type Definitions = Readonly<
  Record<string, { readonly severity: string; readonly meaning: string; readonly remedy: string }>
>;

/** `docs/sweep.md`, from `shared/sweep/failure.ts` and `shared/sweep/leftover.ts`. */
export function sweepDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/sweep/ by "npm run docs". -->
# Sweeps

Events are hints, and some never come. So everything that is looked after is compared with the policy again and again: by
schedule (\`SweepRate\`, by default every 15 minutes), and whenever somebody asks for it.

## What it does

1. The function \`sweep\` enumerates the accounts (those the policy lists, or those of the organisation) and the regions, and
   sends one message for each account and region, so that a broken one stops no other. Hosted zones are read through too, for
   records left behind: in the first sweep of a day, and in each one asked for by hand.
2. The function \`sweep-region\` takes the messages, five at a time, and compares every service there with the policy: what
   App Runner lists, what is known from before, and what a connection leads to. It makes the same plan that the loop would,
   by roles that can only read, and keeps the answer.
3. The last answer concludes the sweep. What differs is looked at by the loop, like after an event; the sweep itself writes
   nothing in any account. What could not be looked at is a failure of the sweep, and never counts as looked at and right.

By schedule none begins while one is under way, so one may take longer than \`SweepRate\`; by hand one always does. A sweep
in which nothing has answered for 14 minutes (a message that is tried twice and lost) is concluded by the next one that
begins: what did not answer is \`not-answered\`. Sweeps are kept for thirty days.

When Organizations does not answer, that is a failure, and the accounts that are known without it are compared: those of the
policy's networks, and those of which something is noted.

## How much it asks

Counted on the wire of the embedded cloud: three reads for each account and region, one for each service that nobody asks to be
private, and seven for each ready one with one domain, two of them of Route 53; besides, for each VPC in use, three of EC2 and one
listing of zones by VPC, with one listing more for each account that holds zones. Route 53's rate is shared by all
(10 calls a second and account, D), so it is what bounds a large sweep: a thousand ready services want more than 200 seconds.
With several hundred accounts, or thousands of services, give \`SweepRate\` an hour: events do the daily work.

## What it finds that events never told

- **Lost events**: a service that is not as its tags or the policy say, one that nothing is known of yet, a look that never
  came back, a service that was deleted unnoticed.
- **Another policy**: after a deployment no event says that other rules hold now. So it is with an exception whose last day
  is over (finding \`exception-expired\`).
- **Connections left behind** by services that are gone, certificates that will not be renewed
  (\`certificate-not-renewing\`), records that somebody changed: whatever the plan of a service tells (the codes are in
  [findings.md](findings.md)).
- **What belongs to no service any more**, below.

${table(['left over', 'severity', 'meaning', 'what to do'], rows(orphanDefinitions))}

Nothing of that is deleted by itself.

## What could not be looked at

${table(['failure', 'severity', 'meaning', 'what to do'], rows(failureDefinitions))}

A failure is in the sweep, among the findings (\`GET /findings\`, \`findings --source sweep\`), in the metric \`SweepFailures\`
([metrics.md](metrics.md)), whose alarm rises when it stays, and in the exit code of the command line: never 0.

## Guards

A policy has \`limits\` ([policy.md](policy.md)): how many services a sweep may change, and how many give back, as a number or
as a share of those that are managed. A sweep that would do more is **held**: nothing is looked at, and it says what it wanted.
The alarm \`<stack>-held-sweep\` rises. Then either

- the policy is put right, and the next sweep wants less; or
- somebody confirms it: \`POST /sweeps/{id}/confirm\`, or \`sweep confirm\`. Each service that differs is then looked at anew,
  so that what is done is what is right at that moment. Who confirmed it is kept with the sweep.

A held sweep holds what it found, and nothing else: a service whose own event comes is looked at as ever. What a service was
already doing when the sweep looked (the same desire, seen to) is not counted as a change. A service whose grace time would
begin, because it has lost its tag, counts as given back: the grace time ends without another sweep. Without a policy file
there are no limits.

## The kill switch

Each reconciliation reads the SSM parameter \`/<stack>/kill-switch\` (output \`KillSwitchParameter\`) before its first write.
While it is \`on\`, plans are made and reported and nothing is written in any account, whatever tags and policy say. While it is
\`off\`, tags and policy apply. Changing it needs no deployment, and a deployment keeps the value. A value that cannot be read,
or is neither of the two, blocks all writes. The API still writes the requested tags, and the stack follows them when the
switch is off again.

\`\`\`sh
npm run cli -- kill-switch on
\`\`\`

## By hand

\`\`\`sh
npm run cli -- sweep                 # begins one, and watches until everybody has answered
npm run cli -- sweep list
npm run cli -- sweep show latest     # what differs, what could not be looked at, why it is held
npm run cli -- sweep confirm 20260131T235959Z-1a2b3c4d
\`\`\`

\`sweep\`, \`sweep show\` and \`sweep confirm\` end with 0 when everything could be looked at and nothing is left over, with 1 when
something could not be looked at, and with 3 when the sweep is held or something is left over. By the API it is \`POST /sweeps\`,
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
