import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { cidrsV4, cidrsV6, formatV4, formatV6 } from '../../sets/ip-text.js';

/**
 * A set as a person writes it: runs of neighbouring CIDRs as one range, single addresses without a
 * prefix length. `203.0.113.0-6`, `203.0.113.8-255`, `198.51.100.0/24`, `2001:db8::1`. Text that is
 * no address stays as it is.
 */
export function rangesOf(cidrs: readonly string[]): readonly string[] {
  let ranges = known.get(cidrs);
  if (ranges === undefined) {
    const { set, other } = parse(cidrs);
    ranges = [
      ...pairs(set.cuts4).map(([start, end]) =>
        end - start === 1 ? formatV4(start) : range(cidrsV4(start, end), formatV4(start), formatV4(end - 1)),
      ),
      ...pairs(set.cuts6).map(([start, end]) =>
        range(cidrsV6(start, end), formatV6(start), formatV6(end - 1n)),
      ),
      ...other,
    ];
    known.set(cidrs, ranges);
  }
  return ranges;
}

/** Of the lists of a report, which are compared with one another and named again and again. */
const known = new WeakMap<readonly string[], readonly string[]>();

/** How many addresses a CIDR list holds, both families together. */
export function countAddresses(cidrs: readonly string[]): bigint {
  let count = counts.get(cidrs);
  if (count === undefined) {
    const { ipv4, ipv6 } = parse(cidrs).set.size();
    count = BigInt(ipv4) + ipv6;
    counts.set(cidrs, count);
  }
  return count;
}

const counts = new WeakMap<readonly string[], bigint>();

function parse(cidrs: readonly string[]): { readonly set: IpSet; readonly other: readonly string[] } {
  const sets: IpSet[] = [];
  const other: string[] = [];
  for (const cidr of cidrs) {
    const set = parseIpSet(cidr);
    if (set === null) other.push(cidr);
    else sets.push(set);
  }
  return { set: IpSet.unionOf(sets), other };
}

function pairs<T>(cuts: readonly T[]): readonly [T, T][] {
  return cuts.flatMap((start, index) => {
    const end = cuts[index + 1];
    return index % 2 === 0 && end !== undefined ? [[start, end] satisfies [T, T]] : [];
  });
}

function range(cidrs: readonly string[], first: string, last: string): string {
  const [only] = cidrs;
  if (cidrs.length === 1 && only !== undefined)
    return only.replace(only.includes(':') ? /\/128$/ : /\/32$/, '');
  const dot = first.lastIndexOf('.') + 1;
  const sameNet = dot > 0 && first.slice(0, dot) === last.slice(0, dot);
  return `${first}-${sameNet ? last.slice(dot) : last}`;
}
