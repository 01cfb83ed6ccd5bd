import type { ModelChange } from '../platform.js';

/** What the Management boxes of an interface are called on the screen. */
const BOXES: ReadonlyMap<string, string> = new Map([
  ['https-management', 'HTTPS under Management'],
  ['http-management', 'HTTP under Management'],
  ['http-redirect', 'the rule to redirect from HTTP to HTTPS'],
  ['ssh-management', 'SSH under Management'],
  ['snmp', 'SNMP under Management'],
  ['ping', 'Ping under Management'],
  ['user-login', 'HTTP and HTTPS under User Login'],
]);

/** Words of the command line for the same boxes, from 6.2 on. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['https-management', 'no management https'],
  ['http-management', 'no management http'],
  ['http-redirect', 'no https-redirect'],
  ['ssh-management', 'no management ssh'],
  ['snmp', 'no management snmp'],
  ['ping', 'no management ping'],
  ['user-login', 'no user-login https'],
]);

/**
 * The screens of SonicOS 5 and 6, and commands from 6.2 on. Rules are numbered per pair of zones on the
 * screen, not as in the export; a rule that the file does not hold has no number at all.
 */
export function remedySteps(change: ModelChange): readonly string[] {
  switch (change.kind) {
    case 'delete-access-rule':
      return [
        `Firewall > Access Rules > ${matrixOf(change.policy)}: delete ${ruleOf(change)}`,
        ...byCommand(`no access-rule ${zonesOf(change.policy)} …`),
      ];
    case 'restrict-source':
      return [
        `Firewall > Access Rules > ${matrixOf(change.policy)}: edit ${ruleOf(change)}`,
        "and set its Source to a group of the administrators' addresses alone",
      ];
    case 'disable-management':
      return disableManagement(change);
  }
}

function disableManagement(change: ModelChange & { readonly kind: 'disable-management' }): readonly string[] {
  if (change.service === 'ssl-vpn') {
    const zone = change.policy.split(' to ')[0] ?? 'WAN';
    return [
      'SSL VPN > Server Settings: switch SSL VPN off for the zone (the light beside its name)',
      ...byCommand('ssl-vpn server', `no access ${quoted(zone)}`),
    ];
  }
  const box = BOXES.get(change.service);
  if (box === undefined) {
    const list = `Firewall > Access Rules > ${matrixOf(change.policy)}`;
    return [`${list}: edit the source of ${ruleOf(change)}`];
  }
  return [
    `Network > Interfaces > ${change.interface} > Configure > General: untick ${box}`,
    ...byCommand(interfaceCommand(change), COMMANDS.get(change.service) ?? ''),
  ];
}

/** `X0:V10` is `X0 vlan 10` on the command line; IPv6 boxes stand in a block of their own. */
function interfaceCommand({
  interface: name,
  policy,
}: {
  readonly interface: string;
  readonly policy: string;
}) {
  const six = policy.endsWith(' (IPv6)') ? 'ipv6 ' : '';
  return `interface ${six}${name.replace(/:V(\d+)$/, ' vlan $1')}`;
}

/** `from WAN to WAN`, the first words of a rule on the command line. */
function zonesOf(policy: string): string {
  const [from = '', to = ''] = policy.replace(/ \(IPv6\)$/, '').split(' to ');
  return `from ${quoted(from)} to ${quoted(to)}`;
}

function byCommand(...commands: readonly string[]): readonly string[] {
  return [`or, from 6.2 on: configure; ${commands.join('; ')}; commit`];
}

function quoted(name: string): string {
  return /\s/.test(name) ? `"${name}"` : name;
}

/** By the number in the export; what is implied has none there, and is told by its place. */
function ruleOf({ rule }: { readonly rule: number }): string {
  return rule < 0 ? 'the rule that the appliance made' : `the rule that the export calls ${rule}`;
}

/** `WAN to WAN (IPv6)` is the list WAN to WAN with the view on IPv6. */
function matrixOf(policy: string): string {
  const ipv6 = policy.endsWith(' (IPv6)');
  return ipv6 ? `${policy.slice(0, -' (IPv6)'.length)} (view: IPv6)` : policy;
}
