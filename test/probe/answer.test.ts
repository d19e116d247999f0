import { describe, expect, it } from 'vitest';
import { readProbeAnswer } from '../../shared/probe/answer.ts';
import type { ProbeRequest } from '../../shared/probe/contract.ts';

const request: ProbeRequest = {
  names: [{ name: 'app.example.com', https: true }],
  dualStack: false,
  endpointAddresses: [],
};
const addresses = { vantage: 'vpc', outcome: 'addresses', addresses: ['10.0.0.1', 'fd00::1'] };
const read = (answer: unknown, functionError?: string) =>
  readProbeAnswer('probe', request, typeof answer === 'string' ? answer : JSON.stringify(answer), functionError);
const of = (answer: object, httpsChecks?: object) => ({ names: { 'app.example.com': { answer, httpsChecks } } });

it('reads an answer', () => {
  const answer = of(addresses, { ok: true, status: 200, milliseconds: 12 });
  expect(read(answer)).toEqual(answer);
});

describe('what a member account answers is not trusted', () => {
  it('cuts a long reason and takes its control characters out', () => {
    const reason = `\u001b]0;owned\u0007${'x'.repeat(20_000)}`;
    const result = read(of({ vantage: 'vpc', outcome: 'failed', reason }, { ok: false, reason }));
    const { answer, httpsChecks } = result.names['app.example.com'] ?? {};
    for (const kept of [answer, httpsChecks].map((one) => JSON.stringify(one))) {
      expect(kept.length).toBeLessThan(1_000);
      expect(kept).not.toMatch(/\\u00(1b|07)/);
    }
  });

  it.each([
    ['more than 64 kB', of({ vantage: 'vpc', outcome: 'failed', reason: 'x'.repeat(500_000) }), 'characters'],
    ['no JSON', '<html>', 'out of form'],
    ['nothing', '', 'out of form'],
    ['another vantage', of({ ...addresses, vantage: 'public' }), 'out of form'],
    ['an address that is none', of({ ...addresses, addresses: ['10.0.0.1; rm -rf /'] }), 'out of form'],
    ['too many addresses', of({ ...addresses, addresses: Array(65).fill('10.0.0.1') }), 'out of form'],
    ['a status that is none', of(addresses, { ok: true, status: 1e9, milliseconds: 1 }), 'out of form'],
    ['a negative time', of(addresses, { ok: true, status: 200, milliseconds: -1 }), 'out of form'],
  ])('refuses %s', (_, answer, problem) => {
    expect(() => read(answer)).toThrow(problem);
  });

  it('drops names that were not in the request', () => {
    const answer = { names: { ...of(addresses).names, 'other.example.com': { answer: addresses } } };
    expect(Object.keys(read(answer).names)).toEqual(['app.example.com']);
  });

  it('bounds the text of a failure', () => {
    const fail = () => read(`{"errorMessage":"${'x'.repeat(500_000)}"}`, 'Unhandled');
    expect(fail).toThrow(/^probe failed: .{1,700}$/);
  });
});
