import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';
import type { PlatformConformance } from '../platform.js';
import { decodeValue } from './exp.js';
import { keyClasses } from './keys.js';

/** What the shared suite needs to take a SonicWall export apart and put it together again. */
export const conformance: PlatformConformance = {
  decode,
  encode,
  keyword(line) {
    const key = keyOf(line);
    return keyClasses().get(familyOf(key))?.kind === 'read' ? key : null;
  },
  countAccessRules: (lines) => lines.filter((line) => /^policyAction(?:V6)?_\d+=/.test(line)).length,
  textAt,
};

/** One pair a line, percent-encoded as in the file. */
function decode(capture: Capture): readonly string[] {
  const text = textOf(capture);
  const pairs = isEncoded(text) ? Buffer.from(text.replace(/[\s&]/g, ''), 'base64').toString('latin1') : text;
  return pairs.split(/[&\r\n]+/).filter((pair) => pair !== '');
}

/** The same container as `like`: encoded when that was, and then wrapped and ended when that was. */
function encode(lines: readonly string[], like: Capture): Capture {
  const before = textOf(like).trimEnd();
  const { file } = like;
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
