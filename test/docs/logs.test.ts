import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logLines, logLinesOf } from '../../scripts/docs/log-lines.ts';

describe('the lines of docs/logs.md', () => {
  it('are read from calls of any shape', () => {
    const source = `logger.info('one', { a, b: \`sweep/\${run}\`, c: list.map(({ d }) => [d, 2]) });
      if (x) logger.error('two; three', {\n  a: y(z),\n  error,\n});`;
    expect(logLinesOf('functions/x.ts', source)).toEqual([
      { function: 'x', level: 'INFO', message: 'one', fields: ['a', 'b', 'c'] },
      { function: 'x', level: 'ERROR', message: 'two; three', fields: ['a', 'error'] },
    ]);
  });

  it.each([
    ['a message that is not literal', "logger.info(begun ? 'begun' : 'running', { a });"],
    ['a template', 'logger.info(`sweep ended`, { a });'],
    ['a spread', "logger.info('one', { a, ...run });"],
    ['no fields', "logger.warn('one');"],
    ['an error as it is', "logger.error('one', error);"],
    ['another level', "logger.debug('one', { a });"],
    ['the console', "console.log('one');"],
  ])('%s is refused', (_, call) => {
    expect(() => logLinesOf('functions/x.ts', `\n${call}`)).toThrow('functions/x.ts:2: docs/logs.md cannot list');
  });
});

/** Commands, functions and fields of CloudWatch Logs Insights. */
const LANGUAGE =
  /^(filter|fields|stats|sort|limit|parse|like|by|as|and|or|asc|desc|count|count_distinct|max|sortsFirst|coalesce|ispresent)$/;
/** What each line of CloudWatch Logs and of Powertools has. */
const ALWAYS = ['@timestamp', '@message', '@log', 'level', 'message'];

describe('the queries of docs/logs.md', () => {
  const page = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');
  const queries = [...page.matchAll(/^```\n(filter [\s\S]*?)^```$/gm)].map(([, query = '']) => query);

  it('name only fields that lines have', async () => {
    const fields = (await logLines()).flatMap((line) => line.fields);
    expect(queries).toHaveLength(5);
    for (const query of queries) {
      const aliases = [...query.matchAll(/ as (\w+)|\(\?<(\w+)>/g)].map(([, alias, group]) => alias ?? group);
      const known = new Set([...ALWAYS, ...fields, ...aliases]);
      const words = query.replace(/"[^"]*"|\/.*\//g, '').match(/@?[a-z]\w*(\.\w+)?/gi) ?? [];
      const names = words.filter((word) => !LANGUAGE.test(word)).map((word) => word.replace(/\.\w+$/, ''));
      expect(names.filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it('find the id and the end of an invocation in the lines of Lambda', () => {
    const pattern = /parse @message \/(.*)\/$/m.exec(page)?.[1] ?? '';
    const id = '8f5df1c4-3c5d-4d2a-9f0a-1f1c7a1f2b3c';
    const found = (line: string) => ({ ...new RegExp(pattern).exec(line)?.groups });
    expect(found(`2026-01-01T00:00:00.000Z ${id} Task timed out after 60.00 seconds`)).toEqual({
      request: id,
      how: 'Task timed out after 60.00 seconds',
    });
    expect(found(`RequestId: ${id} Error: Runtime exited with error: signal: killed`)).toEqual({
      request: id,
      how: 'Error: Runtime exited with error: signal: killed',
    });
  });
});
