import { DAY } from '../duration.ts';
import { type Finding, finding } from '../findings.ts';
import { type Action, actionKey, describeAction } from './action.ts';
import type { DoneAction, PlanInput } from './plan-builder.ts';

/** Repairs of the same thing within a day before it counts as contested: the third reversal is not repaired. */
const MAX_REPAIRS_A_DAY = 2;
/** The same action again and again before the service is ready: something undoes it at once. */
const MAX_ATTEMPTS_A_DAY = 5;

/**
 * Drops the actions that something reverses again and again, and reports them as contested. What is not wanted any more
 * may be removed however often: its removal cuts nothing that should answer.
 */
export function limitRepairs(
  actions: readonly Action[],
  { history, observed, service, desire: { desired } }: PlanInput,
): { readonly actions: readonly Action[]; readonly contested: readonly Finding[] } {
  const recent = (key: string, filter: (done: DoneAction) => boolean) =>
    history.filter((done) => done.key === key && observed.at - done.at < DAY && filter(done)).length;
  const isWanted = (action: Action) =>
    desired.kind === 'private' && (!('domain' in action) || desired.domains.includes(action.domain));
  const isContested = (action: Action) =>
    (isWanted(action) && recent(actionKey(action), ({ repair }) => repair) >= MAX_REPAIRS_A_DAY) ||
    recent(actionKey(action), () => true) >= MAX_ATTEMPTS_A_DAY;
  return {
    actions: actions.filter((action) => !isContested(action)),
    contested: actions.filter(isContested).map((action) =>
      finding('contested', {
        resource: `${service.arn}#${actionKey(action)}`,
        message: `"${describeAction(action)}" was necessary repeatedly within 24 hours, whatever the tags said meanwhile; the stack does it again a day after the last time.`,
      }),
    ),
  };
}
