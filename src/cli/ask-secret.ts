import { inert } from '../report/inert.js';

const INTERRUPT = '\u0003';
const END = '\u0004';
const RUB_OUT = /[\b\u007f]/;

/**
 * Asks on the terminal, without echo. The question goes to standard error, so that a report can be
 * redirected.
 *
 * @returns null when nobody is there, or the answer was broken off
 */
export async function askSecret(what: string): Promise<string | null> {
  const { stdin, stderr } = process;
  if (!isInteractive()) return null;
  stderr.write(`${inert(what, { max: 200 })}: `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  try {
    return await readLine();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** Whether somebody can be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

function readLine(): Promise<string | null> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const typed: string[] = [];
    const end = (answer: string | null) => {
      stdin.off('data', take);
      stdin.off('end', stop);
      resolve(answer);
    };
    const stop = () => end(null);
    function take(text: string): void {
      for (const character of text) {
        if (character === '\r' || character === '\n') end(typed.join(''));
        else if (character === END) end(null);
        else if (character === INTERRUPT) {
          end(null);
          process.kill(process.pid, 'SIGINT');
        } else if (RUB_OUT.test(character)) typed.pop();
        else typed.push(character);
      }
    }
    stdin.on('data', take);
    stdin.on('end', stop);
  });
}
