/** The firewall of the kernel's namespaces, and whom it stands between. Nothing of it is ever outside them. */
export interface Layout {
  readonly family: 'ipv4' | 'ipv6';
  /** The firewall's own addresses with their networks, by interface. */
  readonly interfaces: Readonly<Record<string, readonly string[]>>;
  /** Networks and the gateways to them. */
  readonly routes: readonly (readonly [network: string, gateway: string])[];
  /** Who may send, by the interface behind which they stand. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Networks that rules speak of, from one address to all. */
  readonly networks: readonly string[];
  readonly ranges: readonly string[];
}

const IPV4: Layout = {
  family: 'ipv4',
  interfaces: {
    'eth-out': ['198.51.100.1/24', '198.51.100.2/24'],
    'eth-in': ['10.20.0.1/24'],
    'eth-dmz': ['192.0.2.1/24'],
  },
  routes: [
    ['0.0.0.0/0', '198.51.100.254'],
    ['172.16.0.0/16', '10.20.0.254'],
  ],
  hosts: {
    'eth-out': ['203.0.113.7', '203.0.113.8', '203.0.113.200', '198.51.100.77', '100.64.3.3'],
    'eth-in': ['10.20.0.5', '10.20.0.9', '172.16.3.3'],
    'eth-dmz': ['192.0.2.10', '192.0.2.200'],
  },
  networks: [
    ...['203.0.113.7', '203.0.113.8/29', '203.0.113.0/24', '198.51.100.0/24', '100.64.0.0/10', '10.20.0.5'],
    ...[
      '10.20.0.8/30',
      '10.20.0.0/24',
      '10.0.0.0/8',
      '172.16.3.3/32',
      '172.16.0.0/12',
      '192.0.2.10',
      '192.0.2.0/24',
    ],
    ...['198.51.100.1', '198.51.100.2', '10.20.0.1', '192.0.2.1', '0.0.0.0/1', '128.0.0.0/1', '0.0.0.0/0'],
  ],
  ranges: [
    ...['203.0.113.1-203.0.113.7', '203.0.113.8-203.0.113.255', '10.20.0.1-10.20.0.5', '10.0.0.0-172.16.3.3'],
    ...['192.0.2.10-198.51.100.1', '198.51.100.2-198.51.100.2', '100.64.3.3-203.0.113.7'],
  ],
};

const IPV6: Layout = {
  family: 'ipv6',
  interfaces: {
    'eth-out': ['2001:db8:1::1/64', '2001:db8:1::2/64'],
    'eth-in': ['fd00:20::1/64'],
    'eth-dmz': ['2001:db8:3::1/64'],
  },
  routes: [
    ['::/0', '2001:db8:1::fe'],
    ['fd00:30::/48', 'fd00:20::fe'],
  ],
  hosts: {
    'eth-out': ['2001:db8:99::7', '2001:db8:99::8', '2001:db8:99:1::c8', '2001:db8:1::77'],
    'eth-in': ['fd00:20::5', 'fd00:20::9', 'fd00:30::3'],
    'eth-dmz': ['2001:db8:3::10', '2001:db8:3::c8'],
  },
  networks: [
    ...[
      '2001:db8:99::7',
      '2001:db8:99::8/125',
      '2001:db8:99::/64',
      '2001:db8:99::/48',
      '2001:db8:1::/64',
      'fd00:20::5',
    ],
    ...['fd00:20::8/126', 'fd00:20::/64', 'fd00::/8', 'fd00:30::3/128', '2001:db8:3::10', '2001:db8:3::/64'],
    ...[
      '2001:db8:1::1',
      '2001:db8:1::2',
      'fd00:20::1',
      '2001:db8:3::1',
      '2001:db8::/32',
      '::/1',
      '8000::/1',
      '::/0',
    ],
  ],
  ranges: [
    ...['2001:db8:99::1-2001:db8:99::7', '2001:db8:99::8-2001:db8:99:ffff::', 'fd00:20::1-fd00:20::5'],
    ...['2001:db8:3::10-fd00:20::1', '2001:db8:1::2-2001:db8:1::2', '2001:db8:1::77-2001:db8:99::7'],
  ],
};

export const LAYOUTS = { ipv4: IPV4, ipv6: IPV6 } as const;

/** Ports that packets go to: few, so that rules and packets meet. */
export const PORTS: readonly number[] = [22, 53, 443, 1024, 8080];
/** Ports that they come from: none is a port that they go to, so that no packet answers another. */
export const SOURCE_PORTS: readonly number[] = [20, 123, 1023, 33000, 40000, 60999];
/** Ports and ranges that rules speak of, with bounds at and beside the ports of packets. */
export const PORT_RANGES: readonly string[] = [
  ...['22', '53', '443', '1024', '8080', '0:22', '23:52', '22:53', '54:443', '443:1023', '1024:65535'],
  ...['53:1024', '443:8080', '8081:65535'],
];
export const SOURCE_PORT_RANGES: readonly string[] = [
  '20',
  '123',
  '1024:65535',
  '0:1023',
  '33000:40000',
  '60999',
];

/** The addresses of the firewall itself. */
export function ownAddressesOf({ interfaces }: Layout): readonly string[] {
  return Object.values(interfaces).flatMap((cidrs) => cidrs.map((cidr) => cidr.replace(/\/.*/, '')));
}

export function allHosts({ hosts }: Layout): readonly string[] {
  return Object.values(hosts).flat();
}
