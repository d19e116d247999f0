/** The most domains that App Runner associates with a service (docs/facts.md#five-domains-per-service). */
export const DOMAINS_PER_SERVICE = 5;
