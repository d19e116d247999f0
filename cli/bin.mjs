#!/usr/bin/env node
// The program `private-ingress`. Plain JavaScript for any Node from 20 on: it finds one that runs TypeScript, and begins anew there.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;

const root = fileURLToPath(new URL('..', import.meta.url));
const require = nodeModule.createRequire(import.meta.url);

/** The Node that came with the package: one of its optional dependencies, whichever is for this machine. */
function ownNode() {
  const { optionalDependencies } = require('../package.json');
  for (const name of Object.keys(optionalDependencies)) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      return join(manifest, '..', require(manifest).bin.node);
    } catch {
      // Not for this machine, so not installed.
    }
  }
  return undefined;
}

function beginAnew(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both; the child says what comes of it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(error.message));
  child.on('close', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}

function fail(reason) {
  console.error(
    `private-ingress needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}.\n${reason}\nInstall Node ${NEEDED}, or install the package with its optional dependencies, which bring one for most machines.`,
  );
  process.exitCode = 1;
}

/** Node does not strip types from what is in a folder node_modules, which is where npm installs this package. */
function stripTypesInPackages() {
  const { emitWarning } = process;
  // The one warning that it is experimental is no concern of whoever runs a program.
  process.emitWarning = (warning, ...more) => {
    if (!String(warning).startsWith('stripTypeScriptTypes')) emitWarning.call(process, warning, ...more);
  };
  nodeModule.registerHooks({
    load(url, context, nextLoad) {
      if (!url.endsWith('.ts') || !url.startsWith('file:')) return nextLoad(url, context);
      const source = nodeModule.stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  const node = ownNode();
  if (node === undefined) fail('None came with the package for this machine.');
  else beginAnew(node);
} else {
  if (root.split(sep).includes('node_modules')) stripTypesInPackages();
  await import('./main.ts');
}
