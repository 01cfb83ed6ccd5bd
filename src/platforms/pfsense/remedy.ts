import type { ModelChange } from '../platform.js';

/** The screens of pfSense. Rules are counted on their tab from the top, built-in ones apart. */
export function remedySteps(change: ModelChange): readonly string[] {
  switch (change.kind) {
    case 'delete-access-rule':
      return [`${ruleList(change.name)}: delete rule ${change.rule} from the top, and apply the changes`];
    case 'restrict-source':
      return [
        `${ruleList(change.name)}: edit rule ${change.rule} from the top`,
        'Set its Source to an alias that holds the administrators’ addresses and nothing else, and apply the changes',
      ];
    case 'disable-management':
      return builtInSteps(change);
  }
}

/** `Floating 2` stands on the tab Floating, `WAN 3` on the tab WAN. */
function ruleList(name: string): string {
  return `Firewall > Rules > ${name.replace(/ \d+$/, '')}`;
}

/** What opens a service that no written rule opens. */
function builtInSteps(change: ModelChange & { readonly kind: 'disable-management' }): readonly string[] {
  if (change.rule > 0) {
    return [
      `Firewall > NAT > Port Forward: edit rule ${change.rule} from the top`,
      'Set its Source to an alias of administrators’ addresses, and Filter rule association to anything but Pass',
    ];
  }
  if (change.service === 'ike') {
    return [
      'System > Advanced > Firewall & NAT: tick Disable Auto-added VPN rules, and pass the peers by rules',
    ];
  }
  if (change.service === 'user-login') {
    return [`Services > Captive Portal: take ${change.interface} out of the zone`];
  }
  return [
    'System > Advanced > Firewall & NAT: make sure that Disable Firewall is not ticked',
    `Firewall > Rules > ${change.policy}: add a rule that passes administrators’ addresses only`,
    'System > Advanced > Admin Access: tick Disable webConfigurator anti-lockout rule',
  ];
}
