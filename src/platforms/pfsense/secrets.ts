import type { SecretRef } from '../../model/firewall-config.js';
import type { XmlElement } from '../shared/xml.js';
import { locationOf, nameOf } from './config-tree.js';
import type { Reading } from './reading.js';

/** What an element of this name holds, wherever it stands, and how it is kept. */
const SECRETS: ReadonlyMap<string, readonly [string, SecretRef['protection']]> = new Map([
  ['bcrypt-hash', ['password', 'hashed']],
  ['sha512-hash', ['password', 'hashed']],
  ['md5-hash', ['password', 'hashed']],
  ['nt-hash', ['password', 'hashed']],
  ['ipsecpsk', ['pre-shared-key', 'clear']],
  ['pre-shared-key', ['pre-shared-key', 'clear']],
  ['presharedkey', ['pre-shared-key', 'clear']],
  ['privatekey', ['private-key', 'clear']],
  ['prv', ['private-key', 'clear']],
  ['xmldata', ['private-key', 'clear']],
  ['shared_key', ['private-key', 'clear']],
  ['tls', ['tls-key', 'clear']],
  ['pkcs11pin', ['pin', 'clear']],
  ['auth_pass', ['password', 'reversible']],
  ['proxy_passwd', ['password', 'clear']],
  ['proxypass', ['password', 'clear']],
  ['ldap_bindpw', ['password', 'clear']],
  ['radius_secret', ['radius-secret', 'clear']],
  ['rocommunity', ['snmp-community', 'clear']],
  ['rwcommunity', ['snmp-community', 'clear']],
  ['trapstring', ['snmp-community', 'clear']],
  ['encryption_password', ['password', 'clear']],
  ['passphrase', ['wireless-key', 'clear']],
  ['ddnsdomainkey', ['tsig-key', 'clear']],
  ['keydata', ['tsig-key', 'clear']],
]);

/** Names that secrets have in packages and services that nothing else reads. */
const LOOKS_SECRET =
  /pass(?:word|wd|phrase)?(?:again|fld)?$|secret|token|psk|(?:private|api|account|license|auth|shared|user)_?-?key$|community|bindpw|credential/;

/** Names that only look like it. */
const HARMLESS = /^(?:.*_type|passthru.*|passtos|bypass.*|save_passwd|password_?auth|pass_?through.*)$/;

/** Where secrets stand. Their values are looked at here, and never handed on. */
export function readSecrets({ root, file }: Reading): readonly SecretRef[] {
  const found: SecretRef[] = [];
  const visit = (element: XmlElement): void => {
    const secret = secretOf(element);
    if (secret !== null) found.push({ ...secret, location: locationOf(element, file) });
    for (const below of element.children) visit(below);
  };
  visit(root);
  return found;
}

function secretOf(element: XmlElement): Omit<SecretRef, 'location'> | null {
  return element.children.length > 0 ? null : secretNamed(nameOf(element), element.text.trim());
}

/**
 * What an element or attribute of that name holds when its text is a secret.
 *
 * @param name in lower case
 */
export function secretNamed(name: string, text: string): Omit<SecretRef, 'location'> | null {
  if (text === '') return null;
  const known = SECRETS.get(name);
  if (known !== undefined) return { kind: known[0], protection: known[1] };
  if (!LOOKS_SECRET.test(name) || HARMLESS.test(name)) return null;
  // Hashes of user passwords stand in <password> too: crypt(3) begins with a dollar.
  const hashed = /^\$\d\w?\$/.test(text);
  return { kind: 'password', protection: hashed ? 'hashed' : 'unknown' };
}
