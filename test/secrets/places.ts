import { Buffer } from 'node:buffer';
import type { Capture } from '../../src/model/capture.js';

/**
 * Where secrets stand, found without the parsers: by the names of keys, elements and attributes alone. What
 * is only switched on or counted under such a name is left out here, by names that say so.
 */

export interface Place {
  /** The key, or the line, as locations of the model give them. */
  readonly at: string;
  readonly name: string;
  readonly value: string;
}

const PLAIN = /^(?:|on|off|enable|disable|enabled|disabled|true|false|yes|no|-?\d{1,3})$/;

export function placesOf(platform: string, capture: Capture): readonly Place[] {
  const text = Buffer.from(capture.bytes).toString(platform === 'sonicwall' ? 'latin1' : 'utf8');
  const places =
    platform === 'sonicwall'
      ? inPairs(text)
      : platform === 'fortigate'
        ? inCommands(text)
        : platform === 'pfsense'
          ? inElements(text)
          : inOptions(text);
  return places.filter(({ value }) => !PLAIN.test(value));
}

/** The pairs of an export, decoded without the parser. */
export function pairsOf(text: string): readonly string[] {
  const packed = text.replace(/[\s&]/g, '');
  return /^[A-Za-z0-9+/]+=*$/.test(packed)
    ? Buffer.from(packed, 'base64').toString('latin1').split('&')
    : text.split(/[&\r\n]+/);
}

function inPairs(text: string): readonly Place[] {
  const secret =
    /pass|(?<!p)pwd|(?<!ip)secr|psk|key|community|totp|registrationCode|registerCode|userIV|PEM$|AuthData|AuthText/i;
  const other =
    /bypass|pass(?:ive|Thru|DHCP)|PassThru|keep|keyword|keyId|KeyMode|KeyMd|keyMethod|KeyTp|KeyType|KeyDefault|KeyInterval|KeyInt|DfltKey|GroupKey|Default(?:Key)?_|defaultKey|rekey|passphrase(?:Page|Active)|pwd(?:Const|Modify|Digital)|Pwd(?:Update|Const|Modify|Chg)|passw(?:ord)?(?:Compl|Length|NonU|Updt|Unique)|MinPass|minPass|UsePass|UsernamePassword|PassEnable|GenPass|holdSess|PassNetwork|lacp|KeyNumber|TrustKey|VPNKeys|tokenAuth|PublicKey|pubKey|qskeys|AuthKeyId|reloginAfter|SpByPass|hotkey|monkey|turkey|CertkeySize|BitCertKey|TCPKey|socialPass|DiffPass|TotpBind/i;
  return pairsOf(text).flatMap((pair): readonly Place[] => {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    const value = pair
      .slice(equals + 1)
      .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    const encrypted = /^\d,[0-9a-f]{16,}$/i.test(value);
    if (equals < 1 || !(encrypted || (secret.test(name) && !other.test(name)))) return [];
    return [{ at: name, name, value: Buffer.from(value, 'latin1').toString('utf8') }];
  });
}

function inCommands(text: string): readonly Place[] {
  const secret =
    /passw|passphrase|psk|secret|private-key|api-key|\bkey\b|-key$|md5|token|community|authkey|enckey|^pin$|passwd/;
  const other =
    /status|policy|expire|change|renew|strong|remote|mode|type|length|hostkey|keylife|keepalive|ssh-(?:password|kex|hsk)|local-key|public-key|save-password|strip|match|md5-?hash|keyword|warn|reuse|key-(?:id|exchange)|enforce|algo|cert|user-key|interval|timeout|token-(?:ref|time|port)/;
  return text.split(/\r?\n/).flatMap((line, index): readonly Place[] => {
    const match = /^\s*set (\S+) (?:ENC )?(?:"([^"]*)"?|(\S+))/.exec(line);
    const [, name = '', quoted, bare = ''] = match ?? [];
    if (match === null || !secret.test(name) || other.test(name)) return [];
    return [{ at: `${index + 1}`, name, value: quoted ?? bare }];
  });
}

function inElements(text: string): readonly Place[] {
  const secret =
    /passw|passphrase|bcrypt|sha512|md5-hash|secret|psk|pre-?shared|private_?key|^prv$|shared_?key|^tls$|community|bindpw|apikey|token|pkcs11pin|keydata|_hash$|^pass$/i;
  const other =
    /_type|passthru|bypass|passtos|save_passwd|passwordauth|disable|enable|mode|confirm_type|algo|^hash$/i;
  return [...text.matchAll(/<([\w-]+)[^<>]*>(?:\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*|([^<]*))<\/\1>/g)].flatMap(
    (match): readonly Place[] => {
      const [, name = '', cdata, plain = ''] = match;
      const value = (
        cdata ?? plain.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
      ).trim();
      if (!secret.test(name) || other.test(name)) return [];
      return [{ at: `${text.slice(0, match.index).split('\n').length}`, name, value }];
    },
  );
}

function inOptions(text: string): readonly Place[] {
  return text.split(/\r?\n/).flatMap((line, index): readonly Place[] =>
    [...line.matchAll(/--(\w*secret) ("[^"]*"|\S+)/g)].map(([, name = '', value = '']) => ({
      at: `${index + 1}`,
      name,
      value: value.replace(/"/g, ''),
    })),
  );
}
