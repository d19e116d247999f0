import type { z } from 'zod';
import { routes } from '../../shared/api/routes.ts';
import { UsageError } from '../errors.ts';
import { argumentAt } from './argument-words.ts';

/** A request as it is about to be sent. */
interface Outgoing {
  readonly method: string;
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly params: { readonly path?: object | undefined; readonly query?: object | undefined };
  readonly body: unknown;
}

/**
 * Checks a request by the schemas of its route, before it is sent.
 * @throws UsageError in the words of the command line.
 */
export function checkArguments({ method, path, params, body }: Outgoing): void {
  const route = Object.values(routes).find((one) => one.method === method && one.path === path);
  if (route === undefined) return;
  const wrong = [
    ...issues(route.params, params.path ?? {}, ([name]) =>
      path.startsWith('/sweeps') ? 'id' : `service (${String(name)})`,
    ),
    ...issues(route.query, params.query ?? {}, ([name]) => argumentAt(String(name), 'query-invalid')),
    ...issues(route.body.schema, body ?? {}, ([name]) => argumentAt(String(name), 'body-invalid')),
  ];
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
}

/** @param word names the argument at a place. @returns one line for each thing that is wrong. */
function issues(schema: z.ZodType, given: object, word: (path: readonly PropertyKey[]) => string): readonly string[] {
  const found = schema.safeParse(given).error?.issues ?? [];
  return found.map(({ path, message }) => {
    const value = path.reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), given);
    return `${word(path)}${typeof value === 'string' ? ` "${value}"` : ''}: ${message}.`;
  });
}

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}
