import './reflect.ts';
import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Chance } from '../chance.ts';

/** A certificate and its key as Node's TLS takes them. */
export interface Certificate {
  /** The certificate followed by the authority's, in PEM. */
  readonly cert: string;
  /** PKCS #8 in PEM. */
  readonly key: string;
}

/** P-256: made in a millisecond, and what ACM offers for speed as well. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Fixed and wide: real clients hold certificates against the real clock, whatever clock the cloud runs on. */
const VALIDITY = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T00:00:00Z') };

/**
 * The certificate authority of one embedded cloud, in memory only. Who is to trust the cloud's HTTPS front trusts
 * `certificatePem`, for example with `NODE_EXTRA_CA_CERTS` or `curl --cacert`.
 */
export class CertificateAuthority {
  /** The authority's own certificate. */
  readonly certificatePem: string;
  readonly #certificate: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #chance: Chance;
  readonly #issued = new Map<string, Promise<Certificate>>();

  private constructor(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair, chance: Chance) {
    this.certificatePem = certificate.toString('pem');
    this.#certificate = certificate;
    this.#keys = keys;
    this.#chance = chance;
  }

  static async create(chance: Chance): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Embedded cloud certificate authority',
      keys,
      serialNumber: serialNumber(chance),
      ...VALIDITY,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys, chance);
  }

  /** The server certificate for one name, which may begin with `*.`; issued when first asked for, then kept. */
  certificateFor(name: string): Promise<Certificate> {
    const issued = this.#issued.get(name) ?? this.#issue(name);
    this.#issued.set(name, issued);
    return issued;
  }

  async #issue(name: string): Promise<Certificate> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      // A common name holds 64 characters at most; what counts is the alternative name.
      subject: name.length <= 64 ? `CN=${name}` : 'CN=custom domain',
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      serialNumber: serialNumber(this.#chance),
      ...VALIDITY,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ],
    });
    const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { cert: `${certificate.toString('pem')}\n${this.certificatePem}`, key };
  }
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** Positive and without a leading zero octet, as RFC 5280 wants it. */
const serialNumber = (chance: Chance): string => `01${chance.hex(30)}`;
