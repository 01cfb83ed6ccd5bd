import type { Interface, Role } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import { IpSet } from '../../sets/ip-set.js';

/** One use of an interface name or pattern in the file. */
export interface InterfaceUse {
  /** `eth0`, or `eth+` for every name that begins with `eth`. */
  readonly pattern: string;
  readonly location: Location;
}

/**
 * All interfaces that there can be, in parts that the file tells apart: each name that occurs, what
 * else begins like a pattern that occurs, and the rest.
 */
export interface InterfaceNames {
  readonly parts: readonly InterfaceUse[];
  /** Name of the part for everything that the file does not name. */
  readonly rest: string;
  /** Whether there were more names than are told apart. */
  readonly overflow: boolean;
  /** Whether a pattern is one of those beyond what is told apart. */
  isBeyond(pattern: string): boolean;
  /** The parts that `-i PATTERN` means; null for all, and for a pattern that is not told apart. */
  expand(pattern: string, negated: boolean): readonly string[] | null;
}

/** More names than a machine has interfaces; above it, the rest counts as one. */
const MAX_NAMES = 1_000;
/** The key of a location that no line of the file holds. */
export const REST_KEY = 'any other interface';

export function nameInterfaces(uses: readonly InterfaceUse[], start: Location): InterfaceNames {
  const parts = new Map<string, InterfaceUse>();
  let overflow = false;
  for (const use of uses) {
    if (use.pattern === '+' || use.pattern === '' || parts.has(use.pattern)) continue;
    if (parts.size < MAX_NAMES) parts.set(use.pattern, use);
    else overflow = true;
  }
  const rest = parts.has('other') ? 'any other' : 'other';
  parts.set(rest, { pattern: rest, location: { file: start.file, line: start.line, key: REST_KEY } });
  const cache = new Map<string, readonly string[] | null>();
  return {
    parts: [...parts.values()],
    rest,
    overflow,
    isBeyond: (pattern) => pattern !== '+' && !parts.has(pattern),
    expand(pattern, negated) {
      const key = `${negated ? '!' : ''}${pattern}`;
      const before = cache.get(key);
      if (before !== undefined) return before;
      const names = expandPattern([...parts.keys()], rest, pattern, negated);
      cache.set(key, names);
      return names;
    },
  };
}

function expandPattern(
  parts: readonly string[],
  rest: string,
  pattern: string,
  negated: boolean,
): readonly string[] | null {
  const prefix = pattern.endsWith('+') ? pattern.slice(0, -1) : null;
  if (prefix === '') return negated ? [] : null;
  const meant = new Set(
    parts.filter((part) => part !== rest && (part === pattern || part.startsWith(prefix ?? '\0'))),
  );
  if (!parts.includes(pattern)) return null;
  return negated ? parts.filter((part) => !meant.has(part)) : [...meant];
}

/**
 * The names that Docker gives to its bridges: `docker0`, `docker_gwbridge`, and `br-` with the first twelve digits of a
 * network's id. https://docs.docker.com/engine/network/drivers/bridge/, containerlab pull request 1
 */
const DOCKER = /^(?:docker0|docker_gwbridge|docker\+|br-[\da-f]{12})$/;

function roleOf(name: string, roles: ReadonlyMap<string, Role>): Role {
  // Whatever is hidden on its way there: Docker itself writes `-o docker0 … -j MASQUERADE` for what it publishes.
  if (DOCKER.test(name)) return CONTAINERS;
  return roles.get(name) ?? (name === 'lo' ? LOOPBACK : (byConvention(name) ?? UNKNOWN));
}

/**
 * Names that programs of VPNs give, or people by custom, and what may be behind them: keys of one's own, of a firm that
 * maintains, of a provider of VPNs who sends on what strangers send. So nothing but the evidence follows from a name.
 * wg-quick(8), openvpn(8), tailscaled(8) `--tun`, ZeroTier issue 1182, pppd(8)
 */
const CUSTOMARY: readonly (readonly [name: RegExp, behind: string])[] = [
  [/^wg(?:\d+|\+)$/, 'a WireGuard tunnel: whoever holds a key of it'],
  [/^tailscale(?:\d+|\+)$/, 'Tailscale: members of the network and those with whom it is shared'],
  [/^zt(?:[a-z\d]{8,13}|\d+|\+)$/, 'ZeroTier: members of the network'],
  [/^tun(?:\d+|\+)$/, 'a tunnel, mostly of a VPN: whoever it lets in'],
  [/^tap(?:\d+|\+)$/, 'a tunnel or a virtual machine'],
  [/^ppp(?:\d+|\+)$/, 'a provider (PPPoE), or whoever dials in'],
  [/^ipsec(?:\d+|\+)$/, 'an IPsec tunnel: its far ends'],
];

function byConvention(name: string): Role | null {
  const [, behind] = CUSTOMARY.find(([pattern]) => pattern.test(name)) ?? [];
  if (behind === undefined) return null;
  return { value: 'unknown', evidence: `by its name, behind it is ${behind}; a saved ruleset does not say` };
}

/**
 * The interfaces of the model.
 *
 * @param roles what is known of some of them, by name
 * @param elsewhere addresses that are not behind some of them, by name
 */
export function toInterfaces(
  names: InterfaceNames,
  roles: ReadonlyMap<string, Role>,
  elsewhere: ReadonlyMap<string, IpSet>,
): readonly Interface[] {
  return names.parts.map(({ pattern, location }) => {
    const notBehind = elsewhere.get(pattern) ?? IpSet.EMPTY;
    return {
      ...interfaceOf(pattern, roleOf(pattern, roles)),
      ...(notBehind.isEmpty() ? {} : { notBehind }),
      location,
    };
  });
}

function interfaceOf(name: string, role: Role): Omit<Interface, 'location'> {
  return {
    name,
    zone: null,
    // A bridge has several ports, and a router with one leg, or a tunnel's hub, sends back by where it came in.
    several: name !== 'lo' && role.value !== 'untrusted',
    loopback: name === 'lo',
    routingInstance: 'main',
    ipv4: { kind: 'none' },
    ipv6: { kind: 'none' },
    plane: 'data',
    enabled: true,
    gateways: [],
    role,
    managementFlags: [],
    comment: null,
  };
}

const LOOPBACK: Role = { value: 'trusted', evidence: 'the loopback device of the kernel' };
const UNKNOWN: Role = {
  value: 'unknown',
  evidence: 'a saved ruleset does not say who is behind an interface',
};
const CONTAINERS: Role = {
  value: 'public',
  evidence: 'its name is one that Docker gives: containers of the machine are behind it',
};
