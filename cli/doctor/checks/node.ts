import { about, type DoctorCheck } from '../check.ts';

const NEEDED = 20;

/** Whether this Node.js can start the program at all; npm scripts then run on the one that comes with the repository. */
export function judgeNode(version: string): DoctorCheck {
  const check = about('node', `Node.js ${version}`);
  const major = Number(/^v?(\d+)\./.exec(version)?.[1]);
  if (major >= NEEDED) return check.ok(`at least ${NEEDED}`);
  return check.missing(
    `older than ${NEEDED}`,
    `Install Node.js ${NEEDED} or newer (https://nodejs.org), for example with a version manager.`,
    'nvm install --lts',
  );
}
