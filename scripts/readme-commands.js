// Runs the commands of a README as a reader would, in order, from the root of the repository: every
// line of its code blocks that starts with `npm` or `node`, without what is written beside it.
// `# exit 1` beside a command is the exit code that the README promises (0 when it says nothing). A
// block without a language right under a command is its output: its lines have to be in what the
// command prints, in that order, whatever the days in them; a line `…` stands for some that are left out.
// What .ci/run does by itself is passed over.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const elsewhere = /\bnpm (test|run check)\b/;

main(process.argv[2] ?? 'README.md');

function main(file) {
  const commands = readmeCommands(readFileSync(file, 'utf8').split('\n'));
  const problems = commands.flatMap((command) => runCommand(file, command));
  if (commands.length === 0) problems.push(`${file}: no command in it`);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

function runCommand(file, { line, command, expected, output }) {
  console.log(`\n$ ${command}`);
  if (elsewhere.test(command)) {
    console.log('(run at the end)');
    return [];
  }
  const options = { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 2 ** 28 };
  const { status, signal, stdout } = spawnSync('bash', ['-c', command], options);
  process.stdout.write(stdout);
  const problems = [];
  if (status !== expected) {
    problems.push(
      `${file}:${line}: exit code ${status ?? signal}, and the README promises ${expected}: ${command}`,
    );
  }
  const absent = firstAbsent(output, stdout);
  if (absent !== null) problems.push(`${file}:${line}: the command does not print, or not here: ${absent}`);
  return problems;
}

/** The first line that is not in the output behind the one before it, or null. */
function firstAbsent(expected, stdout) {
  const printed = stdout.split('\n').map(comparable);
  let from = 0;
  for (const line of expected) {
    if (line.trim() === '' || line.trim() === '…') continue;
    const found = printed.indexOf(comparable(line), from);
    if (found === -1) return line;
    from = found + 1;
  }
  return null;
}

/** Lines that would explain a door have a day, and an id that goes by it. */
function comparable(line) {
  return line
    .trimEnd()
    .replace(/\d{4}-\d{2}-\d{2}/g, 'DAY')
    .replace(/^( *- id: .*-)[0-9a-f]{8}$/, '$1ID');
}

/** The commands, with the line they stand on, and the output that the README shows under them. */
function readmeCommands(lines) {
  const found = [];
  let fence = null;
  // Set while nothing but blank lines stands behind a command: the next block is its output.
  let last = null;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('```')) {
      if (fence !== null) last = null;
      fence = fence === null ? line.slice(3).trim() : null;
    } else if (fence === '' && last !== null) {
      last.output.push(line);
    } else if (fence === 'sh' || (fence === null && line.startsWith('    '))) {
      last = commandOf(line.trim(), index + 1) ?? last;
      if (last?.line === index + 1) found.push(last);
    } else if (fence === null && line !== '') {
      last = null;
    }
  }
  return found;
}

function commandOf(text, line) {
  if (!/^(npm|node) /.test(text)) return null;
  const [, command, beside] = /^(.*?)(?:\s+(#.*)|\s{2,}(?:\S.*))?$/.exec(text);
  const [, exit = '0'] = /^#\s*exit (\d+)\b/.exec(beside ?? '') ?? [];
  return { line, command, expected: Number(exit), output: [] };
}
