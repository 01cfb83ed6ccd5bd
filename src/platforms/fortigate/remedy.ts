import type { Language } from '../../model/check.js';
import type { ModelChange, RemedyContext } from '../platform.js';
import { OWN_ADDRESSES } from './policies.js';

/** The word of `allowaccess` that a canonical service is ticked by. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['https-management', 'https'],
  ['api', 'https'],
  ['http-management', 'http'],
  ['http-redirect', 'http'],
  ['ssh-management', 'ssh'],
  ['telnet-management', 'telnet'],
  ['snmp', 'snmp'],
  ['ping', 'ping'],
  ['fgfm', 'fgfm'],
  ['security-fabric', 'fabric'],
  ['capwap', 'capwap'],
  ['radius-accounting', 'radius-acct'],
  ['probe-response', 'probe-response'],
  ['fortitoken-mobile', 'ftm'],
  ['speed-test', 'speed-test'],
  ['scim', 'scim'],
]);

/** What stands in angle brackets for the reader to fill in. */
interface Blanks {
  readonly group: string;
  readonly everyAdministrator: string;
  readonly tunnelsOf: (name: string) => string;
  readonly address: string;
  readonly mask: string;
  readonly prefix: string;
}

const BLANKS: Readonly<Record<Language, Blanks>> = {
  en: {
    group: 'an address group that holds the administrators’ addresses, and nothing else',
    everyAdministrator: 'every administrator, one after the other',
    tunnelsOf: (name) => `every tunnel that begins at ${name}`,
    address: 'address',
    mask: 'mask',
    prefix: 'prefix',
  },
  fr: {
    group: 'un groupe des adresses des administrateurs, et de rien d’autre',
    everyAdministrator: 'chaque administrateur, l’un après l’autre',
    tunnelsOf: (name) => `chaque tunnel qui part de ${name}`,
    address: 'adresse',
    mask: 'masque',
    prefix: 'préfixe',
  },
};

/** Commands for the CLI, one a line. */
export function remedySteps(change: ModelChange, { language }: RemedyContext): readonly string[] {
  const words = BLANKS[language];
  switch (change.kind) {
    case 'delete-access-rule':
      return [`config ${change.policy}`, `    delete ${change.rule}`, 'end'];
    case 'restrict-source':
      return change.policy === OWN_ADDRESSES
        ? restrictLogin(words)
        : restrictRule(change.policy, change.rule, words);
    case 'disable-management':
      return disableManagement(change.interface, change.service, words);
    case 'disable-intrazone':
      return [
        'config system zone',
        `    edit ${quoted(change.zone)}`,
        '        set intrazone deny',
        '    next',
        'end',
      ];
  }
}

function restrictRule(policy: string, rule: number, { group }: Blanks): readonly string[] {
  return [`config ${policy}`, `    edit ${rule}`, `        set srcaddr <${group}>`, '    next', 'end'];
}

/** Trusted hosts restrict only when every administrator has some. */
function restrictLogin({ everyAdministrator, address, mask, prefix }: Blanks): readonly string[] {
  return [
    'config system admin',
    `    edit <${everyAdministrator}>`,
    `        set trusthost1 <${address}> <${mask}>`,
    `        set ip6-trusthost1 <${address}>/<${prefix}>`,
    '    next',
    'end',
  ];
}

function disableManagement(name: string, service: string, { tunnelsOf }: Blanks): readonly string[] {
  if (service === 'ssl-vpn')
    return ['config vpn ssl settings', `    unselect source-interface ${quoted(name)}`, 'end'];
  if (service === 'ike')
    return ['config vpn ipsec phase1-interface', `    delete <${tunnelsOf(name)}>`, 'end'];
  const word = WORDS.get(service);
  if (word === undefined) return [];
  return [
    'config system interface',
    `    edit ${quoted(name)}`,
    `        unselect allowaccess ${word}`,
    '        config ipv6',
    `            unselect ip6-allowaccess ${word}`,
    '        end',
    '    next',
    'end',
  ];
}

/** A name as the CLI takes it. */
function quoted(name: string): string {
  return `"${name.replace(/[\\"]/g, '\\$&')}"`;
}
