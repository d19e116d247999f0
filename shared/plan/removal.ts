import { finding } from '../findings.ts';
import { isAllowedZone } from '../policy/rules.ts';
import { planRemoval } from '../records/ownership.ts';
import { describeRecord } from '../records/record-set.ts';
import { waitForAssociation } from './association.ts';
import { ownedDomain, writtenIn } from './ledger.ts';
import type { Observed } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { removeUnneededRecords } from './validation.ts';

/** What an alias of this installation would point at now. */
export function ownTargets({ network, connections }: Pick<Observed, 'network' | 'connections'>): readonly string[] {
  return [
    ...(network?.endpoints ?? []).flatMap(({ name }) => (name === undefined ? [] : [name.name])),
    ...connections.map(({ domainName }) => domainName),
  ];
}

/**
 * One domain on its way out: records, then the association, then the validation records it needed. What was written is
 * removed and nothing else.
 *
 * @returns whether nothing of it is left to remove.
 */
export function planDomainRemoval(builder: PlanBuilder, domain: string): boolean {
  const { observed, ledger } = builder.input;
  const state = observed.domains[domain];
  if (state === undefined) return false;
  const own = ownedDomain(ledger, domain);
  const { replaced = [] } = own;
  const { desired } = builder.input.desire;
  const restores = desired.kind === 'detached' && desired.restorePublic && ledger.madePrivate;
  let clean = true;
  // What is left stays in the ledger, with its finding, until a person has removed it.
  let kept = false;
  const unread = [...own.records, ...own.validation].find(({ zoneId }) => !isAllowedZone(builder.input.rules, zoneId));
  if (unread !== undefined) {
    const message = `${describeRecord(unread.record)} was written to the zone ${unread.zoneId}, which is not in AllowedZones any more: the stack cannot remove it.`;
    builder.findings.push(finding('zone-not-allowed', { resource: unread.zoneId, domain, message }));
    return false;
  }
  for (const [zoneId, there] of Object.entries(state.records)) {
    const { changes, left } = planRemoval({
      owner: builder.owner,
      observed: there,
      written: writtenIn(ledger, domain, zoneId),
      ownTargets: ownTargets(observed),
      restore: restores ? replaced.filter((one) => one.zoneId === zoneId).map(({ record }) => record) : [],
    });
    if (changes.length > 0) {
      const why = changes.some(({ action }) => action === 'CREATE')
        ? `${domain} leads to the public service again`
        : `${domain} is no longer wanted`;
      builder.actions.push({ kind: 'change-records', purpose: 'traffic', domain, zoneId, changes, why });
      clean = false;
    }
    kept ||= left.length > 0;
    for (const record of left) {
      const message = `${describeRecord(record)} in zone ${zoneId} is not what the stack wrote, and stays.`;
      builder.findings.push(finding('record-left', { resource: `${zoneId}/${domain}`, domain, message }));
    }
  }
  if (!clean) return false;

  const { association } = state;
  if (association === undefined && builder.awaitListing(`associate-domain:${domain}`)) return false;
  if (association?.status === 'deleting') {
    waitForAssociation(builder, domain, 'disassociation', `${domain} is being disassociated`);
    return false;
  }
  if (association !== undefined && own.associated) {
    builder.whenIdle({ kind: 'disassociate-domain', domain, why: `${domain} is no longer wanted` });
    return false;
  }

  const why = `nothing needs the certificate of ${domain} any more`;
  const { deletes, keeps } = removeUnneededRecords(builder, domain, state, why);
  if (!deletes && !keeps && !kept) builder.forget.push(domain);
  return !deletes;
}
