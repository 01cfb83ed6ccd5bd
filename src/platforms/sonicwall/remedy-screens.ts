import type { Language } from '../../model/check.js';
import { type Firmware, firmwareOf } from './remedy-commands.js';

/** Where things stand on the screen. */
export interface Screens {
  readonly rules: string;
  readonly natRules: string;
  readonly interfaces: string;
  readonly sslVpn: string;
  readonly tunnels: string;
  readonly administration: string;
  readonly settings: string;
  readonly diagnostics: string;
  readonly packetMonitor: string;
  readonly snmp: string;
  readonly time: string;
  readonly syslog: string;
  readonly automation: string;
  readonly flows: string;
  readonly appFlowServer: string;
  readonly externalCollector: string;
  readonly dns: string;
  readonly dynamicDns: string;
  readonly userSettings: string;
  readonly localUsers: string;
  readonly localGroups: string;
}

/** Screens of SonicOS 5 and 6, as the classic view of 6.5 also has them. */
const CLASSIC: Screens = {
  rules: 'Firewall > Access Rules',
  natRules: 'Network > NAT Policies',
  interfaces: 'Network > Interfaces',
  sslVpn: 'SSL VPN > Server Settings',
  tunnels: 'VPN > Settings',
  administration: 'System > Administration',
  settings: 'System > Settings',
  diagnostics: 'System > Diagnostics',
  packetMonitor: 'System > Packet Monitor',
  snmp: 'System > SNMP',
  time: 'System > Time',
  syslog: 'Log > Syslog',
  automation: 'Log > Automation',
  flows: 'AppFlow > Flow Reporting > GMSFlow Server',
  appFlowServer: 'AppFlow > Flow Reporting > AppFlow Server',
  externalCollector: 'AppFlow > Flow Reporting > External Collector',
  dns: 'Network > DNS',
  dynamicDns: 'Network > Dynamic DNS',
  userSettings: 'Users > Settings',
  localUsers: 'Users > Local Users',
  localGroups: 'Users > Local Groups',
};

/**
 * SonicOS 7 moved them: "SonicOS 7 Rules and Policies", "SonicOS 7 System", "SonicOS 7 Device Settings" and
 * "SonicOS 7 Users" of the vendor.
 */
const SEVEN: Screens = {
  rules: 'Policy > Rules and Policies > Access Rules',
  natRules: 'Policy > Rules and Policies > NAT Rules',
  interfaces: 'Network > System > Interfaces',
  sslVpn: 'Network > SSL VPN > Server Settings',
  tunnels: 'Network > IPSec VPN > Rules and Settings',
  administration: 'Device > Settings > Administration',
  settings: 'Device > Settings > Firmware and Settings',
  diagnostics: 'Device > Diagnostics > Tech Support Report',
  packetMonitor: 'Monitor > Tools & Monitors > Packet Monitor',
  snmp: 'Device > Settings > SNMP',
  time: 'Device > Settings > Time',
  syslog: 'Device > Log > Syslog',
  automation: 'Device > Log > Automation',
  flows: 'Device > AppFlow > Flow Reporting > GMSFlow Server',
  appFlowServer: 'Device > AppFlow > Flow Reporting > AppFlow Server',
  externalCollector: 'Device > AppFlow > Flow Reporting > External Collector',
  dns: 'Network > DNS > Settings',
  dynamicDns: 'Network > DNS > Dynamic DNS',
  userSettings: 'Device > Users > Settings',
  localUsers: 'Device > Users > Local Users & Groups > Local Users',
  localGroups: 'Device > Users > Local Users & Groups > Local Groups',
};

/** The screens of a firmware; of one that the file does not name, the older ones. */
export function screensOf(version: string | null): Screens {
  const firmware: Firmware | null = firmwareOf(version);
  return firmware !== null && firmware.major >= 7 ? SEVEN : CLASSIC;
}

/** `WAN to WAN (IPv6)` is the list WAN to WAN with the view on IPv6. */
export function matrixOf(policy: string): string {
  const ipv6 = policy.endsWith(' (IPv6)');
  return ipv6 ? `${policy.slice(0, -' (IPv6)'.length)} (view: IPv6)` : policy;
}

const OR_BY_COMMAND: Readonly<Record<Language, string>> = {
  en: 'or on the command line: ',
  fr: 'ou en ligne de commande : ',
};

/** The commands of a remedy as one step, from the login to the commit; no step where there are none. */
export function byCommand(commands: readonly string[], language: Language): readonly string[] {
  if (commands.length === 0) return [];
  return [`${OR_BY_COMMAND[language]}${['configure', ...commands, 'commit'].join('; ')}`];
}

const RULES: Readonly<
  Record<Language, { readonly exported: (number: number) => string; readonly own: string }>
> = {
  en: {
    exported: (number) => `the rule that the export calls ${number}`,
    own: 'the rule that the appliance made',
  },
  fr: {
    exported: (number) => `la règle que l'export appelle ${number}`,
    own: "la règle que l'appliance a créée",
  },
};

/** A rule by its number in the export; what is implied has none there, and is told by its place. */
export function ruleText(rule: number, language: Language): string {
  return rule < 0 ? RULES[language].own : RULES[language].exported(rule);
}
