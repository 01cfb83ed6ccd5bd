import type { ExposedService, Reach } from '../model/exposure.js';
import type { IpSet } from '../sets/ip-set.js';
import { parseIpSet } from '../sets/ip-set.js';
import { digestOf } from '../text/digest.js';

const HEX_DIGITS = 16;

/**
 * Names a door across runs: 16 hexadecimal digits of a SHA-256 over device, entry, party, target
 * and service. Rules, object names, files and lines are not in it, nor are ports and sources: the
 * same door with another set keeps its key and gets another hash.
 */
export function exposureKey(reach: Reach, party: string): string {
  const { device, entry, target, service } = reach;
  return digest([
    device,
    entry.name,
    party,
    target.kind,
    sorted(target.interfaces),
    // The address of today is no name for a target that has another one tomorrow.
    target.dynamic === null ? target.addresses.key() : '',
    service.id,
    service.protocol,
  ]);
}

/** The exact set behind a door: sources, target addresses, service. */
export function exposureHash(sources: IpSet, addresses: IpSet, service: ExposedService): string {
  return digest([sources.key(), addresses.key(), service.protocol, sorted(service.ports)]);
}

/**
 * What stands for an undeclared party in a key: the /24 (the /48 for IPv6) of its lowest address, so
 * that a supplier who moves within its network keeps the door's name.
 */
export function undeclaredPrefix(sources: IpSet): string {
  const lowest = sources.first() ?? '';
  const prefix = lowest.includes(':') ? 48 : 24;
  return parseIpSet(`${lowest}/${prefix}`)?.toCidrs().join() ?? '';
}

function digest(parts: readonly (string | readonly string[])[]): string {
  return digestOf(JSON.stringify(parts), HEX_DIGITS);
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)].sort();
}
