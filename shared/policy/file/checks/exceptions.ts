import { exceptionEnd } from '../../rule-decision.ts';
import type { PartialPolicyDocument } from '../partial-document.ts';
import type { Report } from './report.ts';

/** Exceptions that except from nothing, from everything, or not any more. */
export function checkExceptions(
  { exceptions, rules }: PartialPolicyDocument,
  report: Report,
  now: number | undefined,
): void {
  const required = rules.items.some(({ value }) => value.private === 'required');
  for (const { path, value } of exceptions.items) {
    if (Object.keys(value.match).length === 0) {
      report(
        [...path, 'match'],
        'the exception is for every service; expected "services", "accounts" or another part that says which',
      );
    }
    if (now !== undefined && now >= exceptionEnd(value)) {
      report(
        [...path, 'until'],
        `the exception ended with ${value.until} and does nothing; expected a later day, or no exception`,
      );
    }
    if (!required && rules.complete && rules.items.length > 0) {
      report(
        path,
        'there is nothing to except from, as no rule says "private: required"; expected such a rule, or no exception',
      );
    }
  }
}
