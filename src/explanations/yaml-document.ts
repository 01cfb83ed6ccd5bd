import type { Document } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import type { Position, Problem } from '../text/problems.js';
import { escapeUnprintable, quoted } from '../text/problems.js';

/** A YAML text as plain values, with the place of each. */
export interface YamlDocument {
  /** null, booleans, numbers, texts, arrays, and objects without a prototype. */
  readonly value: unknown;
  /** Everything that makes the text no register at all: the value is then not to be used. */
  readonly problems: readonly Problem[];
  /** The place of the value at a JSON pointer, or of the closest value around it. */
  positionOf(pointer: string): Position;
  /** The place of a field's name. */
  positionOfField(pointer: string): Position;
}

/** Collections within collections; a register needs six. */
const MAX_DEPTH = 50;
/** Values that aliases may add to those that are written out. */
const MAX_ALIASED = 10_000;
const LONGEST_MESSAGE = 200;

/**
 * Reads one YAML 1.2 document of the core schema, so that dates stay the text that was written.
 * Refused with a place: broken YAML, tags, a second document, a field that stands twice, names that
 * are no text, anchors that contain themselves or multiply (an "alias bomb"), deep nesting.
 */
export function readYaml(text: string): YamlDocument {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = new LineCounter();
  const places = new Map<string, Place>();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems: Problem[] = [];
  const report = (offset: number, message: string): void => {
    problems.push({ position: at(offset), message });
  };
  const document = compose(source, lines, report);
  const value = document === null || problems.length > 0 ? null : toPlain(document, places, report);
  return {
    value,
    problems,
    positionOf: (pointer) => at(closest(places, pointer).value),
    positionOfField: (pointer) => at(closest(places, pointer).field),
  };
}

/** Offsets of a value and of the name of the field that holds it. */
interface Place {
  readonly field: number;
  readonly value: number;
}

type Report = (offset: number, message: string) => void;

function compose(source: string, lines: LineCounter, report: Report): Document.Parsed | null {
  // Repeated names are found below: the library compares each with every other.
  const composer = new Composer({ schema: 'core', resolveKnownTags: false, uniqueKeys: false, merge: false });
  let first: Document.Parsed | null = null;
  try {
    for (const document of composer.compose(tokens(source, lines), true, source.length)) {
      if (first !== null) {
        report(document.range[0], 'a second YAML document begins here: a register is one');
        break;
      }
      first = document;
    }
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    report(error.offset, `nested more than ${MAX_DEPTH} deep`);
    return null;
  }
  for (const { pos, message } of [...(first?.errors ?? []), ...(first?.warnings ?? [])]) {
    report(pos[0], `not valid YAML: ${escaped(message)}`);
  }
  return first;
}

class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('nested too deep');
    this.offset = offset;
  }
}

/** As the library does it, but stopped before the nesting is deep enough to exhaust its stack. */
function* tokens(source: string, lines: LineCounter): ReturnType<Parser['parse']> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(source)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}

/** The library quotes the input in some messages. */
function escaped(message: string): string {
  return escapeUnprintable(message.replace(/\s+/g, ' ').slice(0, LONGEST_MESSAGE));
}

interface Walk {
  readonly places: Map<string, Place>;
  readonly report: Report;
  readonly anchors: Map<string, unknown>;
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  readonly open: Set<unknown>;
  aliased: number;
  insideAlias: number;
}

function toPlain(document: Document.Parsed, places: Map<string, Place>, report: Report): unknown {
  const walk: Walk = { places, report, anchors: new Map(), open: new Set(), aliased: 0, insideAlias: 0 };
  const start = document.contents?.range[0] ?? 0;
  places.set('', { field: start, value: start });
  return plain(document.contents, '', start, walk);
}

/** `offset` is where the value would stand, for one that is not written (`owner:`). */
function plain(node: unknown, pointer: string, offset: number, walk: Walk): unknown {
  if (walk.insideAlias > 0) walk.aliased += 1;
  if (walk.aliased > MAX_ALIASED) return null;
  if (isAlias(node)) return aliased(node.source, pointer, node.range?.[0] ?? offset, walk);
  if (isScalar(node)) {
    if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
    return node.value;
  }
  if (!isMap(node) && !isSeq(node)) return null;
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  walk.open.add(node);
  const value = isMap(node) ? plainObject(node.items, pointer, walk) : plainArray(node.items, pointer, walk);
  walk.open.delete(node);
  return value;
}

function aliased(anchor: string, pointer: string, offset: number, walk: Walk): unknown {
  const node = walk.anchors.get(anchor);
  if (node === undefined) {
    walk.report(offset, `no anchor ${quoted(`&${anchor}`)} stands before this alias`);
    return null;
  }
  if (walk.open.has(node)) {
    walk.report(offset, `the anchor ${quoted(`&${anchor}`)} contains itself`);
    return null;
  }
  walk.insideAlias += 1;
  const value = plain(node, pointer, offset, walk);
  walk.insideAlias -= 1;
  if (walk.insideAlias === 0 && walk.aliased > MAX_ALIASED && walk.aliased < Number.POSITIVE_INFINITY) {
    walk.report(offset, `aliases repeat more than ${MAX_ALIASED} values: write them out`);
    walk.aliased = Number.POSITIVE_INFINITY;
  }
  return value;
}

function plainArray(items: readonly unknown[], pointer: string, walk: Walk): unknown[] {
  return items.map((item, index) => {
    const inner = `${pointer}/${index}`;
    const start = startOf(item) ?? walk.places.get(pointer)?.value ?? 0;
    walk.places.set(inner, { field: start, value: start });
    return plain(item, inner, start, walk);
  });
}

function plainObject(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  pointer: string,
  walk: Walk,
): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const { key, value } of items) {
    const field = startOf(key) ?? startOf(value) ?? walk.places.get(pointer)?.value ?? 0;
    const name = isScalar(key) ? (key.source ?? String(key.value ?? '')) : null;
    if (name === null) {
      walk.report(field, 'the name of a field must be plain text');
      continue;
    }
    if (name in object) {
      walk.report(field, `the field ${quoted(name)} stands twice`);
      continue;
    }
    const inner = `${pointer}/${pointerPart(name)}`;
    const start = startOf(value) ?? field;
    walk.places.set(inner, { field, value: start });
    object[name] = plain(value, inner, start, walk);
  }
  return object;
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function startOf(node: unknown): number | null {
  if (isAlias(node) || isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[0] ?? null;
  return null;
}

function closest(places: ReadonlyMap<string, Place>, pointer: string): Place {
  for (let path = pointer; ; path = path.slice(0, path.lastIndexOf('/'))) {
    const place = places.get(path);
    if (place !== undefined) return place;
    if (path === '') return { field: 0, value: 0 };
  }
}
