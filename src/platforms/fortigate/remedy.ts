import type { ModelChange } from '../platform.js';
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

/** Commands for the CLI, one a line. */
export function remedySteps(change: ModelChange): readonly string[] {
  switch (change.kind) {
    case 'delete-access-rule':
      return [`config ${change.policy}`, `    delete ${change.rule}`, 'end'];
    case 'restrict-source':
      return change.policy === OWN_ADDRESSES ? restrictLogin() : restrictRule(change.policy, change.rule);
    case 'disable-management':
      return disableManagement(change.interface, change.service);
  }
}

function restrictRule(policy: string, rule: number): readonly string[] {
  return [
    `config ${policy}`,
    `    edit ${rule}`,
    '        set srcaddr <an address group that holds the administrators’ addresses, and nothing else>',
    '    next',
    'end',
  ];
}

/** Trusted hosts restrict only when every administrator has some. */
function restrictLogin(): readonly string[] {
  return [
    'config system admin',
    '    edit <every administrator, one after the other>',
    '        set trusthost1 <address> <mask>',
    '        set ip6-trusthost1 <address>/<prefix>',
    '    next',
    'end',
  ];
}

function disableManagement(name: string, service: string): readonly string[] {
  if (service === 'ssl-vpn')
    return ['config vpn ssl settings', `    unselect source-interface ${quoted(name)}`, 'end'];
  if (service === 'ike')
    return ['config vpn ipsec phase1-interface', `    delete <every tunnel that begins at ${name}>`, 'end'];
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
