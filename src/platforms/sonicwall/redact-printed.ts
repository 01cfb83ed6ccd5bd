import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { SecretRef } from '../../model/firewall-config.js';
import { isWellKnown, placeholderFor, type RedactionKey } from '../shared/placeholders.js';
import { stringOf } from './json-text.js';

/** The last keyword before a secret, on the command line and with underscores in the API. */
export const SECRET_WORD =
  /^(?:.*-)?(?:password|passwd|passphrase|secret|shared-secret|shared-key|psk|pre-shared-key|get-community-name|trap-community-name|community|registration-code|auth-key|authentication-key|encryption-key|totp|scratch-code|activation-key)$/i;
export const ENCRYPTED = /^\d,[0-9a-fA-F]{6,}$/;

/** The text of the command line with a placeholder for each secret; line ends and blanks stay. */
export function redactCli(capture: Capture, key: RedactionKey): Capture {
  const text = textOf(capture).replace(/[^\r\n]+/g, (line) => redactLine(line, key));
  return { ...capture, bytes: Buffer.from(text, 'latin1') };
}

/** Encrypted values wherever they stand, and the last word of a line that sets a secret. */
/** The last word of a line, behind its keyword; found from the end, so that no line takes long. */
function redactLine(line: string, key: RedactionKey): string {
  const body = line.trimEnd();
  const start = lastWordAt(body);
  const written = body.slice(start);
  const before = body.slice(0, start);
  const keyword = before.trimEnd().split(/\s/).at(-1) ?? '';
  if (written === '' || keyword === '' || keyword === 'no') return line;
  const quoted = written.length > 1 && written.startsWith('"');
  const value = quoted ? written.slice(1, -1) : written;
  const negated = /^\s*no\s/.test(before);
  if (!ENCRYPTED.test(value) && (negated || !SECRET_WORD.test(keyword))) return line;
  const made = placeholder(value, key);
  return `${before}${quoted ? `"${made}"` : made}${line.slice(body.length)}`;
}

/** Where the last word begins: at its quotation mark, or behind the last blank. */
function lastWordAt(body: string): number {
  if (body.endsWith('"') && body.length > 1) {
    for (let at = body.length - 2; at >= 0; at -= 1) {
      if (body[at] === '"' && body[at - 1] !== '\\') return at;
    }
  }
  return Math.max(body.lastIndexOf(' '), body.lastIndexOf('\t')) + 1;
}

/** An answer of the API with a placeholder for each secret; everything else stays byte for byte. */
export function redactRest(capture: Capture, key: RedactionKey): Capture {
  const text = textOf(capture).replace(
    /"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*")/g,
    (whole: string, name: string, colon: string, written: string) => {
      const value = stringOf(written);
      if (value === null || value === '') return whole;
      if (!ENCRYPTED.test(value) && !SECRET_WORD.test(name.replaceAll('_', '-'))) return whole;
      return `"${name}"${colon}${JSON.stringify(placeholder(value, key))}`;
    },
  );
  return { ...capture, bytes: Buffer.from(text, 'latin1') };
}

function placeholder(value: string, key: RedactionKey): string {
  const protection: SecretRef['protection'] = ENCRYPTED.test(value) ? 'reversible' : 'clear';
  return isWellKnown(value, protection) ? value : placeholderFor(value, protection, key);
}

function textOf({ bytes }: Capture): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
