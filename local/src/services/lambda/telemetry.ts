import type { World } from '../../world.ts';
import { extractMetrics } from '../cloudwatch/embedded-metrics.ts';
import type { Metrics } from '../cloudwatch/metrics.ts';
import type { LogGroups } from '../logs/groups.ts';
import type { LambdaFunction } from './function.ts';
import type { InvocationOutcome } from './runtime.ts';

type Named = Pick<LambdaFunction, 'account' | 'region' | 'name'>;

/**
 * What Lambda tells of its functions: lines in their log groups, if these exist (here nothing creates them but a stack or a person), and
 * metrics (documented: "Types of metrics for Lambda functions").
 */
export class Telemetry {
  readonly #world: World;
  readonly #metrics: Metrics;
  readonly #groups: LogGroups;

  constructor(world: World, metrics: Metrics, groups: LogGroups) {
    this.#world = world;
    this.#metrics = metrics;
    this.#groups = groups;
    groups.onLine(({ account, region }, message) => extractMetrics(message, { account, region }, metrics));
  }

  /** A line that a function wrote. */
  line({ account, region, name }: Named, message: string, at = this.#world.clock.now()): void {
    const group = this.#groups.find(account, region, `/aws/lambda/${name}`);
    const day = new Date(this.#world.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    // One stream a day, where AWS has one for each environment.
    if (group !== undefined) this.#groups.write(group, `${day}/[$LATEST]`, message, at);
  }

  started(fn: LambdaFunction, requestId: string): void {
    this.line(fn, `START RequestId: ${requestId} Version: $LATEST`);
  }

  /** @param duration milliseconds. */
  ended(fn: LambdaFunction, requestId: string, outcome: InvocationOutcome, duration: number): void {
    const failed = !outcome.ok;
    this.#put(fn, 'Invocations', 1);
    this.#put(fn, 'Errors', failed ? 1 : 0);
    this.#put(fn, 'Duration', duration, 'Milliseconds');
    if (failed && outcome.errorType === 'Sandbox.Timedout') {
      const time = new Date(this.#world.clock.now()).toISOString();
      this.line(fn, `${time} ${requestId} Task timed out after ${fn.timeout.toFixed(2)} seconds`);
    } else if (failed) {
      const { errorType, errorMessage, trace: stack = [] } = outcome;
      const time = new Date(this.#world.clock.now()).toISOString();
      this.line(
        fn,
        `${time}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify({ errorType, errorMessage, stack })}`,
      );
    }
    this.line(fn, `END RequestId: ${requestId}`);
    this.line(
      fn,
      `REPORT RequestId: ${requestId}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\tMemory Size: ${fn.memorySize} MB\t`,
    );
  }

  throttled(fn: LambdaFunction): void {
    this.#put(fn, 'Throttles', 1);
  }

  /** How old the last record of a batch of a stream was, in milliseconds, when it was handed over. */
  iteratorAge(fn: LambdaFunction, age: number): void {
    this.#put(fn, 'IteratorAge', age, 'Milliseconds');
  }

  #put({ account, region, name }: LambdaFunction, metric: string, value: number, unit = 'Count'): void {
    const dimensions = { FunctionName: name };
    this.#metrics.put({ account, region, namespace: 'AWS/Lambda', name: metric, dimensions }, [value], unit);
  }
}
