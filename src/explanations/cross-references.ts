import { IpSet } from '../sets/ip-set.js';
import type { Position, Problem } from '../text/problems.js';
import { quoted } from '../text/problems.js';
import { closestSpelling } from '../text/spelling.js';
import { isDay } from './days.js';
import { parseNetworks } from './formats.js';
import type { YamlDocument } from './yaml-document.js';

/** A party or an explanation as it is written, right or wrong, with its JSON pointer. */
interface Item {
  readonly raw: unknown;
  readonly pointer: string;
}

type Locate = (pointer: string) => Position;

/** Pairs of overlapping owners that are worth naming before the rest is silence. */
const MOST_OVERLAPS = 20;

/**
 * What the schema cannot see: ids that stand twice, parties that are not declared, services that do
 * not exist, days in the wrong order, addresses of two owners. What the schema refuses is passed
 * over here, field by field, so that one run shows everything that is wrong.
 */
export function crossReferenceProblems(
  document: YamlDocument,
  options: { readonly services?: ReadonlySet<string> },
): Problem[] {
  const at = (pointer: string): Position => document.positionOf(pointer);
  const parties = itemsOf(document.value, 'parties');
  const explanations = itemsOf(document.value, 'explanations');
  return [
    ...duplicateIds('party', parties, at),
    ...duplicateIds('explanation', explanations, at),
    ...undeclaredParties(explanations, parties, at),
    ...unknownServices(explanations, options.services, at),
    ...reversedDays(explanations, at),
    ...overlaps(ownersOf(document.value, parties), at),
  ];
}

function itemsOf(root: unknown, field: string): Item[] {
  const items = fieldOf(root, field);
  if (!Array.isArray(items)) return [];
  return items.map((raw: unknown, index) => ({ raw, pointer: `/${field}/${index}` }));
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function textOf(value: unknown, name: string): string | null {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : null;
}

function duplicateIds(what: string, items: readonly Item[], at: Locate): Problem[] {
  const first = new Map<string, number>();
  return items.flatMap(({ raw, pointer }) => {
    const id = textOf(raw, 'id');
    if (id === null) return [];
    const position = at(`${pointer}/id`);
    const line = first.get(id);
    if (line !== undefined)
      return [{ position, message: `the ${what} id ${quoted(id)} is taken on line ${line}` }];
    first.set(id, position.line);
    return [];
  });
}

function undeclaredParties(explanations: readonly Item[], parties: readonly Item[], at: Locate): Problem[] {
  const declared = new Set(parties.map(({ raw }) => textOf(raw, 'id')).filter((id) => id !== null));
  return explanations.flatMap(({ raw, pointer }) => {
    const party = textOf(raw, 'party');
    if (party === null || declared.has(party)) return [];
    const message = `no party ${quoted(party)} is declared under "parties"${meant(party, declared)}`;
    return [{ position: at(`${pointer}/party`), message }];
  });
}

function unknownServices(
  explanations: readonly Item[],
  known: ReadonlySet<string> | undefined,
  at: Locate,
): Problem[] {
  if (known === undefined) return [];
  return explanations.flatMap(({ raw, pointer }) => {
    const services = fieldOf(fieldOf(raw, 'access'), 'services');
    if (!Array.isArray(services)) return [];
    return services.flatMap((service: unknown, index) => {
      if (typeof service !== 'string' || known.has(service)) return [];
      const message = `${quoted(service)} is not the id of a service${meant(service, known)}`;
      return [{ position: at(`${pointer}/access/services/${index}`), message }];
    });
  });
}

function meant(word: string, candidates: ReadonlySet<string>): string {
  const closest = closestSpelling(word, candidates);
  return closest === null ? '' : `; did you mean ${quoted(closest)}?`;
}

function reversedDays(explanations: readonly Item[], at: Locate): Problem[] {
  return explanations.flatMap(({ raw, pointer }) => {
    const from = textOf(raw, 'from') ?? '';
    const until = textOf(raw, 'until') ?? '';
    if (!isDay(from) || !isDay(until) || until >= from) return [];
    const message = `"until" (${until}) comes before "from" (${from})`;
    return [{ position: at(`${pointer}/until`), message }];
  });
}

interface Owner {
  readonly name: string;
  readonly networks: IpSet;
  readonly written: readonly string[];
  readonly pointer: string;
}

/** The organisation first, then the parties. */
function ownersOf(root: unknown, parties: readonly Item[]): Owner[] {
  return [
    toOwner('the organisation', { raw: fieldOf(root, 'organisation'), pointer: '/organisation' }),
    ...parties.map((party) => toOwner(`party ${quoted(textOf(party.raw, 'id') ?? '')}`, party)),
  ];
}

function toOwner(name: string, { raw, pointer }: Item): Owner {
  const networks = fieldOf(raw, 'networks');
  const written = Array.isArray(networks)
    ? networks.map((text: unknown) => (typeof text === 'string' ? text : ''))
    : [];
  return { name, networks: parseNetworks(written), written, pointer: `${pointer}/networks` };
}

function overlaps(owners: readonly Owner[], at: Locate): Problem[] {
  if (areDisjoint(owners)) return [];
  const problems: Problem[] = [];
  for (const [index, later] of owners.entries()) {
    for (const earlier of owners.slice(0, index)) {
      if (!later.networks.overlaps(earlier.networks)) continue;
      problems.push(overlapOf(later, earlier, at));
      if (problems.length === MOST_OVERLAPS) return problems;
    }
  }
  return problems;
}

/** Nothing is shared when the parts add up to the whole: no need to compare each with every other. */
function areDisjoint(owners: readonly Owner[]): boolean {
  const whole = IpSet.unionOf(owners.map((owner) => owner.networks)).size();
  const sizes = owners.map((owner) => owner.networks.size());
  return (
    sizes.reduce((sum, size) => sum + size.ipv4, 0) === whole.ipv4 &&
    sizes.reduce((sum, size) => sum + size.ipv6, 0n) === whole.ipv6
  );
}

function overlapOf(later: Owner, earlier: Owner, at: Locate): Problem {
  const index = later.written.findIndex((text) => parseNetworks([text]).overlaps(earlier.networks));
  const shared = later.networks.intersect(earlier.networks).toCidrs();
  const more = shared.length > 1 ? ` and ${shared.length - 1} more` : '';
  const message =
    `${shared[0]}${more} of ${later.name} belongs to ${earlier.name} too (line ${at(earlier.pointer).line}): ` +
    'an address belongs to one party';
  return { position: at(`${later.pointer}/${index}`), message };
}
