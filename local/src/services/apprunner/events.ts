import type { OperationType, ServiceStatus } from '@aws-sdk/client-apprunner';
import type { EventSink, ServiceEvent } from '../../world.ts';
import type { DomainRecord, ServiceRecord } from './resources.ts';

type Outcome = 'Started' | 'CompletedSuccessfully' | 'Failed';

/** How an operation is called in `operationStatus` (docs/facts.md#operation-status-change-event). */
const eventNames: Readonly<Record<OperationType, string>> = {
  CREATE_SERVICE: 'CreateService',
  UPDATE_SERVICE: 'UpdateService',
  DELETE_SERVICE: 'DeleteService',
  PAUSE_SERVICE: 'PauseService',
  RESUME_SERVICE: 'ResumeService',
  START_DEPLOYMENT: 'Deployment',
};

/** The wording of "Service update completed successfully. …" is D, the other sentences follow it (I). */
const subjects: Readonly<Record<OperationType, string>> = {
  CREATE_SERVICE: 'Service creation',
  UPDATE_SERVICE: 'Service update',
  DELETE_SERVICE: 'Service deletion',
  PAUSE_SERVICE: 'Service pause',
  RESUME_SERVICE: 'Service resume',
  START_DEPLOYMENT: 'Deployment',
};

const endings: Readonly<Record<Outcome, string>> = {
  Started: 'started.',
  CompletedSuccessfully: 'completed successfully.',
  Failed: 'failed.',
};

/** Tells EventBridge what happens to services. Connections have no events (docs/facts.md#events-are-best-effort). */
export class Events {
  readonly #sink: EventSink;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  serviceStatus(service: ServiceRecord, previous: ServiceStatus, current: ServiceStatus): void {
    this.#emit(service, 'AppRunner Service Status Change', {
      previousServiceStatus: previous,
      currentServiceStatus: current,
      message: `Service status is set to ${current}.`,
      severity: current.endsWith('_FAILED') ? 'ERROR' : 'INFO',
    });
  }

  operation(service: ServiceRecord, type: OperationType, outcome: Outcome): void {
    const deployed = type === 'UPDATE_SERVICE' && outcome === 'CompletedSuccessfully';
    this.#emit(service, 'AppRunner Service Operation Status Change', {
      operationStatus: `${eventNames[type]}${outcome}`,
      message: `${subjects[type]} ${endings[outcome]}${deployed ? ' New application and configuration is deployed.' : ''}`,
      severity: outcome === 'Failed' ? 'ERROR' : 'INFO',
    });
  }

  /**
   * The detail of this event is not documented (docs/facts.md#domain-validation-event); its members are an
   * inference.
   */
  domainValidation(service: ServiceRecord, domain: DomainRecord): void {
    this.#emit(service, 'AppRunner Custom Domain Validation Status Update', {
      domainName: domain.name,
      domainStatus: domain.status,
      message: `Custom domain ${domain.name} is ${domain.status}.`,
      severity: domain.status.endsWith('_failed') ? 'ERROR' : 'INFO',
    });
  }

  #emit(service: ServiceRecord, type: ServiceEvent['detail-type'], detail: object): void {
    this.#sink.emit({
      account: service.account,
      region: service.region,
      source: 'aws.apprunner',
      'detail-type': type,
      resources: [service.arn],
      detail: { ...detail, serviceName: service.name, serviceId: service.id },
    });
  }
}
