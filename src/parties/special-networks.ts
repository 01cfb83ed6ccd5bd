import { IpSet } from '../sets/ip-set.js';

/**
 * Networks that belong to nobody in particular.
 * - `private`: anybody may use them inside, and no router of the Internet carries them;
 * - `impossible`: never the source of a packet that an appliance answers.
 */
export interface SpecialNetwork {
  readonly network: string;
  readonly kind: 'private' | 'impossible';
  readonly name: string;
  /** Where that is written. */
  readonly source: string;
}

/**
 * After the IANA special-purpose address registries. Documentation and benchmarking networks are
 * not here on purpose: they count as public, so that fixtures and sanitised files behave like real
 * ones.
 */
export const SPECIAL_NETWORKS: readonly SpecialNetwork[] = [
  { network: '10.0.0.0/8', kind: 'private', name: 'private use', source: 'RFC 1918, section 3' },
  { network: '172.16.0.0/12', kind: 'private', name: 'private use', source: 'RFC 1918, section 3' },
  { network: '192.168.0.0/16', kind: 'private', name: 'private use', source: 'RFC 1918, section 3' },
  { network: '100.64.0.0/10', kind: 'private', name: 'shared by carriers', source: 'RFC 6598, section 7' },
  { network: '169.254.0.0/16', kind: 'private', name: 'link-local', source: 'RFC 3927, section 1.2' },
  { network: 'fc00::/7', kind: 'private', name: 'unique local', source: 'RFC 4193, section 3.1' },
  { network: 'fe80::/10', kind: 'private', name: 'link-local', source: 'RFC 4291, section 2.5.6' },
  // Neither is seen outside of a host: one that receives it throws it away.
  { network: '127.0.0.0/8', kind: 'impossible', name: 'loopback', source: 'RFC 1122, section 3.2.1.3' },
  { network: '::1/128', kind: 'impossible', name: 'loopback', source: 'RFC 4291, section 2.5.3' },
  { network: '0.0.0.0/8', kind: 'impossible', name: 'this network', source: 'RFC 1122, section 3.2.1.3' },
  { network: '224.0.0.0/4', kind: 'impossible', name: 'multicast', source: 'RFC 1122, section 3.2.1.3' },
  {
    network: '240.0.0.0/4',
    kind: 'impossible',
    name: 'reserved, with the limited broadcast address',
    source: 'RFC 1112, section 4; RFC 919, section 7',
  },
  { network: '::/128', kind: 'impossible', name: 'unspecified', source: 'RFC 4291, section 2.5.2' },
  { network: 'ff00::/8', kind: 'impossible', name: 'multicast', source: 'RFC 4291, section 2.7' },
];

/** Addresses that anybody may use inside. */
export const PRIVATE_NETWORKS: IpSet = networksOf('private');

/** Addresses that no packet comes from. */
export const IMPOSSIBLE_SOURCES: IpSet = networksOf('impossible');

/** Addresses by which a host means itself: no packet that comes in from outside is for one. */
export const LOOPBACK: IpSet = IpSet.of(
  ...SPECIAL_NETWORKS.filter(({ name }) => name === 'loopback').map(({ network }) => network),
);

function networksOf(kind: SpecialNetwork['kind']): IpSet {
  return IpSet.of(...SPECIAL_NETWORKS.filter((each) => each.kind === kind).map((each) => each.network));
}

/** Addresses of many hosts at once. RFC 5771; RFC 919, section 7; RFC 4291, section 2.7. */
export const GROUPS: IpSet = IpSet.of('224.0.0.0/4', '255.255.255.255', 'ff00::/8');
