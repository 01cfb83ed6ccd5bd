import type { Language } from '../../model/check.js';
import type { ModelChange, RemedyContext } from '../platform.js';
import { closeTunnel, deleteRule, restrictRule, untick } from './remedy-commands.js';
import { byCommand, matrixOf, ruleText, type Screens, screensOf } from './remedy-screens.js';
import { SSL_VPN } from './tunnels.js';

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
  ['user-login', 'HTTP and HTTPS under User login via this SA'],
]);

/** Its own switches, of SSL VPN. */
const SSL_VPN_SWITCHES: ReadonlyMap<string, string> = new Map([
  ['https-management', 'Enable Web Management over SSL VPN'],
  ['ssh-management', 'Enable SSH Management over SSL VPN'],
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
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    delete: (rule) => `: delete ${rule}`,
    edit: (rule) => `: edit ${rule}`,
    editSource: (rule) => `: edit the source of ${rule}`,
    limitSource: "and set its Source to a group of the administrators' addresses alone",
    untick: (box) => `: untick ${box}`,
    sslVpnOff: ': switch SSL VPN off for the zone (the light beside its name)',
  },
  fr: {
    delete: (rule) => ` : supprimer ${rule}`,
    edit: (rule) => ` : modifier ${rule}`,
    editSource: (rule) => ` : modifier la source de ${rule}`,
    limitSource: 'et mettre dans Source un groupe des seules adresses des administrateurs',
    untick: (box) => ` : décocher ${box}`,
    sslVpnOff: ' : désactiver SSL VPN pour la zone (le voyant à côté de son nom)',
  },
};

/**
 * Clicks, and the commands that do the same where the firmware has a command line that does (from 6.2 on).
 * Rules are numbered per pair of zones on the screen, not as in the export; a rule that the file does not
 * hold has no number at all.
 */
export function remedySteps(change: ModelChange, about: RemedyContext): readonly string[] {
  const { language } = about;
  const words = WORDS[language];
  const screens = screensOf(about.config.firmware);
  switch (change.kind) {
    case 'delete-access-rule':
      return [
        `${screens.rules} > ${matrixOf(change.policy)}${words.delete(ruleText(change.rule, language))}`,
        ...byCommand(deleteRule(change, about.config), language),
      ];
    case 'restrict-source':
      return [
        `${screens.rules} > ${matrixOf(change.policy)}${words.edit(ruleText(change.rule, language))}`,
        words.limitSource,
        ...byCommand(restrictRule(change, about.config), language),
      ];
    case 'disable-management':
      return disableManagement(change, about, screens);
    case 'disable-intrazone':
      return [];
  }
}

function disableManagement(
  change: ModelChange & { readonly kind: 'disable-management' },
  { config, language }: RemedyContext,
  screens: Screens,
): readonly string[] {
  const words = WORDS[language];
  if (change.tunnel !== undefined) {
    const { tunnel, service } = change;
    return [
      tunnelPlace(tunnel, [service], { config, language }),
      ...byCommand(closeTunnel(tunnel, [service], config), language),
    ];
  }
  const commands = byCommand(untick(change, config), language);
  if (change.service === 'ssl-vpn') return [`${screens.sslVpn}${words.sslVpnOff}`, ...commands];
  const box = BOXES.get(change.service)?.[language];
  if (box === undefined) {
    return [
      `${screens.rules} > ${matrixOf(change.policy)}${words.editSource(ruleText(change.rule, language))}`,
    ];
  }
  const place = `${screens.interfaces} > ${change.interface} > Configure > General`;
  return [`${place}${words.untick(box)}`, ...commands];
}

/** Where management over a tunnel is taken away: at its policy, or, for SSL VPN, at the server. */
export function tunnelPlace(
  tunnel: string,
  services: readonly string[],
  { config, language }: RemedyContext,
): string {
  const screens = screensOf(config.firmware);
  const sslVpn = tunnel === SSL_VPN;
  const names = services.map((service) => (sslVpn ? SSL_VPN_SWITCHES : TUNNEL_BOXES).get(service) ?? service);
  const place = sslVpn
    ? screens.sslVpn
    : `${screens.tunnels} > ${tunnel} > Advanced > Management via this SA`;
  return `${place}${WORDS[language].untick([...new Set(names)].join(', '))}`;
}

/** A box of an interface, as the screen calls it. */
export function boxText(service: string, language: Language): string {
  return BOXES.get(service)?.[language] ?? service;
}
