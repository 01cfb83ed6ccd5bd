import type { Capture } from '../../model/capture.js';
import { applyEntryCommand, applySetting, isEntryCommand, isSettingCommand } from './edit-commands.js';
import { readCommand } from './tokens.js';
import type { ConfigNode, ConfigScope, ConfigTable } from './tree.js';
import { createNode, createTable, NO_TABLES } from './tree.js';

/** Lines of one kind in one table, for whoever counts them. */
export interface LineTally {
  /** `structure`: config, edit, next, end; `stray`: no command, or one that is out of place. */
  readonly kind: 'structure' | 'setting' | 'comment' | 'header' | 'stray';
  /** `system interface/ipv6`; empty outside every table. */
  readonly path: string;
  /** The attribute of settings; null otherwise. */
  readonly attribute: string | null;
  /** The first of them. */
  readonly line: number;
  /** A command that goes on over several lines counts as so many. */
  count: number;
}

export interface Trouble {
  readonly kind:
    | 'unclosed-table'
    | 'unclosed-quote'
    | 'end-of-file-in-table'
    | 'missing-next'
    | 'typed-command';
  readonly line: number;
}

/** One configuration as a tree. */
export interface ConfigDocument {
  readonly lines: readonly string[];
  /** Words of `#config-version=…`; null without that line. */
  readonly header: { readonly text: string; readonly line: number } | null;
  /** Tables outside `config vdom` and `config global`. */
  readonly root: ConfigScope;
  readonly global: ConfigScope | null;
  readonly vdoms: ReadonlyMap<string, ConfigScope>;
  readonly tallies: readonly LineTally[];
  readonly troubles: readonly Trouble[];
}

/** First words of the tables that stand at the top, never inside another table when two words follow. */
const TOP_WORDS: ReadonlySet<string> = new Set(
  (
    'alertemail antivirus application authentication automation casb certificate cifs credential-store ' +
    'dlp dnsfilter emailfilter endpoint-control extender-controller extension-controller file-filter ' +
    'firewall ftp-proxy gui icap ips log nsxt report router spamfilter ssh-filter switch-controller ' +
    'system user videofilter virtual-patch voip vpn waf wanopt web-proxy webfilter wireless-controller ztna'
  ).split(' '),
);

/** What one command is, for whoever goes through the lines; `at` is the 0-based index of its first line. */
export interface ReadLine {
  readonly kind: LineTally['kind'];
  readonly path: string;
  readonly attribute: string | null;
  readonly at: number;
  readonly count: number;
}

/** No table of FortiOS is nested deeper than six; what is deeper is not given a path of its own. */
const MAX_DEPTH = 24;

type Frame =
  | { readonly kind: 'table'; readonly path: string; readonly table: ConfigTable; readonly depth: number }
  | { readonly kind: 'entry'; readonly path: string; readonly node: ConfigNode; readonly depth: number }
  | { readonly kind: 'vdoms' }
  | { readonly kind: 'scope'; readonly scope: ConfigScope; readonly inVdoms: boolean };

interface Builder {
  readonly frames: Frame[];
  readonly root: ConfigScope;
  global: ConfigScope | null;
  readonly vdoms: Map<string, ConfigScope>;
  /** By path, then by attribute or kind. */
  readonly tallies: Map<string, Map<string, LineTally>>;
  readonly troubles: Trouble[];
  header: ConfigDocument['header'];
  entryCommands: number;
  readonly onLine: ((line: ReadLine) => void) | null;
}

/** `rename` and `move` cost time with the size of a table; a script of a person has a handful. */
const MAX_ENTRY_COMMANDS = 1000;

/** The lines of a capture: what a final line end closes is no line of its own. */
export function linesOf(capture: Capture): readonly string[] {
  const text = new TextDecoder('utf-8').decode(capture.bytes);
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * Reads `config … end` text into a tree. Total: whatever is no command becomes a note.
 *
 * @param onLine told of each command, in the order of the file
 */
export function readConfiguration(
  lines: readonly string[],
  onLine: ((line: ReadLine) => void) | null = null,
): ConfigDocument {
  const builder: Builder = {
    frames: [],
    root: { name: '', line: 1, tables: new Map() },
    global: null,
    vdoms: new Map(),
    tallies: new Map(),
    troubles: [],
    header: null,
    entryCommands: 0,
    onLine,
  };
  const clean = withoutPagers(lines);
  for (let at = 0; at < clean.length; ) at = readLine(builder, clean, at);
  const last = builder.frames.at(-1);
  if (last !== undefined)
    builder.troubles.push({ kind: 'end-of-file-in-table', line: Math.max(1, lines.length) });
  const { root, global, vdoms, troubles, header } = builder;
  const tallies = [...builder.tallies.values()].flatMap((each) => [...each.values()]);
  return { lines, header, root, global, vdoms, tallies, troubles };
}

/** Lines as they are read: without what a pager leaves in them. */
export function withoutPagers(lines: readonly string[]): readonly string[] {
  return lines.some((line) => line.includes('--More--')) ? lines.map(withoutPager) : lines;
}

/** A terminal session leaves the pager's prompt in front of a line. */
function withoutPager(line: string): string {
  return line.replace(/--More--[\s\b]*/g, '');
}

/** `FW-1 # show`, `FW-1 (wan1) $ end`: an echo of the session, not of the configuration. */
const PROMPT = /^[\w.-]{1,64}(?: \([^()]{1,80}\))? [#$](?: |$)/;

/**
 * A command behind a prompt that changes something: what is printed above or below may be of before. Whoever saves a
 * session sets the output of the console first.
 */
const TYPED = new RegExp(
  `${PROMPT.source}(?!set output )(?:set|unset|append|select|unselect|clear|delete|purge|rename|move|clone) `,
);

/** `set name "value"`, with or without quotes: most lines, read without a walk over characters. */
const SIMPLE = /^[ \t]*set ([a-z0-9-]+) (?:"([^"'\\]*)"|([^\s"'\\]+))[ \t]*$/;

function readLine(builder: Builder, lines: readonly string[], at: number): number {
  const line = lines[at] ?? '';
  const frame = builder.frames.at(-1);
  const simple = frame?.kind === 'entry' || frame?.kind === 'table' ? SIMPLE.exec(line) : null;
  if (simple !== null && (frame?.kind === 'entry' || frame?.kind === 'table')) {
    const [, name = '', quoted, bare = ''] = simple;
    note(builder, 'setting', name, at, 1);
    const { settings } = frame.kind === 'entry' ? frame.node : frame.table;
    settings.set(name, { values: [quoted ?? bare], line: at + 1 });
    return at + 1;
  }
  const text = line.trim();
  if (text === 'next' || text === 'end') {
    close(builder, text, at, 1);
    return at + 1;
  }
  return readOther(builder, lines, at, text);
}

function readOther(builder: Builder, lines: readonly string[], at: number, text: string): number {
  if (text === '' || text.startsWith('#')) {
    const isHeader = builder.header === null && /^#config-version=/.test(text);
    if (isHeader) builder.header = { text: text.slice('#config-version='.length), line: at + 1 };
    note(builder, isHeader ? 'header' : 'comment', null, at, 1);
    return at + 1;
  }
  const command = readCommand(lines, at);
  if (command.unclosed) builder.troubles.push({ kind: 'unclosed-quote', line: at + 1 });
  const [verb = '', ...words] = command.words;
  perform(builder, verb, words, at, command.next - at, text);
  return command.next;
}

function perform(
  builder: Builder,
  verb: string,
  words: readonly string[],
  at: number,
  count: number,
  text: string,
): void {
  const frame = builder.frames.at(-1);
  const named = words.length > 0;
  if (verb === 'config' && named) openConfig(builder, words, at, count);
  else if (verb === 'edit' && named) openEntry(builder, words[0] ?? '', at, count);
  else if (verb === 'next' || verb === 'end' || verb === 'abort') close(builder, verb, at, count);
  else if (isSettingCommand(verb) && named && (frame?.kind === 'table' || frame?.kind === 'entry')) {
    note(builder, 'setting', words[0] ?? '', at, count);
    applySetting(frame.kind === 'table' ? frame.table : frame.node, verb, words, at + 1);
  } else if (isEntryCommand(verb) && frame?.kind === 'table' && builder.entryCommands < MAX_ENTRY_COMMANDS) {
    builder.entryCommands += 1;
    note(builder, 'structure', null, at, count);
    applyEntryCommand(frame.table, verb, words, [scopeOf(builder), builder.global]);
  } else {
    note(builder, PROMPT.test(text) ? 'comment' : 'stray', null, at, count);
    if (TYPED.test(text)) builder.troubles.push({ kind: 'typed-command', line: at + 1 });
  }
}

function note(
  builder: Builder,
  kind: LineTally['kind'],
  attribute: string | null,
  at: number,
  count: number,
): void {
  const path = pathOf(builder);
  builder.onLine?.({ kind, path, attribute, at, count });
  let known = builder.tallies.get(path);
  if (known === undefined) {
    known = new Map();
    builder.tallies.set(path, known);
  }
  // No attribute of FortiOS begins with a blank.
  const key = attribute ?? ` ${kind}`;
  const before = known.get(key);
  if (before === undefined) known.set(key, { kind, path, attribute, line: at + 1, count });
  else before.count += count;
}

function pathOf({ frames }: Builder): string {
  const frame = frames.at(-1);
  return frame?.kind === 'table' || frame?.kind === 'entry' ? frame.path : '';
}

function scopeOf({ frames, root }: Builder): ConfigScope {
  const frame = frames.findLast((each) => each.kind === 'scope');
  return frame?.kind === 'scope' ? frame.scope : root;
}

function openConfig(builder: Builder, words: readonly string[], at: number, count: number): void {
  const { frames } = builder;
  if (TOP_WORDS.has(words[0] ?? '') && words.length > 1 && pathOf(builder) !== '') {
    builder.troubles.push({ kind: 'unclosed-table', line: at + 1 });
    while (pathOf(builder) !== '') frames.pop();
  }
  const frame = frames.at(-1);
  if (frame === undefined && words.length === 1 && words[0] === 'vdom') frames.push({ kind: 'vdoms' });
  else if (frame === undefined && words.length === 1 && words[0] === 'global') {
    builder.global ??= { name: 'global', line: at + 1, tables: new Map() };
    frames.push({ kind: 'scope', scope: builder.global, inVdoms: false });
  } else openTable(builder, words.join(' '), at);
  note(builder, 'structure', null, at, count);
}

function openTable(builder: Builder, name: string, at: number): void {
  const frame = builder.frames.at(-1);
  const inside = frame?.kind === 'table' || frame?.kind === 'entry' ? frame : null;
  const depth = (inside?.depth ?? 0) + 1;
  const above = inside?.path ?? '';
  const path = inside === null ? name : depth > MAX_DEPTH ? above : `${above}/${name}`;
  const owner = inside === null ? scopeOf(builder) : inside.kind === 'table' ? inside.table : inside.node;
  let table = owner.tables.get(name);
  if (table === undefined) {
    table = createTable(name, at + 1);
    if (owner.tables === NO_TABLES) owner.tables = new Map();
    (owner.tables as Map<string, ConfigTable>).set(name, table);
  }
  builder.frames.push({ kind: 'table', path, table, depth });
}

function openEntry(builder: Builder, key: string, at: number, count: number): void {
  const { frames } = builder;
  if (frames.at(-1)?.kind === 'entry') {
    builder.troubles.push({ kind: 'missing-next', line: at + 1 });
    frames.pop();
  }
  const frame = frames.at(-1);
  if (frame?.kind === 'table') {
    const node = entryOf(frame.table, key, at);
    frames.push({ kind: 'entry', path: frame.path, node, depth: frame.depth });
  } else if (frame?.kind === 'vdoms' || (frame === undefined && builder.vdoms.size > 0)) {
    if (frame === undefined) frames.push({ kind: 'vdoms' });
    openVdom(builder, key, at);
  } else {
    note(builder, 'stray', null, at, count);
    return;
  }
  note(builder, 'structure', null, at, count);
}

/** `edit 0` makes a new entry each time: the appliance numbers it. Any other key comes back to its entry. */
function entryOf({ entries }: ConfigTable, key: string, at: number): ConfigNode {
  const before = entries.get(key);
  if (before !== undefined && key !== '0') return before;
  const node = createNode(key, at + 1);
  entries.set(before === undefined ? key : `0 in line ${at + 1}`, node);
  return node;
}

function openVdom(builder: Builder, name: string, at: number): void {
  let scope = builder.vdoms.get(name);
  if (scope === undefined) {
    scope = { name, line: at + 1, tables: new Map() };
    builder.vdoms.set(name, scope);
  }
  builder.frames.push({ kind: 'scope', scope, inVdoms: true });
}

/** `next` ends an entry; `end` ends a table, and with it an entry that is still open. */
function close(builder: Builder, verb: string, at: number, count: number): void {
  const { frames } = builder;
  const frame = frames.at(-1);
  const ends = frame?.kind === 'entry' || (frame?.kind === 'scope' && frame.inVdoms);
  if (frame === undefined || (verb === 'next' && !ends && !isNestedSettings(frame))) {
    note(builder, 'stray', null, at, count);
    return;
  }
  note(builder, 'structure', null, at, count);
  frames.pop();
  if (verb !== 'next' && ends) frames.pop();
}

/** Some write `next` where a table inside another, with settings and no entries, ends. */
function isNestedSettings(frame: Frame): boolean {
  return (
    frame.kind === 'table' &&
    frame.depth > 1 &&
    frame.table.settings.size > 0 &&
    frame.table.entries.size === 0
  );
}
