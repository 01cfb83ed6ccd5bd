import type { Condition } from '../../model/policy.js';
import { ServiceSet } from '../../sets/service-set.js';
import { everyAddress, multicast } from './addresses.js';
import { trackingConstraint } from './conntrack.js';
import type { Constraint, ListReference, RuleContext } from './constraints.js';
import { ALWAYS, asWritten, NEVER } from './constraints.js';
import type { ModuleGrammar } from './grammar.js';
import { markedNot, markedOnly } from './marks.js';
import type { OptionUse } from './rule-syntax.js';

/**
 * What the options of one match extension ask together. Null in the list: a value that cannot be
 * read. Extensions that look at more than the packet's own addresses and ports end here.
 */
export function moduleConstraints(
  module: ModuleGrammar,
  uses: readonly OptionUse[],
  context: RuleContext,
): readonly (Constraint | null)[] {
  switch (module.name) {
    case 'state':
    case 'conntrack':
      return uses.map((use) => trackingConstraint(use, context));
    case 'addrtype':
      return uses.some(({ option }) => option.startsWith('limit-iface-'))
        ? [limitedConstraint(module, uses, context)]
        : uses.map((use) => typeConstraint(use, context));
    case 'set':
      return uses.map(setConstraint);
    case 'mark':
      return [markConstraint(module, uses, context)];
    case 'recent':
      return [recentConstraint(uses)];
    case 'pkttype':
      return [
        { conditions: [conditionOf(module, uses)], ...(uses.every(isToMany) ? { services: NO_TCP } : {}) },
      ];
    case 'geoip':
    case 'asn':
      return uses.map((use) => placeConstraint(module.name, use));
    default:
      return [{ conditions: [conditionOf(module, uses)] }];
  }
}

/** The kernel takes and routes no TCP that came in a frame for several hosts, or for an address of several. */
const NO_TCP = ServiceSet.of(6).complement();

function isToMany({ option, negated, values }: OptionUse): boolean {
  return option === 'pkt-type' && !negated && /^(?:multicast|broadcast)$/i.test(values[0] ?? '');
}

/** Matches on what a packet carries: what they look for is nobody else's business. */
const SILENT: ReadonlySet<string> = new Set(['string', 'u32', 'bpf', 'webstr', 'layer7', 'pknock']);

/** A match that the file cannot decide, in the rule's own words. */
function conditionOf(module: ModuleGrammar, uses: readonly OptionUse[]): Condition {
  const options = SILENT.has(module.name) ? [] : uses.map((use) => use.text);
  return { kind: module.kind, description: [`-m ${module.name}`, ...options].join(' ').slice(0, 120) };
}

/** The mark itself stays a condition: what else gives it to packets, or takes it from them, is not in the file. */
function markConstraint(
  module: ModuleGrammar,
  uses: readonly OptionUse[],
  { family, hooks, marks, tracking }: RuleContext,
): Constraint {
  const condition = conditionOf(module, uses);
  const conditions = [condition];
  const [use, more] = uses;
  if (use === undefined || more !== undefined) return { conditions };
  const asking = { hooks, marks, translates: tracking.translated !== null };
  const marked = markedOnly(use, asking);
  if (marked !== null) return { conditions, marked };
  const unmarked = markedNot(use, asking);
  if (marks === null || unmarked === null) return { conditions };
  if (unmarked.packets.length === 0) return ALWAYS;
  const every = { addresses: everyAddress(family), interfaces: marks.interfaces };
  return { conditions: [condition], unmarked: { ...unmarked, condition, every } };
}

function typeConstraint(use: OptionUse, { family, hooks }: RuleContext): Constraint | null {
  if (use.option !== 'src-type' && use.option !== 'dst-type') return ALWAYS;
  const types = new Set((use.values[0] ?? '').toUpperCase().split(','));
  const toDestination = use.option === 'dst-type';
  if (types.size === 1 && types.has('MULTICAST')) {
    const all = everyAddress(family);
    const addresses = use.negated ? all.subtract(multicast(family)) : multicast(family);
    return toDestination ? { destination: addresses } : { source: addresses };
  }
  if (toDestination && types.has('LOCAL')) {
    if (onlyFrom(hooks, 'INPUT') && !use.negated) return ALWAYS;
    if (onlyFrom(hooks, 'FORWARD') && types.size === 1) return use.negated ? ALWAYS : NEVER;
  }
  const toMany =
    toDestination && !use.negated && [...types].every((type) => /^(?:BROAD|MULTI)CAST$/.test(type));
  return {
    conditions: [{ kind: 'other', description: `-m addrtype ${use.text}`.slice(0, 120) }],
    ...(toMany ? { services: NO_TCP } : {}),
  };
}

/**
 * Of an address, `--limit-iface-in` asks what it is on the interface that the packet came in by: one that is local
 * there is what every packet may be sent to, and the appliance's other addresses are none. iptables-extensions(8).
 */
function limitedConstraint(
  module: ModuleGrammar,
  uses: readonly OptionUse[],
  context: RuleContext,
): Constraint | null {
  const [type, more] = uses.filter(({ option }) => option.endsWith('-type'));
  const condition = conditionOf(module, uses);
  if (type === undefined || more !== undefined) return { conditions: [condition] };
  const meant = typeConstraint(type, context);
  return meant === ALWAYS ? { ordinary: [condition] } : { ...meant, conditions: [condition] };
}

function onlyFrom(hooks: RuleContext['hooks'], hook: 'INPUT' | 'FORWARD'): boolean {
  return hooks.size === 1 && hooks.has(hook);
}

const MAYBE_PORTS = 'its members, which may be ports, are not in the file';

/** One dimension names the side; more also look at ports, which leaves the set itself unknown. */
function setConstraint(use: OptionUse): Constraint | null {
  if (use.option !== 'match-set') {
    if (/^(?:return-nomatch|update-)/.test(use.option)) return ALWAYS;
    return { conditions: [{ kind: 'rate', description: `-m set ${use.text}`.slice(0, 120) }] };
  }
  const [set = '', flags = ''] = use.values;
  const label = `set ${set}`;
  const list: ListReference = {
    name: asWritten(use),
    label,
    reason: 'the members of the set are not in the file',
    negated: use.negated,
  };
  if (flags === 'src') return { sourceList: list };
  // One of ports is asked in the same words: whoever is let in by it is let in by some ports.
  if (flags === 'dst') return { destinationList: list, approximate: [`${label}: ${MAYBE_PORTS}`] };
  if (!/^(?:src|dst)(?:,(?:src|dst)){0,5}$/.test(flags)) return null;
  return { approximate: [`${use.negated ? 'not ' : ''}in ${label}: ${list.reason}`] };
}

function recentConstraint(uses: readonly OptionUse[]): Constraint | null {
  const asked = uses.find((use) => /^(?:rcheck|update|remove)$/.test(use.option));
  if (asked === undefined) {
    const set = uses.find((use) => use.option === 'set');
    if (set === undefined) return null;
    return set.negated ? NEVER : ALWAYS;
  }
  if (!asked.negated && uses.some((use) => use.option === 'hitcount')) {
    const texts = uses.map((use) => use.text);
    return { conditions: [{ kind: 'rate', description: ['-m recent', ...texts].join(' ').slice(0, 120) }] };
  }
  const name = uses.find((use) => use.option === 'name');
  const list: ListReference = {
    name: asWritten(name ?? asked),
    // iptables-save always prints the name; a rule written without one means the list DEFAULT.
    label: `recent list ${name?.values[0] ?? 'DEFAULT'}`,
    reason: 'who was seen lately is not in the file',
    negated: asked.negated,
  };
  return uses.some((use) => use.option === 'rdest') ? { destinationList: list } : { sourceList: list };
}

function placeConstraint(module: string, use: OptionUse): Constraint {
  const {
    option,
    negated,
    values: [value = ''],
  } = use;
  const list: ListReference = {
    name: asWritten(use),
    label: `${module} ${value}`.slice(0, 120),
    reason: 'which addresses these are is not in the file',
    negated,
  };
  return option.startsWith('source') ? { sourceList: list } : { destinationList: list };
}
