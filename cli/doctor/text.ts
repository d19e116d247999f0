import { withCommands } from '../../shared/command-line.ts';
import { counted } from '../../shared/counted.ts';
import type { Layout } from '../terminal/output.ts';
import type { Mark } from '../terminal/style.ts';
import { hanging } from '../terminal/width.ts';
import type { DoctorCheck, Status } from './check.ts';

const marks: Readonly<Record<Status, { readonly sign: string; readonly mark: Mark }>> = {
  ok: { sign: '✓ ok     ', mark: 'green' },
  warning: { sign: '! warning', mark: 'yellow' },
  missing: { sign: '✗ missing', mark: 'red' },
  unknown: { sign: '? unknown', mark: 'cyan' },
};

/** All checks in order, and below them what to do. */
export function checksText(checks: readonly DoctorCheck[], { style, width, typed }: Layout): string {
  const lines = checks.map(({ id, status, subject, evidence }) => {
    const { sign, mark } = marks[status];
    return hanging(`${style(mark, sign)}  ${id.padEnd(22)} `, `${subject}: ${evidence}`, width);
  });
  const open = checks.filter(({ status }) => status !== 'ok');
  const remedies = open.flatMap(({ id, subject, remedy }) =>
    remedy === undefined
      ? []
      : [
          '',
          `${style('bold', id)} ${subject}`,
          hanging('  ', withCommands(remedy.text, typed), width),
          ...remedy.commands.map((line) => `    ${line}`),
        ],
  );
  return [...lines, ...remedies, '', conclusion(open)].join('\n');
}

/** The same check, its commands with the endpoint for the AWS CLI. */
export function withEndpoint(check: DoctorCheck, url: string | undefined): DoctorCheck {
  if (url === undefined || check.remedy === undefined) return check;
  const commands = check.remedy.commands.map((line) =>
    line.startsWith('aws ') ? line.replace('aws ', `aws --endpoint-url ${url} `) : line,
  );
  return { ...check, remedy: { ...check.remedy, commands } };
}

function conclusion(open: readonly DoctorCheck[]): string {
  const count = (status: Status) => open.filter((check) => check.status === status).length;
  if (open.length === 0) return 'Nothing is missing.';
  const [missing, warnings, unknown] = [count('missing'), count('warning'), count('unknown')];
  const parts = [
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return `${parts.join(', ')}.`;
}
