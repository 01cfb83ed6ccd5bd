import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { SecretRef } from '../../model/firewall-config.js';
import { isWellKnown, placeholderFor, type RedactionKey } from '../shared/placeholders.js';

/** The last keyword before a secret, on the command line and with underscores in the API. */
export const SECRET_WORD =
  /^(?:.*-)?(?:password|passwd|passphrase|secret|shared-secret|psk|pre-shared-key|get-community-name|trap-community-name|community|registration-code|auth-key|encryption-key|totp|scratch-code|activation-key)$/i;
export const ENCRYPTED = /^\d,[0-9a-fA-F]{6,}$/;

/** The text of the command line with a placeholder for each secret; line ends and blanks stay. */
export function redactCli(capture: Capture, key: RedactionKey): Capture {
  const text = textOf(capture).replace(/[^\r\n]+/g, (line) => redactLine(line, key));
  return { ...capture, bytes: Buffer.from(text, 'latin1') };
}

/** Encrypted values wherever they stand, and the last word of a line that sets a secret. */
function redactLine(text: string, key: RedactionKey): string {
  const line = text.replace(/(?<![\w,])\d,[0-9a-fA-F]{6,}(?!\w)/g, (value) => placeholder(value, key));
  const match = /^(.*?)(\S+)(\s+)("(?:[^"\\]|\\.)*"|\S+)(\s*)$/.exec(line);
  if (match === null) return line;
  const [, before = '', keyword = '', space = '', written = '', after = ''] = match;
  const quoted = written.startsWith('"') && written.endsWith('"') && written.length > 1;
  const value = quoted ? written.slice(1, -1) : written;
  if (ENCRYPTED.test(value) || !SECRET_WORD.test(keyword)) return line;
  if (/^\s*no\s+$/.test(before)) return line;
  const made = placeholder(value, key);
  return `${before}${keyword}${space}${quoted ? `"${made}"` : made}${after}`;
}

/** An answer of the API with a placeholder for each secret; everything else stays byte for byte. */
export function redactRest(capture: Capture, key: RedactionKey): Capture {
  const text = textOf(capture).replace(
    /"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*")/g,
    (whole: string, name: string, colon: string, written: string) => {
      const value = plainText(written);
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

function plainText(written: string): string | null {
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function textOf({ bytes }: Capture): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
