import type { NamedService } from '../../model/firewall-config.js';
import type { NatRule } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { type ParsedRule, type ParsedTable, reachedFrom } from './chains.js';
import { isHook } from './dump.js';
import type { PacketMatch } from './packet-match.js';

/**
 * Administration services at ports of their own: a ruleset does not say what listens, but who opens tcp/22022 often
 * says what it is for, in a comment, in the name of a list that keeps guessers out, or of a chain.
 */

const TCP = 6;

/** A rule for more ports than these speaks of several things. */
const FEW_PORTS = 4;

/** What words mean: canonical ids of services. Words are letters between anything else. */
const WORDS: readonly (readonly [word: RegExp, id: string])[] = [
  [/(?:^|[^a-z])(?:open|rate)?sshd?(?:a|limit|guard|brute|bruteforce)?(?:[^a-z]|$)/i, 'ssh'],
  [/(?:^|[^a-z])(?:rdp|mstsc|remote ?desktop)(?:[^a-z]|$)/i, 'rdp'],
  [/(?:^|[^a-z])(?:tight|real|ultra)?vnc(?:[^a-z]|$)/i, 'vnc'],
  [/(?:^|[^a-z])telnetd?(?:[^a-z]|$)/i, 'telnet'],
  [/(?:^|[^a-z])webmin(?:[^a-z]|$)/i, 'webmin'],
];

/** Where SSH is by custom when it is not at 22, whatever the rule says. https://github.com/NethServer/ns8-docs/pull/185 */
const CUSTOMARY = new Map([[2222, 'ssh']]);

/** Ports of other trades: a comment there that names SSH mostly says from whom the port is kept apart. IANA service names */
const OTHERS = PortSet.of(
  ...[25, 53, 80, 110, 143, 443, 465, 587, 853, 993, 995, 8080, 8443].map((port): [number, number] => [
    port,
    port,
  ]),
);

/** What one rule says: its words, and the services that it is for, and where they are. */
interface Said extends Pick<NamedService, 'self' | 'hosts'> {
  readonly words: readonly string[];
  readonly services: ServiceSet | null;
}

/** Services that rules of other tables than nat name. */
export function namedByRules(
  tables: readonly ParsedTable[],
  matchOf: (rule: ParsedRule) => PacketMatch,
): readonly NamedService[] {
  return tables
    .filter(({ table }) => table !== 'nat')
    .flatMap((table) => {
      const reached = reachedFrom(table);
      return [...table.chains.values()].flatMap(({ name, rules }) => {
        const hooks = [...(reached.get(name) ?? [])];
        // Before NAT a port is where packets were sent to, and not yet where something listens.
        const self = hooks.includes('INPUT');
        const through = hooks.includes('FORWARD') || hooks.includes('POSTROUTING');
        if (!self && !through) return [];
        const said = rules.filter(asksForPorts).map((rule): Said => {
          const { services, destination } = matchOf(rule);
          const hosts = through ? (destination.addresses ?? IpSet.ALL) : IpSet.EMPTY;
          return { words: wordsOf(table, name, rule), services, self, hosts };
        });
        return said.flatMap(named);
      });
    });
}

/** And those at ports to which NAT sends. */
export function namedByTranslations(rules: readonly NatRule[]): readonly NamedService[] {
  return rules.flatMap(({ toSelf, translatedDestination: to, translatedService, service, comment }) => {
    const self = toSelf === true;
    if (to === null && !self) return [];
    const words = comment === null ? [] : [comment];
    const services = (translatedService ?? service).literal ?? null;
    return named({ words, services, self, hosts: to?.literal ?? IpSet.EMPTY });
  });
}

/** Those of several rules together, one a port. */
export function togetherByPort(all: readonly NamedService[]): readonly NamedService[] {
  const found = new Map<string, NamedService>();
  for (const each of all) {
    const key = `${each.id} ${each.services.key()}`;
    const { self = false, hosts = IpSet.EMPTY } = found.get(key) ?? {};
    found.set(key, { ...each, self: self || each.self, hosts: hosts.union(each.hosts) });
  }
  return [...found.values()];
}

function asksForPorts({ syntax }: ParsedRule): boolean {
  return syntax.matches.some(
    ({ option, negated }) => !negated && /^(?:dport|destination-port|ports)/.test(option),
  );
}

/** Options whose value is a name that somebody gave. */
const NAMES: ReadonlySet<string> = new Set([
  'comment',
  'name',
  'hashlimit-name',
  'log-prefix',
  'nflog-prefix',
]);

function wordsOf({ table, chains }: ParsedTable, chain: string, { syntax }: ParsedRule): readonly string[] {
  const { matches, target } = syntax;
  const own = isHook(table, chain) ? [] : [chain];
  const next = target !== null && chains.has(target.name) ? [target.name] : [];
  const uses = [...matches, ...(target?.options ?? [])].filter(({ option }) => NAMES.has(option));
  return [...own, ...next, ...uses.flatMap(({ values }) => values)];
}

function named({ words, services, self, hosts }: Said): readonly NamedService[] {
  const meant = WORDS.find(([word]) => words.some((each) => word.test(each)))?.[1];
  return fewPorts(services).flatMap((port): readonly NamedService[] => {
    const custom = CUSTOMARY.get(port);
    const id = meant ?? custom;
    if (id === undefined) return [];
    const why = meant === undefined ? 'it is there by custom' : 'words of a rule name it';
    const doubt = `what listens at tcp/${port} is not in the file: ${why}`;
    return [{ id, services: ServiceSet.of(TCP, PortSet.of([port, port])), self, hosts, doubt }];
  });
}

function fewPorts(services: ServiceSet | null): readonly number[] {
  const { cuts } = (services ?? ServiceSet.EMPTY).destinationPorts(TCP).subtract(OTHERS);
  const ports: number[] = [];
  for (let at = 0; at < cuts.length; at += 2) {
    const [from = 0, to = 0] = cuts.slice(at, at + 2);
    if (ports.length + to - from > FEW_PORTS) return [];
    for (let port = from; port < to; port += 1) ports.push(port);
  }
  return ports;
}
