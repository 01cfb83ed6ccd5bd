import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { RedactionKey } from '../shared/placeholders.js';
import { echoReplacer, isPlaceholder, isWellKnown, placeholderFor, tokenOf } from '../shared/placeholders.js';
import { parseXml } from '../shared/xml.js';
import type { RewriteText } from '../shared/xml-rewrite.js';
import { rewriteXml } from '../shared/xml-rewrite.js';
import { isEncrypted, textOf } from './normalise.js';
import { secretNamed } from './secrets.js';
import { FACTORY_COMMANDS } from './settings.js';

/** The same config.xml with a placeholder for each secret; null when it can't be read. */
export function redactConfig(capture: Capture, key: RedactionKey): Capture | null {
  const source = readableText(capture);
  if (source === null) return null;
  const secrets = new Set<string>();
  const redacted = rewriteXml(source, (each) => {
    const { path, attribute, text } = each;
    const held = secretNamed((attribute ?? path.at(-1) ?? '').toLowerCase(), text);
    if (held !== null && held.protection !== 'hashed' && !isWellKnown(text, held.protection))
      secrets.add(text);
    return redactText(each, key);
  });
  const echo = echoReplacer(secrets, key);
  return captureOf(capture, echo === null ? redacted : rewriteXml(redacted, ({ text }) => echo(text)));
}

/** Commands of the shell, which often hold the password of what they talk to; they are read by their number. */
const COMMAND = /^(?:command|cmd|(?:early|afterfilterchange)?shellcmd)$/;

/** A placeholder where a text is a secret or a command; else the text. */
export function redactText({ path, attribute, text }: Parameters<RewriteText>[0], key: RedactionKey): string {
  const name = (attribute ?? path.at(-1) ?? '').toLowerCase();
  const held = secretNamed(name, text);
  if (held !== null) return placeholderFor(text, held.protection, key);
  if (isPlaceholder(text)) return text;
  if (COMMAND.test(name) && !FACTORY_COMMANDS.some((known) => known.test(text)))
    return placeholderFor(text, 'unknown', key);
  // Public keys are no secrets, but their comments name persons, and nothing reads what they are.
  return name === 'authorizedkeys' ? Buffer.from(`redacted-${tokenOf(text, key)}`).toString('base64') : text;
}

/** The text of a document that can be gone through element by element, or null. */
export function readableText({ bytes }: Capture): string | null {
  const text = textOf(bytes);
  if (isEncrypted(text)) return null;
  const result = parseXml(text);
  return result.ok || result.cut !== null ? text : null;
}

export function captureOf({ file }: Capture, text: string): Capture {
  return { file, bytes: Buffer.from(text, 'utf8') };
}
