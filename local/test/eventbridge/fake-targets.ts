import type { Sender, TargetMessage, Targets } from '../../src/services/eventbridge/targets.ts';
import { AwsError } from '../../src/wire/errors.ts';

/** Targets that take everything, write it down, and fail on demand. */
export class FakeTargets implements Targets {
  readonly invoked: { readonly arn: string; readonly payload: unknown; readonly sender: Sender }[] = [];
  readonly sent: { readonly arn: string; readonly message: TargetMessage; readonly sender: Sender }[] = [];
  /** Codes of errors for the next attempts at an ARN; once used up, attempts succeed. */
  readonly failures = new Map<string, string[]>();
  readonly forbidden = new Set<string>();
  organizationOfCallers = 'o-test';

  async invokeFunction(arn: string, payload: string, sender: Sender): Promise<void> {
    this.#fail(arn);
    this.invoked.push({ arn, payload: JSON.parse(payload), sender });
  }

  async sendMessage(arn: string, message: TargetMessage, sender: Sender): Promise<void> {
    this.#fail(arn);
    this.sent.push({ arn, message, sender });
  }

  roleAllows(roleArn: string): boolean {
    return !this.forbidden.has(roleArn);
  }

  conditionsOf(): Readonly<Record<string, string>> {
    return { 'aws:PrincipalOrgID': 'o-test' };
  }

  callerConditions(): Readonly<Record<string, string>> {
    return { 'aws:PrincipalOrgID': this.organizationOfCallers };
  }

  #fail(arn: string): void {
    const code = this.failures.get(arn)?.shift();
    if (code !== undefined) throw new AwsError(code, `${code} on demand`);
  }
}
