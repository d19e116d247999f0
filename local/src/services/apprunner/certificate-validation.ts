import type { CertificateValidationRecord } from '@aws-sdk/client-apprunner';
import type { DomainRecord, ServiceRecord } from './resources.ts';
import type { AppRunnerSetting } from './setting.ts';

/** Amazon's names in CAA records (documented: ACM). */
const AMAZON: readonly string[] = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'];
/** ACM gives up on a validation after 72 hours (documented). */
const VALIDATION_TIMEOUT = 72 * 60 * 60 * 1000;

/** The longer a record has been missing, the more rarely ACM looks for it, but at least once a minute (inferred). */
const LONGEST_PAUSE = 60 * 1000;

/** The names that a certificate for the domain covers. */
export const certifiedNames = ({ name, www }: DomainRecord): readonly string[] =>
  www ? [name, `www.${name}`] : [name];

/**
 * Gets the certificates of custom domains issued, as ACM does it for App Runner (docs/facts.md#validation-records):
 *
 *     creating ─(validationRecords)─► pending_certificate_dns_validation
 *       ─(every CNAME has stood in public DNS for certificateIssuance)─► binding_certificate
 *       ─(certificateBinding)─► active
 *     pending_certificate_dns_validation ─(CAA without Amazon, 72 hours, a fault)─► create_failed
 *
 * An active domain stays active when its records go: only the renewal would fail, months later. That the record's
 * status falls back to PENDING_VALIDATION then is I.
 */
export class CertificateValidation {
  readonly #setting: AppRunnerSetting;
  /** ACM asks an account for the same record whenever the same name is to be validated: two domains may share one (captured). */
  readonly #tokens = new Map<string, { readonly Name: string; readonly Value: string }>();

  constructor(setting: AppRunnerSetting) {
    this.#setting = setting;
  }

  begin(service: ServiceRecord, domain: DomainRecord): void {
    const { clock, profile } = this.#setting.world;
    clock.schedule(profile.validationRecords, () => {
      if (!stands(service, domain)) return;
      domain.records = this.#records(service.account, domain);
      this.#become(service, domain, 'pending_certificate_dns_validation');
      this.#validate(service, domain, { askedAt: clock.now() });
    });
  }

  /**
   * One record per certified name, and one for a name of App Runner's own below the domain: two, and three with www
   * (docs/facts.md#validation-records-with-www). By the switch the last one is missing.
   */
  #records(account: string, domain: DomainRecord): CertificateValidationRecord[] {
    const { chance, switches } = this.#setting.world;
    const names = certifiedNames(domain).map((name) => name.replace(/^\*\./, ''));
    if (switches.validationRecords === 'as-captured') {
      names.push(`${chance.base32(31).toLowerCase()}.${names[0]}`);
    }
    return names.map((name) => ({ ...this.#token(account, name), Type: 'CNAME', Status: 'PENDING_VALIDATION' }));
  }

  #token(account: string, name: string): { readonly Name: string; readonly Value: string } {
    const key = `${account} ${name}`;
    const { chance } = this.#setting.world;
    const token = this.#tokens.get(key) ?? {
      Name: `_${chance.hex(32)}.${name}.`,
      Value: `_${chance.hex(32)}.${chance.base32(10).toLowerCase()}.acm-validations.aws.`,
    };
    this.#tokens.set(key, token);
    return token;
  }

  #validate(
    service: ServiceRecord,
    domain: DomainRecord,
    seen: { readonly askedAt: number; readonly completeSince?: number },
  ): void {
    if (!stands(service, domain)) return;
    const { clock, profile } = this.#setting.world;
    const now = clock.now();
    if (now >= seen.askedAt + VALIDATION_TIMEOUT) {
      this.#fail(service, domain);
      return;
    }
    if (!domain.records.every((record) => this.#isPublished(record))) {
      const slower = Math.min((now - seen.askedAt) / 20, LONGEST_PAUSE);
      const pause = Math.max(profile.certificateIssuance / 4, slower);
      clock.schedule(pause, () => this.#validate(service, domain, { askedAt: seen.askedAt }));
      return;
    }
    const completeSince = seen.completeSince ?? now;
    const issued = completeSince + profile.certificateIssuance;
    if (now >= issued) {
      this.#issue(service, domain);
      return;
    }
    clock.schedule(Math.min(profile.certificateIssuance / 4, issued - now), () =>
      this.#validate(service, domain, { askedAt: seen.askedAt, completeSince }),
    );
  }

  #issue(service: ServiceRecord, domain: DomainRecord): void {
    const { faults, world } = this.#setting;
    if (!certifiedNames(domain).every((name) => this.#mayBeIssued(name)) || faults.meets('certificate')) {
      this.#fail(service, domain);
      return;
    }
    domain.records = domain.records.map((record) => ({ ...record, Status: 'SUCCESS' }));
    this.#become(service, domain, 'binding_certificate');
    world.clock.schedule(world.profile.certificateBinding, () => {
      if (!stands(service, domain)) return;
      this.#become(service, domain, 'active');
      this.#watch(service, domain);
    });
  }

  #fail(service: ServiceRecord, domain: DomainRecord): void {
    domain.records = domain.records.map((record) => ({ ...record, Status: 'FAILED' }));
    this.#become(service, domain, 'create_failed');
  }

  /** Looks now and then whether the certificate could be renewed. */
  #watch(service: ServiceRecord, domain: DomainRecord): void {
    const { world, events } = this.#setting;
    world.clock.schedule(8 * world.profile.certificateIssuance, () => {
      if (!stands(service, domain)) return;
      const before = domain.records;
      domain.records = before.map((record) => ({
        ...record,
        Status: this.#isPublished(record) ? 'SUCCESS' : 'PENDING_VALIDATION',
      }));
      if (before.some(({ Status }, index) => Status !== domain.records[index]?.Status)) {
        events.domainValidation(service, domain);
      }
      this.#watch(service, domain);
    });
  }

  #become(service: ServiceRecord, domain: DomainRecord, status: DomainRecord['status']): void {
    domain.status = status;
    this.#setting.events.domainValidation(service, domain);
  }

  #isPublished({ Name = '', Value = '' }: CertificateValidationRecord): boolean {
    const value = this.#setting.publicRecords.cnameAt(bare(Name));
    return value !== undefined && bare(value) === bare(Value);
  }

  #mayBeIssued(name: string): boolean {
    const issuers = this.#setting.publicRecords.caaIssuers(name);
    return issuers === undefined || issuers.some((issuer) => AMAZON.includes(issuer));
  }
}

/** Whether the domain is still this service's and not on its way out. */
const stands = (service: ServiceRecord, domain: DomainRecord): boolean =>
  service.domains.get(domain.name) === domain && domain.status !== 'deleting' && domain.status !== 'delete_failed';

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, '');
