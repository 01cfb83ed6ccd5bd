// Builds dist/: the bundled program, the compiled checks and services, the report's schema and the
// licences of what is bundled. `--out DIR` and `--rules DIR` (tests) build elsewhere or from others.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What some CommonJS packages expect to find inside an ES module. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** What shows much of each platform: forwards, tunnels, hosts behind, named and unnamed sources. */
const WARM_UP = [
  'fixtures/sonicwall/nsa-240-reseller/config.exp',
  'fixtures/sonicwall/port-forward-rdp/config.exp',
  'fixtures/sonicwall/tunnel-rule-too-wide/config.exp',
  'fixtures/fortigate/reseller-trusthost',
  'fixtures/iptables/published-host',
  'fixtures/pfsense/port-forward-to-self',
];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  loader: { '.tsv': 'text' },
  banner: { js: requireBanner },
  logLevel: 'warning',
};

/**
 * yargs lays out the whole help text before every command, in case somebody asks for it later. Nobody
 * does here, and it takes a third of the start of `node` itself.
 */
const withoutHelpText = {
  name: 'yargs-without-help-text',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]yargs[\\/]build[\\/]lib[\\/]command\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const parts = text.split('yargs.getInternalMethods().getUsageInstance().cacheHelpMessage();');
      if (parts.length !== 2)
        throw new Error(`${path}: yargs has changed; see withoutHelpText in scripts/build.js`);
      return { contents: parts.join(''), loader: 'js' };
    });
  },
};

/**
 * Spells in ASCII what is not: bin/fwaudit.js takes the program for Latin-1, which costs a run nothing, and
 * esbuild leaves regular expressions as they are written.
 */
const inAscii = {
  name: 'in-ascii',
  setup(builder) {
    builder.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!NOT_ASCII.test(text)) return null;
      const contents = text.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

const NOT_ASCII = /[^\0-\x7f]/;

/** ssh2 is a script of its own, loaded by whoever collects: other commands need not read it. */
const sshApart = {
  name: 'ssh-apart',
  setup(builder) {
    builder.onResolve({ filter: /^ssh2$/ }, () => ({ path: './ssh2.cjs', external: true }));
  },
};

try {
  await build();
} catch (error) {
  console.error(`build failed: ${describe(error)}`);
  process.exitCode = 1;
}

async function build() {
  const started = performance.now();
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(root, 'dist') },
      rules: { type: 'string', default: join(root, 'rules') },
    },
  });
  const out = resolve(values.out);
  // Built beside and moved into place, so that a failure leaves the last good build as it was.
  const fresh = `${out}.building-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    const pack = await compileRules(resolve(values.rules), fresh);
    const packages = await bundleProgram(fresh);
    for (const schema of ['report.schema.json', 'secrets.schema.json']) {
      writeFileSync(join(fresh, schema), checkedJson(join(root, 'src/report', schema)));
    }
    writeFileSync(join(fresh, 'THIRD-PARTY-NOTICES.txt'), notices(packages));
    keepCompiled(fresh);
    rmSync(out, { recursive: true, force: true });
    renameSync(fresh, out);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`built ${relative(process.cwd(), out) || '.'} in ${seconds} s: ${pack.files} rule files`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Bundles src/cli/main.ts into one script, in a format that V8 can keep compiled; what is imported lazily
 * runs when it is asked for. Returns the bundled packages.
 */
async function bundleProgram(out) {
  const { metafile } = await bundle({
    ...common,
    format: 'cjs',
    define: { 'import.meta.url': '__programUrl' },
    banner: { js: "const __programUrl = require('node:url').pathToFileURL(__filename).href;" },
    entryPoints: ['src/cli/main.ts'],
    plugins: [withoutHelpText, sshApart, inAscii],
    alias: { 'string-width': './scripts/bundle/string-width.js', assert: './scripts/bundle/assert.js' },
    outfile: join(out, 'main.cjs'),
    // Names stay, so that a stack trace can be read without the source map.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
  });
  const program = readFileSync(join(out, 'main.cjs'), 'utf8');
  if (NOT_ASCII.test(program)) throw new Error('main.cjs holds what is not ASCII, and is read as Latin-1');
  if (/\bimport\(["']/.test(program)) {
    throw new Error(
      'main.cjs imports dynamically what is not bundled: a script that V8 kept compiled can not',
    );
  }
  const inputs = [...Object.keys(metafile.inputs), ...(await bundleSsh(out))];
  const folders = inputs.map(packageFolder);
  return [...new Set(folders.filter((folder) => folder !== null))].sort();
}

/** Bundles ssh2, without the native parts that it goes on without. Returns the bundled files. */
async function bundleSsh(out) {
  const { metafile } = await bundle({
    ...common,
    format: 'cjs',
    banner: {},
    stdin: { contents: "module.exports = require('ssh2');", resolveDir: root },
    external: ['cpu-features', '*.node'],
    outfile: join(out, 'ssh2.cjs'),
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

/** Lets the program audit a few fixtures and keeps what V8 compiled for that, for bin/fwaudit.js. */
function keepCompiled(out) {
  const args = [join(root, 'scripts/keep-compiled.js'), out, ...WARM_UP.map((path) => join(root, path))];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
  if (status !== 0) throw new Error(`scripts/keep-compiled.js: ${stderr}`);
}

/** The package folder of a bundled file, or null for a file of our own. */
function packageFolder(file) {
  const found = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return found ? found[1] : null;
}

/** Compiles the rule files with the program's own compiler into pack.json. */
async function compileRules(rules, out) {
  const compiler = join(out, 'pack-compiler.js');
  await bundle({ ...common, entryPoints: ['src/checks/pack.ts'], outfile: compiler });
  const files = ruleFiles(rules);
  const { compilePack } = await import(pathToFileURL(compiler).href);
  const pack = compilePack(files);
  rmSync(compiler);
  const text = JSON.stringify(pack);
  if (!isDeepStrictEqual(JSON.parse(text), pack)) {
    throw new Error('src/checks/pack.ts: compilePack returned something that JSON does not hold');
  }
  writeFileSync(join(out, 'pack.json'), text);
  return { files: files.length };
}

/** Every rule file: the checks and data/services.yaml, by the paths that error messages should name. */
function ruleFiles(rules) {
  const names = readdirSync(rules, { recursive: true }).filter((name) => name.endsWith('.yaml'));
  if (names.length === 0) throw new Error(`${rules}: no rule files (*.yaml) found`);
  return names.sort().map((name) => {
    const path = join(rules, name);
    return { path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') };
  });
}

function checkedJson(path) {
  const text = readFileSync(path, 'utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: ${error.message}`);
  }
  return text;
}

/** Name, version and licence text of every bundled package, as their licences ask. */
function notices(folders) {
  const parts = folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const licence = readdirSync(join(root, folder)).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
    if (licence === undefined && !manifest.license) throw new Error(`${folder}: bundled, but has no licence`);
    const text = licence === undefined ? '' : readFileSync(join(root, folder, licence), 'utf8').trim();
    return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}`;
  });
  const intro = 'dist/ contains these packages, each under its own licence.';
  return `${[intro, ...new Set(parts)].join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}

/** One line for a refused rule file: where, what, and what to do; the stack for anything else. */
function describe(error) {
  // esbuild has printed its errors already.
  if (Array.isArray(error?.errors)) return error.message.split('\n', 1)[0];
  if (error?.name !== 'FwauditError') return error?.stack ?? String(error);
  const { file, line, column } = error.location ?? {};
  const place =
    file === undefined ? '' : `${[file, line, column].filter((part) => part !== undefined).join(':')}: `;
  return `${place}${error.message}${error.hint ? ` (${error.hint})` : ''}`;
}
