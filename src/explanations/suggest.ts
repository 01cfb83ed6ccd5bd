import type { Day, RegisterPolicy } from '../model/explanation.js';
import type { Exposure, Target } from '../model/exposure.js';
import { IMPOSSIBLE_SOURCES } from '../parties/special-networks.js';
import { IpSet } from '../sets/ip-set.js';
import { digestOf } from '../text/digest.js';
import { escapeUnprintable } from '../text/problems.js';
import { addDays, addMonths } from './days.js';
import { DEFAULT_POLICY } from './empty-register.js';
import { widthBy } from './explain.js';
import { isDomain, plainDomain, RESERVED_PARTIES } from './formats.js';
import { isTooWide } from './lapses.js';

export interface SuggestOptions {
  /** What is left to explain; without it, all sources of the exposure. */
  readonly remainder?: IpSet;
  /** Of the register that the lines are for. */
  readonly policy?: RegisterPolicy;
}

const MONTHS = 6;
/** Networks on one line; more of them stand in a list, one a line. */
const MOST_ON_A_LINE = 4;

/**
 * The lines to add under `explanations:` for a door: they load once their `<placeholders>` are
 * filled in, and then explain these sources for six months from `at` (or for as long as the policy
 * allows). Null when no explanation could: the sources are wider than the policy allows, or the
 * target's address is not known.
 */
export function suggestAccess(exposure: Exposure, at: Day, options: SuggestOptions = {}): string | null {
  const { remainder: sources = exposure.sources, policy = DEFAULT_POLICY } = options;
  const { device, entry, service, target, party, domain } = exposure;
  const targets = targetTexts(target);
  if (sources.isEmpty() || targets.length === 0) return null;
  if (domain === null ? isTooWide(sources, widthBy(entry, policy)) : !isDomain(domain)) return null;
  if (isBlank(device) || isBlank(entry.name)) return null;
  const until = lastDay(at, policy);
  const id = suggestedId(service.id, [exposure.key, sources.key(), until]);
  return lines([
    `  - id: ${id}`,
    ...partyLines(party, policy),
    ...listLines('    devices', [yamlText(deviceGlob(device))]),
    '    access:',
    ...listLines('      via', [yamlText(entry.name)]),
    ...listLines('      sources', sourceTexts(exposure, sources)),
    ...listLines('      targets', targets),
    ...listLines('      services', [yamlText(service.id)]),
    ...closingLines(until, policy),
  ]);
}

/**
 * The lines to add under `explanations:` for what a check reports about one subject of one device.
 * Null when the device or the subject has no name that could be written down.
 */
export function suggestFact(
  check: string,
  subject: string,
  device: string,
  at: Day,
  options: Pick<SuggestOptions, 'policy'> = {},
): string | null {
  const { policy = DEFAULT_POLICY } = options;
  if (isBlank(subject) || isBlank(device)) return null;
  const until = lastDay(at, policy);
  return lines([
    `  - id: ${suggestedId(check.toLowerCase(), [device, check, subject, until])}`,
    ...partyLines(null, policy),
    ...listLines('    devices', [yamlText(deviceGlob(device))]),
    '    fact:',
    `      check: ${yamlText(check)}`,
    `      subject: ${doubleQuoted(subject)}`,
    ...closingLines(until, policy),
  ]);
}

/** What `sources` has to say, as YAML: everything where anything may come out of a tunnel or a zone. */
function sourceTexts({ entry, domain }: Exposure, sources: IpSet): readonly string[] {
  if (domain !== null) return [yamlText(plainDomain(domain))];
  if (entry.tunnel?.sources === null) return EVERYTHING.map(([text]) => text);
  if (entry.networks === undefined) return addressTexts(sources);
  return EVERYTHING.flatMap(([text, all]) => {
    const part = sources.intersect(all);
    return part.contains(all.subtract(IMPOSSIBLE_SOURCES)) ? [text] : addressTexts(part);
  });
}

/** The addresses of a set, which many doors may share. */
function addressTexts(set: IpSet): readonly string[] {
  const texts = written.get(set) ?? set.toCidrs().map((cidr) => yamlText(plainHost(cidr)));
  written.set(set, texts);
  return texts;
}

const written = new WeakMap<IpSet, readonly string[]>();

const EVERYTHING: readonly (readonly [string, IpSet])[] = [
  ['0.0.0.0/0', IpSet.IPV4],
  ['"::/0"', IpSet.IPV6],
];

/** What `targets` has to say, as YAML, to cover a target; nothing when its address is not known. */
function targetTexts({ kind, dynamic, addresses }: Target): readonly string[] {
  if (kind === 'self') return ['self'];
  return dynamic === null ? addressTexts(addresses) : [];
}

/** A declared party is named; for an undeclared one, a comment tells where its name would go. */
function partyLines(party: string | null, policy: RegisterPolicy): string[] {
  if (party !== null && !RESERVED_PARTIES.has(party)) return [`    party: ${yamlText(party)}`];
  if (policy.require.includes('party')) return ['    party: <id of a party declared under parties>'];
  return party === 'undeclared' ? ['    # party: <its id, once it is declared under parties>'] : [];
}

function closingLines(until: Day, policy: RegisterPolicy): string[] {
  return [
    '    reason: <why they need it>',
    '    owner: <who answers for it>',
    ...(policy.require.includes('ticket') ? ['    ticket: <number of the ticket>'] : []),
    `    until: ${until}`,
  ];
}

function lastDay(at: Day, policy: RegisterPolicy): Day {
  const months = addMonths(at, MONTHS);
  const longest = addDays(at, policy.maxLifetimeDays);
  if (longest < months) return longest;
  return months;
}

/** Another id for another set or another day, so that a renewal does not repeat the id that it replaces. */
function suggestedId(name: string, parts: readonly string[]): string {
  const digest = digestOf(JSON.stringify(parts), 8);
  const start = name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return start === '' ? digest : `${start.slice(0, 48)}-${digest}`;
}

/** A device that calls itself `*` must not be read as every device. */
function deviceGlob(device: string): string {
  return device.replaceAll('*', '?');
}

function plainHost(cidr: string): string {
  return cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '');
}

/** @param texts as YAML has them */
function listLines(field: string, texts: readonly string[]): string[] {
  if (texts.length <= MOST_ON_A_LINE) return [`${field}: [${texts.join(', ')}]`];
  const indent = ' '.repeat(field.length - field.trimStart().length + 2);
  return [`${field}:`, ...texts.map((text) => `${indent}- ${text}`)];
}

/** Bare where YAML reads it back as this text and nothing else: names, IPv4 addresses and networks. */
function yamlText(text: string): string {
  const bare = /^[A-Za-z][\w.-]*$/.test(text) || /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(text);
  const word = /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return bare && !word ? text : doubleQuoted(text);
}

/** JSON's escapes are YAML's; what a terminal would obey is escaped too. */
function doubleQuoted(text: string): string {
  return escapeUnprintable(JSON.stringify(text));
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
