import type { SecretRef } from '../../model/firewall-config.js';
import type { KeyReader } from './key-reader.js';
import { keyClasses } from './keys.js';
import { decodeValue } from './pair.js';
import { SECRETS, type SecretKey } from './secret-families.js';

const BY_FAMILY: ReadonlyMap<string, string> = new Map(Object.entries(SECRETS));

/** What families that `keys.tsv` calls secret are for, by how they are named. The first that fits. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^(?:adminObj|userObj).*Totp/, 'administrator-one-time-password-seed'],
  [/^sslSpySpoof.*PEM$/, 'private-key'],
  [/Rad(?:Acct|Serv|AcctServ)?.*Secr/, 'radius-secret'],
  [/^aws/, 'cloud-key'],
  [/SSLVPNPassword|SpAdminPassword/, 'access-point-password'],
  [/Wep|Psk|wlanVapKey|Passphrase_N$/i, 'wireless-key'],
  [/Ospf|Rip/, 'routing-key'],
  [/^extGroup/, 'ftp-password'],
  [/email|mail|smtp/i, 'mail-password'],
  [/^iface_|^dial/, 'provider-password'],
  [/^globalMgt|^gms/, 'management-key'],
  [/^cfs/, 'content-filter-passphrase'],
  [/^pktMon/, 'packet-monitor-key'],
  [/^userIV$/, 'encryption-vector'],
];

/** Names that hold a secret in firmware that the table of keys does not know. */
const LOOKS_SECRET =
  /pass(?:word|wd|phrase|code|key)?(?:_N)?$|passw|passphrase|pwd|secr(?:et)?|psk|preshared|sharedkey|privkey|privatekey|authkey|enckey|apikey|accesskey|wepkey|community|totp|bindpw|token|credential|PEM(?:_N)?$/i;

/** Names that only look like it: switches, ages, lengths, the name of something. */
const HARMLESS =
  /bypass|byPass|passThr|passthr|passDHCP|passive|enable|disable|use(?:Old)?Pass|pass(?:word)?(?:Complexity|Length|Age|Expir|Nonupdt|Updt|Unique|Hist)|minPass|pwd(?:Const|Modify|Digital|Lower|Upper|Symbolic|Update)|PwdUpdate|Constraints|ObjId|Comment|Interval|Timeout|Type|Mode|Length|Status|tokenAuth|tokenCheck|GenPass|holdSess/i;

/** LACP keys number bundles of ports; they are on the list of secrets by their name alone. */
const NO_SECRET: ReadonlySet<string> = new Set(['if_l2cfg_lag_lacp_user_key_N']);

/** What encrypted values look like, wherever they stand. */
const ENCRYPTED = /^\d,[0-9a-fA-F]{16,}$/;
const SHORTEST_ENCRYPTED = 18;

/** Which kind of secret a pair holds, and how it is kept; null when it holds none. */
export interface HeldSecret {
  readonly kind: string;
  readonly protection: SecretRef['protection'];
}

/** @param value decoded */
export function secretOf(family: string, value: string): HeldSecret | null {
  if (value === '' || (!BY_FAMILY.has(family) && isSwitch(value))) return null;
  const kind = kindOf(family) ?? (ENCRYPTED.test(value) ? 'other-secret' : null);
  return kind === null ? null : { kind, protection: protectionOf(value) };
}

/**
 * Whether a family's name could mean a secret, by the widest reading. What is passed over unread is
 * redacted by it too: nothing is lost, and a name may mislead.
 */
export function couldBeSecret(family: string): boolean {
  return /pass|pwd|secr|psk|key|community|totp|crypt|regist|serial|userIV|PEM(?:_N)?$/i.test(family);
}

/** Where secrets stand, and how they are kept. Values are looked at here and never handed on. */
export function readSecrets(reader: KeyReader): readonly SecretRef[] {
  const listed = new Set<string>(
    (Object.keys(SECRETS) as SecretKey[]).filter((family) => reader.has(family)),
  );
  // Values are decoded where they may be secret: by their family, or because they look encrypted.
  const shortest = (family: string) => (kindOf(family) === null ? SHORTEST_ENCRYPTED : 1);
  return reader.pairs.pick(shortest, (family, raw, place) => {
    if (kindOf(family) === null && !/^[\d%]/.test(raw)) return null;
    if (!listed.has(family) && isSwitch(raw)) return null;
    const held = secretOf(family, decodeValue(raw));
    return held === null ? null : { ...held, location: place() };
  });
}

/** Switches, which many pairs hold, are no secrets of a family that nobody knows. */
function isSwitch(value: string): boolean {
  return /^(?:on|off|0|1|-1)$/.test(value);
}

const kinds = new Map<string, string | null>();

function kindOf(family: string): string | null {
  const before = kinds.get(family);
  if (before !== undefined) return before;
  const kind = findKind(family);
  // Families come from a file that may be hostile: the answers that are kept are bounded.
  if (kinds.size < 20_000) kinds.set(family, kind);
  return kind;
}

function findKind(family: string): string | null {
  const listed = BY_FAMILY.get(family);
  if (listed !== undefined) return listed;
  if (NO_SECRET.has(family)) return null;
  const known = keyClasses().get(family);
  const isListed = known?.reason === 'secret-value';
  if (!isListed && (known?.kind === 'read' || known?.kind === 'ignored')) return null;
  if (!isListed && (!LOOKS_SECRET.test(family) || HARMLESS.test(family))) return null;
  return BY_NAME.find(([name]) => name.test(family))?.[1] ?? 'other-secret';
}

/** `3,<hex>` and `4,<hex>` are encrypted with a key that the firmware holds: whoever has it reads them. */
function protectionOf(value: string): SecretRef['protection'] {
  if (/^-----BEGIN ENCRYPTED/.test(value)) return 'reversible';
  return /^\d,[0-9a-fA-F]+$/.test(value) ? 'reversible' : 'clear';
}
