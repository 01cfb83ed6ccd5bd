import type { Location } from '../../model/location.js';
import type { AddressContent, AddressMatch, AddressObject } from '../../model/objects.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import type { AliasBook } from './aliases.js';
import { child, isSet, locationOf, value } from './config-tree.js';
import type { InterfaceBook, InterfaceRow } from './interfaces.js';
import { LOOPBACK } from './loopback.js';
import { BOGONS, isBogons, systemAlias } from './system-aliases.js';
import type { VirtualAddress } from './virtual-addresses.js';

/** One side of a rule, and what could not be made sure of. */
export interface Side {
  readonly match: AddressMatch;
  readonly doubts: readonly string[];
}

const ANY: AddressMatch = { any: true, objects: [], negated: false };

/** Turns what rules say of addresses into matches, and keeps the built-in objects that they name. */
export class AddressBook {
  readonly #interfaces: InterfaceBook;
  readonly #aliases: AliasBook;
  readonly #file: string;
  readonly #rows: ReadonlyMap<string, InterfaceRow>;
  readonly #builtIn = new Map<string, AddressObject>();

  constructor(interfaces: InterfaceBook, aliases: AliasBook, file: string) {
    this.#interfaces = interfaces;
    this.#aliases = aliases;
    this.#file = file;
    this.#rows = new Map(interfaces.rows.map((row) => [row.key, row]));
  }

  /** Aliases, and the built-in objects that matches have named so far. */
  objects(): readonly AddressObject[] {
    return [...this.#aliases.objects, ...this.#builtIn.values()];
  }

  /** A `<source>` or `<destination>`. @param what `source`, for what is told of it */
  side(element: XmlElement | undefined, what: string): Side {
    const missing = [`its ${what} is not in the file: taken as any`];
    if (element === undefined) return { match: ANY, doubts: missing };
    const location = locationOf(element, this.#file);
    const any = { ...ANY, location };
    if (isSet(element, 'any')) return { match: any, doubts: [] };
    const from = value(element, 'network') === '' ? 'address' : 'network';
    const text = value(element, from);
    if (text === '') return { match: any, doubts: missing };
    const match = this.word(text, locationOf(child(element, from) ?? element, this.#file), from);
    if (!isSet(element, 'not')) return { match, doubts: [] };
    if (from === 'network' && this.#isSeveral(text)) {
      return { match: any, doubts: [`its ${what} excludes several networks: taken as any`] };
    }
    return { match: { ...match, negated: true }, doubts: [] };
  }

  /**
   * A side of a rule or a port forward, whose `<network>` names an interface or an alias: an address there gives an
   * empty text (`filter_generate_address`), and pfSense does not load the rule.
   * @param on the key of the rule's interface
   */
  filterSide(element: XmlElement | undefined, what: string, on: string): Side {
    if (isHostPortion(value(element, 'address')) && !isSet(element, 'any')) {
      return this.#behindPrefix(what, isSet(element, 'not') ? undefined : this.#single(on));
    }
    const side = this.side(element, what);
    if (parseIpSet(value(element, 'network')) === null) return side;
    return { ...side, doubts: [...side.doubts, `its ${what} is an address where a name has to be`] };
  }

  /**
   * `::20` stands for a host behind the prefix that the rule's own interface has, or is given
   * (`merge_ipv6_delegated_prefix`): it is taken as the whole network, or as anybody where that is not known.
   */
  #behindPrefix(what: string, row: InterfaceRow | undefined): Side {
    const doubts = [`its ${what} is a host behind a prefix that its interface has: taken as any host there`];
    if (row === undefined) return { match: ANY, doubts };
    return { match: { any: false, objects: [this.#subnets(row)], negated: false }, doubts };
  }

  /**
   * One word: an alias, an address, a network, an interface (`lan`, `lanip`), `(self)`. In a `<network>`
   * the name of an interface comes before an alias.
   */
  word(text: string, location: Location, from: 'network' | 'address' = 'address'): AddressMatch {
    if (text === 'any') return { ...ANY, location };
    const literal = parseIpSet(text);
    if (literal !== null) return { any: false, objects: [], literal, negated: false, location };
    const alias = this.#aliases.names.has(text) ? text : null;
    const known = this.#named(text.toLowerCase());
    const held = from === 'network' ? (known ?? alias) : (alias ?? known);
    const name = held ?? this.#ofSystem(text, location);
    // pfSense does not load a rule that names nothing; the engine tells of it and takes it as any.
    return { any: false, objects: [name ?? text], negated: false, location };
  }

  #ofSystem(name: string, location: Location): string | null {
    if (isBogons(name)) return BOGONS;
    const content = systemAlias(name);
    return content === null ? null : this.#implied(name, content, location);
  }

  /** Every address of one interface, virtual ones included. */
  everyAddressOf(row: InterfaceRow): AddressMatch {
    const objects = [this.#address(row), ...row.virtual.map((each) => this.#virtual(each))];
    return { any: false, objects, negated: false };
  }

  #named(key: string): string | null {
    if (key === '(self)' || key === 'self') return this.#self();
    const row = this.#single(key);
    if (row !== undefined) return this.#subnets(row);
    const addressed = this.#single(key.replace(/ip$/, ''));
    return addressed === undefined ? this.#group(key) : this.#address(addressed);
  }

  /** An interface that is no group: the tab of a VPN is one as soon as an interface is assigned to a tunnel. */
  #single(key: string): InterfaceRow | undefined {
    const members = this.#interfaces.rows.some((row) => row.groups.includes(key));
    return members ? undefined : this.#rows.get(key);
  }

  /** The subnets, or the addresses, of every interface in a group. */
  #group(key: string): string | null {
    const own = this.#interfaces.groups.has(key);
    const group = own ? key : key.replace(/ip$/, '');
    const members = this.#interfaces.rows.filter((row) => row.key === group || row.groups.includes(group));
    const [first] = members;
    if (first === undefined) return null;
    const names = members.map((row) => (own ? this.#subnets(row) : this.#address(row)));
    const label = `${group} ${own ? 'subnets' : 'addresses'}`;
    return this.#implied(label, { kind: 'group', members: names }, first.interface.location);
  }

  /**
   * Everything but the subnets of an interface that has several is one rule for each of them, and
   * together these rules match everything.
   */
  #isSeveral(text: string): boolean {
    const row = this.#rows.get(text.toLowerCase());
    return row !== undefined && networksBeside(row).length > 0;
  }

  /** An object that pfSense shows by this name and that no line of the file defines. */
  #implied(label: string, content: AddressContent, location: Location): string {
    let name = label;
    while (this.#aliases.names.has(name)) name = `${name} (built in)`;
    if (!this.#builtIn.has(name)) {
      this.#builtIn.set(name, { name, label, zone: null, content, origin: 'implied', location });
    }
    return name;
  }

  #address({ interface: iface }: InterfaceRow): string {
    const content = { kind: 'interface', interface: iface.name, part: 'address' } as const;
    return this.#implied(`${iface.name} address`, content, iface.location);
  }

  #virtual({ interface: iface }: VirtualAddress): string {
    const content = { kind: 'interface', interface: iface.name, part: 'address' } as const;
    return this.#implied(`${iface.name} virtual address`, content, iface.location);
  }

  /** The subnet of an interface, and those that its virtual addresses bring along. */
  #subnets(row: InterfaceRow): string {
    const { interface: iface } = row;
    const own = { kind: 'interface', interface: iface.name, part: 'subnet' } as const;
    const subnet = this.#implied(`${iface.name} subnet`, own, iface.location);
    const beside = networksBeside(row);
    if (beside.length === 0) return subnet;
    const networks = beside.map(({ interface: each, network }) =>
      this.#implied(`${each.name} network`, { kind: 'addresses', addresses: network }, each.location),
    );
    const members = [subnet, ...networks];
    return this.#implied(`${iface.name} subnets`, { kind: 'group', members }, iface.location);
  }

  #self(): string {
    const { rows, detached } = this.#interfaces;
    const top = rows[0]?.interface.location ?? { file: this.#file, line: 1 };
    const virtual = [...rows.flatMap((row) => row.virtual), ...detached];
    const members = [
      ...rows.map((row) => this.#address(row)),
      ...virtual.map((each) => this.#virtual(each)),
      this.#implied('loopback', { kind: 'addresses', addresses: LOOPBACK }, top),
    ];
    return this.#implied('This Firewall (self)', { kind: 'group', members }, top);
  }
}

function isHostPortion(text: string): boolean {
  return text.startsWith('::') && text !== '::/0';
}

/** Virtual addresses outside the interface's own subnet: inside it they bring no network (`filter_address_add_vips_subnets`). */
function networksBeside({ interface: { ipv4, ipv6 }, virtual }: InterfaceRow): readonly VirtualAddress[] {
  const cidrs = [ipv4, ipv6].flatMap((address) => (address.kind === 'static' ? address.cidrs : []));
  const own = IpSet.unionOf(cidrs.flatMap((cidr) => parseIpSet(cidr) ?? []));
  return virtual.filter(({ host }) => !own.contains(host));
}
