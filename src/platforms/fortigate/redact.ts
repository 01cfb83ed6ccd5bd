import type { Capture } from '../../model/capture.js';
import type { RedactionKey } from '../shared/placeholders.js';
import {
  echoReplacer,
  encodedPlaceholder,
  isWellKnown,
  placeholderFor,
  tokenOf,
} from '../shared/placeholders.js';
import type { OfferedCommand } from './rewrite.js';
import { rewriteConfiguration } from './rewrite.js';
import { kindOf, protectionOf } from './secrets.js';

/** The same configuration with a placeholder for each secret. */
export function redactConfiguration(capture: Capture, key: RedactionKey): Capture {
  const secrets = new Set<string>();
  const redacted = rewriteConfiguration(capture, (command) => {
    const values = secretValues(command);
    if (values !== null && protectionOf(command.path, values) === 'clear') {
      for (const value of values) if (!isWellKnown(value, 'clear')) secrets.add(value);
    }
    return redactCommand(command, key);
  });
  const echo = echoReplacer(secrets, key);
  if (echo === null) return redacted;
  return rewriteConfiguration(redacted, (command) => {
    if (command.kind === 'comment' || command.kind === 'header') return echo(command.text);
    const changed = command.words.map(echo);
    return changed.some((word, at) => word !== command.words[at]) ? changed : null;
  });
}

/** New words where a command sets a secret, or may be a part of one; else null. */
export function redactCommand(command: OfferedCommand, key: RedactionKey): readonly string[] | string | null {
  const { words, path, kind, text } = command;
  if (kind === 'comment') return redactComment(text, key);
  if (kind === 'stray' && looksEncoded(words)) return leftOver(text, key);
  const values = secretValues(command);
  if (values === null) return redactPublicKey(words, key);
  const protection = protectionOf(path, values);
  const placed = values.map((value, at) => {
    if (at === 0 && value === 'ENC' && values.length > 1) return value;
    return values[0] === 'ENC' ? encodedPlaceholder(value, key) : placeholderFor(value, protection, key);
  });
  return [...words.slice(0, 2), ...placed];
}

/** Public keys are no secrets, but their comments name persons, and nothing reads what they are. */
function redactPublicKey(words: readonly string[], key: RedactionKey): readonly string[] | null {
  const [verb = '', attribute = '', value = ''] = words;
  if (!/^ssh-public-key\d?$/.test(attribute) || /^$|redacted-[0-9a-f]{16}$/.test(value)) return null;
  const type = /^\s*[a-z0-9@.-]+ /.exec(value)?.[0] ?? '';
  return [verb, attribute, `${type}redacted-${tokenOf(value, key)}`];
}

/** The values of a command that sets a secret; null for every other one. */
function secretValues({ words, path, kind }: OfferedCommand): readonly string[] | null {
  if (kind !== 'setting' && kind !== 'stray') return null;
  const [verb = '', attribute = '', ...values] = words;
  if (!/^(?:set|append|select|unselect)$/.test(verb) || values.length === 0) return null;
  if (kindOf(path, attribute) === null) return null;
  return /^(?:enable|disable|)$/.test(values[0] ?? '') ? null : values;
}

/** A command that somebody commented out is read by nobody, and its secret is still there. */
function redactComment(text: string, key: RedactionKey): string | null {
  const match = /^(\s*#\s*(?:set|append)\s+([a-z0-9-]+)\s+(?:ENC\s+)?)(\S.*)$/.exec(text);
  if (match === null || kindOf('', match[2] ?? '') === null) return null;
  return `${match[1]}redacted-${tokenOf(match[3] ?? '', key)}`;
}

/** One long word of base64 on a line of its own: a piece of a key whose quote is never closed. */
function looksEncoded(words: readonly string[]): boolean {
  return words.length === 1 && /^[A-Za-z0-9+/=]{20,}$/.test(words[0] ?? '');
}

function leftOver(text: string, key: RedactionKey): string {
  const quote = text.replace(/[^"]/g, '');
  return `redacted-${tokenOf(text, key)}${quote}`;
}
