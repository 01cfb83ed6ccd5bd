import type { Coverage, Section, UnknownFamily } from '../../model/coverage.js';
import table from './keys.tsv';
import type { PairList } from './pairs.js';

/** What is done with a family of keys, and to which part of the configuration it belongs. */
export interface KeyClass {
  readonly kind: 'read' | 'ignored' | 'unknown';
  readonly section: Section;
  /** Why it may be ignored; explained at the head of `keys.tsv`. */
  readonly reason: string;
}

const SECTIONS: ReadonlySet<string> = new Set<Section>([
  'access-rules',
  'objects',
  'nat',
  'interfaces',
  'administration',
  'vpn',
  'other',
]);

let classes: ReadonlyMap<string, KeyClass> | undefined;

/** The families of `keys.tsv`; parsed when first asked for, because most commands never ask. */
export function keyClasses(): ReadonlyMap<string, KeyClass> {
  classes ??= parseTable(table);
  return classes;
}

function parseTable(text: string): ReadonlyMap<string, KeyClass> {
  const found = new Map<string, KeyClass>();
  // Thousands of families share a few dozen classes.
  const alike = new Map<string, KeyClass>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const tab = line.indexOf('\t');
    const family = line.slice(0, tab);
    const rest = line.slice(tab + 1);
    const known = alike.get(rest) ?? toClass(rest);
    alike.set(rest, known);
    found.set(family, known);
  }
  return found;
}

function toClass(columns: string): KeyClass {
  const [kind = '', section = '', reason = ''] = columns.split('\t');
  if (!isSection(section)) throw new RangeError(`keys.tsv: ${section} is no section`);
  return { kind: kind === 'read' || kind === 'ignored' ? kind : 'unknown', section, reason };
}

function isSection(text: string): text is Section {
  return SECTIONS.has(text);
}

const PREFIXES: readonly (readonly [RegExp, Section])[] = [
  [/^(?:natPolicy|nat[A-Z_])/, 'nat'],
  [/^(?:policy|secPolicy|securityPolicy|accessRule)/i, 'access-rules'],
  [/^(?:addrObj|addro_|addr|svcObj|svc|so_|schedObj)/, 'objects'],
  [/^(?:iface|interface|zone|vlan|eth_)/i, 'interfaces'],
  [/^(?:ipsec|vpn|sslvpn|l2tp)/i, 'vpn'],
  [
    /^(?:admin|user|uo_|snmp|ssh|https?Mgmt|mgmt|login|gms|sgms|paramGms|zeroTouch|sonicOsApi|cloudBkup|remote)/i,
    'administration',
  ],
];

/** To which part a family belongs that the table does not hold, by how its name begins. */
export function guessSection(family: string): Section {
  return PREFIXES.find(([prefix]) => prefix.test(family))?.[1] ?? 'other';
}

/**
 * Counts what became of every pair.
 *
 * @param more classes of families that `keys.tsv` does not hold
 */
export function coverageOf(pairs: PairList, more: ReadonlyMap<string, KeyClass> = new Map()): Coverage {
  let read = 0;
  let ignored = 0;
  const classified = keyClasses();
  const unknownFamilies: UnknownFamily[] = [];
  for (const { name, count, first } of pairs.counts()) {
    const known = classified.get(name) ?? more.get(name);
    if (known?.kind === 'read') read += count;
    else if (known?.kind === 'ignored') ignored += count;
    else
      unknownFamilies.push({ name, count, section: known?.section ?? guessSection(name), location: first() });
  }
  unknownFamilies.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const { file, size } = pairs;
  return { file, unit: 'keys', read, ignored, unknown: size - read - ignored, unknownFamilies };
}
