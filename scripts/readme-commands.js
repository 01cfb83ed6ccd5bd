// Runs the commands of a README as a reader would: every line of every ```sh block, in order, from the
// root of the repository. `# exit 1` at the end of a line is the exit code that the README promises
// (0 when it says nothing). What .ci/run does by itself is passed over.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const elsewhere = /\bnpm (test|run check)\b/;

const [file = 'README.md'] = process.argv.slice(2);
const commands = readmeCommands(readFileSync(file, 'utf8'));
if (commands.length === 0) {
  console.error(`${file}: no \`\`\`sh block with a command in it`);
  process.exitCode = 1;
}
for (const { line, command, expected } of commands) {
  console.log(`\n$ ${command}`);
  if (elsewhere.test(command)) {
    console.log('(run at the end)');
    continue;
  }
  const { status, signal } = spawnSync('bash', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === expected) continue;
  console.error(
    `${file}:${line}: exit code ${status ?? signal}, and the README promises ${expected}: ${command}`,
  );
  process.exitCode = 1;
}

/** The commands with the line they stand on; a line that ends in `\` goes on in the next. */
function readmeCommands(text) {
  const found = [];
  let inside = false;
  let pending = '';
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('```')) {
      inside = line.trim() === '```sh';
      continue;
    }
    if (!inside || /^\s*(#|$)/.test(line)) continue;
    if (line.endsWith('\\')) {
      pending += line.slice(0, -1);
      continue;
    }
    const [, command, exit] = /^(.*?)\s*(?:#\s*exit(?:s| code)? (\d+)\b.*)?$/.exec(pending + line);
    found.push({ line: index + 1, command: command.trim(), expected: Number(exit ?? 0) });
    pending = '';
  }
  return found;
}
