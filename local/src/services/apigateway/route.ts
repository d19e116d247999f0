/** A route key, taken apart: `GET /pets/{id}`, `ANY /{proxy+}`, or the catch-all `$default`. */
export interface RoutePattern {
  readonly routeKey: string;
  /** `ANY` for every method. */
  readonly method: string;
  /** `undefined` for `$default`. */
  readonly segments: readonly Segment[] | undefined;
}

type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable' | 'greedy'; readonly name: string };

export interface RouteMatch<Route> {
  readonly route: Route;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

const ROUTE_KEY = /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (\/\S*)$/;

/** @throws Error for what API Gateway would refuse as a route key. */
export function parseRouteKey(routeKey: string): RoutePattern {
  if (routeKey === '$default') return { routeKey, method: 'ANY', segments: undefined };
  const [, method, path] = ROUTE_KEY.exec(routeKey) ?? [];
  if (method === undefined || path === undefined) {
    throw new Error(`The provided route key is not formatted properly: "${routeKey}" (METHOD /path, or $default)`);
  }
  const segments = segmentsOf(path).map(segment);
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy')) {
    throw new Error(`A greedy path variable has to be the last of the path: "${routeKey}"`);
  }
  return { routeKey, method, segments };
}

function segment(text: string): Segment {
  const [, name, greedy] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  if (name !== undefined) return { kind: greedy === '+' ? 'greedy' : 'variable', name };
  if (/[{}]/.test(text)) throw new Error(`A path variable has to be a whole segment of the path: "${text}"`);
  return { kind: 'text', text };
}

const segmentsOf = (path: string): readonly string[] => path.slice(1).split('/');

/**
 * The route that answers (documented: "Create routes for HTTP APIs"): the full match before the greedy one before `$default`.
 * Where the documentation leaves it open, the path whose first differing segment says more wins, then the method by
 * name over `ANY` (inferred):
 *
 *     routes             GET /pets/dog/1   GET /pets/dog/{id}   GET /pets/{proxy+}   ANY /{proxy+}   $default
 *     GET /pets/dog/1    ■
 *     GET /pets/dog/2                      ■
 *     GET /pets/cat/1                                           ■
 *     POST /test/5                                                                   ■
 *     GET /                                                                                          ■
 *
 * @param path percent-encoded, as it came. @throws URIError when it is not well encoded.
 */
export function matchRoute<Route extends { readonly pattern: RoutePattern }>(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch<Route> | undefined {
  const given = segmentsOf(path).map(decodeURIComponent);
  const matches = routes.flatMap((route) => {
    const { pattern } = route;
    if (pattern.method !== 'ANY' && pattern.method !== method) return [];
    const pathParameters = parameters(pattern, given);
    return pathParameters === undefined ? [] : [{ route, pathParameters }];
  });
  return matches.sort((a, b) => (rank(a.route.pattern) < rank(b.route.pattern) ? -1 : 1))[0];
}

function parameters({ segments }: RoutePattern, given: readonly string[]): Record<string, string> | undefined {
  if (segments === undefined) return {};
  const found: Record<string, string> = {};
  for (const [index, expected] of segments.entries()) {
    const text = given[index];
    // A variable stands for something: `/pets/` is no `/pets/{id}`.
    if (text === undefined || (text === '' && expected.kind !== 'text')) return undefined;
    if (expected.kind === 'text' && expected.text !== text) return undefined;
    if (expected.kind === 'variable') found[expected.name] = text;
    if (expected.kind === 'greedy') return { ...found, [expected.name]: given.slice(index).join('/') };
  }
  return segments.length === given.length ? found : undefined;
}

const WEIGHT = { text: 'a', variable: 'b', greedy: 'c' } as const;

/** Sorts before that of every pattern that comes after it. */
function rank({ segments, method }: RoutePattern): string {
  const kinds = segments?.map(({ kind }) => WEIGHT[kind]).join('') ?? '';
  const extent = segments === undefined ? 2 : kinds.endsWith(WEIGHT.greedy) ? 1 : 0;
  return `${extent} ${kinds} ${method === 'ANY' ? 1 : 0}`;
}
