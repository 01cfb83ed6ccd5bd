// What `prepare` runs: builds dist/. `npm install --global git+…`, and with it pre-commit, prepares the
// package in a clone that has none of what building takes, because the wish for a global install reaches
// the install that npm runs in there. Then it is installed first.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

process.exitCode =
  (canBuild() ? 0 : run('npm', ['ci', '--ignore-scripts'])) || run('node', ['scripts/build.js']);

function canBuild() {
  try {
    createRequire(import.meta.url).resolve('esbuild');
    return true;
  } catch {
    return false;
  }
}

/** The exit code; output goes to standard error, because what npm prints is read by programs. */
function run(command, args) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(global|prefix|location)$/i.test(name)),
  );
  const stdio = ['ignore', process.stderr, process.stderr];
  // On Windows npm is a script that only a shell starts.
  const options = { cwd: root, env, stdio, shell: process.platform === 'win32' };
  const { status, error } = spawnSync(command, args, options);
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  return status ?? 1;
}
