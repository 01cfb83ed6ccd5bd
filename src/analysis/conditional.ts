import type { Reach } from '../model/exposure.js';
import { IpSet } from '../sets/ip-set.js';
import { type PacketBox, PacketSet } from '../sets/packet-set.js';
import { fromEveryProgram } from './by-ports.js';

/**
 * Who of some sources gets in only under a condition: because a rule asks for one, or for source ports that not every
 * program has.
 *
 * @param wanted all that gets in, from whatever source port
 * @param open packets that get in without a condition of a rule, with the source ports that they have to have
 */
export function conditionalSources(wanted: PacketBox, open: readonly PacketBox[]): IpSet {
  const { source, destination, service } = wanted;
  const asked = PacketSet.of(source, destination, service.fromAnyPort());
  const free = open.map((box) => PacketSet.of(box.source, box.destination, fromEveryProgram(box.service)));
  if (free.some((packets) => packets.contains(asked))) return IpSet.EMPTY;
  return asked.subtract(PacketSet.unionOf(free)).sources();
}

/** Who gets in by two ways only under a condition: nobody to whom one of them is open without. */
export function conditionalOfBoth(a: Reach, b: Reach): IpSet | undefined {
  if (a.conditional === undefined || b.conditional === undefined) return undefined;
  if (a.conditional.isEmpty() && b.conditional.isEmpty()) return IpSet.EMPTY;
  const open = a.sources.subtract(a.conditional).union(b.sources.subtract(b.conditional));
  return a.conditional.union(b.conditional).subtract(open);
}
