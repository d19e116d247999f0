import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NameAnswer } from '../../shared/plan/observed.ts';
import { answerFingerprint, gate } from '../../shared/plan/publish-gate.ts';

const own = ['10.0.22.10', '10.0.21.218', '2001:db8::10'];
const from = (vantage: NameAnswer['vantage'], ...addresses: readonly string[]): NameAnswer => ({
  vantage,
  outcome: 'addresses',
  addresses,
});

describe('gate, row by row', () => {
  it.each<[string, NameAnswer, string]>([
    ['both addresses, in the VPC', from('vpc', '10.0.21.218', '10.0.22.10'), 'seen'],
    ['both addresses, publicly', from('public', '10.0.22.10', '10.0.21.218'), 'seen'],
    ['one of the addresses', from('vpc', '10.0.22.10'), 'seen'],
    ['IPv6 too', from('vpc', '10.0.22.10', '2001:db8::10'), 'seen'],
    ['an empty answer', from('vpc'), 'not-yet'],
    ['an empty answer, publicly', from('public'), 'not-yet'],
    ['a public address', from('public', '203.0.113.7'), 'wrong'],
    ['one stranger among ours', from('vpc', '10.0.22.10', '10.0.22.11'), 'wrong'],
    ['an address that begins like ours', from('vpc', '10.0.22.1'), 'wrong'],
    ['NXDOMAIN in the VPC', { vantage: 'vpc', outcome: 'nxdomain' }, 'not-yet'],
    ['no data in the VPC', { vantage: 'vpc', outcome: 'no-data' }, 'not-yet'],
    ['NXDOMAIN publicly', { vantage: 'public', outcome: 'nxdomain' }, 'unobservable'],
    ['no data publicly', { vantage: 'public', outcome: 'no-data' }, 'unobservable'],
    ['no answer in the VPC', { vantage: 'vpc', outcome: 'failed', reason: 'ETIMEOUT' }, 'not-yet'],
    ['no answer publicly', { vantage: 'public', outcome: 'failed', reason: 'ESERVFAIL' }, 'not-yet'],
  ])('%s', (_, answer, kind) => expect(gate(answer, own).kind).toBe(kind));

  it.each<[NameAnswer, string]>([
    [{ vantage: 'vpc', outcome: 'nxdomain' }, 'the name does not exist yet, seen from inside the VPC'],
    [{ vantage: 'vpc', outcome: 'no-data' }, 'the name has no address yet, seen from inside the VPC'],
  ])('says what is missing: %j', (answer, why) => expect(gate(answer, own)).toMatchObject({ why }));

  it('is never open for an endpoint without addresses', () => {
    expect(gate(from('vpc', '10.0.22.10'), []).kind).toBe('wrong');
  });

  it('is open exactly when the answer is not empty and contained in the endpoint’s addresses', () => {
    const addresses = fc.array(fc.constantFrom(...own, '192.0.2.1', '2001:db8::1'), { maxLength: 4 });
    fc.assert(
      fc.property(addresses, fc.constantFrom('vpc', 'public'), (answered, vantage) => {
        const contained = answered.length > 0 && answered.every((one) => own.includes(one));
        expect(gate(from(vantage, ...answered), own).kind === 'seen').toBe(contained);
      }),
    );
  });
});

describe('answerFingerprint', () => {
  it('is the same for the same addresses in another order, and differs with anything else', () => {
    const one = answerFingerprint(from('vpc', '10.0.0.1', '10.0.0.2'));
    expect(answerFingerprint(from('vpc', '10.0.0.2', '10.0.0.1'))).toBe(one);
    expect(answerFingerprint(from('vpc', '10.0.0.2'))).not.toBe(one);
    expect(answerFingerprint({ vantage: 'vpc', outcome: 'nxdomain' })).not.toBe(one);
    expect(answerFingerprint({ vantage: 'vpc', outcome: 'no-data' })).not.toBe('nxdomain');
  });
});
