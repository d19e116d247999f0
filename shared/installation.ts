import { createHash } from 'node:crypto';
import * as z from 'zod';
import { INSTALLATION_NAME } from './patterns.ts';

/** `123456789012/ap-northeast-1/apprunner-private-ingress-main`, in place of a name. */
const STACK = /^\d{12}\/[a-z0-9-]+\/[A-Za-z0-9-]+$/;

/**
 * The stack's `Installation`, or else its account, region and name. Tags take it as it is; public ownership records
 * name no account.
 */
export const installationSetting = z.union([
  z
    .string()
    .regex(INSTALLATION_NAME)
    .transform((name) => ({ installation: name, ownerTag: name })),
  z
    .string()
    .regex(STACK)
    .transform((stack) => ({
      installation: createHash('sha256').update(stack).digest('hex').slice(0, 12),
      ownerTag: stack,
    })),
]);
