import * as z from 'zod';
import { accepted, findingPage, planned, servicePage, sweepPage } from './answers.ts';
import { policyInForce } from './policy-schemas.ts';
import {
  adoptRequest,
  attachRequest,
  emptyRequest,
  findingQuery,
  planRequest,
  serviceQuery,
  sweepQuery,
} from './requests.ts';
import type { Route } from './route.ts';
import { serviceExplanation, servicePath } from './service-schemas.ts';
import { sweepAccepted, sweepPath, sweepReport } from './sweep-schemas.ts';

const KIB = 1024;
/** Far more than five domain names take. */
const SMALL = 16 * KIB;

const SERVICE = '/services/{account}/{region}/{name}/{id}';

/** What can be wrong with a path that names a service. */
const OF_A_SERVICE = ['not-looked-after', 'service-not-found', 'aws-access-denied'] as const;
const OF_A_CHANGE = [...OF_A_SERVICE, 'policy-decides', 'service-busy', 'aws-refused'] as const;

const ACCEPTED = {
  status: 202,
  description: 'It is written as tags of the service, and the loop is awake. Location says where to look.',
  schema: accepted,
  location: true,
} as const;

const SWEEPING = {
  status: 202,
  description: 'It is under way. Location says where to look.',
  schema: sweepAccepted,
  location: true,
} as const;

const nothing = z.strictObject({});
const noBody = { schema: emptyRequest, required: false, limit: 0 } as const;
const emptyBody = { ...noBody, limit: SMALL } as const;

/** Every route there is, by the name that is its OpenAPI operationId. */
export const routes = {
  listServices: {
    method: 'GET',
    path: '/services',
    summary: 'The services that are known',
    description: 'In no order that means anything, page by page.',
    access: 'read',
    params: nothing,
    query: serviceQuery,
    body: noBody,
    answer: { status: 200, description: 'A page of services', schema: servicePage },
    problems: [],
  },
  explainService: {
    method: 'GET',
    path: SERVICE,
    summary: 'One service: how it is, what should be, what would be done, and what happened',
    description: 'AWS is read anew for it; nothing is written.',
    access: 'read',
    params: servicePath,
    query: nothing,
    body: noBody,
    answer: { status: 200, description: 'The service', schema: serviceExplanation },
    problems: OF_A_SERVICE,
  },
  attachService: {
    method: 'POST',
    path: `${SERVICE}/attach`,
    summary: 'Make a service reachable from a VPC only, under its domains',
    description:
      'Everything is checked against what is allowed before anything is written. What is given is written, what is not given stays as it is, null or [] takes it away.',
    access: 'change',
    params: servicePath,
    query: nothing,
    body: { schema: attachRequest, required: false, limit: SMALL },
    answer: ACCEPTED,
    problems: [...OF_A_CHANGE, 'not-allowed'],
  },
  detachService: {
    method: 'POST',
    path: `${SERVICE}/detach`,
    summary: 'Undo what was done for a service: records, domains, connection',
    access: 'change',
    params: servicePath,
    query: nothing,
    body: emptyBody,
    answer: ACCEPTED,
    problems: OF_A_CHANGE,
  },
  releaseService: {
    method: 'POST',
    path: `${SERVICE}/release`,
    summary: 'Stop managing a service; delete nothing',
    access: 'change',
    params: servicePath,
    query: nothing,
    body: emptyBody,
    answer: ACCEPTED,
    problems: OF_A_CHANGE,
  },
  adoptDomains: {
    method: 'POST',
    path: `${SERVICE}/adopt`,
    summary: 'Take over records that somebody else wrote for domains of the service',
    access: 'change',
    params: servicePath,
    query: nothing,
    body: { schema: adoptRequest, required: true, limit: SMALL },
    answer: ACCEPTED,
    problems: [...OF_A_CHANGE, 'not-allowed', 'not-attached'],
  },
  reconcileService: {
    method: 'POST',
    path: `${SERVICE}/reconcile`,
    summary: 'Look at a service now',
    description: 'No tag is written; the loop is woken.',
    access: 'change',
    params: servicePath,
    query: nothing,
    body: emptyBody,
    answer: { ...ACCEPTED, description: 'The loop is awake. Location says where to look.' },
    problems: OF_A_SERVICE,
  },
  plan: {
    method: 'POST',
    path: '/plan',
    summary: 'The plan of a service',
    description:
      'Reads AWS and writes nothing. The answer holds the service, as GET of it does, and its plan in one sentence.',
    access: 'read',
    params: nothing,
    query: nothing,
    body: { schema: planRequest, required: true, limit: SMALL },
    answer: { status: 200, description: 'The plan', schema: planned },
    problems: ['not-looked-after', 'service-not-found', 'aws-access-denied'],
  },
  listFindings: {
    method: 'GET',
    path: '/findings',
    summary: 'What people should know: of all services, and what the latest sweep found beside them',
    description:
      'What the sweep found comes first, accounts and regions that could not be looked at among it; the rest in no order that means anything, page by page.',
    access: 'read',
    params: nothing,
    query: findingQuery,
    body: noBody,
    answer: { status: 200, description: 'A page of findings', schema: findingPage },
    problems: [],
  },
  beginSweep: {
    method: 'POST',
    path: '/sweeps',
    summary: 'Compare every account and region with the policy now',
    description:
      'The hosted zones are read through too. What differs is looked at, unless it is more than the limits allow.',
    access: 'change',
    params: nothing,
    query: nothing,
    body: emptyBody,
    answer: SWEEPING,
    problems: ['sweep-failed', 'sweep-late', 'aws-access-denied'],
  },
  listSweeps: {
    method: 'GET',
    path: '/sweeps',
    summary: 'The sweeps of the last thirty days, the latest first',
    access: 'read',
    params: nothing,
    query: sweepQuery,
    body: noBody,
    answer: { status: 200, description: 'A page of sweeps', schema: sweepPage },
    problems: ['aws-access-denied'],
  },
  showSweep: {
    method: 'GET',
    path: '/sweeps/{id}',
    summary: 'One sweep: who has answered, what differs, what could not be looked at, and why it is held',
    access: 'read',
    params: sweepPath,
    query: nothing,
    body: noBody,
    answer: { status: 200, description: 'The sweep', schema: sweepReport },
    problems: ['sweep-not-found', 'aws-access-denied'],
  },
  confirmSweep: {
    method: 'POST',
    path: '/sweeps/{id}/confirm',
    summary: 'Let a sweep go on that is held because it would do more than the limits allow',
    description: 'Each service that differs is looked at anew: what is done is what is right then, not what was found.',
    access: 'change',
    params: sweepPath,
    query: nothing,
    body: emptyBody,
    answer: SWEEPING,
    problems: ['sweep-not-found', 'sweep-not-held', 'sweep-failed', 'sweep-late', 'aws-access-denied'],
  },
  policy: {
    method: 'GET',
    path: '/policy',
    summary: 'The policy in force, as the functions have it',
    access: 'read',
    params: nothing,
    query: nothing,
    body: noBody,
    answer: { status: 200, description: 'The policy', schema: policyInForce },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
