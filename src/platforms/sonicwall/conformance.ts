import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';
import type { PlatformConformance } from '../platform.js';
import { cliConfidence, visibleLines } from './cli.js';
import { keyClasses } from './keys.js';
import { decodeValue } from './pair.js';
import { restConfidence } from './rest.js';

/**
 * What the shared suite needs to take a SonicWall configuration apart and put it together again. The text of
 * the command line keeps its line numbers, answers of the API become one line a leaf: `path: value`.
 */
export const conformance: PlatformConformance = {
  decode,
  encode,
  keyword(line) {
    const key = keyOf(line);
    return keyClasses().get(familyOf(key))?.kind === 'read' ? key : null;
  },
  countAccessRules,
  textAt,
};

/** Each rule once: by its action, its first line, or its place in an answer. */
function countAccessRules(lines: readonly string[]): number {
  const exported = lines.filter((line) => /^(?:policyAction(?:V6)?|prefs_ruleAction)_\d+=/.test(line)).length;
  const printed = lines.filter((line) => /^\d+\|\s*access-rule /.test(line)).length;
  const answered = new Set(lines.flatMap((line) => /^(access_rules\[\d+\])/.exec(line)?.[1] ?? []));
  return exported + printed + answered.size;
}

/** Leaves of an answer, found by other means than the parser's. */
function leavesOf(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each, at) => leavesOf(each, `${path}[${at}]`));
  if (typeof value !== 'object' || value === null) return [`${path}: ${String(value)}`];
  return Object.entries(value).flatMap(([name, each]) =>
    leavesOf(each, path === '' ? name : `${path}.${name}`),
  );
}

function decodeAnswer(text: string): readonly string[] {
  try {
    return leavesOf(JSON.parse(text) as unknown, '');
  } catch {
    return [];
  }
}

/** One pair a line, percent-encoded as in the file. */
function decode(capture: Capture): readonly string[] {
  const text = textOf(capture);
  if (cliConfidence(capture.bytes) > 0) {
    const indent = (count: number) => ' '.repeat(count);
    return visibleLines(capture.bytes).map((line) => `${line.number}|${indent(line.indent)}${line.text}`);
  }
  if (restConfidence(capture.bytes) > 0) return decodeAnswer(text);
  const pairs = isEncoded(text) ? Buffer.from(text.replace(/[\s&]/g, ''), 'base64').toString('latin1') : text;
  return pairs.split(/[&\r\n]+/).filter((pair) => pair !== '');
}

/** The same container as `like`: encoded when that was, and then wrapped and ended when that was. */
function encode(lines: readonly string[], like: Capture): Capture {
  const before = textOf(like).trimEnd();
  const { file } = like;
  if (cliConfidence(like.bytes) > 0) {
    return { file, bytes: Buffer.from(lines.map((line) => `${line.replace(/^\d+\|/, '')}\n`).join('')) };
  }
  if (!isEncoded(before)) {
    const separator = before.includes('\n') ? '\n' : '&';
    return { file, bytes: Buffer.from(lines.map((line) => `${line}${separator}`).join(''), 'latin1') };
  }
  const packed = Buffer.from(lines.map((line) => `${line}&`).join(''), 'latin1').toString('base64');
  const width = before.indexOf('\n');
  const wrapped = width < 1 ? packed : (packed.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\n');
  return { file, bytes: Buffer.from(before.endsWith('&&') ? `${wrapped}&&` : wrapped, 'latin1') };
}

function textOf(capture: Capture): string {
  return Buffer.from(capture.bytes).toString('latin1');
}

function isEncoded(text: string): boolean {
  return /^[A-Za-z0-9+/=\s&]*$/.test(text) && !text.includes('checksumVersion=');
}

/** Every pair of the object that a location points at, with values as people read them. */
function textAt(lines: readonly string[], location: Location): string {
  const target = location.key ?? '';
  if (location.key === undefined) return printedAt(lines, location.line);
  if (/^(?:[a-z_]+\[\d+\]|vpn\.|user\.|[a-z_]+(?:\.|$))/.test(target) && !/_\d+$/.test(target)) {
    const found = lines.filter((line) => line.startsWith(target));
    if (found.length > 0)
      return withVlan(found.map((line) => line.slice(line.indexOf(': ') + 2)).join('\n'), found);
  }
  let places = placesOf.get(lines);
  if (places === undefined) {
    places = byPlace(lines);
    placesOf.set(lines, places);
  }
  const found = places.get(groupOf(target) ?? target) ?? [];
  return found.map((line) => `${keyOf(line)}=${decodeValue(line.slice(line.indexOf('=') + 1))}`).join('\n');
}

/** Lines by the object they describe, once for each export: a suite asks for thousands of places. */
const placesOf = new WeakMap<readonly string[], ReadonlyMap<string, readonly string[]>>();

function byPlace(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const line of lines) {
    const key = keyOf(line);
    const place = groupOf(key) ?? key;
    places.set(place, [...(places.get(place) ?? []), line]);
  }
  return places;
}

/** Keys that describe one object: the same stem and the same index. */
function groupOf(key: string): string | null {
  const match =
    /^(natPolicy|policy|addrObjV6|addrObjFqdn|addrObjMac|addrObj|svcObj|zoneObj|iface|interface|ipsec|userObj|userGroupObj).*?(V6)?_(\d+)$/.exec(
      key,
    );
  if (match === null) return null;
  const stem = match[1] === 'interface' ? 'iface' : match[1];
  return `${stem}${match[2] ?? ''} ${match[3]}`;
}

function keyOf(line: string): string {
  const equals = line.indexOf('=');
  return equals < 0 ? line : line.slice(0, equals);
}

function familyOf(key: string): string {
  return key.replace(/_\d+$/, '_N');
}

/** A printed line and what stands below it up to its `exit`. */
function printedAt(lines: readonly string[], number: number): string {
  const at = lines.findIndex((line) => line.startsWith(`${number}|`));
  const line = lines[at] ?? '';
  return line
    .replace(/^\d+\|/, '')
    .replace(/ vlan (\d+)/, ':V$1')
    .replace(/\\(["\\])/g, '$1');
}

/** A VLAN of an interface is called by both: `X0:V10`. */
function withVlan(text: string, leaves: readonly string[]): string {
  const name = leaves.find((leaf) => /\.name: /.test(leaf))?.split(': ')[1];
  const tag = leaves.find((leaf) => /\.vlan: /.test(leaf))?.split(': ')[1];
  return tag === undefined ? text : `${text}\n${name}:V${tag}`;
}
