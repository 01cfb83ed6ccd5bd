import type { Interface, InterfaceAddress } from '../../model/firewall-config.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { withBridges } from './bridges.js';
import { at, child, children, isSet, label, locationOf, nameOf, value, words } from './config-tree.js';
import { defaultGateway, selectedGateways } from './gateways.js';
import type { Reading } from './reading.js';
import { roleOf, V6_DELEGATED } from './roles.js';
import type { DeviceAddresses } from './tunnel-addresses.js';
import { fixed, handedOut, tunnelAddresses } from './tunnel-addresses.js';
import type { VirtualAddress } from './virtual-addresses.js';
import { readVirtualAddresses } from './virtual-addresses.js';

/** An interface with what the rest of the configuration calls it. */
export interface InterfaceRow {
  /** `wan`, `lan`, `opt3`; `openvpn`, `enc0`, `wireguard`, `l2tp`, `pppoe` for what VPN clients come in by. */
  readonly key: string;
  readonly interface: Interface;
  readonly element: XmlElement;
  /** Groups whose rules are its rules too: interface groups, and the tab of its VPN. */
  readonly groups: readonly string[];
  /** Virtual addresses that stand on it. */
  readonly virtual: readonly VirtualAddress[];
  /** Other ports of its bridge, by name, to which packets cross without meeting a rule. Absent: none. */
  readonly unfiltered?: readonly string[];
}

/** Everything that has an address or that packets come in by. */
export interface InterfaceBook {
  readonly rows: readonly InterfaceRow[];
  /** Virtual addresses of the loopback, and of interfaces that are not in the file. */
  readonly detached: readonly VirtualAddress[];
  /** Every interface of the model: rows, then virtual addresses. */
  readonly all: readonly Interface[];
  /** Interface groups and VPN tabs, in lower case. */
  readonly groups: ReadonlySet<string>;
}

/** What clients or peers of one kind of VPN come in by, assigned to an interface or not. */
export interface VpnTab {
  /** What rules call it. */
  readonly key: string;
  /** The name of the element that configures it: `ipsec` for `enc0`. */
  readonly name: string;
  /** Own addresses inside the tunnels. */
  readonly cidrs: readonly string[];
  readonly enabled: boolean;
  readonly element: XmlElement;
  /** How it gets an address that the file does not hold; absent: it gets none. */
  readonly method?: string;
}

export function readInterfaces(reading: Reading, tabs: readonly VpnTab[]): InterfaceBook {
  const { root, file } = reading;
  const groups = readGroups(root);
  const configured = firstOfEachName(child(root, 'interfaces')?.children ?? []);
  const names = uniqueNames(configured, new Set(tabs.map((tab) => tab.name)));
  const devices = tunnelAddresses(root);
  const virtual = readVirtualAddresses(reading, new Set([...names.values(), ...tabs.map((tab) => tab.name)]));
  const separate = configured.map((element): InterfaceRow => {
    const key = nameOf(element);
    const device = devices.get(value(element, 'if'));
    const made = interfaceOf(reading, element, names.get(element) ?? key, device);
    const on = virtual.get(key) ?? [];
    return {
      key,
      element,
      interface: made,
      groups: groupsOf(key, tabOf(root, value(element, 'if')), groups),
      virtual: on,
    };
  });
  const rows = withBridges(reading, separate);
  const own = new Set(rows.flatMap((row) => hostsOf(row.interface)));
  const tabRows = tabs.map((tab) => tabRow(tab, groupsOf(tab.key, null, groups), own, file));
  const known = new Set(rows.map(({ key }) => key));
  const detached = [...virtual].flatMap(([key, found]) => (known.has(key) ? [] : found));
  const all = [
    ...[...rows, ...tabRows].map((row) => row.interface),
    ...[...rows.flatMap((row) => row.virtual), ...detached].map((each) => each.interface),
  ];
  return {
    rows: [...rows, ...tabRows],
    detached,
    all,
    groups: new Set([...groups.keys(), ...tabs.map((tab) => tab.key)]),
  };
}

/** pfSense refuses a file that names one interface twice; that is told elsewhere. */
function firstOfEachName(elements: readonly XmlElement[]): readonly XmlElement[] {
  const byName = new Map<string, XmlElement>();
  for (const element of elements) if (!byName.has(nameOf(element))) byName.set(nameOf(element), element);
  return [...byName.values()];
}

/** The description, as people know it, where it is there and nobody else's; else the key. */
function uniqueNames(
  elements: readonly XmlElement[],
  taken: ReadonlySet<string>,
): ReadonlyMap<XmlElement, string> {
  const keys = new Set(elements.map(nameOf));
  const count = new Map<string, number>();
  for (const element of elements) {
    const text = label(element, 'descr');
    count.set(text, (count.get(text) ?? 0) + 1);
  }
  return new Map(
    elements.map((element) => {
      const text = label(element, 'descr');
      const free = text !== '' && count.get(text) === 1 && !keys.has(text) && !taken.has(text);
      return [element, free ? text : nameOf(element)];
    }),
  );
}

function interfaceOf(
  reading: Reading,
  element: XmlElement,
  name: string,
  device: DeviceAddresses | undefined,
): Interface {
  const gateways = selectedGateways(reading.root, element);
  const ipv4 = addressOf(reading, element, V4, device?.ipv4);
  const ipv6 = addressOf(reading, element, V6, device?.ipv6);
  return {
    name,
    zone: null,
    routingInstance: 'main',
    ipv4,
    ipv6,
    plane: 'data',
    // Presence is what counts, as with every switch.
    enabled: isSet(element, 'enable'),
    gateways: gateways.flatMap(({ address }) => (address === null ? [] : [address])),
    role: roleOf(element, gateways, defaultGateway(reading.root, element), ipv4, ipv6),
    managementFlags: [],
    comment: label(element, 'descr') || null,
    location: locationOf(element, reading.file),
  };
}

/** How the address of one family is written. */
interface AddressFields {
  readonly address: string;
  readonly prefix: string;
  readonly widest: number;
  /** What stands in place of an address that is not in the file, and how people call it. */
  readonly methods: ReadonlyMap<string, string>;
}

const V4: AddressFields = {
  address: 'ipaddr',
  prefix: 'subnet',
  widest: 32,
  methods: new Map([
    ['dhcp', 'DHCP'],
    ['pppoe', 'PPPoE'],
    ['ppp', 'PPP'],
    ['pptp', 'PPTP'],
    ['l2tp', 'L2TP'],
  ]),
};

const V6: AddressFields = {
  address: 'ipaddrv6',
  prefix: 'subnetv6',
  widest: 128,
  methods: new Map([
    ['dhcp6', 'DHCPv6'],
    ['slaac', 'SLAAC'],
    ['track6', V6_DELEGATED],
    ['6rd', '6rd'],
    ['6to4', '6to4'],
  ]),
};

/** @param ofDevice what the device has by itself, where the interface holds no address */
function addressOf(
  { file, log }: Reading,
  element: XmlElement,
  fields: AddressFields,
  ofDevice: InterfaceAddress = { kind: 'none' },
): InterfaceAddress {
  const text = value(element, fields.address);
  if (text === '' || text === 'none') return ofDevice;
  const method = fields.methods.get(text.toLowerCase());
  if (method !== undefined) return { kind: 'dynamic', method, last: null };
  const location = locationOf(child(element, fields.address) ?? element, file);
  const wide = fields.widest === 128;
  if (text.includes(':') !== wide || parseIpSet(`${text}/${fields.widest}`) === null) {
    log.note('malformed-value', 'an interface has an address that cannot be read', location);
    return { kind: 'unknown', reason: 'its address cannot be read' };
  }
  const cidr = `${text}/${value(element, fields.prefix)}`;
  if (parseIpSet(cidr) !== null) return { kind: 'static', cidrs: [cidr] };
  log.note('missing-value', 'an interface has an address without a readable prefix length', location);
  return { kind: 'static', cidrs: [`${text}/${fields.widest}`] };
}

/** Interface groups with the keys of their members, in lower case. */
function readGroups(root: XmlElement): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    children(at(root, 'ifgroups'), 'ifgroupentry').map((entry) => [
      value(entry, 'ifname').toLowerCase(),
      new Set(words(value(entry, 'members').toLowerCase())),
    ]),
  );
}

/** The tab of a VPN is a group of every interface that is assigned to one of its tunnels. */
const TABS: readonly (readonly [RegExp, string])[] = [
  [/^ovpn[cs]\d/, 'openvpn'],
  [/^ipsec\d/, 'enc0'],
  [/^(?:tun_wg|wg)\d/, 'wireguard'],
  [/^tailscale\d/, 'tailscale'],
];

/** The tab whose rules are also those of an interface that is assigned to a device; null: none. */
function tabOf(root: XmlElement, device: string): string | null {
  const tab = TABS.find(([name]) => name.test(device))?.[1] ?? null;
  return tab === 'wireguard' && !groupsAssigned(root) ? null : tab;
}

/** "Interface Group Membership" of the WireGuard package: all tunnels, those without an interface alone, or none. */
function groupsAssigned(root: XmlElement): boolean {
  const membership = value(at(root, 'installedpackages', 'wireguard', 'config'), 'interface_group');
  return membership !== 'unassigned' && membership !== 'none';
}

function groupsOf(
  key: string,
  tab: string | null,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const named = [...groups].filter(([, members]) => members.has(key)).map(([name]) => name);
  return tab === null ? named : [tab, ...named];
}

function hostsOf({ ipv4, ipv6 }: Interface): readonly string[] {
  return [ipv4, ipv6].flatMap((address) => (address.kind === 'static' ? address.cidrs : [])).map(hostOf);
}

function hostOf(cidr: string): string {
  return cidr.replace(/\/.*/, '');
}

/** @param assigned addresses of interfaces, some of them assigned to tunnels: each address is one interface's */
function tabRow(
  tab: VpnTab,
  groups: readonly string[],
  assigned: ReadonlySet<string>,
  file: string,
): InterfaceRow {
  const { ipv4, ipv6 } =
    tab.method === undefined
      ? fixed(tab.cidrs.filter((cidr) => !assigned.has(hostOf(cidr))))
      : handedOut(tab.method);
  return {
    key: tab.key,
    element: tab.element,
    groups,
    virtual: [],
    interface: {
      name: tab.name,
      zone: null,
      routingInstance: 'main',
      ipv4,
      ipv6,
      plane: 'data',
      enabled: tab.enabled,
      gateways: [],
      role: { value: 'tunnel', evidence: 'what comes out of its tunnels' },
      managementFlags: [],
      comment: null,
      location: locationOf(tab.element, file),
    },
  };
}
