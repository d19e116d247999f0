import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClientConfig } from '../../shared/aws/client-config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ServerlessRun {
  readonly command: 'deploy' | 'remove';
  readonly stage: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly policyFile: string | undefined;
  /** URL of the embedded cloud, if it deploys there. */
  readonly local: string | undefined;
  readonly credentials: ClientConfig['credentials'];
}

/** The command line of serverless, and its additional environment variables. */
export function serverlessCommand({
  command,
  stage,
  region,
  parameters,
  policyFile,
  local,
  credentials,
}: ServerlessRun) {
  const key = typeof credentials === 'object' ? credentials : undefined;
  return {
    words: [
      command,
      '--stage',
      stage,
      '--region',
      region,
      ...Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`),
    ],
    environment: {
      // Also when there is none: osls must not find another.
      POLICY_FILE: policyFile ?? '',
      ...(local === undefined ? {} : { AWS_ENDPOINT_URL: local }),
      ...(key === undefined || !('accessKeyId' in key)
        ? {}
        : { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }),
    },
  };
}

/**
 * Runs it and passes its output on: to standard error when standard output is for JSON.
 * @returns its exit code; 1 when a signal ended it.
 */
export function runServerless(run: ServerlessRun, json: boolean): Promise<number> {
  const program = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const { words, environment } = serverlessCommand(run);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['inherit', json ? process.stderr : 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
