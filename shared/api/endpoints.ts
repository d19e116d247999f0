import { redrive } from '../events/redrive.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { adopt, attach, detach, reconcileNow, release } from './change.ts';
import type { ApiParts } from './dependencies.ts';
import { listFindings, listServices } from './list.ts';
import { planFor } from './plan.ts';
import { type Endpoints, endpoint } from './router.ts';
import { routes } from './routes.ts';
import { explainKnown, serviceAt } from './service.ts';
import { askForSweep, confirmHeldSweep, listSweeps, showSweep } from './sweeps.ts';

/** Every route with what answers it. */
export function endpoints(parts: ApiParts): Endpoints {
  return {
    listServices: endpoint(routes.listServices, (asked) => listServices(asked, parts)),
    explainService: endpoint(routes.explainService, ({ params }) => explainKnown(serviceAt(params), parts)),
    attachService: endpoint(routes.attachService, (asked) => attach(asked, parts)),
    detachService: endpoint(routes.detachService, (asked) => detach(asked, parts)),
    releaseService: endpoint(routes.releaseService, (asked) => release(asked, parts)),
    adoptDomains: endpoint(routes.adoptDomains, (asked) => adopt(asked, parts)),
    reconcileService: endpoint(routes.reconcileService, (asked) => reconcileNow(asked, parts)),
    plan: endpoint(routes.plan, (asked) => planFor(asked, parts)),
    listFindings: endpoint(routes.listFindings, (asked) => listFindings(asked, parts)),
    beginSweep: endpoint(routes.beginSweep, (asked) => askForSweep(asked, parts)),
    listSweeps: endpoint(routes.listSweeps, (asked) => listSweeps(asked, parts)),
    showSweep: endpoint(routes.showSweep, (asked) => showSweep(asked, parts)),
    confirmSweep: endpoint(routes.confirmSweep, (asked) => confirmHeldSweep(asked, parts)),
    policy: endpoint(routes.policy, async () => policyToTell(parts.inForce)),
    redrive: endpoint(routes.redrive, ({ body, caller }) => redriveFor(caller, body.limit, parts)),
  };
}

/** An external id is for who assumes the role, and nobody else. */
function policyToTell({ from, policy }: PolicyInForce) {
  return { from, policy: { ...policy, zones: policy.zones.map(({ externalId: _, ...zone }) => zone) } };
}

/** Who put them back is in the timeline of each service. */
async function redriveFor(by: string, limit: number, parts: ApiParts) {
  const done = await redrive(parts, limit);
  for (const serviceArn of new Set(done.redriven.map((one) => one.serviceArn))) {
    await parts.register.noteRequest(serviceArn, {
      at: parts.now(),
      by,
      what: 'a dead letter of it put back into work',
    });
  }
  return done;
}
