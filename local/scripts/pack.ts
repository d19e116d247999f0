import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// npm pack runs this before and after. In the repository `exports` and `bin` name src/*.ts, which Node runs as they are.
// Node strips no types under node_modules, so what is packed names the JavaScript that tsc makes of them, and not the
// support of tests, which only this repository uses.
const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = new URL('../package.json', import.meta.url);

const [when] = process.argv.slice(2);
if (when === 'before') {
  await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
  execFileSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  await rename(/"\.\/src\/(.+)\.ts"/g, '"./dist/$1.js"');
  await rename('"./test/*": "./test/*.ts"', '"./test/*": null');
} else if (when === 'after') {
  await rename(/"\.\/dist\/(.+)\.js"/g, '"./src/$1.ts"');
  await rename('"./test/*": null', '"./test/*": "./test/*.ts"');
} else {
  throw new Error('usage: pack.ts before|after');
}

async function rename(pattern: RegExp | string, replacement: string): Promise<void> {
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replaceAll(pattern, replacement));
}
