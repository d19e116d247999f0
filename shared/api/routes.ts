import * as z from 'zod';
import { reportAddress } from '../report/message.ts';
import { accepted, findingPage, planned, servicePage, sweepPage } from './answers.ts';
import { policyInForce } from './policy-schemas.ts';
import {
  adoptRequest,
  attachRequest,
  emptyRequest,
  findingQuery,
  planRequest,
  reportQuery,
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
const OF_A_SERVICE = ['out-of-scope', 'service-not-found', 'aws-access-denied'] as const;
const OF_A_CHANGE = [...OF_A_SERVICE, 'policy-decides', 'service-busy', 'aws-refused'] as const;

const ACCEPTED = {
  status: 202,
  description:
    'The tags of the service are written and a reconciliation is enqueued. Location has the path of the service.',
  schema: accepted,
  location: 'watch',
} as const;

const SWEEPING = {
  status: 202,
  description: 'The sweep is running. Location has its path.',
  schema: sweepAccepted,
  location: 'watch',
} as const;

const nothing = z.strictObject({});
const noBody = { schema: emptyRequest, required: false, limit: 0 } as const;
const emptyBody = { ...noBody, limit: SMALL } as const;

/** Every route there is, by the name that is its OpenAPI operationId. */
export const routes = {
  listServices: {
    method: 'GET',
    path: '/services',
    summary: 'List the known services',
    description: 'Pages in no particular order.',
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
    summary: 'Show a service: its state, the desired state, its plan and its timeline',
    description: 'Reads AWS; writes nothing.',
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
    problems: [...OF_A_CHANGE, 'not-allowed', 'network-not-found'],
  },
  detachService: {
    method: 'POST',
    path: `${SERVICE}/detach`,
    summary: 'Detach a service: remove its records, domains and connection',
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
    summary: 'Adopt records at the domains of the service that the stack did not write',
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
    summary: 'Reconcile a service now',
    description: 'Writes no tag; enqueues a reconciliation.',
    access: 'change',
    params: servicePath,
    query: nothing,
    body: emptyBody,
    answer: { ...ACCEPTED, description: 'A reconciliation is enqueued. Location has the path of the service.' },
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
    problems: ['out-of-scope', 'service-not-found', 'aws-access-denied'],
  },
  listFindings: {
    method: 'GET',
    path: '/findings',
    summary: 'List the findings of all services, and those of the latest sweep beside them',
    description:
      'What the sweep found comes first, including accounts and regions that could not be read; the rest follows in no particular order, page by page.',
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
    summary: 'Start a sweep: compare every account and region with the policy',
    description:
      'The sweep reads the hosted zones too. Services out of sync are reconciled, unless they are more than the limits allow.',
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
    summary: 'List the sweeps of the last thirty days, the latest first',
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
    summary: 'Show a sweep: answers, differences, failures, and why it is held',
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
    summary: 'Confirm a held sweep, which exceeds the limits of the policy',
    description: 'Reconciles every service that differs. Each reconciliation makes its own plan from what it observes.',
    access: 'change',
    params: sweepPath,
    query: nothing,
    body: emptyBody,
    answer: SWEEPING,
    problems: ['sweep-not-found', 'sweep-not-held', 'sweep-failed', 'sweep-late', 'aws-access-denied'],
  },
  report: {
    method: 'GET',
    path: '/report',
    summary: 'The report of a sweep: a redirect to an address that holds for five minutes',
    description:
      'A report of ten thousand services is larger than an answer may be, so the answer is the address of an object, signed, in Location and in the body. Whoever has the address can read the report until it ends.',
    access: 'read',
    params: nothing,
    query: reportQuery,
    body: noBody,
    answer: { status: 302, description: 'Where the report is', schema: reportAddress, location: 'url' },
    problems: ['sweep-not-found', 'report-not-found', 'report-failed', 'aws-access-denied'],
  },
  policy: {
    method: 'GET',
    path: '/policy',
    summary: 'Show the policy in force',
    access: 'read',
    params: nothing,
    query: nothing,
    body: noBody,
    answer: { status: 200, description: 'The policy', schema: policyInForce },
    problems: [],
  },
} as const satisfies Readonly<Record<string, Route>>;
