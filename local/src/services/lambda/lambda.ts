import { policyAllows } from '../../iam/resource-policy.ts';
import { AwsError } from '../../wire/errors.ts';
import type { World } from '../../world.ts';
import type { Sender, Targets } from '../eventbridge/targets.ts';
import { AsynchronousInvocations } from './asynchronous.ts';
import { type EventSourceMapping, MappingPoller, type SourceQueues } from './event-source-mapping.ts';
import { functionId, type LambdaFunction } from './function.ts';
import { checkFunction, checkMapping } from './quotas.ts';
import { type InvocationOutcome, MAXIMUM_PAYLOAD, type Runtime } from './runtime.ts';
import { type SourceStream, StreamPoller } from './stream-mapping.ts';
import type { Telemetry } from './telemetry.ts';

/** Documented: concurrent executions of an account in a region. */
const ACCOUNT_CONCURRENCY = 1000;
/** Documented: what reservations leave for the other functions. */
const UNRESERVED_CONCURRENCY = 100;

/** Documented: what the function's role needs for an SQS mapping. */
const POLLER_ACTIONS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
/** Documented: what it needs for the stream of a table. */
const STREAM_ACTIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

export interface LambdaOptions {
  readonly runtime: Runtime;
  /** Errors outside of a request. */
  readonly log?: (line: string) => void;
  /** Where logs and metrics go; without it they are lost. */
  readonly telemetry?: Telemetry;
}

export type NewFunction = Omit<LambdaFunction, 'arn' | 'lastModified' | 'statements'>;
export type NewMapping = Omit<EventSourceMapping, 'uuid' | 'lastModified'>;

/** Lambda: functions, their invocation (at once, later, by a queue) and who may invoke them. */
export class Lambda {
  readonly #world: World;
  readonly #runtime: Runtime;
  readonly #log: (line: string) => void;
  readonly #telemetry: Telemetry | undefined;
  readonly #asynchronous: AsynchronousInvocations;
  /** By ARN. */
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #pollers = new Map<string, MappingPoller | StreamPoller>();
  readonly #running = new Map<string, number>();
  #targets: Targets | undefined;
  #queues: SourceQueues | undefined;
  #streams: (arn: string) => SourceStream | undefined = () => undefined;

  constructor(world: World, { runtime, log = () => {}, telemetry }: LambdaOptions) {
    this.#telemetry = telemetry;
    this.#world = world;
    this.#runtime = runtime;
    this.#log = log;
    this.#asynchronous = new AsynchronousInvocations({
      world,
      current: (fn) => this.#functions.get(fn.arn),
      invoke: (fn, payload, requestId) => this.invoke(fn, payload, requestId),
      targets: () => this.#targets,
      log,
    });
  }

  /** Sets where results and dead letters go, and where mappings read. */
  connect(connections: {
    readonly targets: Targets;
    readonly queues: SourceQueues;
    readonly streams?: (arn: string) => SourceStream | undefined;
  }): void {
    this.#targets = connections.targets;
    this.#queues = connections.queues;
    if (connections.streams !== undefined) this.#streams = connections.streams;
  }

  /** @throws AwsError ResourceConflictException */
  createFunction(fn: NewFunction): LambdaFunction {
    const arn = `arn:aws:lambda:${fn.region}:${fn.account}:function:${fn.name}`;
    if (this.#functions.has(arn))
      throw new AwsError('ResourceConflictException', `Function already exist: ${fn.name}`, { status: 409 });
    return this.#put({ ...fn, arn, lastModified: this.#world.clock.now(), statements: new Map() });
  }

  /** Changes configuration or code; the next invocation runs in a new environment. @throws AwsError ResourceNotFoundException */
  updateFunction(arn: string, changes: Partial<NewFunction>): LambdaFunction {
    return this.#put({ ...this.get(arn), ...changes, lastModified: this.#world.clock.now() });
  }

  /** Its mappings stay, as on AWS, and call nothing. */
  deleteFunction(arn: string): void {
    this.#functions.delete(arn);
  }

  /** Adds a statement to the function's own policy. @throws AwsError ResourceNotFoundException, ResourceConflictException */
  addPermission(arn: string, sid: string, statement: object): void {
    const fn = this.get(arn);
    if (fn.statements.has(sid)) {
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        { status: 409 },
      );
    }
    this.#put({ ...fn, statements: new Map([...fn.statements, [sid, statement]]) });
  }

  /** Harmless for a function or a statement that is not there. */
  removePermission(arn: string, sid: string): void {
    const fn = this.find(arn);
    if (fn !== undefined) this.#put({ ...fn, statements: new Map([...fn.statements].filter(([id]) => id !== sid)) });
  }

  /** @throws AwsError ResourceNotFoundException, InvalidParameterValueException (the role may not read the queue) */
  createEventSourceMapping(mapping: NewMapping): EventSourceMapping {
    const { roleArn } = this.get(mapping.functionArn);
    checkMapping(mapping);
    const { sourceArn, stream } = mapping;
    const [service, label, actions] =
      stream === undefined
        ? (['sqs', 'SQS', POLLER_ACTIONS] as const)
        : (['dynamodb', 'DynamoDB', STREAM_ACTIONS] as const);
    if (this.#queues === undefined || this.#targets === undefined)
      throw new Error('Lambda has no sources yet: call connect() first');
    for (const action of actions) {
      if (this.#targets.roleAllows(roleArn, `${service}:${action}`, sourceArn)) continue;
      throw new AwsError(
        'InvalidParameterValueException',
        `The provided execution role does not have permissions to call ${action} on ${label}`,
      );
    }
    const made = { ...mapping, uuid: this.#world.chance.uuid(), lastModified: this.#world.clock.now() };
    const parts = {
      world: this.#world,
      queues: this.#queues,
      function: (arn: string) => this.#functions.get(arn),
      invoke: (fn: LambdaFunction, payload: unknown) => this.invoke(fn, payload),
      log: this.#log,
    };
    let poller: MappingPoller | StreamPoller;
    if (stream === undefined) poller = new MappingPoller(made, parts);
    else {
      const source = this.#streams(sourceArn);
      if (source === undefined) {
        throw new AwsError('InvalidParameterValueException', `Stream not found: ${sourceArn}`);
      }
      poller = new StreamPoller(made, stream, {
        ...parts,
        stream: source,
        targets: this.#targets,
        telemetry: this.#telemetry,
      });
    }
    this.#pollers.set(made.uuid, poller);
    return made;
  }

  /** @throws AwsError ResourceNotFoundException, ValidationException, InvalidParameterValueException */
  updateEventSourceMapping(uuid: string, changes: Partial<NewMapping>): EventSourceMapping {
    const poller = this.#pollers.get(uuid);
    if (poller === undefined)
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
    const mapping = { ...poller.mapping, ...changes, lastModified: this.#world.clock.now() };
    checkMapping(mapping);
    poller.update(mapping);
    return mapping;
  }

  deleteEventSourceMapping(uuid: string): void {
    this.#pollers.get(uuid)?.stop();
    this.#pollers.delete(uuid);
  }

  find(arn: string): LambdaFunction | undefined {
    const [account, region, name] = functionId(arn, { account: '', region: '' });
    return this.#functions.get(`arn:aws:lambda:${region}:${account}:function:${name}`);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(arn: string): LambdaFunction {
    const fn = this.find(arn);
    if (fn === undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 });
    return fn;
  }

  functions(account: string, region: string): readonly LambdaFunction[] {
    return [...this.#functions.values()].filter((fn) => fn.account === account && fn.region === region);
  }

  /** What the functions of an account and region may run at once, and have not reserved. */
  concurrency(account: string, region: string): { readonly limit: number; readonly unreserved: number } {
    const reserved = this.functions(account, region).reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
    return { limit: ACCOUNT_CONCURRENCY, unreserved: ACCOUNT_CONCURRENCY - reserved };
  }

  mappings(account: string, region: string): readonly EventSourceMapping[] {
    const prefix = `arn:aws:lambda:${region}:${account}:`;
    return [...this.#pollers.values()]
      .map(({ mapping }) => mapping)
      .filter((mapping) => mapping.functionArn.startsWith(prefix));
  }

  /**
   * Invokes and waits. A function that fails is an outcome.
   * @throws AwsError TooManyRequestsException when all its concurrency is in use.
   */
  async invoke(
    fn: LambdaFunction,
    payload: unknown,
    requestId = this.#world.chance.uuid(),
    clientContext?: unknown,
  ): Promise<InvocationOutcome> {
    const running = this.#running.get(fn.arn) ?? 0;
    if (running >= (fn.reservedConcurrency ?? ACCOUNT_CONCURRENCY)) {
      this.#telemetry?.throttled(fn);
      const Reason = `${fn.reservedConcurrency === undefined ? '' : 'ReservedFunction'}ConcurrentInvocationLimitExceeded`;
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        status: 429,
        members: { Reason, Type: 'User' },
      });
    }
    this.#running.set(fn.arn, running + 1);
    try {
      const startedAt = this.#world.clock.now();
      this.#telemetry?.started(fn, requestId);
      const outcome = await this.#runtime.invoke(fn, payload, { requestId, clientContext });
      this.#telemetry?.ended(fn, requestId, outcome, this.#world.clock.now() - startedAt);
      return outcome;
    } finally {
      this.#running.set(fn.arn, (this.#running.get(fn.arn) ?? 1) - 1);
    }
  }

  /** Queues an event: retried on failure, then dead-lettered. */
  invokeLater(fn: LambdaFunction, payload: unknown, requestId = this.#world.chance.uuid()): void {
    this.#asynchronous.enqueue(fn, payload, requestId);
  }

  /**
   * Queues an event on behalf of a service, if the function's policy lets that in.
   * @param payload JSON text, or any other text, which the function then gets as a string.
   * @throws AwsError ResourceNotFoundException, AccessDeniedException
   */
  async invokeForService(arn: string, payload: string, sender: Sender): Promise<void> {
    this.invokeLater(this.#admitted(arn, sender), json(payload));
  }

  /**
   * Invokes on behalf of a service and waits, if the function's policy lets that in. A function that fails is an outcome.
   * @throws AwsError ResourceNotFoundException, AccessDeniedException, RequestTooLargeException, TooManyRequestsException
   */
  async callForService(arn: string, payload: unknown, sender: Sender): Promise<InvocationOutcome> {
    const fn = this.#admitted(arn, sender);
    const size = Buffer.byteLength(JSON.stringify(payload));
    if (size > MAXIMUM_PAYLOAD) {
      const message = `${size} byte payload is too large for the RequestResponse invocation type (limit ${MAXIMUM_PAYLOAD} bytes)`;
      throw new AwsError('RequestTooLargeException', message, { status: 413 });
    }
    return this.invoke(fn, payload);
  }

  /** The function, if its own policy lets the sender invoke it. */
  #admitted(arn: string, sender: Sender): LambdaFunction {
    const fn = this.get(arn);
    const allowed = policyAllows(fn.statements.size === 0 ? undefined : { Statement: [...fn.statements.values()] }, {
      principal: { service: sender.service },
      action: 'lambda:InvokeFunction',
      resource: fn.arn,
      conditions: { 'aws:SourceArn': sender.sourceArn, 'aws:SourceAccount': sender.sourceAccount },
    });
    if (!allowed) {
      throw new AwsError(
        'AccessDeniedException',
        `${fn.name} has no permission (AWS::Lambda::Permission) that lets ${sender.service} invoke it for ${sender.sourceArn}`,
        { status: 403 },
      );
    }
    return fn;
  }

  /** Ends the mappings and every environment. */
  async close(): Promise<void> {
    for (const poller of this.#pollers.values()) poller.stop();
    await this.#runtime.close();
  }

  #put(fn: LambdaFunction): LambdaFunction {
    checkFunction(fn);
    const others = this.functions(fn.account, fn.region).filter(({ arn }) => arn !== fn.arn);
    const reserved = [...others, fn].reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
    if (fn.reservedConcurrency !== undefined && reserved > ACCOUNT_CONCURRENCY - UNRESERVED_CONCURRENCY) {
      throw new AwsError(
        'InvalidParameterValueException',
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_CONCURRENCY}].`,
      );
    }
    this.#functions.set(fn.arn, fn);
    return fn;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
