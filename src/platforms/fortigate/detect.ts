import type { Capture } from '../../model/capture.js';
import type { Diagnostic } from '../../model/coverage.js';
import type { Confidence } from '../platform.js';
import { isFortiGate } from './versions.js';

/** How much of a file is looked at. */
const SAMPLE = 65_536;

/** The start of a backup that was encrypted with a password. */
const ENCRYPTED = /^#FGBK\|/;
const HEADER = /^[ \t]*#config-version=([A-Za-z0-9_]+)-/m;

/** Tables that only FortiOS, or a sibling of it, has. */
const OWN_TABLE =
  /^[ \t]*config (?:firewall (?:policy6?|local-in-policy6?|addrgrp6?|address6?|vip6?|service (?:custom|group)|security-policy|consolidated policy|central-snat-map|schedule (?:onetime|recurring))|system (?:interface|global|admin|zone|sdwan|virtual-wan-link|accprofile|api-user|settings|snmp (?:sysinfo|community)|central-management)|vpn (?:ipsec phase[12](?:-interface)?|ssl settings)|router (?:static6?|policy|bgp|access-list|route-map|setting)|user (?:local|group|radius|ldap)|log syslogd setting)[ \t]*\r?$/m;
const COMMAND = /^[ \t]*(?:set|edit|next|end|append|rename|delete)(?:[ \t]|\r?$)/m;
const WRAPPER = /^config (?:global|vdom)[ \t]*\r?$/m;

/** Certain with a backup's own first line; else by tables and commands, less where only one is there. */
export function configurationConfidence(bytes: Uint8Array): Confidence {
  const text = sampleOf(bytes);
  if (text === null) return 0;
  if (ENCRYPTED.test(text)) return 0.9;
  const code = HEADER.exec(text)?.[1];
  if (code !== undefined) return isFortiGate(code) ? 1 : 0;
  if (!COMMAND.test(text)) return 0;
  if (OWN_TABLE.test(text)) return 0.8;
  return WRAPPER.test(text) && /^[ \t]*config (?:system|firewall|vpn|router|user|log) /m.test(text) ? 0.6 : 0;
}

/** Null for what is no text. */
function sampleOf(bytes: Uint8Array): string | null {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, SAMPLE));
  return text.includes('\0') ? null : text.replace(/^\xef\xbb\xbf/, '');
}

/** Why a file that looks like a FortiGate's cannot be read; null when it can. */
export function refusalOf({
  bytes,
}: Capture): { readonly code: Diagnostic['code']; readonly message: string } | null {
  if (bytes.length === 0) return { code: 'empty-input', message: 'the file is empty' };
  const text = sampleOf(bytes);
  if (text === null)
    return { code: 'unrecognised-input', message: 'this is not the text of a FortiGate configuration' };
  if (ENCRYPTED.test(text)) {
    return {
      code: 'unsupported-format',
      message: 'this backup is encrypted with a password: export it without one',
    };
  }
  const code = HEADER.exec(text)?.[1];
  if (code !== undefined && !isFortiGate(code)) {
    return { code: 'unsupported-format', message: 'this backup is of another Fortinet product' };
  }
  if (code !== undefined && !/^[ \t]*config /m.test(text)) {
    return {
      code: 'unsupported-format',
      message: 'this backup is in YAML: export it in the format of the command line',
    };
  }
  return null;
}
