import { queryValue, type WireRequest } from './message.ts';

/** What a signed request says about itself: `Credential=AKID/20260101/ap-northeast-1/apprunner/aws4_request`. */
export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
}

/** The credential scope, from the header or from a presigned query; `undefined` for a request that is not signed. */
export function credentialOf(request: WireRequest): Credential | undefined {
  const header = /\bCredential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const scope = (header ?? queryValue(request, 'X-Amz-Credential'))?.split('/');
  if (scope === undefined || scope.at(-1) !== 'aws4_request') return undefined;
  const [accessKeyId, , region, signingName] = scope;
  if (accessKeyId === undefined || region === undefined || signingName === undefined) return undefined;
  return { accessKeyId, region, signingName };
}
