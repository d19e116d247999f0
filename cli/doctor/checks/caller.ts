import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { errorMessage, errorName } from '../../../shared/errors.ts';
import { appRunnerZoneIds } from '../../../shared/records/alias.ts';
import { about, type DoctorCheck } from '../check.ts';

/** The caller, or why AWS does not know it. */
export type Caller =
  | { readonly kind: 'known'; readonly account: string; readonly arn: string }
  | { readonly kind: 'refused'; readonly error: string; readonly message: string };

export async function askCaller(sts: STSClient): Promise<Caller> {
  try {
    const { Account: account = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { kind: 'known', account, arn };
  } catch (error) {
    return { kind: 'refused', error: errorName(error), message: errorMessage(error) };
  }
}

/** What the credentials providers and STS say of tokens whose time is over (captured from AWS). */
const EXPIRED = /expired/i;
const KEYS_REFUSED = [
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
];

/** @param profile AWS_PROFILE, if it is set. */
export function judgeCaller(caller: Caller, profile: string | undefined): DoctorCheck {
  const check = about('credentials', profile === undefined ? 'AWS credentials' : `AWS_PROFILE=${profile}`);
  if (caller.kind === 'known') return check.ok(caller.arn);
  const { error, message } = caller;
  const login = `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`;
  if (EXPIRED.test(error) || EXPIRED.test(message))
    return check.missing(`they have expired (${error})`, 'Log in again.', login);
  if (KEYS_REFUSED.includes(error))
    return check.missing(`AWS does not take them (${error})`, 'Give a key that is active.', 'aws configure');
  if (error === 'CredentialsProviderError' && profile !== undefined) {
    return check.missing(
      `no credentials come of this profile: ${message}`,
      'Choose a profile that exists and has credentials, or log in with it.',
      'aws configure list-profiles',
      login,
    );
  }
  if (error === 'CredentialsProviderError') {
    return check.missing(
      'there are none',
      'Log in and name the profile in AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      'aws configure sso',
    );
  }
  return check.unknown(
    `sts:GetCallerIdentity failed: ${error}: ${message}`,
    'Check the network, AWS_ENDPOINT_URL and proxies.',
  );
}

/** @param chosen whether anything says this region: an option, the environment or the profile. */
export function judgeRegion(region: string, chosen: boolean): DoctorCheck {
  const check = about('region', region);
  const regions = Object.keys(appRunnerZoneIds);
  if (!regions.includes(region)) {
    return check.missing(
      'App Runner is not in this region, as far as this version knows',
      `Choose the region of the services: ${regions.join(', ')}.`,
      'export AWS_REGION=ap-northeast-1',
    );
  }
  if (!chosen) {
    return check.warning(
      "nothing says which region is meant; this is the stack's default",
      'Say which one.',
      `export AWS_REGION=${region}`,
    );
  }
  return check.ok('App Runner is in this region');
}
