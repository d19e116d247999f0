import type { Issuers } from './observed.ts';

/** Who may be named in CAA for Amazon's certificates (documented, "Certification Authority Authorization" of ACM). */
const AMAZON = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'];

/** Whether Amazon may issue certificates, as far as the answer says: no answer forbids nothing. */
export const letsAmazonIssue = (issuers: Issuers): boolean =>
  issuers.kind !== 'listed' || issuers.names.some((name) => AMAZON.includes(name));
