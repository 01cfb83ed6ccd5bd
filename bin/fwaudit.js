#!/usr/bin/env node
// Thin on purpose: `--version` answers without loading the program, and the syntax is old enough for
// a Node that is too old to be told so. CommonJS (package.json beside it): Node starts it sooner.
const { existsSync, readFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { dirname, join } = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');

const program = join(__dirname, '../dist/main.cjs');
/** What this very Node made of the program when it was built: half of the start is compiling it. */
const compiled = join(__dirname, `../dist/main.${process.version}-${process.arch}.cache`);
const argv = process.argv.slice(2);
let outputRefused = false;

start();

function start() {
  process.stdout.on('error', refuseOutput);
  process.stderr.on('error', () => {});
  if (isTooOld(process.versions.node)) {
    refuse(`fwaudit needs Node.js 20.19 or later, and this is ${process.versions.node}.`);
    return;
  }
  if (argv.length === 1 && argv[0] === '--version') {
    const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
    process.stdout.write(`${manifest.version}\n`);
    return;
  }
  if (!existsSync(program)) {
    refuse('fwaudit is not built yet (dist/main.cjs is missing): run npm ci.');
    return;
  }
  run();
}

function run() {
  const debug = argv.includes('--debug');
  if (debug) process.setSourceMapsEnabled(true);
  Promise.resolve(!debug && existsSync(compiled) ? loadCompiled() : load())
    .then((loaded) => loaded.main(argv))
    .then(
      (code) => {
        if (!outputRefused) process.exitCode = code;
        end();
      },
      (error) => reportFailure(error),
    );
}

/**
 * Ends at once where everything is written: to take the heap apart first would be a twentieth of a scan. A
 * stream tells of its error only after the write that met it.
 */
function end() {
  const { stdout, stderr } = process;
  if (stdout.writableLength + stderr.writableLength === 0) setImmediate(() => process.exit());
}

function load() {
  // Node 22 and later keep the compiled program themselves; Node 20 does not have the function.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  return nodeModule.createRequire(program)(program);
}

/** As `load`, without compiling. Where V8 does not know its own work again, it compiles after all. */
function loadCompiled() {
  const script = new vm.Script(nodeModule.Module.wrap(readFileSync(program, 'latin1')), {
    filename: program,
    cachedData: readFileSync(compiled),
  });
  // Most of a run is over before it pays to optimise what V8 takes for hot; it would cost a third of the
  // processor's time. Set behind the script: V8 takes its cache under the flags only that it was made with.
  v8.setFlagsFromString('--interrupt-budget=800000');
  const loaded = { exports: {} };
  const wrapper = script.runInThisContext();
  wrapper(loaded.exports, nodeModule.createRequire(program), loaded, program, dirname(program));
  return loaded.exports;
}

/** The program reports its own errors; this is for a defect in it. The message is not printed: it may quote the input. */
function reportFailure(error) {
  const name = error instanceof Error ? error.name : typeof error;
  process.stderr.write(`fwaudit: internal error (${name}); the audit is not complete.\n`);
  if (argv.includes('--debug')) {
    for (const frame of stackFrames(error)) process.stderr.write(`${frame}\n`);
  } else {
    process.stderr.write('Run it again with --debug and report what it prints.\n');
  }
  process.exitCode = 3;
}

function stackFrames(error) {
  const stack = error instanceof Error && error.stack ? error.stack : '';
  return stack.split('\n').filter((line) => /^ {4}at /.test(line));
}

function isTooOld(version) {
  const parts = version.split('.').map(Number);
  return parts[0] < 20 || (parts[0] === 20 && parts[1] < 19);
}

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}

/** A reader that went away (`| head`) is no error of ours: the run goes on to its exit code. A full disk is. */
function refuseOutput(error) {
  if (error.code === 'EPIPE' || outputRefused) return;
  outputRefused = true;
  const reason = error.code === 'ENOSPC' ? 'no space is left' : error.code;
  refuse(`fwaudit: can't write to standard output: ${reason}`);
}
