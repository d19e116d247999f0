import type { PolicyInForce } from '../policy/policy.ts';
import { adopt, attach, detach, reconcileNow, release } from './change.ts';
import type { ApiDependencies } from './dependencies.ts';
import { listFindings, listServices } from './list.ts';
import { planFor } from './plan.ts';
import { type Endpoints, endpoint } from './router.ts';
import { routes } from './routes.ts';
import { explainKnown, serviceAt } from './service.ts';
import { askForSweep, confirmHeldSweep, listSweeps, showSweep } from './sweeps.ts';

/** Every route with what answers it. */
export function endpoints(dependencies: ApiDependencies): Endpoints {
  return {
    listServices: endpoint(routes.listServices, (asked) => listServices(asked, dependencies)),
    explainService: endpoint(routes.explainService, ({ params }) => explainKnown(serviceAt(params), dependencies)),
    attachService: endpoint(routes.attachService, (asked) => attach(asked, dependencies)),
    detachService: endpoint(routes.detachService, (asked) => detach(asked, dependencies)),
    releaseService: endpoint(routes.releaseService, (asked) => release(asked, dependencies)),
    adoptDomains: endpoint(routes.adoptDomains, (asked) => adopt(asked, dependencies)),
    reconcileService: endpoint(routes.reconcileService, (asked) => reconcileNow(asked, dependencies)),
    plan: endpoint(routes.plan, (asked) => planFor(asked, dependencies)),
    listFindings: endpoint(routes.listFindings, (asked) => listFindings(asked, dependencies)),
    beginSweep: endpoint(routes.beginSweep, (asked) => askForSweep(asked, dependencies)),
    listSweeps: endpoint(routes.listSweeps, (asked) => listSweeps(asked, dependencies)),
    showSweep: endpoint(routes.showSweep, (asked) => showSweep(asked, dependencies)),
    confirmSweep: endpoint(routes.confirmSweep, (asked) => confirmHeldSweep(asked, dependencies)),
    policy: endpoint(routes.policy, async () => policyToTell(dependencies.inForce)),
  };
}

/** An external id is for who assumes the role, and nobody else. */
function policyToTell({ from, policy }: PolicyInForce) {
  return { from, policy: { ...policy, zones: policy.zones.map(({ externalId: _, ...zone }) => zone) } };
}
