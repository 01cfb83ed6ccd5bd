import { IpSet } from '../sets/ip-set.js';

/** Every address of a family; of both where none is named. */
export function familyAddresses(family: 'ipv4' | 'ipv6' | 'both' | undefined): IpSet {
  if (family === undefined || family === 'both') return IpSet.ALL;
  return family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6;
}
