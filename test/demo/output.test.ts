import { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { textOutput } from '../../demo/output.ts';

const ESCAPE = '\u001b';

/** What `npm start` prints when its output goes to a terminal. */
function printed(): string {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  const output = textOutput(process.stdout);
  output.progress('Packaging the stack …');
  output.step(1.5, 'you', 'create a service');
  const row = { name: 'hello.example.com', before: '(nothing)', after: '10.0.22.10' };
  output.ended({
    serviceArn: 'arn',
    seconds: 9,
    phase: 'blocked',
    names: [{ ...row, ok: true }],
    checks: [{ question: 'from outside', answer: 'it answers', ok: false }],
    ok: false,
  });
  return text;
}

describe('the text of npm start', () => {
  beforeEach(() => {
    // All that Node looks at before it believes in colours, so that the test is the same in a CI and at a desk.
    for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'CI', 'TEAMCITY_VERSION', 'TMUX']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('TERM', 'xterm-256color');
    const { getColorDepth } = WriteStream.prototype;
    for (const [key, value] of Object.entries({ isTTY: true, getColorDepth })) {
      Object.defineProperty(process.stdout, key, { value, configurable: true });
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    Reflect.deleteProperty(process.stdout, 'isTTY');
    Reflect.deleteProperty(process.stdout, 'getColorDepth');
  });

  test('has colours in a terminal', () => {
    expect(printed()).toContain(ESCAPE);
  });

  test('has none there with NO_COLOR, and says the same', () => {
    const colourful = printed();
    vi.stubEnv('NO_COLOR', '1');
    const plain = printed();
    expect(plain).not.toContain(ESCAPE);
    expect(plain).toBe(stripVTControlCharacters(colourful));
  });

  test('says what failed', () => {
    vi.stubEnv('NO_COLOR', '1');
    const text = printed();
    expect(text).toContain('   1.5 s  you        create a service\n');
    expect(text).toContain('✓ hello.example.com\n');
    expect(text).toContain('✗ from outside\n    it answers\n');
    expect(text).toContain('failed: the service is blocked after 9.0 s\n');
  });
});
