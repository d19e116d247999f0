import type { OperationType, ServiceStatus } from '@aws-sdk/client-apprunner';
import type { EventSink, ServiceEvent, World } from '../../world.ts';
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

/** The wording of "Service update completed successfully. …" is documented, the other sentences follow it (inferred). */
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

const CAPITALISED: Readonly<Record<string, string>> = {
  previousServiceStatus: 'PreviousStatus',
  currentServiceStatus: 'CurrentStatus',
  serviceName: 'ServiceName',
  serviceId: 'ServiceId',
  message: 'Message',
  severity: 'Severity',
};

/** Sends the events of services to EventBridge. Connections have no events (docs/facts.md#events-are-best-effort). */
export class Events {
  readonly #world: World;
  readonly #sink: EventSink;

  constructor(world: World, sink: EventSink) {
    this.#world = world;
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

  /** Whether these events exist is a switch (docs/facts.md#tag-events); their form is that of other services (documented). */
  tagChange({ account, region, arn, tags }: ServiceRecord, changed: readonly string[]): void {
    if (!this.#world.switches.tagEvents) return;
    this.#sink.emit({
      account,
      region,
      source: 'aws.tag',
      'detail-type': 'Tag Change on Resource',
      resources: [arn],
      detail: {
        'changed-tag-keys': changed,
        service: 'apprunner',
        'resource-type': 'service',
        version: 1,
        tags: Object.fromEntries(tags),
      },
    });
  }

  #emit(service: ServiceRecord, type: ServiceEvent['detail-type'], detail: object): void {
    this.#sink.emit({
      account: service.account,
      region: service.region,
      source: 'aws.apprunner',
      'detail-type': type,
      resources: [service.arn],
      detail: this.#written({ ...detail, serviceName: service.name, serviceId: service.id }),
    });
  }

  /** An earlier edition of AWS's guide has capitals (docs/facts.md#event-detail-case). */
  #written(detail: object): object {
    if (this.#world.switches.eventDetail === 'lower-camel') return detail;
    return Object.fromEntries(Object.entries(detail).map(([key, value]) => [CAPITALISED[key] ?? key, value]));
  }
}
