import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { SecretRef } from '../../model/firewall-config.js';
import { echoReplacer, isWellKnown, placeholderFor, type RedactionKey } from '../shared/placeholders.js';
import { stringOf } from './json-text.js';

/** The last keyword before a secret, on the command line and with underscores in the API. */
export const SECRET_WORD =
  /^(?:.*-)?(?:password|passwd|passphrase|secret|shared-secret|shared-key|psk|pre-shared-key|get-community-name|trap-community-name|community|registration-code|auth-key|authentication-key|encryption-key|totp|scratch-code|activation-key)$/i;
export const ENCRYPTED = /^\d,[0-9a-fA-F]{6,}$/;

/** Values that are encrypted, wherever they stand in a line: between blanks or quotation marks. */
const ENCRYPTED_WITHIN = /(?<![^\s"])\d,[0-9a-fA-F]{6,}(?![^\s"])/g;
/** Keywords that nothing but a secret stands behind, so that one in the middle of a line is told too. */
const SECRET_WITHIN =
  /(?<=\s(?:shared-secret|shared-key|pre-shared-key|passphrase|auth-key|authentication-key|encryption-key) )(?:"(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s)/g;

/**
 * The text of the command line with a placeholder for each secret; line ends and blanks stay. A secret in the clear is
 * looked for in the other lines as well: people write it into comments.
 */
export function redactCli(capture: Capture, key: RedactionKey): Capture {
  const made = secretsMade(key);
  const text = textOf(capture).replace(/[^\r\n]+/g, (line) =>
    redactLine(line, made)
      .replace(SECRET_WITHIN, (written) => redactWord(written, made))
      .replace(ENCRYPTED_WITHIN, (value) => made.placeholder(value)),
  );
  return { ...capture, bytes: Buffer.from(made.withoutEchoes(text), 'latin1') };
}

/** The last word of a line, behind its keyword; found from the end, so that no line takes long. */
function redactLine(line: string, made: SecretsMade): string {
  const body = line.trimEnd();
  const start = lastWordAt(body);
  const written = body.slice(start);
  const before = body.slice(0, start);
  const keyword = before.trimEnd().split(/\s/).at(-1) ?? '';
  if (written === '' || keyword === '' || keyword === 'no') return line;
  const negated = /^\s*no\s/.test(before);
  if (negated || !SECRET_WORD.test(keyword)) return line;
  return `${before}${redactWord(written, made)}${line.slice(body.length)}`;
}

/** A word as it is written: between quotation marks, of which the last may be cut off, or without. */
function redactWord(written: string, made: SecretsMade): string {
  if (!written.startsWith('"')) return made.placeholder(written);
  const closed = /^"(?:[^"\\]|\\.)*"$/.test(written);
  return `"${made.placeholder(written.slice(1, closed ? -1 : undefined))}${closed ? '"' : ''}`;
}

/** Where the last word begins: at its quotation mark, even where its end is cut off, or behind the last blank. */
function lastWordAt(body: string): number {
  let quotes = 0;
  let last = -1;
  let before = -1;
  for (let at = 0; at < body.length; at += 1) {
    // A backslash takes away what a quotation mark behind it means.
    if (body[at] === '\\') at += 1;
    else if (body[at] === '"') {
      quotes += 1;
      before = last;
      last = at;
    }
  }
  if (quotes % 2 === 1) return last;
  if (last === body.length - 1 && before >= 0) return before;
  return Math.max(body.lastIndexOf(' '), body.lastIndexOf('\t')) + 1;
}

/** An answer of the API with a placeholder for each secret; everything else stays byte for byte. */
export function redactRest(capture: Capture, key: RedactionKey): Capture {
  const made = secretsMade(key);
  const text = textOf(capture).replace(
    /"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*")/g,
    (whole: string, name: string, colon: string, written: string) => {
      const value = stringOf(written);
      if (value === null || value === '') return whole;
      if (!ENCRYPTED.test(value) && !SECRET_WORD.test(name.replaceAll('_', '-'))) return whole;
      return `"${name}"${colon}${JSON.stringify(made.placeholder(value))}`;
    },
  );
  return { ...capture, bytes: Buffer.from(made.withoutEchoes(text), 'latin1') };
}

/** Placeholders of one file, and what they stand for as long as the file is read. */
interface SecretsMade {
  readonly placeholder: (value: string) => string;
  /** The text without the secrets that stand in it once more. */
  readonly withoutEchoes: (text: string) => string;
}

function secretsMade(key: RedactionKey): SecretsMade {
  const clear = new Set<string>();
  return {
    placeholder: (value) => {
      const protection: SecretRef['protection'] = ENCRYPTED.test(value) ? 'reversible' : 'clear';
      if (isWellKnown(value, protection)) return value;
      // As it was entered, and as quotation marks have it.
      if (protection === 'clear') for (const each of spellingsOf(value)) clear.add(each);
      return placeholderFor(value, protection, key);
    },
    withoutEchoes: (text) => echoReplacer(clear, key)?.(text) ?? text,
  };
}

function spellingsOf(value: string): readonly string[] {
  return [value, value.replace(/\\(["\\])/g, '$1'), JSON.stringify(value).slice(1, -1)];
}

function textOf({ bytes }: Capture): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
