import type { Clock } from '../../clock.ts';
import { AwsError } from '../../wire/errors.ts';

interface Dashboard {
  /** JSON, as it was put. */
  readonly body: string;
  readonly at: number;
}

/** Dashboards belong to an account and to all its regions (documented). Nothing here draws them; what cannot be drawn is refused. */
export class Dashboards {
  readonly #clock: Clock;
  readonly #dashboards = new Map<string, Map<string, Dashboard>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  in(account: string): ReadonlyMap<string, Dashboard> {
    return this.#dashboards.get(account) ?? new Map();
  }

  /** @throws AwsError DashboardInvalidInputError */
  put(account: string, name: string, body: string): void {
    const problems = problemsOf(name, body);
    if (problems.length > 0) {
      throw new AwsError('DashboardInvalidInputError', 'The dashboard body is invalid', {
        members: { dashboardValidationMessages: problems.map((Message) => ({ Message })) },
      });
    }
    const known = this.#dashboards.get(account) ?? new Map<string, Dashboard>();
    this.#dashboards.set(account, known.set(name, { body, at: this.#clock.now() }));
  }

  delete(account: string, name: string): void {
    this.#dashboards.get(account)?.delete(name);
  }
}

const KINDS = ['metric', 'text', 'log', 'alarm', 'explorer', 'custom'];
/** Documented: the grid of a dashboard has 24 columns. */
const COLUMNS = 24;

/** Documented: "Dashboard body structure and syntax". */
function problemsOf(name: string, body: string): readonly string[] {
  if (!/^[\w-]{1,255}$/.test(name)) return ['The dashboard name may have letters, digits, dashes and underscores.'];
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return ['The dashboard body is not JSON.'];
  }
  const widgets: unknown = Object(parsed).widgets;
  if (!Array.isArray(widgets)) return ['The field "widgets" must be an array.'];
  return widgets.flatMap((widget: unknown, index) => {
    const { type, x = 0, width = 6, properties } = Object(widget);
    const at = `/widgets/${index}`;
    return [
      ...(KINDS.includes(type) ? [] : [`${at}/type: must be one of ${KINDS.join(', ')}`]),
      ...(Number(x) + Number(width) <= COLUMNS ? [] : [`${at}: x and width must not exceed ${COLUMNS} columns`]),
      ...(properties instanceof Object ? [] : [`${at}/properties: is required`]),
      ...(type === 'metric' && Object(properties).region === undefined ? [`${at}/properties/region: is required`] : []),
      ...(type === 'metric' && !('metrics' in Object(properties)) && !('annotations' in Object(properties))
        ? [`${at}/properties: metrics or annotations are required`]
        : []),
      ...(type === 'alarm' && !Array.isArray(Object(properties).alarms)
        ? [`${at}/properties/alarms: is required`]
        : []),
    ];
  });
}
