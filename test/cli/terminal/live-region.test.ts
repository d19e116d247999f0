import { describe, expect, test } from 'vitest';
import { LiveRegion } from '../../../cli/terminal/live-region.ts';
import { Recorder } from '../command-line.ts';
import { Screen } from '../screen.ts';

function region(columns = 40, rows = 10) {
  const stdout = new Recorder({ columns, rows });
  const interrupted = new AbortController();
  return {
    made: new LiveRegion({ stdout, interrupted: interrupted.signal }),
    stdout,
    interrupted,
    screen: () => new Screen(stdout.text, stdout.columns),
  };
}

describe('a live region', () => {
  test('is drawn over what was drawn before, be it longer or shorter', () => {
    const { made, screen } = region();
    made.draw(['one', 'two', 'three']);
    expect(screen().text).toBe('one\ntwo\nthree');
    made.draw(['1']);
    expect(screen().text).toBe('1');
    made.draw(['I', 'II']);
    expect(screen().text).toBe('I\nII');
  });

  test('leaves above it what is printed for good', () => {
    const { made, screen } = region();
    made.draw(['working']);
    made.draw(['working on'], 'first\n');
    made.draw(['working on and on'], 'second\nthird\n');
    expect(screen().text).toBe('first\nsecond\nthird\nworking on and on');
    made.end();
    expect(screen().text).toBe('first\nsecond\nthird');
  });

  test('cuts lines to the width, and itself to the height: what wraps or scrolls could not be drawn over', () => {
    const { made, screen } = region(10, 4);
    for (const frame of [1, 2, 3]) made.draw(['a line that is too long', ...'abcdef'].map((line) => `${line}${frame}`));
    expect(screen().lines.filter((line) => line !== '')).toEqual(['a line t…', 'a3', 'b3']);
  });

  test('finds its way back in a window that was made narrower', () => {
    const { made, stdout } = region(20);
    made.draw(['0123456789abcdef', 'short']);
    // The terminal has wrapped the first line into two.
    const wrapped = new Screen(stdout.text, 10);
    expect(wrapped.text).toBe('0123456789\nabcdef\nshort');
    stdout.columns = 10;
    made.draw(['now']);
    expect(new Screen(stdout.text, 10).text).toBe('now');
  });

  test('hides the cursor as long as it is there', () => {
    const { made, screen } = region();
    expect(screen().cursorIsHidden).toBe(false);
    made.draw(['here']);
    expect(screen().cursorIsHidden).toBe(true);
    made.end();
    expect(screen().cursorIsHidden).toBe(false);
    expect(screen().text).toBe('');
  });

  test('gives the terminal back when the program is interrupted', () => {
    const { made, screen, interrupted } = region();
    made.draw(['here']);
    interrupted.abort();
    expect(screen().cursorIsHidden).toBe(false);
  });
});
