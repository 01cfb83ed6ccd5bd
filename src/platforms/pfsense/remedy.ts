import type { Language } from '../../model/check.js';
import type { ModelChange, RemedyContext } from '../platform.js';

/** The policy of what crosses a bridge that filters nowhere. */
export const UNFILTERED = 'Bridge without a filter';

/** What the name of an interface's policy ends in, where it is for packets that come in by another port of its bridge. */
export const OVER_BRIDGE = ' (over its bridge)';

/** What a remedy says, beside the names of screens, which stay as they are. */
interface Words {
  readonly deleteRule: (rule: number) => string;
  readonly editRule: (rule: number) => string;
  readonly limitSource: string;
  readonly limitForward: string;
  readonly untickVpnRules: string;
  readonly leaveZone: (name: string) => string;
  readonly filterOn: string;
  readonly addRule: string;
  readonly noLockout: string;
  readonly filterPorts: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    deleteRule: (rule) => `: delete rule ${rule} from the top, and apply the changes`,
    editRule: (rule) => `: edit rule ${rule} from the top`,
    limitSource:
      'Set its Source to an alias that holds the administrators’ addresses and nothing else, and apply the changes',
    limitForward:
      'Set its Source to an alias of administrators’ addresses, and Filter rule association to anything but Pass',
    untickVpnRules: ': tick Disable Auto-added VPN rules, and pass the peers by rules',
    leaveZone: (name) => `: take ${name} out of the zone`,
    filterOn: ': make sure that Disable Firewall is not ticked',
    addRule: ': add a rule that passes administrators’ addresses only',
    noLockout: ': tick Disable webConfigurator anti-lockout rule',
    filterPorts: ': set net.link.bridge.pfil_member to 1, and write rules for what may cross the bridge',
  },
  fr: {
    deleteRule: (rule) => ` : supprimer la règle ${rule} en partant du haut, et appliquer`,
    editRule: (rule) => ` : modifier la règle ${rule} en partant du haut`,
    limitSource:
      'Mettre dans Source un alias des adresses des administrateurs et de rien d’autre, et appliquer',
    limitForward:
      'Mettre dans Source un alias des adresses des administrateurs, et dans Filter rule association autre chose que Pass',
    untickVpnRules: ' : cocher Disable Auto-added VPN rules, et laisser passer les pairs par des règles',
    leaveZone: (name) => ` : retirer ${name} de la zone`,
    filterOn: ' : vérifier que Disable Firewall n’est pas coché',
    addRule: ' : ajouter une règle qui ne laisse passer que les adresses des administrateurs',
    noLockout: ' : cocher Disable webConfigurator anti-lockout rule',
    filterPorts:
      ' : mettre net.link.bridge.pfil_member à 1, et écrire des règles pour ce qui peut traverser le pont',
  },
};

/** The screens of pfSense. Rules are counted on their tab from the top, built-in ones apart. */
export function remedySteps(change: ModelChange, { language }: RemedyContext): readonly string[] {
  const words = WORDS[language];
  switch (change.kind) {
    case 'delete-access-rule':
      return [`${ruleList(change.name)}${words.deleteRule(change.rule)}`];
    case 'restrict-source':
      return [`${ruleList(change.name)}${words.editRule(change.rule)}`, words.limitSource];
    case 'disable-management':
      return builtInSteps(change, words);
    case 'disable-intrazone':
      return [];
  }
}

/** `Floating 2` stands on the tab Floating, `WAN 3` on the tab WAN. */
function ruleList(name: string): string {
  return `Firewall > Rules > ${name.replace(/ \d+$/, '')}`;
}

/** What opens a service that no written rule opens. */
function builtInSteps(
  change: ModelChange & { readonly kind: 'disable-management' },
  words: Words,
): readonly string[] {
  if (change.rule > 0) {
    return [`Firewall > NAT > Port Forward${words.editRule(change.rule)}`, words.limitForward];
  }
  if (change.service === 'ike') return [`System > Advanced > Firewall & NAT${words.untickVpnRules}`];
  if (change.service === 'user-login')
    return [`Services > Captive Portal${words.leaveZone(change.interface)}`];
  if (change.policy === UNFILTERED) return [`System > Advanced > System Tunables${words.filterPorts}`];
  return [
    `System > Advanced > Firewall & NAT${words.filterOn}`,
    `Firewall > Rules > ${change.policy.replace(OVER_BRIDGE, '')}${words.addRule}`,
    `System > Advanced > Admin Access${words.noLockout}`,
  ];
}
