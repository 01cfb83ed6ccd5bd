import type { Language } from '../../model/check.js';
import type { ModelChange, RemedyContext } from '../platform.js';
import { deleteRule, type Firmware, firmwareOf, restrictRule, untick } from './remedy-commands.js';

/** What the Management boxes of an interface are called on the screen. */
const BOXES: ReadonlyMap<string, Readonly<Record<Language, string>>> = new Map([
  ['https-management', under('HTTPS', 'Management')],
  ['http-management', under('HTTP', 'Management')],
  [
    'http-redirect',
    {
      en: 'the rule to redirect from HTTP to HTTPS',
      fr: 'la règle de redirection de HTTP vers HTTPS',
    },
  ],
  ['ssh-management', under('SSH', 'Management')],
  ['snmp', under('SNMP', 'Management')],
  ['ping', under('Ping', 'Management')],
  ['user-login', { en: 'HTTP and HTTPS under User Login', fr: 'HTTP et HTTPS sous User Login' }],
]);

/** The boxes of a tunnel, under Management via this SA. */
const TUNNEL_BOXES: ReadonlyMap<string, string> = new Map([
  ['https-management', 'HTTPS'],
  ['http-management', 'HTTP'],
  ['ssh-management', 'SSH'],
  ['snmp', 'SNMP'],
]);

function under(box: string, heading: string): Readonly<Record<Language, string>> {
  return { en: `${box} under ${heading}`, fr: `${box} sous ${heading}` };
}

/** What a remedy says, beside the names of screens, which stay as they are. */
interface Words {
  readonly delete: (rule: string) => string;
  readonly edit: (rule: string) => string;
  readonly editSource: (rule: string) => string;
  readonly limitSource: string;
  readonly untick: (box: string) => string;
  readonly sslVpnOff: string;
  readonly exported: (number: number) => string;
  readonly automatic: string;
  readonly orByCommand: (commands: string) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    delete: (rule) => `: delete ${rule}`,
    edit: (rule) => `: edit ${rule}`,
    editSource: (rule) => `: edit the source of ${rule}`,
    limitSource: "and set its Source to a group of the administrators' addresses alone",
    untick: (box) => `: untick ${box}`,
    sslVpnOff: ': switch SSL VPN off for the zone (the light beside its name)',
    exported: (number) => `the rule that the export calls ${number}`,
    automatic: 'the rule that the appliance made',
    orByCommand: (commands) => `or on the command line: ${commands}`,
  },
  fr: {
    delete: (rule) => ` : supprimer ${rule}`,
    edit: (rule) => ` : modifier ${rule}`,
    editSource: (rule) => ` : modifier la source de ${rule}`,
    limitSource: 'et mettre dans Source un groupe des seules adresses des administrateurs',
    untick: (box) => ` : décocher ${box}`,
    sslVpnOff: ' : désactiver SSL VPN pour la zone (le voyant à côté de son nom)',
    exported: (number) => `la règle que l'export appelle ${number}`,
    automatic: "la règle que l'appliance a créée",
    orByCommand: (commands) => `ou en ligne de commande : ${commands}`,
  },
};

interface Screens {
  readonly rules: string;
  readonly interfaces: string;
  readonly sslVpn: string;
  readonly tunnels: string;
}

/** Screens of SonicOS 5 and 6, as the classic view of 6.5 also has them. */
const CLASSIC: Screens = {
  rules: 'Firewall > Access Rules',
  interfaces: 'Network > Interfaces',
  sslVpn: 'SSL VPN > Server Settings',
  tunnels: 'VPN > Settings',
};

/** SonicOS 7 moved them: "SonicOS 7 Rules and Policies" and "SonicOS 7 System" of the vendor. */
const SEVEN: Screens = {
  rules: 'Policy > Rules and Policies > Access Rules',
  interfaces: 'Network > System > Interfaces',
  sslVpn: 'Network > SSL VPN > Server Settings',
  tunnels: 'Network > IPSec VPN > Rules and Settings',
};

function screensOf(firmware: Firmware | null): Screens {
  return firmware !== null && firmware.major >= 7 ? SEVEN : CLASSIC;
}

/**
 * Clicks, and the commands that do the same where the firmware has a command line that does (from 6.2 on).
 * Rules are numbered per pair of zones on the screen, not as in the export; a rule that the file does not
 * hold has no number at all.
 */
export function remedySteps(change: ModelChange, about: RemedyContext): readonly string[] {
  const words = WORDS[about.language];
  const screens = screensOf(firmwareOf(about.config.firmware));
  switch (change.kind) {
    case 'delete-access-rule':
      return [
        `${screens.rules} > ${matrixOf(change.policy)}${words.delete(ruleOf(change, words))}`,
        ...byCommand(deleteRule(change, about.config), words),
      ];
    case 'restrict-source':
      return [
        `${screens.rules} > ${matrixOf(change.policy)}${words.edit(ruleOf(change, words))}`,
        words.limitSource,
        ...byCommand(restrictRule(change, about.config), words),
      ];
    case 'disable-management':
      return disableManagement(change, about, screens);
  }
}

function disableManagement(
  change: ModelChange & { readonly kind: 'disable-management' },
  { config, language }: RemedyContext,
  screens: Screens,
): readonly string[] {
  const words = WORDS[language];
  if (change.tunnel !== undefined) {
    const place = `${screens.tunnels} > ${change.tunnel} > Advanced > Management via this SA`;
    return [`${place}${words.untick(TUNNEL_BOXES.get(change.service) ?? change.service)}`];
  }
  const commands = byCommand(untick(change, config), words);
  if (change.service === 'ssl-vpn') return [`${screens.sslVpn}${words.sslVpnOff}`, ...commands];
  const box = BOXES.get(change.service)?.[language];
  if (box === undefined) {
    return [`${screens.rules} > ${matrixOf(change.policy)}${words.editSource(ruleOf(change, words))}`];
  }
  const place = `${screens.interfaces} > ${change.interface} > Configure > General`;
  return [`${place}${words.untick(box)}`, ...commands];
}

function byCommand(commands: readonly string[], { orByCommand }: Words): readonly string[] {
  return commands.length === 0 ? [] : [orByCommand(['configure', ...commands, 'commit'].join('; '))];
}

/** By the number in the export; what is implied has none there, and is told by its place. */
function ruleOf({ rule }: { readonly rule: number }, { automatic, exported }: Words): string {
  return rule < 0 ? automatic : exported(rule);
}

/** `WAN to WAN (IPv6)` is the list WAN to WAN with the view on IPv6. */
function matrixOf(policy: string): string {
  const ipv6 = policy.endsWith(' (IPv6)');
  return ipv6 ? `${policy.slice(0, -' (IPv6)'.length)} (view: IPv6)` : policy;
}
