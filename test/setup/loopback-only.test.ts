import { connect } from 'node:net';
import { expect, it } from 'vitest';

it('the guard of the embedded cloud keeps the tests of the product on this machine too', () => {
  expect(() => connect(80, '192.0.2.1')).toThrow('a test wants to reach 192.0.2.1');
});
