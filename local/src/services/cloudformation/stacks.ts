import type { ResourceStatus, StackEvent, StackStatus } from '@aws-sdk/client-cloudformation';
import { bringTo, takeAwayAll } from '../../deploy/deploy.ts';
import type { DeploymentCloud } from '../../deploy/resource.ts';
import type { DeployedResource, DeployedStack, ResourceEvent } from '../../deploy/stack.ts';
import { readTemplate, stackIdOf } from '../../deploy/template.ts';
import { AwsError } from '../../wire/errors.ts';
import type { ChangeSet, Definition } from './change-set.ts';

export interface StackRecord {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly id: string;
  /** Milliseconds since the epoch, as the other times. */
  readonly created: number;
  updated?: number;
  deleted?: number;
  status: StackStatus;
  statusReason?: string;
  /** What it was last brought to; of a stack that is only reviewed, what it would be. */
  definition: Definition;
  readonly resources: Map<string, DeployedResource>;
  outputs: Readonly<Record<string, string>>;
  /** The oldest first. */
  readonly events: StackEvent[];
  /** By name. */
  readonly changeSets: Map<string, ChangeSet>;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const invalid = (message: string) => new AwsError('ValidationError', message);

/** The stacks of all accounts and regions, and what happens to them. */
export class Stacks {
  readonly #cloud: DeploymentCloud;
  readonly #records: StackRecord[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(cloud: DeploymentCloud) {
    this.#cloud = cloud;
  }

  /** Notes a stack that was deployed from inside the embedded cloud. */
  record({ stack, resources, outputs }: DeployedStack): void {
    const record = this.review(stack, {
      stack,
      templateText: JSON.stringify(stack.template),
      tags: [],
      capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    for (const [logicalId, resource] of resources) record.resources.set(logicalId, resource);
    record.outputs = outputs;
    this.#move(record, 'CREATE_IN_PROGRESS', 'User Initiated');
    for (const [logicalId, { type, reference: physicalId, properties }] of resources)
      this.#addEvent(record, { logicalId, type, physicalId, properties, status: 'CREATE_COMPLETE' });
    this.#move(record, 'CREATE_COMPLETE');
  }

  /** A stack that has nothing yet. */
  review(place: Place, definition: Definition): StackRecord {
    const { account, region, stackName: name } = definition.stack;
    const record: StackRecord = {
      ...{ account, region, name, id: stackIdOf(definition.stack) },
      created: this.#now(),
      status: 'REVIEW_IN_PROGRESS',
      statusReason: 'User Initiated',
      definition,
      resources: new Map(),
      outputs: {},
      events: [],
      changeSets: new Map(),
    };
    const taken = this.find(place, name);
    if (taken !== undefined) throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
    this.#records.push(record);
    return record;
  }

  /** The stacks of an account and region, the newest first; those that are gone too. */
  all({ account, region }: Place): readonly StackRecord[] {
    return this.#records.filter((record) => record.account === account && record.region === region).reverse();
  }

  /** By its name, if it is not gone, or by its id. */
  find(place: Place, nameOrId: string): StackRecord | undefined {
    return this.all(place).find(
      ({ name, id, deleted }) => id === nameOrId || (name === nameOrId && deleted === undefined),
    );
  }

  /** @throws AwsError ValidationError */
  get(place: Place, nameOrId: string): StackRecord {
    const found = this.find(place, nameOrId);
    if (found === undefined) throw invalid(`Stack with id ${nameOrId} does not exist`);
    return found;
  }

  /** Begins to change a stack to a definition; its status and events report the result. @throws AwsError */
  change(record: StackRecord, definition: Definition): void {
    const isNew = record.status === 'REVIEW_IN_PROGRESS';
    this.#refuseWhileMoving(record, 'updated');
    if (/^(ROLLBACK_|DELETE_)/.test(record.status)) {
      throw invalid(`Stack:${record.id} is in ${record.status} state and can not be updated.`);
    }
    this.#move(record, isNew ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', 'User Initiated');
    this.#run(isNew ? this.#create(record, definition) : this.#update(record, definition));
  }

  /** Begins to take a stack away. @throws AwsError */
  delete(record: StackRecord): void {
    this.#refuseWhileMoving(record, 'deleted');
    this.#move(record, 'DELETE_IN_PROGRESS', 'User Initiated');
    this.#run(this.#delete(record));
  }

  /** Settles when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #refuseWhileMoving(record: StackRecord, how: string): void {
    if (!record.status.endsWith('_IN_PROGRESS') || record.status === 'REVIEW_IN_PROGRESS') return;
    throw invalid(`Stack:${record.id} is in ${record.status} state and can not be ${how}.`);
  }

  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #create(record: StackRecord, definition: Definition): Promise<void> {
    try {
      await this.#bring(record, definition);
      this.#move(record, 'CREATE_COMPLETE');
    } catch (error) {
      this.#move(record, 'ROLLBACK_IN_PROGRESS', `${reasonOf(error)} Rollback requested by user.`);
      const stack = definition.stack;
      const report = (event: ResourceEvent) => this.#addEvent(record, event);
      const left = await takeAwayAll(stack, record.resources, this.#cloud, report, 'creation failed');
      if (left.length === 0) this.#move(record, 'ROLLBACK_COMPLETE');
      else this.#move(record, 'ROLLBACK_FAILED', notDeleted(left));
    }
  }

  async #update(record: StackRecord, definition: Definition): Promise<void> {
    const before = record.definition;
    try {
      await this.#bring(record, definition);
      this.#move(record, 'UPDATE_COMPLETE');
    } catch (error) {
      this.#move(record, 'UPDATE_ROLLBACK_IN_PROGRESS', reasonOf(error));
      try {
        await this.#bring(record, before);
        this.#move(record, 'UPDATE_ROLLBACK_COMPLETE');
      } catch (second) {
        this.#move(record, 'UPDATE_ROLLBACK_FAILED', reasonOf(second));
      }
    }
  }

  async #delete(record: StackRecord): Promise<void> {
    const { stack } = record.definition;
    const left = await takeAwayAll(stack, record.resources, this.#cloud, (event) => this.#addEvent(record, event));
    if (left.length > 0) return this.#move(record, 'DELETE_FAILED', notDeleted(left));
    this.#move(record, 'DELETE_COMPLETE');
    record.deleted = this.#now();
  }

  async #bring(record: StackRecord, definition: Definition): Promise<void> {
    const report = (event: ResourceEvent) => this.#addEvent(record, event);
    const { outputs } = await bringTo(definition.stack, record.resources, this.#cloud, report);
    record.outputs = outputs;
    record.definition = definition;
  }

  #move(record: StackRecord, status: StackStatus & ResourceStatus, reason?: string): void {
    record.status = status;
    if (reason === undefined) delete record.statusReason;
    else record.statusReason = reason;
    if (status.startsWith('UPDATE_')) record.updated = this.#now();
    const type = 'AWS::CloudFormation::Stack';
    const event = { logicalId: record.name, type, physicalId: record.id, properties: undefined };
    this.#addEvent(record, { ...event, status, ...(reason === undefined ? {} : { reason }) });
  }

  #addEvent(record: StackRecord, event: Omit<ResourceEvent, 'status' | 'properties'> & EventDetails): void {
    const { logicalId, type, physicalId, properties, status, reason } = event;
    record.events.push({
      EventId: this.#cloud.world.chance.uuid(),
      StackId: record.id,
      StackName: record.name,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Timestamp: new Date(this.#now()),
      ResourceStatus: status,
      ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
      ...(properties === undefined ? {} : { ResourceProperties: JSON.stringify(properties) }),
    });
  }

  #now(): number {
    return this.#cloud.world.clock.now();
  }
}

interface EventDetails {
  readonly status: ResourceStatus;
  readonly properties: object | undefined;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const notDeleted = (left: readonly string[]) => `The following resource(s) failed to delete: [${left.join(', ')}].`;

/** The text of the description that a template has, if it has one. */
export const descriptionOf = ({ stack }: Definition): string | undefined => readTemplate(stack.template).Description;
