import type { Role } from '../../model/firewall-config.js';
import type { XmlElement } from '../shared/xml.js';
import { at, children, value, words } from './config-tree.js';
import type { InterfaceRow } from './interfaces.js';
import type { Reading } from './reading.js';

/** The ports of a bridge as the configuration names them, and the device that stands for it. */
interface Bridge {
  readonly device: string;
  /** Keys of interfaces, in lower case. */
  readonly members: ReadonlySet<string>;
}

function readBridges(root: XmlElement): readonly Bridge[] {
  return children(at(root, 'bridges'), 'bridged').map((element, index) => ({
    device: value(element, 'bridgeif') || `bridge ${index + 1}`,
    members: new Set(words(value(element, 'members').toLowerCase())),
  }));
}

/**
 * Where packets are filtered that cross a bridge: on its ports, on the bridge itself, or on both. pfSense filters on
 * ports alone, unless tunables say otherwise. if_bridge(4), PACKET FILTERING; pfSense documentation, Bridging.
 */
function filteredOn(root: XmlElement): { readonly ports: boolean; readonly bridge: boolean } {
  const items = [at(root, 'sysctl'), at(root, 'system', 'sysctl')].flatMap((each) => children(each, 'item'));
  const isOn = (tunable: string, otherwise: boolean): boolean => {
    const last = items.findLast((item) => value(item, 'tunable') === tunable);
    const text = last === undefined ? 'default' : value(last, 'value');
    return text === 'default' || text === '' ? otherwise : text !== '0';
  };
  return {
    ports: isOn('net.link.bridge.pfil_member', true),
    bridge: isOn('net.link.bridge.pfil_bridge', false),
  };
}

/** Interfaces with the bridge that they are a port of, or that they stand for. */
export function withBridges(
  { root }: Pick<Reading, 'root'>,
  rows: readonly InterfaceRow[],
): readonly InterfaceRow[] {
  const bridges = readBridges(root);
  if (bridges.length === 0) return rows;
  const filtered = filteredOn(root);
  const known = new Map<InterfaceRow, InterfaceRow>();
  for (const { device, members } of bridges) {
    const ports = rows.filter(({ key }) => members.has(key));
    const itself = rows.find((row) => value(row.element, 'if') === device);
    const bridge = itself?.interface.name ?? device;
    const roleOf = rolesIn(itself, ports, filtered.bridge);
    // With nothing assigned to it, a bridge that filters has no rules but floating ones.
    const open = !filtered.ports && !(filtered.bridge && itself !== undefined);
    for (const row of [...ports, ...(itself === undefined ? [] : [itself])]) {
      const made = { ...row, interface: { ...row.interface, bridge, role: roleOf(row) } };
      known.set(row, open && row !== itself ? { ...made, unfiltered: namesBeside(row, ports) } : made);
    }
  }
  return rows.map((row) => known.get(row) ?? row);
}

function namesBeside(row: InterfaceRow, ports: readonly InterfaceRow[]): readonly string[] {
  return ports.flatMap((port) => (port === row ? [] : [port.interface.name]));
}

/**
 * Who stands behind a bridge and its ports, which have no address of their own to tell it: nobody but who is behind the
 * bridge; and behind a bridge by which packets are filtered, whoever is behind one of its ports.
 */
function rolesIn(
  itself: InterfaceRow | undefined,
  ports: readonly InterfaceRow[],
  filtered: boolean,
): (row: InterfaceRow) => Role {
  const outside = ports.find(({ interface: port }) => port.role.value === 'untrusted');
  return (row) => {
    const { role } = row.interface;
    if (row === itself) {
      if (!filtered || outside === undefined) return role;
      return { value: 'untrusted', evidence: `a bridge, and ${outside.interface.name} is one of its ports` };
    }
    const known = itself?.interface.role.value === 'trusted' && outside === undefined;
    return role.value === 'unknown' && known
      ? { value: 'trusted', evidence: `a port of ${itself.interface.name}, which is` }
      : role;
  };
}
