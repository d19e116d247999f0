import { type AppRunnerClient, paginateListServices } from '@aws-sdk/client-apprunner';
import { counted } from '../../../shared/counted.ts';
import { errorMessage, errorName } from '../../../shared/errors.ts';
import { about, type DoctorCheck } from '../check.ts';

export type AppRunnerAnswer =
  | { readonly kind: 'services'; readonly count: number }
  | { readonly kind: 'refused'; readonly error: string; readonly message: string };

export async function askAppRunner(client: AppRunnerClient): Promise<AppRunnerAnswer> {
  try {
    let count = 0;
    for await (const { ServiceSummaryList = [] } of paginateListServices({ client }, {}))
      count += ServiceSummaryList.length;
    return { kind: 'services', count };
  } catch (error) {
    return { kind: 'refused', error: errorName(error), message: errorMessage(error) };
  }
}

/** The errors for accounts that are no customers of a closed service (docs/facts.md#closed-account-error). */
const NOT_A_CUSTOMER = ['SubscriptionRequiredException', 'OptInRequired'];
const CLOSED = 'closed to new customers since 2026-04-30';

/** Whether this account may use App Runner: it is closed to new customers (docs/facts.md#closed-to-new-customers). */
export function judgeAppRunner(answer: AppRunnerAnswer, region: string): DoctorCheck {
  const check = about('app-runner', `App Runner in ${region}`);
  if (answer.kind === 'services') {
    const { count } = answer;
    if (count > 0) return check.ok(counted(count, 'service'));
    return check.ok(
      `answers, and has no service here; App Runner is ${CLOSED}: only creating one shows whether it is for this account`,
    );
  }
  if (NOT_A_CUSTOMER.includes(answer.error)) {
    return check.missing(
      `${answer.error}: App Runner is ${CLOSED}, and this account is not one of its customers`,
      'Deploy in an account that has App Runner services. For new services AWS names Amazon ECS Express Mode.',
    );
  }
  return check.unknown(`apprunner:ListServices failed: ${answer.error}: ${answer.message}`);
}
