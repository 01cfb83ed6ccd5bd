// keep-compiled.js DIST CONFIG…: audits the configurations with DIST/main.cjs and writes what V8 has
// compiled by then beside it. Its name holds the Node that can use it: no other one would take it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const [out, ...configs] = process.argv.slice(2);
const program = join(out, 'main.cjs');
const script = new Script(Module.wrap(readFileSync(program, 'latin1')), { filename: program });
const loaded = { exports: {} };
script.runInThisContext()(loaded.exports, createRequire(program), loaded, program, dirname(program));

process.stdout.write = () => true;
const code = await loaded.exports.main(['scan', '--exit-zero', ...configs]);
if (code !== 0) throw new Error(`the audit of ${configs.join(', ')} ended with ${code}`);
writeFileSync(join(out, `main.${process.version}-${process.arch}.cache`), script.createCachedData());
