#!/usr/bin/env node
// The program `private-ingress`. Plain JavaScript for Node 20 and newer: it starts itself again on a Node that runs TypeScript.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;

const root = fileURLToPath(new URL('..', import.meta.url));
const require = nodeModule.createRequire(import.meta.url);

/** The Node of the optional dependency that fits this machine. */
function ownNode() {
  const { optionalDependencies } = require('../package.json');
  for (const name of Object.keys(optionalDependencies)) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      return join(manifest, '..', require(manifest).bin.node);
    } catch {
      // For another machine, so not installed.
    }
  }
  return undefined;
}

function restartOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both processes; the child decides how to end.
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

/** Node strips no types under node_modules, where npm installs this package. */
function stripTypesInPackages() {
  const { emitWarning } = process;
  // Suppress the warning that type stripping is experimental: users cannot act on it.
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
  if (node === undefined) fail('The package brought no Node for this machine.');
  else restartOn(node);
} else {
  if (root.split(sep).includes('node_modules')) stripTypesInPackages();
  await import('./main.ts');
}
