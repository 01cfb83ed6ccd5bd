import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** One element of an XML document, with where it stands. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own character data, in one piece: entities decoded, CDATA as it stands, not trimmed. */
  readonly text: string;
  /** 1-based line of its opening tag, and of its last character. */
  readonly line: number;
  readonly endLine: number;
}

export type XmlResult =
  | {
      readonly ok: true;
      readonly root: XmlElement;
      /** A DOCTYPE may declare entities. They are not expanded: what refers to one keeps its `&name;`. */
      readonly doctype: boolean;
    }
  | {
      readonly ok: false;
      /** What is wrong, without a word of the input. */
      readonly message: string;
      /** 1-based. */
      readonly line: number;
      readonly column: number;
      /** The document is well formed as far as it goes and then ends: what stands before the end. */
      readonly cut: XmlElement | null;
    };

/** Deeper documents are refused: the parser below would otherwise run out of stack on a hostile one. */
const MAX_DEPTH = 256;

const CDATA = '#cdata';
const TEXT = '#text';
const ATTRIBUTES = ':@';

/**
 * Order is kept and values stay text: the parser would make 7 of 007. Entities are not left to it:
 * it decodes the five named ones and leaves `&#65;`, and decoding that afterwards would also decode
 * `&amp;#65;`, which is the text `&#65;`.
 */
const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: CDATA,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
});

/** Where the parser keeps the position of an element. */
const POSITION = XMLParser.getMetaDataSymbol() as unknown as symbol;

/**
 * Reads an XML document into elements with their lines. Never throws: what cannot be read says where
 * it goes wrong. Internal and external entities are never expanded.
 */
export function parseXml(text: string): XmlResult {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const checked = XMLValidator.validate(source);
  if (checked !== true) return malformed(source, checked.err);
  const lines = lineStarts(source);
  const parsed = parseInto(source, lines);
  if (parsed === null) return refused(source, lines);
  const [root, second] = parsed;
  if (root === undefined) return failure('there is no element', 1, 1);
  if (second !== undefined) return failure('there is more than one root element', second.line, 1);
  return { ok: true, root, doctype: /<!d/i.test(source) };
}

function failure(message: string, line: number, column: number, cut: XmlElement | null = null): XmlResult {
  return { ok: false, message, line, column, cut };
}

/** The validator's own words quote the input; these do not. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['InvalidTag', 'a tag is malformed, is not closed, or closes another'],
  ['InvalidAttr', 'an attribute is malformed'],
  ['InvalidChar', 'a character stands where none may'],
  ['InvalidXml', 'this is not an XML document'],
]);

interface ValidationError {
  readonly code: string;
  readonly msg: string;
  readonly line: number;
  readonly col: number;
}

function malformed(source: string, error: ValidationError): XmlResult {
  const cut = cutDocument(source);
  if (cut !== null) {
    const end = endOf(source);
    return failure('the document ends before its elements are closed', end.line, end.column, cut);
  }
  return failure(MESSAGES.get(error.code) ?? 'this is not well-formed XML', error.line ?? 1, error.col ?? 1);
}

/** What stands before the end of a document that is only cut off, or null when something else is wrong. */
function cutDocument(source: string): XmlElement | null {
  const whole = source.slice(0, source.lastIndexOf('>') + 1);
  const checked = XMLValidator.validate(whole);
  // Only these two say that tags are left open at the end: one, or several.
  if (checked === true || !/^(?:Unclosed tag '|Invalid '\[)/.test(checked.err.msg)) return null;
  return parseInto(whole, lineStarts(whole))?.[0] ?? null;
}

function endOf(source: string): { readonly line: number; readonly column: number } {
  const before = source.lastIndexOf('\n');
  return { line: source.split('\n').length, column: source.length - before };
}

/** Names that no element or attribute may have: the parser refuses them, because objects bear them. */
const RESERVED = /[<\s](?:__proto__|constructor|prototype)[\s=/>]/;

function refused(source: string, lines: readonly number[]): XmlResult {
  const reserved = RESERVED.exec(source);
  if (reserved !== null) {
    return failure('an element or attribute has a reserved name', lineAt(lines, reserved.index), 1);
  }
  return failure(`elements nest deeper than ${MAX_DEPTH}, or declarations are hostile`, 1, 1);
}

/** One node of the parser's tree: a single key beside the attributes, and a position under a symbol. */
interface RawNode {
  readonly [name: string | symbol]: unknown;
}

/** Offsets in the source; an element that the source does not close has no end. */
interface Span {
  readonly startIndex: number;
  readonly endIndex?: number;
}

function parseInto(source: string, lines: readonly number[]): readonly XmlElement[] | null {
  let nodes: readonly RawNode[];
  try {
    nodes = parser.parse(source) as readonly RawNode[];
  } catch {
    return null;
  }
  return elementsOf(nodes, lines);
}

function elementsOf(nodes: readonly RawNode[], lines: readonly number[]): readonly XmlElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name === TEXT || name === CDATA) return [];
    return [elementOf(node, name, lines)];
  });
}

function elementOf(node: RawNode, key: string, lines: readonly number[]): XmlElement {
  const content = node[key] as readonly RawNode[];
  const position = node[POSITION] as Span | undefined;
  return {
    name: plainName(key),
    attributes: attributesOf(node[ATTRIBUTES]),
    children: elementsOf(content, lines),
    text: textOf(content),
    line: lineAt(lines, position?.startIndex ?? 0),
    endLine: position?.endIndex === undefined ? lines.length : lineAt(lines, position.endIndex - 1),
  };
}

/** The parser prefixes names such as `toString`, which objects have. */
function plainName(key: string): string {
  const name = key.slice(2);
  return key.startsWith('__') && Object.hasOwn(OBJECT_NAMES, name) ? name : key;
}

const OBJECT_NAMES = { hasOwnProperty: true, toString: true, valueOf: true };

function attributesOf(raw: unknown): ReadonlyMap<string, string> {
  if (raw === undefined || raw === null) return NO_ATTRIBUTES;
  return new Map(
    Object.entries(raw).map(([name, value]) => [plainName(name), decodeEntities(String(value))]),
  );
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

function textOf(content: readonly RawNode[]): string {
  let text = '';
  for (const node of content) {
    if (typeof node[TEXT] === 'string') text += decodeEntities(node[TEXT]);
    else if (Array.isArray(node[CDATA])) text += String((node[CDATA] as readonly RawNode[])[0]?.[TEXT] ?? '');
  }
  return text;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Decodes the five entities of XML and character references, once; anything else stays as it is. */
export function decodeEntities(text: string, more: ReadonlyMap<string, string> = NAMED): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(#\d{1,8}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});/g,
    (whole, name: string) => {
      if (!name.startsWith('#')) return NAMED.get(name) ?? more.get(name) ?? whole;
      const hex = name[1] === 'x' || name[1] === 'X';
      const code = hex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      const character = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
      return character ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Where each line begins. */
function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** 1-based line of a character. */
function lineAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= index) low = middle;
    else high = middle;
  }
  return low + 1;
}
