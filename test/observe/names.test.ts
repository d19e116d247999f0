import { describe, expect, it } from 'vitest';
import { type DnsLookups, publicDns, vpcDns } from '../../shared/observe/names.ts';

const NAME = 'hello.example.com';
const ABSENT = ['ENODATA', 'ENOTFOUND'] as const;
const NO_ANSWER = ['ESERVFAIL', 'ETIMEOUT', 'EREFUSED', 'EBADRESP', 'ECONNREFUSED'] as const;

/** A resolver that rejects every question, but those that are answered here. */
function lookups(code: string, answers: Partial<DnsLookups> = {}): () => DnsLookups {
  const reject = () => Promise.reject(Object.assign(new Error(`query ${code}`), { code }));
  const all = { resolve4: reject, resolve6: reject, resolveCaa: reject, resolveCname: reject };
  return () => ({ ...all, resolveNs: reject, resolveTxt: reject, ...answers });
}

describe('a question that DNS answers with nothing', () => {
  it.each(ABSENT)('%s is absence', async (code) => {
    const dns = publicDns(lookups(code));
    expect(await dns.issuers(NAME)).toEqual({ kind: 'unrestricted' });
    expect(await dns.nameServers(NAME)).toEqual({ kind: 'none' });
    expect(await dns.cname(NAME)).toEqual({ kind: 'none' });
    expect(await vpcDns(lookups(code)).texts(NAME)).toEqual([]);
  });

  it.each([
    ['ENODATA', 'no-data'],
    ['ENOTFOUND', 'nxdomain'],
  ] as const)('%s of addresses is %s', async (code, outcome) => {
    expect(await publicDns(lookups(code)).resolve(NAME, true)).toEqual({ vantage: 'public', outcome });
  });
});

describe('a question that DNS does not answer', () => {
  it.each(NO_ANSWER)('%s is never absence', async (code) => {
    const dns = publicDns(lookups(code));
    expect(await dns.issuers(NAME)).toEqual({ kind: 'unknown' });
    expect(await dns.nameServers(NAME)).toEqual({ kind: 'unknown' });
    expect(await dns.cname(NAME)).toEqual({ kind: 'unknown' });
    expect(await dns.resolve(NAME, false)).toEqual({ vantage: 'public', outcome: 'failed', reason: code });
    await expect(vpcDns(lookups(code)).texts(NAME)).rejects.toThrow(code);
  });

  it('leaves the addresses of the other family', async () => {
    const resolve4 = async () => ['10.0.21.9'];
    expect(await vpcDns(lookups('ESERVFAIL', { resolve4 })).resolve(NAME, true)).toEqual({
      vantage: 'vpc',
      outcome: 'addresses',
      addresses: ['10.0.21.9'],
    });
  });
});

describe('issuers', () => {
  const caa = (records: Awaited<ReturnType<DnsLookups['resolveCaa']>>, at: string) =>
    lookups('ENODATA', {
      resolveCaa: async (name) => {
        if (name === at) return records;
        throw Object.assign(new Error('queryCaa ENODATA'), { code: 'ENODATA' });
      },
    });

  it('are those of the closest set at or above the name', async () => {
    const dns = publicDns(caa([{ issue: 'Amazon.com; account=1' }, { issue: ';' }], 'example.com'));
    expect(await dns.issuers(NAME)).toEqual({
      kind: 'listed',
      names: ['amazon.com'],
      at: 'example.com',
      property: 'issue',
    });
  });

  it('of a wildcard are those of issuewild where there is one', async () => {
    const dns = publicDns(caa([{ issue: 'amazon.com' }, { issuewild: 'other.example' }], NAME));
    expect(await dns.issuers(`*.${NAME}`)).toEqual({
      kind: 'listed',
      names: ['other.example'],
      at: NAME,
      property: 'issuewild',
    });
    expect(await dns.issuers(NAME)).toMatchObject({ names: ['amazon.com'], property: 'issue' });
  });

  it('are not restricted by a set without them', async () => {
    expect(await publicDns(caa([{}], NAME)).issuers(NAME)).toEqual({ kind: 'unrestricted' });
  });
});

describe('name servers', () => {
  it('of a private zone of this network are not known', async () => {
    const resolveNs = async () => ['ns-0.awsdns-00.com.', 'ns-512.awsdns-00.net.'];
    expect(await publicDns(lookups('ENODATA', { resolveNs })).nameServers('example.com')).toEqual({ kind: 'unknown' });
  });

  it('of a public zone may be of the same group', async () => {
    const resolveNs = async () => ['ns-7.awsdns-00.com', 'ns-600.awsdns-12.net'];
    expect(await publicDns(lookups('ENODATA', { resolveNs })).nameServers('example.com')).toMatchObject({
      kind: 'listed',
    });
  });

  it('are listed in lower case', async () => {
    const resolveNs = async () => ['NS-1.AWSDNS-07.org.'];
    expect(await publicDns(lookups('ENODATA', { resolveNs })).nameServers('example.com')).toEqual({
      kind: 'listed',
      names: ['ns-1.awsdns-07.org'],
    });
  });
});
