import type { EndpointView, IngressRouter } from '../world.ts';

/** What the front answers to a request, whichever way it came. */
export interface FrontAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The certificate of App Runner's own names in a region; also shown to who asks for a name that has none. */
export const defaultCertificateName = (region: string): string => `*.${region}.awsapprunner.com`;

/**
 * Which certificate is shown for a server name (SNI): the one of that name, one of a wildcard that covers it, or the default.
 * @param servername as the client sent it, or `undefined` when it sent none
 */
export function certificateName(
  router: IngressRouter,
  { endpointId, region }: EndpointView,
  servername: string | undefined,
): string {
  const name = (servername ?? '').toLowerCase();
  const shown = defaultCertificateName(region);
  if (oneLabelUp(name) === shown) return shown;
  const names = router.certificateNames(endpointId);
  return [name, oneLabelUp(name)].find((candidate) => names.includes(candidate)) ?? shown;
}

/**
 * App Runner's answer behind an endpoint. Its router knows only its own names and the active custom domains
 * (docs/facts.md#endpoint-names-answer-no-request):
 *
 *     Host             answer
 *     unknown          empty 404 of the router, whatever certificate was shown (inference)
 *     paused service   503 of the router (inference)
 *     service          the application's own status, with a body that names the service
 */
export function answer(router: IngressRouter, endpointId: string, host: string | undefined, path: string): FrontAnswer {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  const service = router.route(endpointId, name);
  const headers = { server: 'envoy' };
  if (service === undefined) return { status: 404, headers, body: '' };
  if (service.paused) return { status: 503, headers, body: 'service is paused' };
  return {
    status: service.applicationStatus,
    headers: { ...headers, 'content-type': 'application/json' },
    body: `${JSON.stringify({ service: service.serviceName, host: name, path })}\n`,
  };
}

const oneLabelUp = (name: string): string => name.replace(/^[^.]+/, '*');
