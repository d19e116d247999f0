import { describe, expect, it } from 'vitest';
import type { OwnedResources } from '../../shared/plan/ledger.ts';
import type { DomainState, EndpointState, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import {
  connection,
  DOMAIN,
  domainState,
  endpoint,
  ledger,
  network,
  observed,
  planInput,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';

const elsewhere = connection({ vpcId: 'vpc-11112222', endpointId: 'vpce-0e9' });
const closed = { allowsHttps: false };
const forbidden: Partial<DomainState> = {
  trafficZone: undefined,
  unseenZone: { id: 'ZPRIVATE', name: 'example.com', visibility: 'private', vpcIds: ['vpc-11112222'] },
};

/** The service answers from another VPC, and is to answer from the VPC. */
function moved(
  to: Partial<EndpointState>,
  more: Partial<Observed> = { endpointElsewhere: 'available' },
  known: OwnedResources = ledger({ domains: { [DOMAIN]: writtenDomain() } }),
) {
  const seen = observed({ network: network({ endpoints: [endpoint(to)] }), connections: [elsewhere], ...more });
  const { actions, findings, phase } = plan(planInput(wantsPrivate(), seen, known));
  return { now: actions.map(({ kind }) => kind), codes: findings.map(({ code }) => code), phase, findings };
}

describe('a connection that is to lead to another endpoint', () => {
  it('is pointed at it once it is open', () => {
    expect(moved({})).toMatchObject({ now: ['update-connection'], codes: [] });
  });

  it('stays where it answers while the new one is closed', () => {
    const { now, codes, phase, findings } = moved(closed);
    expect({ now, codes, phase }).toEqual({ now: [], codes: ['endpoint-closed', 'move-held'], phase: 'blocked' });
    expect(findings[1]?.message).toContain('stays attached to vpce-0e9 in vpc-11112222');
    expect(findings[1]?.message).toContain(`${findings[0]?.message} (endpoint-closed)`);
  });

  it('says nothing of HTTPS, which the probe asks where the service is to answer', () => {
    const silent = { httpsChecks: { [DOMAIN]: { ok: false, reason: 'no answer' } } } as const;
    expect(moved(closed, { endpointElsewhere: 'available', ...silent }).codes).toEqual([
      'endpoint-closed',
      'move-held',
    ]);
  });

  it('stays while a published name would stop answering', () => {
    const domains = { [DOMAIN]: domainState(forbidden) };
    const there = { endpointElsewhere: 'available', domains };
    expect(moved({}, there)).toMatchObject({ now: [], codes: ['zone-not-associated', 'move-held'] });
    // A name that was never published is no reason.
    expect(moved({}, there, ledger({ domains: {} })).now).toEqual(['update-connection']);
  });

  it.each(['deleted', 'failed', undefined])('goes away from one that is %s', (endpointElsewhere) => {
    expect(moved(closed, endpointElsewhere === undefined ? {} : { endpointElsewhere }).now).toEqual([
      'update-connection',
    ]);
  });

  it('stays at the other endpoint of the same VPC, too', () => {
    const both = [endpoint({ id: 'vpce-0e2' }), endpoint(closed)];
    const seen = observed({
      network: network({ endpoints: both }),
      connections: [connection({ endpointId: 'vpce-0e2' })],
    });
    const { actions, findings } = plan(planInput(wantsPrivate({ endpointId: endpoint().id }), seen, ledger()));
    expect(actions).toEqual([]);
    expect(findings.map(({ code }) => code)).toContain('move-held');
  });
});
