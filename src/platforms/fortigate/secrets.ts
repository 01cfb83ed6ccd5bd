import type { SecretRef } from '../../model/firewall-config.js';
import type { ConfigDocument } from './syntax.js';
import type { ConfigNode, ConfigScope, ConfigTable } from './tree.js';

/** Attributes that hold a secret wherever they stand. */
const SECRET =
  /^(?:.*password\d?|.*passwd\d?|passwd|pwd|.*-pwd|.*secret(?:-key)?\d?|psk.*|.*-psk|passphrase|sae-password|.*private-key|.*api-key|api-key|.*-token|pin|.*-authorization|.*secret-access-key|.*-access-key|authkey|enckey|md5-key|md5-keychain|key-string|group-key|login-password|ppp-password|wep-?key\d?|certificate-password|preshared-key|auth-key|.*crypt-key)$/;

/** Attributes that look alike and hold none: switches, names, lengths. */
const NO_SECRET =
  /^(?:.*-status|password-(?:policy|expire|renewal|expiry.*|attr|change.*)|admin-ssh-password|force-password-change|save-password|reuse-password.*|encrypt-and-store-password|user-history-password-.*|ssh-hostkey-override|.*-token-.*|password-policy-.*|psksecret-remote-status|passwd-(?:policy|time)|.*-password-mode)$/;

/** What attributes mean in tables where their name alone does not tell. */
const IN_TABLE: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^system snmp community$/, /^name$/, 'snmp-community'],
  [/^(?:switch-controller |.*\/)snmp-community$/, /^name$/, 'snmp-community'],
  [/^system ntp(?:\/ntpserver)?$/, /^key$/, 'ntp-key'],
  [/^system ha$/, /^key$/, 'high-availability-key'],
  [/^user fortitoken$/, /^(?:seed|activation-code)$/, 'token-seed'],
];

/** Kinds of secrets by path, then by attribute: only what some line of the file has. */
type Kinds = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads where secrets stand and how they are kept. Values are looked at here and never handed on. */
export function readSecrets(
  { tallies }: Pick<ConfigDocument, 'tallies'>,
  file: string,
  scopes: readonly ConfigScope[],
): readonly SecretRef[] {
  const kinds = new Map<string, Map<string, string>>();
  const tops = new Set<string>();
  for (const { path, attribute } of tallies) {
    const kind = attribute === null ? null : kindOf(path, attribute);
    if (kind === null || attribute === null) continue;
    kinds.set(path, (kinds.get(path) ?? new Map<string, string>()).set(attribute, kind));
    tops.add(path.split('/', 1)[0] ?? '');
  }
  const found: SecretRef[] = [];
  for (const { tables } of scopes) {
    for (const [path, table] of tables) if (tops.has(path)) collect(file, path, table, kinds, found);
  }
  return found;
}

function collect(file: string, top: string, table: ConfigTable, kinds: Kinds, found: SecretRef[]): void {
  const open: { path: string; node: ConfigNode }[] = [
    { path: top, node: table },
    ...[...table.entries.values()].map((node) => ({ path: top, node })),
  ];
  for (const { path, node } of open) {
    for (const [attribute, kind] of kinds.get(path) ?? []) {
      const setting = node.settings.get(attribute);
      if (setting === undefined) continue;
      const { values, line } = setting;
      const value = values[0] === 'ENC' ? (values[1] ?? '') : (values[0] ?? '');
      if (value === '' || value === 'enable' || value === 'disable') continue;
      found.push({ kind, protection: protectionOf(path, values), location: { file, line } });
    }
    for (const [name, below] of node.tables) {
      const inner = `${path}/${name}`;
      open.push({ path: inner, node: below });
      for (const entry of below.entries.values()) open.push({ path: inner, node: entry });
    }
  }
}

/** What an attribute holds; null when it is no secret. */
export function kindOf(path: string, attribute: string): string | null {
  for (const [table, name, kind] of IN_TABLE) if (table.test(path) && name.test(attribute)) return kind;
  if (!SECRET.test(attribute) || NO_SECRET.test(attribute)) return null;
  const place = path.split('/')[0]?.replace(/ /g, '-') ?? '';
  return `${/^[a-z0-9-]{1,60}$/.test(place) ? place : 'fortigate'}-${attribute}`;
}

/**
 * `ENC` values are encrypted with a key that every FortiGate has, unless somebody set one (CVE-2019-6693);
 * those of administrators are hashes (`AK1`, `SH2`, `PB2`).
 */
export function protectionOf(path: string, values: readonly string[]): SecretRef['protection'] {
  if (values[0] !== 'ENC')
    return values[0]?.startsWith('-----BEGIN ENCRYPTED') === true ? 'reversible' : 'clear';
  if (/^(?:AK1|SH2|PB2|SH1)/.test(values[1] ?? '') && path === 'system admin') return 'hashed';
  return 'reversible';
}
