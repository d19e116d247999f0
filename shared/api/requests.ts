import * as z from 'zod';
import { DOMAINS_PER_SERVICE } from '../domains-per-service.ts';
import { ENDPOINT_ID, VPC_ID, ZONE_ID } from '../patterns.ts';
import { aliasStrategies } from '../records/alias.ts';
import type { ReportFormat } from '../report/formats.ts';
import { RUN_ID } from '../sweep/run.ts';
import { account, findingCode, phase, region, serviceName, severity } from './service-schemas.ts';
import { anyCode } from './sweep-schemas.ts';

/** What the routes take: query parameters and bodies. Members that are not listed are refused. */

const MAX_PAGE_SIZE = 100;

const paging = {
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(MAX_PAGE_SIZE)
    .default(50)
    .describe('Items on a page, at most. A page may have fewer, even none, while there is a next one'),
  cursor: z.string().min(1).max(1024).optional().describe('The member next of the previous page'),
};

const domainName = z.string().min(1, 'a domain name is not empty').max(255, 'a domain name has at most 255 characters');

const whichService = {
  account: account.optional(),
  region: region.optional(),
  name: serviceName.optional().describe('Name of the service, exactly'),
  domain: domainName.optional().describe('A custom domain, exactly; a wildcard as *.example.com'),
};

export const serviceQuery = z.strictObject({
  ...whichService,
  phase: phase.optional(),
  finding: findingCode.optional().describe('Services with an open finding of this code'),
  severity: severity.optional().describe('Services with an open finding of this severity'),
  ...paging,
});

export const findingQuery = z.strictObject({
  ...whichService,
  source: z
    .enum(['service', 'sweep'])
    .optional()
    .describe('service: of services; sweep: what the latest sweep found beside them. Default: both'),
  finding: anyCode.optional().describe('Code of the finding'),
  severity: severity.optional(),
  ...paging,
});

export const sweepQuery = z.strictObject(paging);

export const reportQuery = z.strictObject({
  format: z.enum(['html', 'json', 'csv'] satisfies readonly ReportFormat[]).default('html'),
  sweep: z
    .string()
    .regex(RUN_ID, 'the id of a sweep looks like 20260131T235959Z-1a2b3c4d')
    .optional()
    .describe('Id of the sweep. Default: the latest one that has a report'),
});

/** docs/facts.md#five-domains-per-service */
const TOO_MANY_DOMAINS = `a service has ${DOMAINS_PER_SERVICE} custom domains at most`;

const domain = domainName.describe('A domain name; a wildcard as *.example.com');

export const attachRequest = z
  .strictObject({
    domains: z
      .array(domain)
      .max(DOMAINS_PER_SERVICE, TOO_MANY_DOMAINS)
      .nullable()
      .optional()
      .describe('Custom domains, five at most (App Runner’s limit)'),
    vpc: z
      .string()
      .regex(VPC_ID, 'a VPC id is vpc- and 8 to 17 hexadecimal digits')
      .nullable()
      .optional()
      .describe('The VPC from which the service is reachable'),
    endpoint: z
      .string()
      .regex(ENDPOINT_ID, 'an endpoint id is vpce- and 8 to 17 hexadecimal digits')
      .nullable()
      .optional()
      .describe('The interface endpoint to attach to'),
    strategy: z.enum(aliasStrategies).nullable().optional().describe('What the alias records point at'),
    zones: z
      .array(z.string().regex(ZONE_ID, 'a hosted zone id is Z and up to 31 capitals and digits'))
      .max(7, 'a service prefers seven hosted zones at most')
      .nullable()
      .optional()
      .describe('Hosted zones to prefer'),
  })
  .describe('A given member is written, a missing one stays as it is, null or [] removes it');
export type AttachRequest = z.infer<typeof attachRequest>;

export const adoptRequest = z.strictObject({
  domains: z
    .array(domain)
    .min(1)
    .max(DOMAINS_PER_SERVICE, TOO_MANY_DOMAINS)
    .describe('Domains of the service whose existing records are adopted'),
});

/** Of verbs that need to know nothing more. */
export const emptyRequest = z.strictObject({});

export const planRequest = z.strictObject({ serviceArn: z.string().describe('ARN of an App Runner service') });
