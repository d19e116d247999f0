import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { RequestProblem } from './problems.ts';

/**
 * Invokes a function of the stack and waits for its answer.
 * @param called what people call it.
 * @returns the answer, parsed as JSON; `null` if there is none.
 * @throws RequestProblem if it fails.
 */
export async function invokeFunction(
  lambda: LambdaClient,
  called: 'sweep' | 'report',
  FunctionName: string,
  request: object,
  options: { readonly abortSignal?: AbortSignal } = {},
): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) });
  const { FunctionError, Payload } = await lambda.send(command, options);
  const answer = Payload?.transformToString() ?? 'null';
  if (FunctionError !== undefined)
    throw new RequestProblem(`${called}-failed`, `The ${called} function failed: ${answer}`);
  return JSON.parse(answer);
}
