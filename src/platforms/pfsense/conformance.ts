import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';
import type { PlatformConformance } from '../platform.js';
import type { XmlElement } from '../shared/xml.js';
import { parseXml } from '../shared/xml.js';
import { plainText } from './config-tree.js';
import { classify, classOf } from './keywords.js';
import { textOf } from './normalise.js';

/** Stands between a line of the file and the path of the element that starts on it. */
const MARK = '\u0000';

/** What the shared suite needs to take a config.xml apart and put it together again. */
export const conformance: PlatformConformance = {
  decode,
  encode,
  keyword,
  countAccessRules: (lines) =>
    [...rawText(lines).matchAll(/<filter>([\s\S]*?)<\/filter>/g)].reduce(
      (sum, [, body = '']) => sum + body.split('<rule>').length - 1,
      0,
    ),
  /** Built-in rules are of no line, though they point at what calls for them; so are those of port forwards. */
  isWritten: (rule) => rule.origin !== 'implied' && !rule.name.endsWith(' (pass)'),
  textAt,
};

/** The lines of the file, each with the path of the first element that starts on it. */
function decode(capture: Capture): readonly string[] {
  const text = textOf(capture.bytes);
  const result = parseXml(text);
  const root = result.ok ? result.root : result.cut;
  const paths = new Map<number, string>();
  for (const { element, path } of root === null ? [] : classify(root)) {
    if (!paths.has(element.line)) paths.set(element.line, path);
  }
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => `${line}${MARK}${paths.get(index + 1) ?? ''}`);
}

/** A line whose opening tag was renamed has its closing tag renamed too: the file stays well formed. */
function encode(lines: readonly string[], like: Capture): Capture {
  const text = lines
    .map(rawLine)
    .map((line) => line.replace(/^(\s*<)([\w.-]+)([^>]*>.*<\/)[\w.-]+>(\s*)$/, '$1$2$3$2>$4'))
    .join('\n');
  return { file: like.file, bytes: Buffer.from(`${text}\n`, 'utf8') };
}

/** The name of an element that is read and stands on one line, opening to closing tag. */
function keyword(line: string): string | null {
  const [raw = '', path = ''] = line.split(MARK);
  const name = /^\s*<([\w.-]+)(?:\s*\/>|[^>]*>.*<\/\1>)\s*$/.exec(raw)?.[1];
  if (name === undefined || path === '') return null;
  return classOf(path.split('/')).kind === 'read' ? name : null;
}

/** The elements that start on a line, whole, as people read them. */
function textAt(lines: readonly string[], location: Location): string {
  const root = rootOf(lines);
  const last = root === null ? location.line : lastLine(root, location.line);
  return plainText(
    lines
      .slice(location.line - 1, last)
      .map(rawLine)
      .join('\n'),
  );
}

/** What was parsed before: the suite asks for every object of the same lines. */
const ROOTS = new WeakMap<readonly string[], XmlElement | null>();

function rootOf(lines: readonly string[]): XmlElement | null {
  const known = ROOTS.get(lines);
  if (known !== undefined) return known;
  const result = parseXml(rawText(lines));
  const root = result.ok ? result.root : null;
  ROOTS.set(lines, root);
  return root;
}

/** The last line of what starts on a line; that line itself where nothing does. */
function lastLine(element: XmlElement, line: number): number {
  const below = element.children.map((each) => lastLine(each, line));
  return Math.max(line, ...below, element.line === line ? element.endLine : 0);
}

function rawLine(line: string): string {
  return line.split(MARK)[0] ?? '';
}

function rawText(lines: readonly string[]): string {
  return lines.map(rawLine).join('\n');
}
