// Writes docs/checks/ and the tables of rules/README.md from the checks and the code behind them.
// `--check` writes nothing and fails when something is not as it would be written.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');

const sources = `
export { compilePack } from './src/checks/pack.ts';
export { RECORDS, SUBJECTS } from './src/checks/fields.ts';
export { FUNCTIONS } from './src/checks/functions.ts';
export { ADMINISTRATOR_MARKS, SETTINGS, TUNNEL_MARKS } from './src/model/facts.ts';
export { checkPage } from './src/report/check-help.ts';
export { toCheck } from './src/to-report.ts';
`;

const code = await load();
const pack = code.compilePack(ruleFiles());
const written = new Map([
  ['rules/README.md', readme()],
  ...pack.checks.map((each) => [`docs/checks/${each.id}.md`, code.checkPage(code.toCheck(each, 'en'))]),
]);
const stale = [...written].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const left = pages().filter((path) => !written.has(path));
if (check) {
  for (const path of [...stale, ...left]) console.error(`${path}: not as scripts/rule-docs.js writes it`);
  process.exitCode = stale.length + left.length > 0 ? 1 : 0;
} else {
  mkdirSync(join(root, 'docs/checks'), { recursive: true });
  for (const path of stale) writeFileSync(join(root, path), written.get(path));
  for (const path of left) rmSync(join(root, path));
  console.log(`${stale.length} written, ${left.length} removed`);
}

async function load() {
  const folder = mkdtempSync(join(tmpdir(), 'rule-docs-'));
  try {
    const outfile = join(folder, 'code.mjs');
    const stdin = { contents: sources, resolveDir: root, loader: 'ts' };
    const banner =
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    const options = { bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' };
    await build({ ...options, stdin, outfile, loader: { '.tsv': 'text' }, banner: { js: banner } });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ruleFiles() {
  const names = readdirSync(join(root, 'rules'), { recursive: true }).filter((name) =>
    name.endsWith('.yaml'),
  );
  return names.sort().map((name) => ({
    path: `rules/${name.replaceAll('\\', '/')}`,
    text: readFileSync(join(root, 'rules', name), 'utf8'),
  }));
}

function pages() {
  try {
    return readdirSync(join(root, 'docs/checks')).map((name) => `docs/checks/${name}`);
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

function readme() {
  const sections = {
    checks: checksTable(),
    functions: functionsTable(),
    settings: namesTable(code.SETTINGS),
    marks: [
      '#### Administrators',
      namesTable(code.ADMINISTRATOR_MARKS),
      '#### Tunnels',
      namesTable(code.TUNNEL_MARKS),
    ].join('\n\n'),
    fields: fieldsText(),
  };
  return Object.entries(sections).reduce(
    (text, [name, body]) => {
      const section = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`);
      if (!section.test(text)) throw new Error(`rules/README.md has no section ${name}`);
      return text.replace(section, (_, start, end) => `${start}${body}${end}`);
    },
    readFileSync(join(root, 'rules/README.md'), 'utf8'),
  );
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function checksTable() {
  const rows = pack.checks.map(({ id, severity, title, over, supersedes }) => [
    `[${id}](${id}.yaml)`,
    severity,
    title.en,
    over,
    supersedes.join(', ') || '–',
  ]);
  return table(['id', 'severity', 'finds', 'over', 'supersedes'], rows);
}

function functionsTable() {
  const rows = code.FUNCTIONS.map(({ signatures, about }) => [
    signatures.map((each) => `\`${each}\``).join(', '),
    about,
  ]);
  return table(['function', 'true when, or what it gives'], rows);
}

function namesTable(names) {
  const rows = Object.entries(names).map(([name, about]) => [`\`${name}\``, about]);
  return table(['name', 'what it says'], rows);
}

function recordTable(name) {
  const rows = Object.entries(code.RECORDS[name]).map(([field, { type, about }]) => [
    `\`${field}\``,
    type,
    about,
  ]);
  return table(['field', 'type', 'what it says'], rows);
}

function fieldsText() {
  const subjects = Object.entries(code.SUBJECTS).map(
    ([over, { variable, record }]) =>
      `### over: ${over}\n\nThe variable is \`${variable}\`.\n\n${recordTable(record)}`,
  );
  const own = new Set(Object.values(code.SUBJECTS).map(({ record }) => record));
  const parts = Object.keys(code.RECORDS)
    .filter((name) => !own.has(name))
    .map((name) => `### ${name}\n\n${recordTable(name)}`);
  return [...subjects, ...parts].join('\n\n');
}
