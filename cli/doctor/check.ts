/**
 * | status    | meaning                                                                     |
 * |-----------|-----------------------------------------------------------------------------|
 * | `ok`      | seen to be as it should                                                     |
 * | `warning` | the stack works, but less well than it could                                |
 * | `missing` | the deployment, or what it is for, would fail                               |
 * | `unknown` | could not be read: never counts as ok                                       |
 */
export type Status = 'ok' | 'warning' | 'missing' | 'unknown';

/** How to fix something: in words, and as lines to paste into a shell. */
export interface DoctorRemedy {
  readonly text: string;
  readonly commands: readonly string[];
}

/** One result, with its evidence. */
export interface DoctorCheck {
  /** Stable, for scripts: `vpc-dns`. */
  readonly id: string;
  readonly status: Status;
  /** The subject: an id, a name, an ARN. */
  readonly subject: string;
  /** What was seen. */
  readonly evidence: string;
  readonly remedy?: DoctorRemedy;
}

/** Makes the checks about one subject. */
export function about(id: string, subject: string) {
  const check =
    (status: Status) =>
    (evidence: string, text?: string, ...commands: readonly string[]): DoctorCheck => ({
      id,
      status,
      subject,
      evidence,
      ...(text === undefined ? {} : { remedy: { text, commands } }),
    });
  return { ok: check('ok'), warning: check('warning'), missing: check('missing'), unknown: check('unknown') };
}
