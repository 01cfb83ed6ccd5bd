import type { Cuts } from './cuts.js';
import { flatMap } from './flat-map.js';
import { PortSet } from './port-set.js';
import {
  hasPorts,
  hasTypes,
  PROTOCOLS,
  protocolAt,
  protocolName,
  protocolNumber,
  startOf,
} from './protocols.js';

/** Services of one protocol, read from text. */
export interface ServicePart {
  readonly protocol: number;
  readonly destination: PortSet;
  readonly source: PortSet;
}

/** A stretch of the line of services with the source ports that its services share. */
export interface ServiceRun {
  readonly start: number;
  readonly end: number;
  readonly sources: Cuts<number>;
}

const SYNTAX = /^([a-z0-9-]+)(?:\/([0-9,-]+))?(?: from ([0-9,-]+))?$/;
const PORTS = /^(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?$/;
const PROTOCOL_RANGE = /^(0|[1-9]\d{0,2})-(0|[1-9]\d{0,2})$/;

/** The services that a text of `serviceTexts` names; null for any other text. */
export function parseService(text: string): readonly ServicePart[] | null {
  const match = SYNTAX.exec(text);
  if (match === null) return null;
  const [, name = '', ports, from] = match;
  const protocols = parseProtocols(name);
  if (protocols === null) return null;
  const [only] = protocols;
  const single = protocols.length === 1 && only !== undefined;
  if (ports !== undefined && !(single && (hasPorts(only) || hasTypes(only)))) return null;
  if (from !== undefined && !(single && hasPorts(only))) return null;
  const destination = parsePorts(ports);
  const source = parsePorts(from);
  if (destination === null || source === null) return null;
  if (ports !== undefined && single && hasTypes(only) && !TYPES.contains(destination)) return null;
  return protocols.map((protocol) => ({ protocol, destination, source }));
}

const TYPES = PortSet.of([0, 255]);

function parseProtocols(name: string): readonly number[] | null {
  if (name === 'any') return protocolRange(0, PROTOCOLS - 1);
  const range = PROTOCOL_RANGE.exec(name);
  if (range !== null) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    return first <= last && last < PROTOCOLS ? protocolRange(first, last) : null;
  }
  const protocol = protocolNumber(name);
  return protocol === null ? null : [protocol];
}

function protocolRange(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function parsePorts(text: string | undefined): PortSet | null {
  if (text === undefined) return PortSet.ALL;
  const parts: [number, number][] = [];
  for (const part of text.split(',')) {
    const match = PORTS.exec(part);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (last > 65_535 || first > last) return null;
    parts.push([first, last]);
  }
  return PortSet.of(...parts);
}

/** A set of services as texts, ascending: see `ServiceSet.toTexts`. */
export function serviceTexts(runs: readonly ServiceRun[]): string[] {
  const texts: string[] = [];
  let whole: number[] = [];
  for (const { protocol, ports, from } of flatMap(runs, partsOf)) {
    if (ports === null && from === null) {
      if (whole.length > 0 && whole.at(-1) !== protocol - 1) whole = flush(whole, texts);
      whole.push(protocol);
      continue;
    }
    whole = flush(whole, texts);
    const destination = ports === null ? '' : `/${ports}`;
    texts.push(`${protocolName(protocol)}${destination}${from === null ? '' : ` from ${from}`}`);
  }
  flush(whole, texts);
  return texts;
}

function flush(whole: readonly number[], into: string[]): number[] {
  if (whole.length === PROTOCOLS) into.push('any');
  else if (whole.length > 2) into.push(`${whole[0]}-${whole.at(-1)}`);
  else into.push(...whole.map(protocolName));
  return [];
}

interface TextPart {
  readonly protocol: number;
  /** null: all of the protocol. */
  readonly ports: string | null;
  readonly from: string | null;
}

function partsOf(run: ServiceRun): TextPart[] {
  const parts: TextPart[] = [];
  const sources = PortSet.fromCuts(run.sources);
  for (let protocol = protocolAt(run.start); startOf(protocol) < run.end; protocol += 1) {
    const base = startOf(protocol);
    const first = Math.max(run.start, base) - base;
    const end = Math.min(run.end, startOf(protocol + 1)) - base;
    const all = first === 0 && base + end === startOf(protocol + 1);
    const ports = all ? null : end - first === 1 ? `${first}` : `${first}-${end - 1}`;
    parts.push({ protocol, ports, from: sources === PortSet.ALL ? null : sources.key() });
  }
  return parts;
}
