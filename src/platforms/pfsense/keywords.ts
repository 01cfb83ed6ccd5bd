import type { Coverage, Section, UnknownFamily } from '../../model/coverage.js';
import type { XmlElement } from '../shared/xml.js';
import { nameOf } from './config-tree.js';
import table from './keywords.tsv';

/** What is done with an element, and which part of the audit it belongs to. */
export interface KeywordClass {
  readonly kind: 'read' | 'ignored' | 'unknown';
  readonly section: Section;
  /** Explained at the head of `keywords.tsv`. */
  readonly reason: string;
}

/** One name of a path of `keywords.tsv`, with what may stand below it. */
interface Branch {
  readonly below: Map<string, Branch>;
  /** Names that only have to begin so. */
  readonly prefixes: Map<string, Branch>;
  /** Any other name. */
  any: Branch | null;
  /** Of the element itself. */
  own: KeywordClass | null;
  /** Of everything below that no other line is about. */
  rest: KeywordClass | null;
}

let tree: Branch | undefined;

/** The paths of `keywords.tsv`; parsed when first asked for, because most commands never ask. */
function treeOf(): Branch {
  tree ??= plant(table);
  return tree;
}

function plant(text: string): Branch {
  const root = emptyBranch();
  root.own = { kind: 'read', section: 'other', reason: '-' };
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const [path = '', kind = '', section = '', reason = ''] = line.split('\t');
    const known = kind === 'read' || kind === 'ignored' ? kind : 'unknown';
    place(root, path.split('/'), { kind: known, section: section as Section, reason });
  }
  return root;
}

function emptyBranch(): Branch {
  return { below: new Map(), prefixes: new Map(), any: null, own: null, rest: null };
}

function place(root: Branch, path: readonly string[], keyword: KeywordClass): void {
  let branch = root;
  for (const name of path) {
    if (name === '**') {
      branch.rest = keyword;
      branch.own ??= keyword;
      return;
    }
    branch = grow(branch, name);
  }
  branch.own = keyword;
}

function grow(branch: Branch, name: string): Branch {
  if (name === '*') {
    branch.any ??= emptyBranch();
    return branch.any;
  }
  const named = name.endsWith('*') ? branch.prefixes : branch.below;
  const key = name.endsWith('*') ? name.slice(0, -1) : name;
  const before = named.get(key);
  if (before !== undefined) return before;
  const fresh = emptyBranch();
  named.set(key, fresh);
  return fresh;
}

/** Where a walk through a configuration stands in the table. */
interface Place {
  readonly branch: Branch | null;
  readonly inherited: KeywordClass | null;
  /** The section of the nearest element that the table names. */
  readonly section: Section | null;
  /** The path as the table would write it: names that people choose are `*`. */
  readonly path: string;
}

function start(): Place {
  return { branch: treeOf(), inherited: null, section: null, path: '' };
}

function step(place: Place, name: string): Place {
  const { branch } = place;
  const next = branch === null ? null : (branch.below.get(name) ?? prefixed(branch, name) ?? branch.any);
  const inherited = next?.rest ?? place.inherited;
  const shown = next !== null && next === branch?.any ? '*' : name;
  return {
    branch: next,
    inherited,
    section: next?.own?.section ?? place.section,
    path: place.path === '' ? shown : `${place.path}/${shown}`,
  };
}

function prefixed(branch: Branch, name: string): Branch | undefined {
  for (const [prefix, below] of branch.prefixes) if (name.startsWith(prefix)) return below;
  return undefined;
}

function classAt(place: Place): KeywordClass {
  const known = place.branch?.own ?? place.inherited;
  if (known !== null) return known;
  return { kind: 'unknown', section: place.section ?? guessSection(place.path), reason: '' };
}

const TOP_LEVEL: readonly (readonly [RegExp, Section])[] = [
  [/filter|rule|firewall|ethernet/, 'access-rules'],
  [/nat|redirect|forward|load_balancer/, 'nat'],
  [/alias|schedule/, 'objects'],
  [/vpn|ipsec|wireguard|tunnel|l2tp|pptp|pppoe/, 'vpn'],
  [/interface|vlan|bridge|gateway|route|virtualip|ifgroup/, 'interfaces'],
  [/system|user|group|auth|admin|ssh|web|snmp|api|remote|cron|shell|sync/, 'administration'],
];

/** To which part an element belongs that nothing in the table is about, by its name. */
function guessSection(path: string): Section {
  return TOP_LEVEL.find(([words]) => words.test(path))?.[1] ?? 'other';
}

/** The class of an element by the names above it and its own, below the root, in lower case. */
export function classOf(path: readonly string[]): KeywordClass {
  return classAt(path.reduce(step, start()));
}

/** One element with its class. */
export interface ClassifiedElement {
  readonly element: XmlElement;
  readonly keyword: KeywordClass;
  readonly path: string;
}

/** Every element in document order. */
export function classify(root: XmlElement): readonly ClassifiedElement[] {
  const found: ClassifiedElement[] = [];
  const visit = (element: XmlElement, place: Place): void => {
    found.push({ element, keyword: classAt(place), path: place.path });
    for (const below of element.children) visit(below, step(place, nameOf(below)));
  };
  visit(root, start());
  return found;
}

const RANK = { ignored: 1, read: 2, unknown: 3 } as const satisfies Record<KeywordClass['kind'], number>;

/**
 * Counts what became of every line. A line belongs to the elements that start on it, the least known
 * of them first; where none does, to the innermost one that goes on there; outside the root to nobody.
 */
export function coverageOf(file: string, lines: number, elements: readonly ClassifiedElement[]): Coverage {
  const owners = ownersOf(lines, elements);
  let read = 0;
  let unknown = 0;
  const families = new Map<string, UnknownFamily>();
  for (let line = 1; line <= lines; line += 1) {
    const owner = elements[(owners[line] as number) - 1];
    if (owner?.keyword.kind === 'read') read += 1;
    if (owner?.keyword.kind !== 'unknown') continue;
    unknown += 1;
    const { path, keyword } = owner;
    const before = families.get(path);
    const location = before?.location ?? { file, line };
    families.set(path, { name: path, count: (before?.count ?? 0) + 1, section: keyword.section, location });
  }
  const unknownFamilies = [...families.values()].sort(
    (a, b) => b.count - a.count || (a.name < b.name ? -1 : 1),
  );
  return { file, unit: 'lines', read, ignored: lines - read - unknown, unknown, unknownFamilies };
}

/** For each line, one more than the index of the element that it belongs to; 0 where there is none. */
function ownersOf(lines: number, elements: readonly ClassifiedElement[]): Int32Array {
  const lasting = new Int32Array(lines + 1);
  const starting = new Int32Array(lines + 1);
  for (const [index, { element, keyword }] of elements.entries()) {
    const { line, endLine } = element;
    // Inner elements come later and take over the lines that they go on in.
    lasting.fill(index + 1, line + 1, endLine + 1);
    const before = elements[(starting[line] ?? 0) - 1];
    if (before === undefined || RANK[before.keyword.kind] < RANK[keyword.kind]) starting[line] = index + 1;
  }
  return lasting.map((owner, line) => starting[line] || owner);
}
