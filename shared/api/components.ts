import { accepted, findingPage, planned, servicePage, sweepPage } from './answers.ts';
import { policyInForce } from './policy-schemas.ts';
import { problem } from './problems.ts';
import { adoptRequest, attachRequest, emptyRequest, planRequest } from './requests.ts';
import {
  findingCode,
  openFinding,
  phase,
  serviceExplanation,
  serviceFinding,
  serviceSummary,
  severity,
} from './service-schemas.ts';
import { sweepAccepted, sweepCode, sweepFinding, sweepReport, sweepSummary, sweepTarget } from './sweep-schemas.ts';

/** The schemas that have a name in the OpenAPI document, and so a type in clients made from it. */
export const components = {
  Service: serviceExplanation,
  ServiceSummary: serviceSummary,
  ServicePage: servicePage,
  Finding: openFinding,
  ServiceFinding: serviceFinding,
  SweepFinding: sweepFinding,
  FindingPage: findingPage,
  Sweep: sweepReport,
  SweepTarget: sweepTarget,
  SweepSummary: sweepSummary,
  SweepPage: sweepPage,
  SweepAccepted: sweepAccepted,
  PolicyInForce: policyInForce,
  AttachRequest: attachRequest,
  AdoptRequest: adoptRequest,
  EmptyRequest: emptyRequest,
  Accepted: accepted,
  PlanRequest: planRequest,
  Planned: planned,
  FindingCode: findingCode,
  SweepCode: sweepCode,
  Severity: severity,
  Phase: phase,
  Problem: problem,
} as const;
