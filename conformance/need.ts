/** What a contract cannot do without. What is missing is reported as the reason why it was not asked. */
export const needs = {
  'public-zone': 'a public hosted zone (--zone)',
  'public-dns': 'a public DNS server (--dns)',
  'vpc-dns': "the VPC's DNS server (--inside-vpc or --vpc-dns)",
  organization: 'an account that may list the accounts of its organization',
  'new-organization': 'an account without an organization: asked of an embedded cloud only',
} as const;
export type Need = keyof typeof needs;
