import type { SecretRef } from '../../model/firewall-config.js';
import { ENCRYPTED, SECRET_WORD } from './redact-printed.js';
import type { Statement } from './statement.js';

/** What a secret is for, by the words of its block and of its line. The first that fits. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/totp|scratch-code/, 'administrator-one-time-password-seed'],
  [/\bldap\b/, 'ldap-password'],
  [/\b(?:radius|tacacs)\b/, 'radius-secret'],
  [/\bsnmp\b|community/, 'snmp-community'],
  [/^vpn\b|ipsec|auth-key|encryption-key/, 'ipsec-pre-shared-key'],
  [/^user\b|\blocal user\b/, 'user-password'],
  [/^interface\b|pppoe|l2tp|pptp/, 'provider-password'],
  [/dynamic-dns/, 'dynamic-dns-password'],
  [/\b(?:mail|smtp|pop)\b|e-?mail/, 'mail-password'],
  [/\bftp\b/, 'ftp-password'],
  [/wireless|wlan|sonicpoint|access-point|psk|passphrase/, 'wireless-key'],
  [/registration-code|activation-key/, 'registration-code'],
  [/\bntp\b|^time\b/, 'ntp-key'],
  [/proxy/, 'proxy-password'],
];

/** Where secrets stand in a printed configuration. Their values are looked at here, and never handed on. */
export function printedSecrets(statements: readonly Statement[]): readonly SecretRef[] {
  const found: SecretRef[] = [];
  const visit = (statement: Statement, above: string): void => {
    const ref = secretOf(statement, above);
    if (ref !== null) found.push(ref);
    const path = `${above} ${statement.words.slice(0, 3).join(' ')}`.trim().slice(0, 400);
    for (const below of statement.body) visit(below, path);
  };
  for (const statement of statements) visit(statement, '');
  return found;
}

function secretOf({ words, negated, location }: Statement, above: string): SecretRef | null {
  const value = words.at(-1) ?? '';
  const keyword = words.at(-2) ?? '';
  const encrypted = words.some((word) => ENCRYPTED.test(word));
  if (negated || value === '' || !(encrypted || (words.length > 1 && SECRET_WORD.test(keyword)))) return null;
  const named = `${above} ${words.slice(0, -1).join(' ')}`.trim().toLowerCase();
  const kind = BY_WORDS.find(([pattern]) => pattern.test(named))?.[1] ?? 'other-secret';
  return { kind, protection: encrypted ? 'reversible' : 'clear', location };
}
