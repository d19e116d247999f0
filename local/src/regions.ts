interface Place {
  readonly account: string;
  readonly region: string;
}

/** Regions that an account has only after opting in (documented). */
export const OPT_IN_REGIONS: readonly string[] = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
];

/**
 * Which regions each account has. AWS switches only those off that have to be opted into; here every region can be, so that
 * an account without a region of App Runner can be played. In a region that an account does not have
 *
 *     its keys                 are not known: UnrecognizedClientException, AuthFailure (EC2), InvalidClientTokenId (query, XML)
 *     its roles, asked of STS  RegionDisabledException, by keys of accounts that do have the region
 *     global services          answer as ever
 */
export class Regions {
  readonly #switched = new Map<string, boolean>();

  isEnabled({ account, region }: Place): boolean {
    return this.#switched.get(`${account} ${region}`) ?? !OPT_IN_REGIONS.includes(region);
  }

  enable({ account, region }: Place): void {
    this.#switched.set(`${account} ${region}`, true);
  }

  disable({ account, region }: Place): void {
    this.#switched.set(`${account} ${region}`, false);
  }
}
