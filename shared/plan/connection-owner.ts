import { createHash } from 'node:crypto';
import { finding } from '../findings.ts';
import type { ConnectionState } from './observed.ts';
import type { PlanBuilder, PlanInput } from './plan-builder.ts';

/** Deterministic: the name is the only idempotency key (docs/facts.md#connection-name-is-the-only-idempotency-key). */
export function connectionName(serviceArn: string): string {
  return `pi-${createHash('sha256').update(serviceArn).digest('hex').slice(0, 32)}`;
}

/** The name alone proves nothing: every installation gives the same one. */
export function isOwnConnection({ service, ledger, rules }: PlanInput, { name, owner }: ConnectionState): boolean {
  if (name !== connectionName(service.arn)) return false;
  return owner === undefined ? ledger.endpoint !== undefined : owner === rules.ownerTag;
}

/**
 * A connection of another owner that goes away has its owner at work (`terraform destroy`, a stack being deleted), and a
 * new one would keep the service from being deleted (docs/facts.md#delete-service-with-connection):
 *
 *     connection            remembered              →
 *     ours                  –                       forget the other
 *     another owner's       –                       remember it
 *     PENDING_DELETION      –                       finding, the grace time begins
 *     none                  another owner's         finding, the grace time begins
 *     none                  gone, in grace time     finding, wait
 *     none                  gone, grace time over   create ours
 *     none                  gone, a person asked    create ours
 *
 * @returns whether nothing is to be created now.
 */
export function waitForOwner(builder: PlanBuilder, connection: ConnectionState | undefined): boolean {
  const { service, observed, rules, ledger, askedAt = 0 } = builder.input;
  const isGoing = connection?.status === 'PENDING_DELETION';
  if (connection !== undefined) {
    const { arn, name } = connection;
    builder.foreignConnection = isOwnConnection(builder.input, connection) ? undefined : { arn, name };
    if (!isGoing) return false;
  }
  const { foreignConnection: foreign } = builder;
  if (foreign === undefined) return false;
  const goneSince = ledger.foreignConnection?.goneSince ?? observed.at;
  const until = goneSince + rules.detachGrace;
  if (observed.at >= until || askedAt > goneSince) {
    if (!isGoing) builder.foreignConnection = undefined;
    return false;
  }
  builder.foreignConnection = { ...foreign, goneSince };
  const message = `The VPC ingress connection ${foreign.name} of another owner ${isGoing ? 'is being deleted' : 'is gone'}. Its owner may be about to delete the service, so the stack creates none of its own before ${new Date(until).toISOString()}.`;
  builder.findings.push(finding('connection-removed', { resource: service.arn, message }));
  builder.waits.push({
    kind: 'grace',
    subject: `${service.arn}#connection`,
    condition: isGoing ? { check: 'connection', arn: foreign.arn } : { check: 'nothing' },
    expected: connection?.status ?? '',
    why: `the owner of the VPC ingress connection ${foreign.name} deleted it; the stack creates its own after the grace time`,
    endsAt: until,
  });
  return true;
}
