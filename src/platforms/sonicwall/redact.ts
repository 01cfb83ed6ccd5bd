import type { Capture } from '../../model/capture.js';
import type { RedactionKey } from '../shared/placeholders.js';
import { echoReplacer, isWellKnown, placeholderFor } from '../shared/placeholders.js';
import { keyClasses } from './keys.js';
import type { ExpEntry } from './pair.js';
import type { RewriteValue } from './rewrite.js';
import { rewriteExport } from './rewrite.js';
import { couldBeSecret, secretOf } from './secrets.js';

/** The same export with a placeholder for each secret; null when it is no export. */
export function redactExport(capture: Capture, key: RedactionKey): Capture | null {
  const secrets = new Set<string>();
  const first: RewriteValue = (entry, value) => {
    const held = secretOf(entry.family, value);
    if (held?.protection === 'clear' && !isWellKnown(value, 'clear')) secrets.add(value);
    return redactValue(entry, value, key);
  };
  const redacted = rewriteExport(capture, first);
  const echo = echoReplacer(secrets, key);
  return redacted === null || echo === null ? redacted : rewriteExport(redacted, (_, value) => echo(value));
}

/** A placeholder where the value is a secret or may be one; else the value. */
export function redactValue(entry: ExpEntry, value: string, key: RedactionKey): string {
  const held = secretOf(entry.family, value);
  if (held !== null) return placeholderFor(value, held.protection, key);
  return isUnread(entry.family) && couldBeSecret(entry.family) && isText(value)
    ? placeholderFor(value, 'unknown', key)
    : value;
}

function isUnread(family: string): boolean {
  return keyClasses().get(family)?.kind !== 'read';
}

/** Neither a switch nor a number nor an address. */
function isText(value: string): boolean {
  return value !== '' && !/^(?:on|off|true|false|-?\d{1,10}|[\d.]{7,15}|[0-9a-fA-F:]{2,17})$/.test(value);
}
