import type { EmbeddedCloud } from '../cloud.ts';
import type { ApiResponse } from '../services/apigateway/message.ts';
import { bytesOf } from '../wire/message.ts';
import { LiveCalls } from './calls.ts';
import { LiveEvents } from './events.ts';
import { livePage } from './page.ts';
import { liveState } from './state.ts';

/** Answers `/_local` and what the page there asks; `undefined` for any other path. @param target path and query. */
export type LiveRoutes = (target: string) => Promise<ApiResponse | undefined>;

const answer = (type: string, body: string): ApiResponse => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  cookies: [],
  body: bytesOf(body),
});

/** The page of a cloud. It keeps calls and events from now on. */
export function liveRoutes(cloud: EmbeddedCloud): LiveRoutes {
  const calls = new LiveCalls(cloud.gateway);
  const events = new LiveEvents(cloud.events);
  return async (target) => {
    const { pathname, searchParams } = new URL(target, 'http://127.0.0.1');
    if (pathname === '/_local') return answer('text/html; charset=utf-8', livePage);
    if (pathname !== '/_local/state') return undefined;
    const state = await liveState(cloud, { calls, events }, Number(searchParams.get('after') ?? 0) || 0);
    return answer('application/json', JSON.stringify(state));
  };
}
