import type { Capture } from '../../model/capture.js';
import type { Disguise } from '../shared/disguise.js';
import { vocabularyOf } from '../shared/vocabulary.js';
import table from './keywords.tsv';
import { PREDEFINED_SERVICE_GROUPS, PREDEFINED_SERVICES } from './predefined-services.js';
import { redactCommand } from './redact.js';
import type { OfferedCommand } from './rewrite.js';
import { rewriteConfiguration } from './rewrite.js';

/** Values of attributes, and what FortiOS calls things by itself. */
const VALUES = `
  aggressive allowaccess always any auto autoconf blackhole capwap cert clear-text cm custom ddns delegated
  dialup disable discard dmz dynamic eap edge emac enable everything exclude fabric fctems fgfm flow fmg fortianalyzer
  forticloud forticlient fortigate fortiguard fortilink fortimanager fortinet fortios fortitoken fqdn fsso ftm
  full-access geography group guest hard-switch iap iface inspection interface-subnet ip-subnet ipmask iprange
  ipunnumbered ipprefix isakmp l2t learn lldp load-balance manageip maintainer member mgmt modem mschap
  nat46 nat64 naf netflow ntlm one-time onetime overlap pap permit phase1 physical poll pppoe probe proxy
  quarantine read-only read-write reply route-tag sdwan security server-load-balance shared speedtest sslvpn
  static-nat super super_admin prof_admin super_admin_readonly no_access switch-vlan tcp-portrange transparent
  undefined vap-switch vdom vdom-link vip wanopt wl-mesh wildcard wildcard-fqdn wireless workspace
  radius-acct snmp scep soc naf mesh fex conf file ver buildno config-version opmode user global vdom
  fgt fw build feature virtual wan internal port lan dmz ha root monitor-all default g-default all_default
  high-security flow-based certificate-inspection deep-inspection no-inspection custom-deep-inspection
`;

let words: ReadonlySet<string> | undefined;

function vocabulary(): ReadonlySet<string> {
  words ??= vocabularyOf(
    VALUES,
    table.replace(/^#.*$/gm, ''),
    [...PREDEFINED_SERVICES.keys(), ...PREDEFINED_SERVICE_GROUPS.keys()].join(' '),
  );
  return words;
}

/** The same configuration with other names and addresses. */
export function anonymiseConfiguration(capture: Capture, disguise: Disguise): Capture {
  return rewriteConfiguration(capture, (command) => {
    const redacted = redactCommand(command, disguise.key);
    return redacted ?? anonymiseCommand(command, disguise);
  });
}

function anonymiseCommand(command: OfferedCommand, disguise: Disguise): readonly string[] | string | null {
  const { kind, words: read, text } = command;
  if (kind === 'header') {
    return text.replace(
      /(:user=)([^:\s]+)/,
      (_, label: string, name: string) => label + disguised(name, disguise),
    );
  }
  if (kind === 'comment' || kind === 'stray') return disguised(text, disguise);
  const [verb = '', name = '', ...values] = read;
  if (kind === 'structure') {
    if (verb === 'config' || name === '') return null;
    return changed(read, [
      verb,
      disguised(name, disguise),
      ...values.map((each) => disguised(each, disguise)),
    ]);
  }
  const bare = !/["'\\]/.test(text);
  return changed(read, [
    verb,
    name,
    ...values.map((each) => (bare && isNumber(each) ? each : disguised(each, disguise))),
  ]);
}

function disguised(text: string, disguise: Disguise): string {
  return disguise.text(text, vocabulary());
}

/** What counts, points or names ports: `4294967295`, `1024-65535:0-65535`. */
function isNumber(word: string): boolean {
  return /^[\d,:-]{1,60}$/.test(word) && !/\d{11}/.test(word);
}

function changed(before: readonly string[], after: readonly string[]): readonly string[] | null {
  return after.some((word, at) => word !== before[at]) ? after : null;
}
