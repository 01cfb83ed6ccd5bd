import type { Section } from '../../model/coverage.js';
import table from './keywords.tsv';

/** What is done with an attribute, or with a whole table, and to which part of the audit it belongs. */
export interface KeywordClass {
  readonly kind: 'read' | 'ignored' | 'unknown';
  readonly section: Section;
  /** Why it may be ignored; explained at the head of `keywords.tsv`. */
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

interface Keywords {
  /** By path, then by attribute. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, KeywordClass>>;
  /** Tables of which every attribute is classified alike, the tables below them included. */
  readonly trees: ReadonlyMap<string, KeywordClass>;
  /** Tables that hold something read, and those above them. */
  readonly readPaths: ReadonlySet<string>;
}

let known: Keywords | undefined;

/** The rows of `keywords.tsv`; parsed when first asked for, because most commands never ask. */
function keywords(): Keywords {
  known ??= readKeywords(table);
  return known;
}

/** The rows of `keywords.tsv`: path, attributes, class, section, reason. */
function readKeywords(text: string): Keywords {
  const attributes = new Map<string, Map<string, KeywordClass>>();
  const trees = new Map<string, KeywordClass>();
  const readPaths = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const [path = '', names = '', kind = '', section = '', reason = ''] = line.split('\t');
    const row: KeywordClass = {
      kind: kind === 'read' || kind === 'ignored' ? kind : 'unknown',
      section: isSection(section) ? section : guessSection(path),
      reason,
    };
    if (names === '*') trees.set(path, row);
    else {
      const known = attributes.get(path) ?? new Map<string, KeywordClass>();
      for (const name of names.split(' ')) known.set(name, row);
      attributes.set(path, known);
    }
    if (row.kind !== 'read') continue;
    for (const each of [path, ...above(path)]) readPaths.add(each);
  }
  return { attributes, trees, readPaths };
}

function isSection(text: string): text is Section {
  return SECTIONS.has(text);
}

/** `system interface/ipv6` stands in `system interface`. */
function above(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join('/'));
}

/** What becomes of one attribute of a table. */
export function classifyAttribute(path: string, attribute: string): KeywordClass {
  return keywords().attributes.get(path)?.get(attribute) ?? treeClass(path) ?? unknownIn(path);
}

/** What becomes of the lines that make a table: config, edit, next, end. */
export function classifyTable(path: string): KeywordClass {
  if (path === '' || keywords().readPaths.has(path))
    return { kind: 'read', section: guessSection(path), reason: '-' };
  const [first] = keywords().attributes.get(path)?.values() ?? [];
  return first ?? treeClass(path) ?? unknownIn(path);
}

/** Whether a table is listed at all. */
export function isKnownTable(path: string): boolean {
  return classifyTable(path).kind !== 'unknown';
}

/** Whether any table has an attribute of this name that is read. */
export function isReadAttribute(attribute: string): boolean {
  for (const known of keywords().attributes.values()) if (known.get(attribute)?.kind === 'read') return true;
  return false;
}

/**
 * The class of the nearest whole table: `webfilter` for `webfilter profile/ftgd-wf`. A table with a list of
 * its own is not covered by a wider one: what is not in its list is unknown.
 */
function treeClass(path: string): KeywordClass | undefined {
  for (let rest = path; rest !== ''; ) {
    const found = keywords().trees.get(rest);
    if (found !== undefined || keywords().attributes.has(rest)) return found;
    const cut = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf(' '));
    rest = cut < 0 ? '' : rest.slice(0, cut);
  }
  return undefined;
}

function unknownIn(path: string): KeywordClass {
  return { kind: 'unknown', section: guessSection(path), reason: '-' };
}

const PREFIXES: readonly (readonly [RegExp, Section])[] = [
  [/^firewall (?:vip|ippool|central-snat|ip-translation|dnat|snat|nat)/, 'nat'],
  [
    /^firewall (?:address|addrgrp|service|schedule|internet-service|wildcard-fqdn|proxy-addr|multicast-address)/,
    'objects',
  ],
  [/^firewall /, 'access-rules'],
  [
    /^(?:system (?:interface|zone|sdwan|virtual-wan-link|switch-interface|vdom-link|vdom$)|router )/,
    'interfaces',
  ],
  [/^(?:vpn|ztna) /, 'vpn'],
  [
    /^(?:user |authentication |system (?:global|admin|accprofile|api-user|sso|saml|central-management|fortimanager|management-tunnel|snmp|settings|automation|auto-script|csf|password-policy|ha$|dedicated-mgmt|local-user|ssh|security))/,
    'administration',
  ],
];

/** To which part a table belongs that the list does not hold, by how its path begins. */
export function guessSection(path: string): Section {
  return PREFIXES.find(([prefix]) => prefix.test(path))?.[1] ?? 'other';
}
