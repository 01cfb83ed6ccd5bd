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

/** The screens of SonicOS 5 and 6. Rules are numbered per pair of zones there, not as in the export. */
export function remedySteps(change: ModelChange): readonly string[] {
  switch (change.kind) {
    case 'delete-access-rule':
      return [
        `Firewall > Access Rules > ${matrixOf(change.policy)}: delete the rule that the export calls ${change.rule}`,
      ];
    case 'restrict-source':
      return [
        `Firewall > Access Rules > ${matrixOf(change.policy)}: edit the rule that the export calls ${change.rule}`,
        "Set its Source to an address group that holds the administrators' addresses, and nothing else",
      ];
    case 'disable-management':
      return disableManagement(change);
  }
}

function disableManagement(change: ModelChange & { readonly kind: 'disable-management' }): readonly string[] {
  if (change.service === 'ssl-vpn') {
    return ['SSL VPN > Server Settings: switch SSL VPN off for the zone (the light beside its name)'];
  }
  const box = BOXES.get(change.service);
  const list = `Firewall > Access Rules > ${matrixOf(change.policy)}`;
  if (box === undefined) return [`${list}: edit the source of the rule that the export calls ${change.rule}`];
  return [
    `Network > Interfaces > ${change.interface} > Configure > General: untick ${box}`,
    `its automatic rule goes with it: ${change.policy}, number ${change.rule} in the export`,
  ];
}

/** `WAN to WAN (IPv6)` is the list WAN to WAN with the view on IPv6. */
function matrixOf(policy: string): string {
  const ipv6 = policy.endsWith(' (IPv6)');
  return ipv6 ? `${policy.slice(0, -' (IPv6)'.length)} (view: IPv6)` : policy;
}
