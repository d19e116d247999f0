import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** What a browser, an SDK or curl says about where a request comes from and goes to; names in lower case. */
export interface RequestOrigin {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
}

/**
 * Why a request to a port of this machine is refused, or `undefined` if it is served.
 *
 * Any web page can make a browser send requests to 127.0.0.1. Three headers give it away, and no page can change them:
 *
 *     Host            a name other than this machine's: the page's own name now resolves to 127.0.0.1 (DNS rebinding)
 *     Origin          the page's origin, sent with every POST and every cross-origin script request
 *     Sec-Fetch-Site  `cross-site`, also sent with links, images and forms
 *
 * SDKs, the AWS CLI and curl send none but Host. Pages on a loopback address are served: they are the developer's own.
 *
 * @param isServedHost other hosts that are served, such as those of HTTP APIs.
 */
export function foreignRequest(
  { host, origin, 'sec-fetch-site': site }: RequestOrigin,
  isServedHost: (host: string) => boolean = () => false,
): string | undefined {
  if (host === undefined || !(isLoopback(`http://${host}`) || isServedHost(host))) {
    return `The Host header is ${JSON.stringify(host ?? '')}. Use 127.0.0.1 or localhost: other names could be those of a web page.`;
  }
  if (origin !== undefined && !isLoopback(origin)) {
    return `The request comes from a web page (Origin ${JSON.stringify(origin)}). Only pages on a loopback address are served.`;
  }
  if (origin === undefined && site === 'cross-site') {
    return 'The request comes from a page of another site. Enter the address in the address bar instead.';
  }
  return undefined;
}

/** `localhost` and names below it always mean this machine (RFC 6761). */
function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const hostname = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const family = isIP(hostname);
  if (family !== 0) return loopback.check(hostname, family === 6 ? 'ipv6' : 'ipv4');
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
