import type { Severity } from '../../shared/findings.ts';
import type { Style } from './style.ts';

export function severityMark(severity: Severity, style: Style): string {
  return style(severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'cyan', severity);
}

/** An info is worth knowing; the others need a person, now or soon. */
export function needsPerson({ severity }: { readonly severity: Severity }): boolean {
  return severity !== 'info';
}
