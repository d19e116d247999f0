import * as z from 'zod';
import { cutovers, deleteAttempts } from '../policy/policy.ts';
import { aliasStrategies } from '../records/alias.ts';

/** The policy as the functions have it (`shared/policy/policy.ts`): what a program needs to judge as the stack does. */

const texts = z.array(z.string()).readonly();

const match = z
  .object({
    accounts: texts.optional(),
    units: texts.optional(),
    regions: texts.optional(),
    services: texts.optional(),
    tags: z.record(z.string(), z.string()).optional(),
  })
  .describe('Everything given has to hold; of a list, one is enough');

const limit = z.object({
  count: z.number().optional(),
  share: z.number().optional().describe('Share of the managed services: more than 0, at most 1'),
});

const accounts = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listed'), ids: texts }),
  z.object({ kind: z.literal('organization'), roleArn: z.string().optional(), units: texts, except: texts }),
]);

const endpoint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('given'), id: z.string() }),
  z.object({ kind: z.literal('create'), subnetIds: texts, securityGroupIds: texts, allowFrom: texts }),
]);

const network = z.object({
  account: z.string(),
  region: z.string(),
  vpcId: z.string().optional().describe('Absent: holds for any VPC that a service names itself'),
  allowedVpcs: texts
    .optional()
    .describe('Where `vpcId` is absent: the VPCs that a service may name; absent: every VPC'),
  endpoint,
  probe: z.string().optional().describe('Name of the probe function inside the VPC'),
});

const zone = z.object({
  id: z.string(),
  name: z.string().optional().describe('Absent: the parameters of the stack name zones by id only'),
  visibility: z.enum(['public', 'private']).optional(),
  roleArn: z.string().optional(),
  externalId: z.string().optional(),
  allowedNames: texts,
});

const rule = z.object({
  name: z.string(),
  match,
  enforcement: z.enum(['required', 'by-tag', 'ignored']),
  mode: z.enum(['audit', 'enforce']),
  domains: texts,
  names: texts.optional().describe('Names that services may claim by tag; absent: those that zones allow'),
  adopt: z.boolean().optional().describe('Whether services may adopt records that the stack did not write'),
  strategy: z.enum(aliasStrategies).optional(),
  onDetach: z.enum(['keep-private', 'restore-public']).optional(),
  onDeleteAttempt: z.enum(deleteAttempts).optional(),
  cutover: z.enum(cutovers).optional(),
  cutoverDeadline: z.number().optional().describe("Milliseconds; absent: the stack's own"),
});

export const policyInForce = z.object({
  from: z
    .enum(['file', 'parameters'])
    .describe('A policy file that was deployed with the stack, or what its parameters say'),
  policy: z.object({
    owner: z.string().optional(),
    accounts,
    regions: texts,
    networks: z.array(network).readonly(),
    zones: z.array(zone).readonly(),
    rules: z.array(rule).readonly(),
    exceptions: z.array(z.object({ match, reason: z.string(), until: z.string() })).readonly(),
    limits: z.object({ changes: limit, detaches: limit }),
    notifications: z
      .object({
        severity: z.enum(['info', 'warning', 'error']),
        accounts: z.array(z.string()).readonly().optional(),
        except: z.array(z.string()).readonly().optional(),
      })
      .optional(),
  }),
});
