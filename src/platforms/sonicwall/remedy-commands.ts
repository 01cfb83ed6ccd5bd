import type { FirewallConfig } from '../../model/firewall-config.js';
import type { AccessRule, Policy } from '../../model/policy.js';
import type { ModelChange } from '../platform.js';

type RuleChange = ModelChange & { readonly kind: 'delete-access-rule' | 'restrict-source' };
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

function isAtLeast(firmware: Firmware | null, major: number, minor: number): boolean {
  if (firmware === null) return false;
  return firmware.major > major || (firmware.major === major && firmware.minor >= minor);
}

/** The command line of before 6.2 is another one; of an unknown firmware nothing is claimed. */
function hasCommands({ firmware }: FirewallConfig): boolean {
  return isAtLeast(firmwareOf(firmware), 6, 2);
}

/** Takes a rule away: by all that its first line names. None where that would not name this rule alone. */
export function deleteRule(change: RuleChange, config: FirewallConfig): readonly string[] {
  const header = headerOf(change, config);
  return header === null ? [] : [`no ${header}`];
}

/** Gives a rule of a user's another source, inside its block. What the appliance made is edited on screens. */
export function restrictRule(change: RuleChange, config: FirewallConfig): readonly string[] {
  const rule = ruleOf(change, config);
  const header = rule?.origin === 'user' ? headerOf(change, config) : null;
  return header === null ? [] : [header, 'source address group <the administrators’ addresses>', 'exit'];
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

/** Unticks a box of an interface, or the zone of SSL VPN. */
export function untick(
  { service, policy, interface: name }: Untick,
  config: FirewallConfig,
): readonly string[] {
  if (!hasCommands(config)) return [];
  if (service === 'ssl-vpn') {
    const zone = quoted(policy.split(' to ')[0] ?? '');
    return zone === null ? [] : ['ssl-vpn server', `no access ${zone}`, 'exit'];
  }
  const words = BOXES.get(service);
  const block = interfaceBlock(name, policy);
  return words === undefined || block === null ? [] : [block, ...words, 'exit'];
}

/** `X0:V10` is `X0 vlan 10` on the command line; IPv6 boxes stand in a block of their own. */
function interfaceBlock(name: string, policy: string): string | null {
  const [, port, vlan] = /^([\w-]+?)(?::V(\d+))?$/.exec(name) ?? [];
  if (port === undefined) return null;
  const six = policy.endsWith(IPV6) ? 'ipv6 ' : '';
  return `interface ${six}${port}${vlan === undefined ? '' : ` vlan ${vlan}`}`;
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
function quoted(name: string): string | null {
  if (!/^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(name) || /["\\?]/.test(name)) return null;
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
}
