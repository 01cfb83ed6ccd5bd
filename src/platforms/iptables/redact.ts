import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { RedactionKey } from '../shared/placeholders.js';
import { echoReplacer, isWellKnown, placeholderFor } from '../shared/placeholders.js';
import { decodeText } from './lines.js';
import { KNOCKING_SECRET } from './secrets.js';

/** The same ruleset with a placeholder for each secret. */
export function redactRuleset(capture: Capture, key: RedactionKey): Capture {
  const text = decodeText(capture.bytes);
  const secrets = new Set<string>();
  for (const [, , value = ''] of text.matchAll(KNOCKING_SECRET)) {
    const secret = withoutQuotes(value);
    if (!isWellKnown(secret, 'clear')) secrets.add(secret);
  }
  const redacted = redactOptions(text, key);
  const echo = echoReplacer(secrets, key);
  return { file: capture.file, bytes: Buffer.from(echo === null ? redacted : echo(redacted), 'utf8') };
}

/** What packets have to hold: a rule may be opened by it. Nothing reads it. */
const PAYLOAD = /(\s--(?:string|hex-string)\s+)("(?:[^"\\]|\\.)*"|\S+)/g;

/** A placeholder for each secret of a text, in quotes where there were some. */
export function redactOptions(text: string, key: RedactionKey): string {
  const placed = (_: string, option: string, value: string) => {
    const placeholder = placeholderFor(withoutQuotes(value), 'clear', key);
    return `${option}${value.startsWith('"') ? `"${placeholder}"` : placeholder}`;
  };
  return text.replace(KNOCKING_SECRET, placed).replace(PAYLOAD, placed);
}

function withoutQuotes(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}
