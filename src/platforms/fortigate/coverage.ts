import type { Coverage, Diagnostic, Section, UnknownFamily } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';
import type { KeywordClass } from './keywords.js';
import { classifyAttribute, classifyTable, guessSection, isKnownTable } from './keywords.js';
import type { ConfigDocument, LineTally } from './syntax.js';

/** Counts what became of every line. A value in quotes that goes on over several lines is several. */
export function coverageOf(file: string, document: ConfigDocument): Coverage {
  const counts = { read: 0, ignored: 0, unknown: 0 };
  const families = new Map<string, { count: number; section: Section; location: Location }>();
  for (const tally of document.tallies) {
    const { kind, section } = classOf(tally);
    counts[kind] += tally.count;
    if (kind !== 'unknown') continue;
    const name = familyOf(tally);
    const before = families.get(name);
    if (before !== undefined) before.count += tally.count;
    else families.set(name, { count: tally.count, section, location: { file, line: tally.line } });
  }
  const unknownFamilies: readonly UnknownFamily[] = [...families]
    .map(([name, rest]) => ({ name, ...rest }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return { file, unit: 'lines', ...counts, unknownFamilies };
}

const COMMENT: KeywordClass = { kind: 'ignored', section: 'other', reason: 'comment' };
const HEADER: KeywordClass = { kind: 'read', section: 'other', reason: '-' };

function classOf({ kind, path, attribute }: LineTally): KeywordClass {
  if (kind === 'comment') return COMMENT;
  if (kind === 'header') return HEADER;
  if (kind === 'stray') return { kind: 'unknown', section: guessSection(path), reason: '-' };
  return attribute === null ? classifyTable(path) : classifyAttribute(path, attribute);
}

/** Words that FortiOS itself would use for a table or an attribute; whatever else stands there may be a secret. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,59}$/;

/** A family is a table or an attribute of one, never a value. */
function familyOf({ kind, path, attribute }: LineTally): string {
  const place = path === '' ? 'outside every table' : shown(path);
  if (kind === 'stray') return `${place}: no command`;
  if (attribute === null || !isKnownTable(path)) return `config ${place}`;
  return `${place}: ${NAME.test(attribute) ? attribute : '…'}`;
}

function shown(text: string): string {
  return text
    .split('/')
    .map((part) =>
      part
        .split(' ')
        .map((word) => (NAME.test(word) ? word : '…'))
        .join(' '),
    )
    .join('/');
}

/** One diagnostic for each part of the audit in which something went unread. */
export function unclassified(coverage: Coverage): readonly Diagnostic[] {
  const sections = new Map<Section, { lines: number; families: number; name: string; location: Location }>();
  for (const { section, count, name, location } of coverage.unknownFamilies) {
    if (section === 'other') continue;
    const before = sections.get(section);
    if (before === undefined) sections.set(section, { lines: count, families: 1, name, location });
    else sections.set(section, { ...before, lines: before.lines + count, families: before.families + 1 });
  }
  return [...sections].map(([section, { lines, families, name, location }]) => ({
    code: 'unclassified' as const,
    message: `${lines} ${lines === 1 ? 'line' : 'lines'} among ${section} that nobody has classified yet (${families === 1 ? name : `${families} families, most of them ${name}`})`,
    location,
    incomplete: true,
  }));
}
