import { IpSet } from '../../src/sets/ip-set.js';
import type { Probe } from './lab.js';
import { allHosts, type Layout, ownAddressesOf, PORTS, SOURCE_PORTS } from './layout.js';
import type { Random } from './random.js';
import { jumpsTo, type Rule, type Ruleset } from './ruleset.js';

/** What a packet may still be chosen from. */
interface Choices {
  readonly entries: readonly string[];
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly protocols: readonly ('tcp' | 'udp')[];
  readonly sourcePorts: readonly number[];
  readonly ports: readonly number[];
}

/** Different connections from everywhere to everywhere; half of them aimed at rules. */
export function randomProbes(
  random: Random,
  layout: Layout,
  ruleset: Ruleset,
  count: number,
): readonly Probe[] {
  const probes = new Map<string, Probe>();
  for (let tries = 0; probes.size < count && tries < count * 10; tries += 1) {
    const aims = random.chance(50) ? randomPath(random, ruleset) : [];
    const probe = choose(random, layout, aims.reduce(aim, everything(random, layout)));
    const { entry, ...connection } = probe;
    // Of two packets of one connection the second is not its first.
    const key = Object.values(connection).join(' ');
    if (probe.source !== probe.destination && !probes.has(key)) probes.set(key, probe);
  }
  return [...probes.values()];
}

function everything(random: Random, layout: Layout): Choices {
  return {
    entries: Object.keys(layout.interfaces),
    sources: allHosts(layout),
    // Of two packets one is for the firewall itself, though there are more hosts than addresses of its own.
    destinations: random.chance(50) ? ownAddressesOf(layout) : allHosts(layout),
    protocols: ['tcp', 'tcp', 'udp'],
    sourcePorts: SOURCE_PORTS,
    ports: PORTS,
  };
}

/** A rule and the jumps that lead to it from a built-in chain. */
function randomPath(random: Random, { tables }: Ruleset): readonly Rule[] {
  const { rules } = random.pick(tables);
  const path: Rule[] = [];
  let next = rules.length === 0 ? undefined : random.pick(rules);
  while (next !== undefined) {
    const { chain } = next;
    path.push(next);
    const jumps = rules.filter((rule) => jumpsTo(rule, chain));
    next = jumps.length === 0 ? undefined : random.pick(jumps);
  }
  return path;
}

/** Leaves what a rule matches, as far as it asks for one thing plainly and anything of it is left. */
function aim(choices: Choices, { options }: Rule): Choices {
  const text = options.map((option) => ` ${option}`).join('');
  const value = (name: string) => new RegExp(` (?<!! )${name} (\\S+)`).exec(text)?.[1];
  return {
    entries: narrowed(choices.entries, value('-i'), isNamed),
    sources: narrowed(choices.sources, value('-s'), isWithin),
    destinations: narrowed(choices.destinations, value('-d'), isWithin),
    protocols: narrowed(choices.protocols, value('-p'), (protocol, wanted) => protocol === wanted),
    sourcePorts: narrowed(choices.sourcePorts, value('--sports?') ?? value('--ports'), isListed),
    ports: narrowed(choices.ports, value('--dports?'), isListed),
  };
}

function narrowed<T>(
  items: readonly T[],
  wanted: string | undefined,
  fits: (item: T, wanted: string) => boolean,
): readonly T[] {
  const left = wanted === undefined ? items : items.filter((item) => fits(item, wanted));
  return left.length === 0 ? items : left;
}

function isNamed(name: string, pattern: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function isWithin(address: string, network: string): boolean {
  // Not for netmasks with holes, which are no networks.
  return !/\/\d+\.\d/.test(network) && IpSet.of(network).contains(IpSet.of(address));
}

function isListed(port: number, list: string): boolean {
  return list.split(',').some((range) => {
    const [first = 0, last = first] = range.split(':').map(Number);
    return first <= port && port <= last;
  });
}

function choose(random: Random, layout: Layout, choices: Choices): Probe {
  const entry = random.pick(choices.entries);
  const native = choices.sources.filter((source) => layout.hosts[entry]?.includes(source));
  const away = choices.destinations.filter((destination) => !layout.hosts[entry]?.includes(destination));
  return {
    entry,
    source: random.pick(native.length > 0 && random.chance(60) ? native : choices.sources),
    destination: random.pick(away.length > 0 && random.chance(95) ? away : choices.destinations),
    protocol: random.pick(choices.protocols),
    sourcePort: random.pick(choices.sourcePorts),
    port: random.pick(choices.ports),
  };
}
