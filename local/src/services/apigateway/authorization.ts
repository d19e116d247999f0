import { denialMessage } from '../../iam/denial.ts';
import type { Iam } from '../../iam/iam.ts';
import { type SignedRequest, signatureOf, signatureValue, timeOf } from '../../wire/signature.ts';
import type { IamCaller } from './event.ts';

/** Documented: how far X-Amz-Date may be from now, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;

export interface AuthorizationRequest {
  readonly request: SignedRequest;
  readonly sourceAddress: string;
  readonly now: number;
  /** Account and region of the API. */
  readonly account: string;
  readonly region: string;
  /** `arn:aws:execute-api:ap-northeast-1:123456789012:a1b2c3d4e5/$default/GET/services` */
  readonly resource: string;
}

/** `reason` is what an access log would say; the caller hears no more than `Forbidden`. */
export type Admission =
  | { readonly ok: true; readonly caller: IamCaller }
  | { readonly ok: false; readonly reason: string };

/**
 * `AuthorizationType: AWS_IAM`: whoever has signed the request, and may `execute-api:Invoke` the resource.
 * The signature is verified for keys that the embedded cloud has issued; for any other key, whose secret it does not
 * knows, all but the signature's value is.
 */
export function admit(asked: AuthorizationRequest, iam: Iam): Admission {
  const { request, account, region, resource, now } = asked;
  const refuse = (reason: string): Admission => ({ ok: false, reason });
  const signature = signatureOf(request.headers.authorization);
  if (signature === undefined) return refuse('the request has no Authorization header of AWS Signature Version 4');
  const { accessKeyId, service } = signature;
  if (service !== 'execute-api') return refuse(`it is signed for the service ${service}, not execute-api`);
  if (signature.region !== region) return refuse(`it is signed for the region ${signature.region}, not ${region}`);
  const amzDate = request.headers['x-amz-date'];
  const signedAt = timeOf(amzDate);
  if (signedAt === undefined || amzDate?.slice(0, 8) !== signature.date)
    return refuse('its X-Amz-Date is missing, malformed, or of another day than its Credential');
  if (Math.abs(now - signedAt) > CLOCK_SKEW)
    return refuse(`its X-Amz-Date ${amzDate} is more than five minutes from ${new Date(now).toISOString()}`);
  const covered = new Set(signature.signedHeaders);
  const open = ['host', 'x-amz-date'].filter((name) => !covered.has(name));
  if (open.length > 0) return refuse(`its signature does not cover ${open.join(', ')}`);
  const principal = iam.identify(accessKeyId);
  if (principal === undefined) return refuse(`the access key ${accessKeyId} does not exist`);
  const credentials = iam.credentialsOf(accessKeyId);
  if (credentials !== undefined) {
    if (request.headers['x-amz-security-token'] !== credentials.sessionToken)
      return refuse(`its X-Amz-Security-Token is not the one of the access key ${accessKeyId}`);
    if (signatureValue(request, signature, credentials.secretAccessKey) !== signature.value)
      return refuse('its signature is not the one that its access key would give');
  }
  if (principal.account !== account)
    return refuse(`the caller is of the account ${principal.account}, and an HTTP API admits its own account only`);
  const conditions = { 'aws:RequestedRegion': [region], 'aws:SourceIp': [asked.sourceAddress] };
  const denial = iam.authorize(principal, [{ action: 'execute-api:Invoke', resources: [resource] }], conditions);
  if (denial !== undefined) return refuse(denialMessage(principal, denial));
  const userId = iam.userId(principal);
  return {
    ok: true,
    caller: {
      accessKey: accessKeyId,
      accountId: principal.account,
      callerId: userId,
      cognitoIdentity: null,
      principalOrgId: iam.organizationOf(principal.account) ?? null,
      userArn: principal.arn,
      userId,
    },
  };
}
