import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCase } from '../../../fixtures/encode.js';
import { cliText } from '../../../fixtures/printed.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';

/** No secret of a printed configuration survives, wherever in its line it stands and wherever it stands once more. */

const key = new Uint8Array(32).fill(7);
const before = cliText(readCase('sonicwall/clean'));

function redact(text: string): string {
  const redacted = sonicwall.redact({ file: 'x', bytes: Buffer.from(text) }, key);
  return Buffer.from(redacted?.bytes ?? []).toString('utf8');
}

/** Long enough to be told from a word, and not a plain word: those stay where they stand once more. */
const secret = fc
  .string({ minLength: 8, maxLength: 24 })
  .filter(
    (text) => text.trim() === text && /[^a-z]./.test(text) && !/^[\d\s.:/,-]+$|^[A-Z][a-z]+$/.test(text),
  );

function quote(text: string): string {
  return `"${text.replace(/(["\\])/g, '\\$1')}"`;
}

function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}

const hex = (text: string) => `4,${Buffer.from(text).toString('hex')}`;

const LINES: readonly (readonly [string, (text: string) => string])[] = [
  ['at the end of its line', (text) => `password ${quote(text)}`],
  ['in a comment too', (text) => `password ${quote(text)}\n        comment ${quote(`it is ${text} now`)}`],
  ['cut off', (text) => `password ${quote(text).slice(0, -1)}`],
  ['in the middle', (text) => `server 192.0.2.1 shared-secret ${quote(text)} timeout 5`],
  ['encrypted, in the middle', (text) => `server 192.0.2.1 shared-secret ${hex(text)} timeout 5`],
];

describe('a secret in the text of the command line', () => {
  it.each(LINES)('is replaced %s', (_, line) => {
    fc.assert(
      fc.property(secret, (text) => {
        const after = redact(
          `${before}user local\n    user bob\n        ${line(text)}\n        exit\n    exit\n`,
        );
        expect(unquote(after.slice(after.lastIndexOf('user local')))).not.toContain(text);
        expect(after).not.toContain(hex(text));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves what only looks like one', () => {
    const lines = 'password minimum-length 8\n    no password\n    comment "see the password list"\n';
    expect(redact(`${before}administration\n    ${lines}    exit\n`)).toContain(lines);
  });

  it('takes no longer for a hostile line', () => {
    const started = performance.now();
    for (const part of ['"', '\\', ' ', '1,', 'shared-secret ', '1,ffffff'])
      redact(`${before}${part.repeat(200_000 / part.length)}\n`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a secret in an answer of the API', () => {
  it('is replaced in a comment too', () => {
    fc.assert(
      fc.property(secret, (text) => {
        const user = [{ name: 'bob', password: text, comment: `it is ${text} now` }];
        const after = JSON.parse(redact(JSON.stringify({ user: { local: { user } } })));
        expect(Object.values(after.user.local.user[0]).join('\n')).not.toContain(text);
      }),
      { numRuns: 60 },
    );
  });
});
