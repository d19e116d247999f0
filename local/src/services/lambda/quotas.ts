import { AwsError } from '../../wire/errors.ts';
import { validatePattern } from '../eventbridge/pattern.ts';
import type { EventSourceMapping, StreamSettings } from './event-source-mapping.ts';
import type { LambdaFunction } from './function.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const ENVIRONMENT_BYTES = 4096;
const LONGEST_NAME = 64;
const TIMEOUT_SECONDS = [1, 900] as const;
const MEMORY_MIB = [128, 10_240] as const;
const BATCH = 10;
const BATCH_WITH_WINDOW = 10_000;
const WINDOW_SECONDS = [0, 300] as const;
const CONCURRENCY = [2, 1000] as const;
const FILTERS = 5;
const FILTER_CHARACTERS = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED_KEY =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

const constraint = (value: string | number, member: string, rule: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );

function checkRange(value: number, member: string, [low, high]: readonly [number, number]): void {
  if (value < low) throw constraint(value, member, `have value greater than or equal to ${low}`);
  if (value > high) throw constraint(value, member, `have value less than or equal to ${high}`);
}

/** @throws AwsError ValidationException, InvalidParameterValueException */
export function checkFunction({ name, timeout, memorySize, environment }: LambdaFunction): void {
  if (!/^[\w-]+$/.test(name))
    throw constraint(name, 'functionName', 'satisfy regular expression pattern: [a-zA-Z0-9-_]+');
  if (name.length > LONGEST_NAME)
    throw constraint(name, 'functionName', `have length less than or equal to ${LONGEST_NAME}`);
  checkRange(timeout, 'timeout', TIMEOUT_SECONDS);
  checkRange(memorySize, 'memorySize', MEMORY_MIB);
  const reserved = Object.keys(environment).filter((key) => RESERVED_KEY.test(key));
  if (reserved.length > 0) {
    throw invalidValue(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(environment);
  if (Buffer.byteLength(measured) > ENVIRONMENT_BYTES) {
    throw invalidValue(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
}

/** @throws AwsError ValidationException, InvalidParameterValueException */
export function checkMapping(mapping: Omit<EventSourceMapping, 'uuid' | 'lastModified'>): void {
  const { batchSize, batchingWindow, maximumConcurrency, filters, stream } = mapping;
  if (stream !== undefined) checkStreamMapping(mapping, stream);
  checkRange(batchSize, 'batchSize', [1, BATCH_WITH_WINDOW]);
  checkRange(batchingWindow, 'maximumBatchingWindowInSeconds', WINDOW_SECONDS);
  if (maximumConcurrency !== undefined) checkRange(maximumConcurrency, 'scalingConfig.maximumConcurrency', CONCURRENCY);
  if (stream === undefined && batchSize > BATCH && batchingWindow === 0) {
    throw invalidValue(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  if (filters.length > FILTERS) {
    throw constraint(filters.length, 'filterCriteria.filters', `have length less than or equal to ${FILTERS}`);
  }
  for (const filter of filters) {
    if (JSON.stringify(filter).length > FILTER_CHARACTERS)
      throw constraint(
        '…',
        'filterCriteria.filters.1.member.pattern',
        `have length less than or equal to ${FILTER_CHARACTERS}`,
      );
    try {
      validatePattern(filter);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalidValue(`Invalid filter pattern definition. ${error.message}`);
    }
  }
}

/** Documented: "Creating an event source mapping for DynamoDB". @throws AwsError ValidationException, InvalidParameterValueException */
function checkStreamMapping(
  { maximumConcurrency }: Pick<EventSourceMapping, 'maximumConcurrency'>,
  { maximumRetryAttempts, startingPosition }: StreamSettings,
): void {
  checkRange(maximumRetryAttempts, 'maximumRetryAttempts', [-1, 10_000]);
  if (!['LATEST', 'TRIM_HORIZON'].includes(startingPosition)) {
    throw invalidValue(
      `1 validation error detected: Value '${startingPosition}' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [TRIM_HORIZON, LATEST]`,
    );
  }
  if (maximumConcurrency !== undefined) {
    throw invalidValue('ScalingConfig is not supported for DynamoDB event source mappings.');
  }
}

/** The pattern of a filter, read. @throws AwsError InvalidParameterValueException */
export function filterPattern(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidValue('Invalid filter pattern definition.');
  }
}
