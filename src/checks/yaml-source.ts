import {
  type Document,
  isAlias,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';
import { FwauditError } from '../model/error.js';

/** Steps to a value: names of fields and indexes of items. */
export type Path = readonly (string | number)[];

/** A YAML text with the place of each of its values. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /**
   * An error of exit code 2 at a value, or at the closest value around it that is there. Its message, like
   * those below, shows the line with a caret.
   */
  errorAt(path: Path, message: string, hint?: string): FwauditError;
  /** The same at a field's name. */
  errorAtField(path: Path, message: string, hint?: string): FwauditError;
  /** The same at a character of a text, counted from 0. */
  errorInText(path: Path, offset: number, message: string, hint?: string): FwauditError;
  /** Line of a value, from 1. */
  lineOf(path: Path): number;
}

/**
 * Reads a YAML 1.2 document of one mapping. Anchors, tags and second documents are refused: a check
 * is plain data.
 * @throws FwauditError of code `check`, with line and column, when it is not one.
 */
export function readYamlSource(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const fail = (offset: number, message: string, hint?: string): FwauditError => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    const location = { file, line: Math.max(line, 1), column: Math.max(col, 1) };
    return new FwauditError('check', printable(`${message}${excerpt(text, offset)}`), {
      location,
      ...(hint === undefined ? {} : { hint: printable(hint) }),
    });
  };
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw fail(broken.pos[0], `not valid YAML: ${firstLine(broken.message)}`);
  visit(document, {
    Alias: (_, node) => {
      throw fail(node.range?.[0] ?? 0, 'anchors and aliases are not used here: write the value out');
    },
  });
  return {
    file,
    value: document.toJS(),
    errorAt: (path, message, hint) => fail(startOf(document, path), message, hint),
    errorAtField: (path, message, hint) => fail(fieldStart(document, path), message, hint),
    errorInText: (path, offset, message, hint) => {
      const at = textOffset(text, document.getIn(path, true), offset) ?? startOf(document, path);
      return fail(at, message, hint);
    },
    lineOf: (path) => Math.max(lines.linePos(startOf(document, path)).line, 1),
  };
}

function startOf(document: Document, path: Path): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && !isAlias(node) && node.range) return node.range[0];
  }
  return 0;
}

function fieldStart(document: Document, path: Path): number {
  const parent = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pairs = (parent as { readonly items?: readonly { readonly key?: unknown }[] } | null)?.items ?? [];
  for (const { key } of pairs) {
    if (isScalar(key) && String(key.value) === String(path.at(-1)) && key.range) return key.range[0];
  }
  return startOf(document, path);
}

/**
 * Where a character of a text stands in the file. However YAML wrapped, folded or indented it, the
 * n-th character that is no white space is the n-th one of the source, escapes in quotes aside.
 */
function textOffset(source: string, node: unknown, offset: number): number | null {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return null;
  const [start, end] = node.range;
  const before = [...node.value.slice(0, offset).matchAll(/\S/g)].length;
  const places = visiblePlaces(source, node, start, end);
  const last = places.at(-1);
  return places[before] ?? (last === undefined ? start : last + 1);
}

function visiblePlaces(source: string, node: Scalar | Node, start: number, end: number): number[] {
  const type = isScalar(node) ? node.type : undefined;
  const quoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
  const block = type === Scalar.BLOCK_FOLDED || type === Scalar.BLOCK_LITERAL;
  const header = source.indexOf('\n', start);
  const from = block ? (header < 0 ? end : header + 1) : start + (quoted ? 1 : 0);
  const to = quoted ? end - 1 : end;
  const places: number[] = [];
  for (let at = from; at < to; at += 1) {
    const letter = source[at] ?? '';
    if (type === Scalar.QUOTE_DOUBLE && letter === '\\') {
      const escaped = source[at + 1] ?? '';
      if (!WHITE_ESCAPES.test(escaped)) places.push(at);
      at += escapeLength(escaped);
      continue;
    }
    if (/\s/.test(letter)) continue;
    places.push(at);
    if (type === Scalar.QUOTE_SINGLE && letter === "'") at += 1;
  }
  return places;
}

/** What stands behind the backslash of an escape that means white space: `\n`, `\t` … */
const WHITE_ESCAPES = /[\snrtvfLP_]/;

/** Characters behind the backslash: `\x41`, `\u0041`, `\U00000041`, or one. */
function escapeLength(letter: string): number {
  return { x: 3, u: 5, U: 9 }[letter] ?? 1;
}

/** As many letters of a line as are shown, and how many of them before the place. */
const WINDOW = { whole: 120, before: 60 };

/** The line around an offset, or of a long one what stands there, and a caret under it; nothing of an empty one. */
function excerpt(source: string, offset: number): string {
  const start = source.lastIndexOf('\n', offset - 1) + 1;
  const end = source.indexOf('\n', offset);
  const line = source.slice(start, end < 0 ? source.length : end).replace(/\r$/, '');
  if (line.trim() === '') return '';
  const column = Math.min(offset - start, line.length);
  const from = line.length <= WINDOW.whole ? 0 : Math.max(0, column - WINDOW.before);
  const shown = line.slice(from, from + WINDOW.whole);
  const [head, tail] = [from > 0 ? '…' : '', from + WINDOW.whole < line.length ? '…' : ''];
  const indent = (head + shown.slice(0, column - from)).replace(/[^\t]/g, ' ');
  return `\n  ${head}${shown}${tail}\n  ${indent}^`;
}

/** Messages quote the file: nothing in it may command a terminal. One sign for one keeps the caret in place. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) =>
    sign === '\n' || sign === '\t' ? sign : '\ufffd',
  );
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
