import { accepted, findingPage, planned, redriven, servicePage } from './answers.ts';
import { problem } from './problems.ts';
import { adoptRequest, attachRequest, emptyRequest, planRequest, redriveRequest } from './requests.ts';
import {
  findingCode,
  openFinding,
  phase,
  serviceExplanation,
  serviceFinding,
  serviceSummary,
  severity,
} from './service-schemas.ts';

/** The schemas that have a name in the OpenAPI document, and so a type in clients made from it. */
export const components = {
  Service: serviceExplanation,
  ServiceSummary: serviceSummary,
  ServicePage: servicePage,
  Finding: openFinding,
  ServiceFinding: serviceFinding,
  FindingPage: findingPage,
  AttachRequest: attachRequest,
  AdoptRequest: adoptRequest,
  EmptyRequest: emptyRequest,
  Accepted: accepted,
  PlanRequest: planRequest,
  Planned: planned,
  RedriveRequest: redriveRequest,
  Redriven: redriven,
  FindingCode: findingCode,
  Severity: severity,
  Phase: phase,
  Problem: problem,
} as const;
