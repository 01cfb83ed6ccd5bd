import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { quoted } from '../text/problems.js';
import { isDay } from './days.js';

/** One kind of text in the register. */
interface Format {
  /** As in "must be …". */
  readonly what: string;
  /** What is wrong with a text, as a sentence; null: nothing. */
  problem(text: string): string | null;
}

/** Parties that exist without being declared, and their groups: no declared party has such an id. */
export const RESERVED_PARTIES: ReadonlySet<string> = new Set([
  'own',
  'private',
  'undeclared',
  'domain',
  'anyone',
  'remote-users',
  'zone-hosts',
]);

const LONGEST_LIFETIME = 36_525;

/** What the register's schema calls `format`. */
export const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['id', { what: 'an id', problem: idProblem }],
  ['party-id', { what: 'an id', problem: partyIdProblem }],
  ['text', { what: 'text', problem: textProblem }],
  ['exact', { what: 'text', problem: emptyProblem }],
  ['network', { what: 'an address or a network, such as 203.0.113.0/28', problem: networkProblem }],
  ['source', { what: 'an address, a network or a domain name', problem: sourceProblem }],
  ['target', { what: 'self, an address or a network', problem: targetProblem }],
  ['day', { what: 'a date, such as 2026-12-31', problem: dayProblem }],
  ['lifetime', { what: 'a number of days, such as 366d', problem: lifetimeProblem }],
]);

/** Days in a duration such as `366d`; null when it is none, or longer than a century. */
export function parseLifetime(text: string): number | null {
  if (!/^[1-9]\d{0,5}d$/.test(text)) return null;
  const days = Number(text.slice(0, -1));
  return days <= LONGEST_LIFETIME ? days : null;
}

/** The union of texts that the formats `network`, `source` or `target` accept; what is no address adds none. */
export function parseNetworks(texts: readonly string[]): IpSet {
  return IpSet.unionOf(texts.map((text) => parseIpSet(text) ?? IpSet.EMPTY));
}

/** The domain names among texts that the format `source` accepts, as `plainDomain` writes them. */
export function domainsIn(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => parseIpSet(text) === null).map(plainDomain);
}

/** Names that differ in case, or in the dot of the root, are one. RFC 4343; RFC 1034, section 3.1. */
export function plainDomain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function idProblem(text: string): string | null {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return null;
  return `${quoted(text)} is not an id: letters and digits, with ".", "_" and "-" between them, 64 at most`;
}

function partyIdProblem(text: string): string | null {
  if (RESERVED_PARTIES.has(text))
    return `${quoted(text)} has a meaning of its own in reports: choose another id`;
  return idProblem(text);
}

function emptyProblem(text: string): string | null {
  return text.trim() === '' ? 'the text is empty' : null;
}

/** A suggestion that was pasted and not filled in explains nothing. */
function textProblem(text: string): string | null {
  if (/^\s*<.*>\s*$/s.test(text)) return `${quoted(text)} is a placeholder: fill it in`;
  return emptyProblem(text);
}

/** Labels of letters, digits, hyphens and underscores, the last one of letters or `xn--`; a wildcard as FortiOS has it. */
const DOMAIN =
  /^(?:\*|\*?[a-z0-9_-]{1,63}\*?)(?:\.[a-z0-9_-]{1,63})*\.(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})\.?$/i;

/** Whether a text can stand among the sources of an explanation as a domain name. */
export function isDomain(text: string): boolean {
  return text.length <= 254 && DOMAIN.test(text);
}

function sourceProblem(text: string): string | null {
  return isDomain(text) ? null : networkProblem(text);
}

function targetProblem(text: string): string | null {
  if (text === 'self') return null;
  if (parseIpSet(text) === null) return `${quoted(text)} is neither "self" nor an IP address or network`;
  return networkProblem(text);
}

function networkProblem(text: string): string | null {
  const network = parseIpSet(text);
  if (network === null) {
    const everyone = /^(?:any|all|anyone|\*)$/i.test(text) ? ': everybody is 0.0.0.0/0 and ::/0' : '';
    return `${quoted(text)} is not an IP address or network${everyone}`;
  }
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  // A network whose address part is not its first address was meant for something else.
  const host = text.slice(0, slash);
  if (parseIpSet(host)?.first() === network.first()) return null;
  return `${quoted(text)} is an address within a network: write ${network.toCidrs().join()} for the network, or ${host}`;
}

function dayProblem(text: string): string | null {
  if (isDay(text)) return null;
  const shaped = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return shaped
    ? `${quoted(text)} is not a day of the calendar`
    : `${quoted(text)} is not a date: write it as YYYY-MM-DD, such as 2026-12-31`;
}

function lifetimeProblem(text: string): string | null {
  if (parseLifetime(text) !== null) return null;
  return `${quoted(text)} is not a number of days from 1d to ${LONGEST_LIFETIME}d, such as 366d`;
}
