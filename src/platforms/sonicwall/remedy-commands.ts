import type { FirewallConfig } from '../../model/firewall-config.js';
import type { AccessRule, Policy } from '../../model/policy.js';
import { isPrintableAscii } from '../../text/ascii.js';
import type { ModelChange } from '../platform.js';
import { L2TP_SERVER, SSL_VPN } from './tunnels.js';

interface RuleChange {
  readonly policy: string;
  readonly rule: number;
}
type Untick = ModelChange & { readonly kind: 'disable-management' };

/** The first two numbers of a version. */
export interface Firmware {
  readonly major: number;
  readonly minor: number;
}

/** `6.5.4.4-44n` is 6.5; null: the file does not say. */
export function firmwareOf(version: string | null): Firmware | null {
  const [, major, minor] = /(\d{1,3})\.(\d{1,3})/.exec(version ?? '') ?? [];
  return major === undefined ? null : { major: Number(major), minor: Number(minor) };
}

/** Whether a firmware is one of a line or of a later one; of an unknown one nothing is claimed. */
export function isAtLeast(firmware: Firmware | null, major: number, minor: number): boolean {
  if (firmware === null) return false;
  return firmware.major > major || (firmware.major === major && firmware.minor >= minor);
}

/** The command line of before 6.2 is another one; of an unknown firmware nothing is claimed. */
export function hasCommands({ firmware }: FirewallConfig): boolean {
  return isAtLeast(firmwareOf(firmware), 6, 2);
}

/** Takes a rule away: by all that its first line names. None where that would not name this rule alone. */
export function deleteRule(change: RuleChange, config: FirewallConfig): readonly string[] {
  const header = headerOf(change, config);
  return header === null ? [] : [`no ${header}`];
}

/** Gives a rule of a user's another source, inside its block. What the appliance made is edited on screens. */
export function restrictRule(change: RuleChange, config: FirewallConfig): readonly string[] {
  return editRule(change, config, 'source address group <the administrators’ addresses>');
}

/** Changes one statement of a rule of a user's, inside its block. */
export function editRule(change: RuleChange, config: FirewallConfig, statement: string): readonly string[] {
  const rule = ruleOf(change, config);
  const header = rule?.origin === 'user' ? headerOf(change, config) : null;
  return header === null ? [] : [header, statement, 'exit'];
}

/** Words of the command line for the Management boxes of an interface. */
const BOXES: ReadonlyMap<string, readonly string[]> = new Map([
  ['https-management', ['no management https']],
  ['http-management', ['no management http']],
  ['http-redirect', ['no https-redirect']],
  ['ssh-management', ['no management ssh']],
  ['snmp', ['no management snmp']],
  ['ping', ['no management ping']],
  ['user-login', ['no user-login http', 'no user-login https']],
]);

/** From 6.5 on, users log in by HTTPS alone. */
const BOXES_OF_65: ReadonlyMap<string, readonly string[]> = new Map([
  ...BOXES,
  ['user-login', ['no user-login https']],
]);

/** Unticks a box of an interface, or the zone of SSL VPN. */
export function untick(
  { service, policy, interface: name }: Pick<Untick, 'service' | 'policy' | 'interface'>,
  config: FirewallConfig,
): readonly string[] {
  if (service === 'ssl-vpn') return closeSslVpn(policy.split(' to ')[0] ?? '', config);
  return untickAll(name, policy.endsWith(IPV6), [service], config);
}

/** Unticks boxes of an interface; no command where one of them is not known. */
export function untickAll(
  name: string,
  ipv6: boolean,
  services: readonly string[],
  config: FirewallConfig,
): readonly string[] {
  if (!hasCommands(config)) return [];
  const boxes = isAtLeast(firmwareOf(config.firmware), 6, 5) ? BOXES_OF_65 : BOXES;
  const words = services.map((service) => boxes.get(service));
  const block = interfaceBlock(name, ipv6);
  if (words.length === 0 || words.includes(undefined) || block === null) return [];
  return [block, ...words.flatMap((each) => each ?? []), 'exit'];
}

/** `no sslvpn-access WAN` before 6.5, `no access WAN` from then on. */
function closeSslVpn(name: string, config: FirewallConfig): readonly string[] {
  const zone = quoted(name);
  if (!hasCommands(config) || zone === null) return [];
  const word = isAtLeast(firmwareOf(config.firmware), 6, 5) ? 'access' : 'sslvpn-access';
  return ['ssl-vpn server', `no ${word} ${zone}`, 'exit'];
}

/** Words of the command line for the boxes of a tunnel, under Management via this SA. */
const TUNNEL_BOXES: ReadonlyMap<string, string> = new Map([
  ['https-management', 'no management https'],
  ['ssh-management', 'no management ssh'],
  ['snmp', 'no management snmp'],
  ['user-login', 'no user-login https'],
]);

/** The switches of SSL VPN itself; before 6.5 the command line does not print them. */
const SSL_VPN_SWITCHES: ReadonlyMap<string, string> = new Map([
  ['https-management', 'no management web'],
  ['ssh-management', 'no management ssh'],
]);

/** Takes management over a tunnel away; no command where one of the services has none. */
export function closeTunnel(
  name: string,
  services: readonly string[],
  config: FirewallConfig,
): readonly string[] {
  const sslVpn = name === SSL_VPN;
  if (sslVpn && !isAtLeast(firmwareOf(config.firmware), 6, 5)) return [];
  const block = sslVpn ? 'ssl-vpn server' : tunnelBlock(name, config);
  const words = services.map((service) => (sslVpn ? SSL_VPN_SWITCHES : TUNNEL_BOXES).get(service));
  if (block === null || words.length === 0 || words.includes(undefined)) return [];
  return [block, ...words.flatMap((each) => each ?? []), 'exit'];
}

/** Deletes a policy between sites. */
export function deleteTunnel(name: string, config: FirewallConfig): readonly string[] {
  const block = tunnelBlock(name, config);
  return block?.includes(' site-to-site ') === true ? [`no ${block}`] : [];
}

/**
 * The first line of a policy, as `show current-config` prints it. A policy that names no network at its far
 * end may be a routed tunnel, whose line is another one.
 */
function tunnelBlock(name: string, config: FirewallConfig): string | null {
  const tunnel = config.tunnels.find((each) => each.name === name);
  const text = quoted(name);
  if (!hasCommands(config) || tunnel === undefined || text === null || name === L2TP_SERVER) return null;
  if (tunnel.kind === 'remote-access') return `vpn policy group-vpn ${text}`;
  return tunnel.remoteNetworks.length === 0 ? null : `vpn policy site-to-site ${text}`;
}

/** `X0:V10` is `X0 vlan 10` on the command line; IPv6 boxes stand in a block of their own. */
function interfaceBlock(name: string, ipv6: boolean): string | null {
  const [, port, vlan] = /^([\w-]+?)(?::V(\d+))?$/.exec(name) ?? [];
  if (port === undefined) return null;
  return `interface ${ipv6 ? 'ipv6 ' : ''}${port}${vlan === undefined ? '' : ` vlan ${vlan}`}`;
}

const IPV6 = ' (IPv6)';

function ruleOf({ policy, rule }: RuleChange, config: FirewallConfig): AccessRule | undefined {
  return policyOf(policy, config)?.rules.find(({ number }) => number === rule);
}

function policyOf(name: string, { policies }: FirewallConfig): Policy | undefined {
  return policies.find((policy) => policy.name === name);
}

/**
 * The first line of a rule, by which `no` takes it away, as `show current-config` prints it: zones, action
 * and whatever is not Any. From 6.5 on it says `ipv4`, before it does not. Null: there is no such command
 * line, or the line would not say which rule is meant.
 */
function headerOf(change: RuleChange, config: FirewallConfig): string | null {
  const policy = policyOf(change.policy, config);
  if (!hasCommands(config) || policy === undefined) return null;
  let headers = known.get(policy);
  if (headers === undefined) {
    headers = headersOf(policy, config);
    known.set(policy, headers);
  }
  return headers.get(change.rule) ?? null;
}

/** A policy of thousands of rules is asked for each of its findings. */
const known = new WeakMap<Policy, ReadonlyMap<number, string>>();

/** First lines by the number of the rule, where no other rule of the policy has the same. */
function headersOf(policy: Policy, config: FirewallConfig): ReadonlyMap<number, string> {
  const labels = labelsOf(config);
  const numbers = new Map<string, number[]>();
  for (const rule of policy.rules) {
    const header = headerFor(rule, policy.name, config, labels);
    if (header !== null) numbers.set(header, [...(numbers.get(header) ?? []), rule.number]);
  }
  return new Map(
    [...numbers].flatMap(([header, [number, ...others]]) =>
      number === undefined || others.length > 0 ? [] : [[number, header]],
    ),
  );
}

/** What objects are called on the command line, by the names that rules refer to. */
interface Labels {
  readonly addresses: ReadonlyMap<string, Label>;
  readonly services: ReadonlyMap<string, Label>;
}

interface Label {
  readonly label: string;
  readonly kind: string;
}

function labelsOf({ addressObjects, serviceObjects }: FirewallConfig): Labels {
  const labels = (objects: FirewallConfig['addressObjects'] | FirewallConfig['serviceObjects']) =>
    new Map(objects.map((each) => [each.name, { label: each.label, kind: each.content.kind }]));
  return { addresses: labels(addressObjects), services: labels(serviceObjects) };
}

function headerFor(
  rule: AccessRule,
  policy: string,
  config: FirewallConfig,
  { addresses, services }: Labels,
): string | null {
  const { source, destination, service, inInterfaces, outInterfaces } = rule;
  if (inInterfaces !== null || outInterfaces !== null || rule.action.kind !== 'permit') return null;
  const [from = '', to = ''] = policy.replace(IPV6, '').split(' to ');
  const words = [
    quoted(from),
    quoted(to),
    sideText('source address', source, addresses),
    sideText('service', service, services),
    sideText('destination address', destination, addresses),
  ];
  if (words.includes(null)) return null;
  const [first, second, ...sides] = words;
  const head = `access-rule ${familyWord(policy, config)}from ${first} to ${second} action allow`;
  return [head, ...sides.filter((side) => side !== '')].join(' ');
}

function familyWord(policy: string, config: FirewallConfig): string {
  if (policy.endsWith(IPV6)) return 'ipv6 ';
  return isAtLeast(firmwareOf(config.firmware), 6, 5) ? 'ipv4 ' : '';
}

interface Side {
  readonly any: boolean;
  readonly objects: readonly string[];
  readonly literal?: unknown;
}

/** `source address group "Support"`; null: it is not one object, or one whose name cannot be written. */
function sideText(
  words: string,
  { any, objects, literal }: Side,
  labels: ReadonlyMap<string, Label>,
): string | null {
  if (literal !== undefined) return null;
  // As printed: Any is left out.
  if (any) return '';
  const [name, ...others] = objects;
  const object = labels.get(name ?? '');
  const text = quoted(object?.label ?? '');
  if (object === undefined || others.length > 0 || text === null) return null;
  return `${words} ${object.kind === 'group' ? 'group' : 'name'} ${text}`;
}

/** A name as the command line takes it; null where it holds what cannot be quoted, or is empty. */
export function quoted(name: string): string | null {
  const shows = isPrintableAscii(name) || /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(name);
  if (name === '' || !shows || /["\\?]/.test(name)) return null;
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
}
