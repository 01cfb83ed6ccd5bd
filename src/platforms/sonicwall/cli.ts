import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';
import type { Statement } from './statement.js';

/** What `show current-config` printed, before anybody asks what the words mean. */
export interface CliDocument {
  readonly statements: readonly Statement[];
  /** Lines that only end a block. */
  readonly exits: number;
  /** Prompts, commands, pagers and remarks of the terminal. */
  readonly noise: number;
  /** Where a quotation does not end. */
  readonly fragments: readonly Location[];
  /** Signs that the end of the text is missing, in words. */
  readonly cuts: readonly string[];
}

/** Enough to hold the header and the first blocks, behind any banner. */
const SAMPLE = 65_536;
const HEADER = /^[ \t]*firmware-version[ \t]+"?SonicOS/m;
const BODY =
  /^[ \t]*(?:access-rule(?: ipv[46])? from \S.* to \S.* action (?:allow|deny|discard)|ip-assignment \S+ (?:static|portshield|dhcp)\b|address-object ipv4 \S.* zone \S)/m;

/** How sure it is that a capture is the text of a SonicOS command line: its header says so, or its rules. */
export function cliConfidence(bytes: Uint8Array): number {
  const head = Buffer.from(bytes.subarray(0, SAMPLE)).toString('latin1').replace(/\r/g, '\n');
  if (HEADER.test(head)) return 1;
  return BODY.test(head) ? 0.8 : 0;
}

interface Line {
  readonly text: string;
  readonly indent: number;
  readonly number: number;
}

/** Reads the text with or without its indentation; the terminal's own words are left out and counted. */
export function readCli(capture: Capture): CliDocument {
  const { lines, noise } = contentOf(visibleLines(capture.bytes));
  const indented = lines.filter(({ indent }) => indent > 0).length * 4 > lines.length;
  return { ...(indented ? byIndentation : byKeyword)(capture.file, lines), noise };
}

/** Lines that hold something, as the screen showed them. 1-based numbers are those of the file. */
export function visibleLines(bytes: Uint8Array): readonly Line[] {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return text.split(/\r?\n/).flatMap((raw, at) => {
    const shown = asShown(raw).trimEnd();
    const inner = shown.trimStart();
    return inner === '' ? [] : [{ text: inner, indent: shown.length - inner.length, number: at + 1 }];
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send them
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Takes out the pager, colours and what was typed over: a backspace and a return move the cursor. */
function asShown(raw: string): string {
  if (!['\b', '\r', '\u001b', 'MORE'].some((sign) => raw.includes(sign))) return raw;
  const cells: string[] = [];
  let cursor = 0;
  for (const character of raw.replace(/-- ?MORE ?--/gi, '').replace(ESCAPES, '')) {
    if (character === '\r') cursor = 0;
    else if (character === '\b') cursor = Math.max(0, cursor - 1);
    else {
      cells[cursor] = character;
      cursor += 1;
    }
  }
  return cells.join('');
}

/** `admin@C0EAE4000000> `, `config(C0EAE4000000)# `, with the command behind it. */
const PROMPT = /^(?:[\w.-]+@[\w.-]+(?:\([^)]*\))?|config\([^)]*\))[>#](?:\s|$)/;

/** The configuration between its header and the next prompt. */
function contentOf(lines: readonly Line[]): { readonly lines: readonly Line[]; readonly noise: number } {
  const header = lines.findIndex(({ text }) => /^firmware-version\s/.test(text));
  const behind = lines.findIndex(({ text }, at) => at > header && PROMPT.test(text) && header >= 0);
  const inside = lines.slice(Math.max(0, header), behind < 0 ? lines.length : behind);
  const content = inside.filter(({ text }) => !PROMPT.test(text) && !text.startsWith('#'));
  return { lines: content, noise: lines.length - content.length };
}

interface OpenBlock {
  readonly indent: number;
  readonly body: Statement[];
  readonly words: readonly string[];
}

type Blocks = Omit<CliDocument, 'noise'>;

/** Deeper lines belong to the line above them; `exit` says nothing more. */
function byIndentation(file: string, lines: readonly Line[]): Blocks {
  const statements: Statement[] = [];
  const fragments: Location[] = [];
  const open: OpenBlock[] = [];
  let exits = 0;
  for (const line of lines) {
    if (line.text === 'exit') {
      exits += 1;
      continue;
    }
    while ((open.at(-1)?.indent ?? -1) >= line.indent) open.pop();
    const statement = statementOf(file, line, fragments);
    (open.at(-1)?.body ?? statements).push(statement);
    open.push({ indent: line.indent, body: statement.body as Statement[], words: statement.words });
  }
  const last = lines.at(-1);
  const cut = last !== undefined && last.indent > 0 && last.text !== 'exit';
  return { statements, exits, fragments, cuts: cut ? ['its last block has no end'] : [] };
}

/** Without indentation only keywords tell which lines open a block, and `exit` closes it. */
function byKeyword(file: string, lines: readonly Line[]): Blocks {
  const statements: Statement[] = [];
  const fragments: Location[] = [];
  let open: OpenBlock[] = [];
  let exits = 0;
  for (const line of lines) {
    if (line.text === 'exit') {
      exits += 1;
      open.pop();
      continue;
    }
    const statement = statementOf(file, line, fragments);
    if (open.length > 0 && startsAnew(statement, open[0]?.words ?? [])) open = [];
    (open.at(-1)?.body ?? statements).push(statement);
    if (opensBlock(statement, open)) {
      open.push({ indent: 0, body: statement.body as Statement[], words: statement.words });
    }
  }
  return { statements, exits, fragments, cuts: open.length > 0 ? ['its last block has no end'] : [] };
}

function statementOf(file: string, { text, number }: Line, fragments: Location[]): Statement {
  const location = { file, line: number };
  const { words, whole } = wordsOf(text);
  if (!whole) fragments.push(location);
  const negated = words[0] === 'no' && words.length > 1;
  return { words: negated ? words.slice(1) : words, negated, body: [], location };
}

/** Words of a line; names with spaces stand in quotation marks. */
function wordsOf(text: string): { readonly words: readonly string[]; readonly whole: boolean } {
  const words: string[] = [];
  let whole = true;
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)("?)|(\S+)/g)) {
    const [, quoted, end, plain] = match;
    if (quoted !== undefined && end === '') whole = false;
    words.push(quoted === undefined ? (plain ?? '') : quoted.replace(/\\(["\\])/g, '$1'));
  }
  return { words, whole };
}

/** What opens a block at the top, by its first word. */
const TOP_BLOCKS: ReadonlySet<string> = new Set([
  'access-rule',
  'address-group',
  'administration',
  'anti-spam',
  'anti-spyware',
  'app-control',
  'bandwidth-object',
  'content-filter',
  'dhcp-server',
  'dynamic-dns',
  'dynamic-external-object',
  'firewall',
  'gateway-antivirus',
  'geo-ip',
  'guest-profile',
  'high-availability',
  'interface',
  'intrusion-prevention',
  'nat-policy',
  'route-policy',
  'routing',
  'schedule',
  'service-group',
  'ssl-vpn',
  'switch-shield',
  'tunnel-interface',
  'voip',
  'wan-failover',
  'zone',
]);

/** Blocks in the one of settings for all tunnels. */
const VPN_BLOCKS: ReadonlySet<string> = new Set(['frag-packets', 'ikev2', 'l2tp-server']);

function opensBlock({ words, negated }: Statement, open: readonly OpenBlock[]): boolean {
  if (negated) return false;
  const [head = '', second = '', third = ''] = words;
  const parent = open.at(-1)?.words ?? null;
  if (parent === null) {
    if (head === 'address-object') return words.length === 3;
    if (head === 'service-object') return words.length === 2;
    if (head === 'vpn') return second === '' || second === 'policy' || second === 'l2tp-server';
    if (head === 'dns') return words.length === 1;
    if (head === 'user' || head === 'snmp' || head === 'log' || head === 'time') return words.length <= 2;
    return TOP_BLOCKS.has(head);
  }
  if (parent[0] === 'interface') return head === 'ip-assignment' && third !== 'portshield';
  if (parent[0] === 'high-availability') return head === 'monitoring';
  if (parent[0] === 'tunnel-interface') return head === 'ip-assignment' || head === 'type';
  if (parent[0] === 'vpn') return head === 'auth-method' || (parent.length === 1 && VPN_BLOCKS.has(head));
  return parent[0] === 'user' && second !== '' && (head === 'user' || head === 'group') && words.length === 2;
}

/** Blocks that stand nowhere but at the top: meeting one means that an `exit` was missing. */
function startsAnew({ words, negated }: Statement, outermost: readonly string[]): boolean {
  const [head = '', second = ''] = words;
  if (negated) return false;
  if (head === 'access-rule' || head === 'nat-policy') return words.includes('from') || second !== '';
  if (head === 'vpn') return second === 'policy' || second === 'l2tp-server';
  if (head === 'address-object') return words.length > 3 && outermost[0] !== 'address-group';
  return false;
}
