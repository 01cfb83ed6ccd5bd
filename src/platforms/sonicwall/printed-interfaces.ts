import type { PrintedContext } from './printed-keys.js';
import type { ReadFamily } from './read-families.js';
import { type Statement, startsWith, type Word } from './statement.js';

const FLAGS: readonly (readonly [readonly string[], ReadFamily, ReadFamily])[] = [
  [['management', 'https'], 'iface_https_mgmt_N', 'iface_https6_mgmt_N'],
  [['management', 'http'], 'iface_http_mgmt_N', 'iface_http6_mgmt_N'],
  [['management', 'ssh'], 'iface_ssh_mgmt_N', 'iface_ssh6_mgmt_N'],
  [['management', 'snmp'], 'iface_snmp_mgmt_N', 'iface_snmp6_mgmt_N'],
  [['management', 'ping'], 'iface_ping_mgmt_N', 'iface_ping6_mgmt_N'],
  [['user-login', 'https'], 'iface_https_usrLogin_N', 'iface_https6_usrLogin_N'],
  [['user-login', 'http'], 'iface_http_usrLogin_N', 'iface_http6_usrLogin_N'],
  [['https-redirect'], 'iface_http_redirect_rule_N', 'iface_http6_redirect_rule_N'],
];

/** Modes in which an interface has no address of its own. */
const BARE: ReadonlySet<string> = new Set([
  'portshield',
  'wire-mode',
  'tap-mode',
  'native-bridge',
  'layer2-bridge',
]);
/** Modes in which somebody else gives the address, with the type that an export writes. */
const DYNAMIC: ReadonlyMap<string, string> = new Map([
  ['dhcp', '2'],
  ['pppoe', '5'],
  ['l2tp', '3'],
  ['pptp', '4'],
]);

/** What is said about an interface's address in one family. */
interface Assignment {
  readonly zone: string;
  readonly mode: string;
  readonly body: readonly Statement[];
}

/** An interface that is printed, by its number. */
interface Assigned {
  readonly index: number;
  readonly block: Statement;
  readonly assignment: Assignment | null;
}

/** Numbers of interfaces by their name, as NAT policies need them. */
export function putInterfaces(context: PrintedContext): ReadonlyMap<string, number> {
  const { book, sink, top } = context;
  const numbers = new Map<string, number>();
  const assigned: Assigned[] = [];
  for (const block of book.all(top, 'interface')) {
    const name = interfaceName(context, block);
    if (name === null) continue;
    if (block.words[1] === 'ipv6') {
      putSix(context, block, name);
      continue;
    }
    if (numbers.has(name)) continue;
    const index = sink.next('iface');
    numbers.set(name, index);
    sink.put('iface_ifnum_N', index, String(index), block.location);
    sink.put('iface_name_N', index, name, block.location);
    sink.putWord('iface_comment_N', index, book.word(block.body, 'comment'));
    const down = book.flag(block.body, 'shutdown-port');
    if (down !== null) sink.put('iface_port_disabled_N', index, down ? '1' : '0', block.location);
    putFlags(context, block, index, false);
    const assignment = assignmentOf(context, block.body);
    putAssignment(context, index, block, assignment);
    assigned.push({ index, block, assignment });
  }
  for (const each of assigned) putBridge(context, each, numbers);
  return numbers;
}

/** `X1`, or `X2:V88` for a VLAN of X2; the CLI writes both behind the keyword, the API in the body. */
function interfaceName({ book }: PrintedContext, { words, body }: Statement): string | null {
  const [, first, second, third] = words;
  const family = first === 'ipv4' || first === 'ipv6';
  const written = family ? second : first;
  const name = written ?? book.word(body, 'name')?.text;
  if (name === undefined) return null;
  const inline = family ? undefined : second === 'vlan' ? third : undefined;
  const vlan = inline ?? book.word(body, 'vlan')?.text;
  return vlan === undefined || vlan === '0' ? name : `${name}:V${vlan}`;
}

function putFlags({ book, sink }: PrintedContext, { body }: Statement, index: number, six: boolean): void {
  for (const [words, four, twin] of FLAGS) {
    const found = book.all(body, ...words).find((statement) => statement.words.length === words.length);
    if (found !== undefined) sink.put(six ? twin : four, index, found.negated ? '0' : '1', found.location);
  }
}

/** `ip-assignment WAN static` with a block below, or `zone` and `mode static ip …` nested. */
function assignmentOf({ book }: PrintedContext, body: readonly Statement[]): Assignment | null {
  const found = book.all(body, 'ip-assignment').filter(({ negated }) => !negated);
  const nested = found.filter(
    ({ words }) => startsWith(words, ['ip-assignment', 'mode']) && words.length > 2,
  );
  const zone = book.word(body, 'ip-assignment', 'zone')?.text;
  if (zone !== undefined && nested.length > 0) {
    const mode = nested[0]?.words[2] ?? '';
    const inside = nested.map((statement) => ({ ...statement, words: statement.words.slice(3) }));
    return { zone, mode, body: inside };
  }
  const [block] = found;
  if (block === undefined || block.words.length < 3) return null;
  return { zone: block.words[1] ?? '', mode: block.words[2] ?? '', body: block.body };
}

function putAssignment(
  { book, sink, untrusted }: PrintedContext,
  index: number,
  block: Statement,
  assignment: Assignment | null,
): void {
  const { location } = block;
  sink.put('interface_Zone_N', index, assignment?.zone ?? '', location);
  if (assignment === null || BARE.has(assignment.mode)) {
    sink.put('iface_type_N', index, '0', location);
    return;
  }
  const { mode, body, zone } = assignment;
  const dynamic = DYNAMIC.get(mode);
  if (dynamic !== undefined) {
    sink.put('iface_type_N', index, dynamic, location);
    if (mode === 'dhcp') sink.put('iface_dhcp_enable_N', index, 'on', location);
    if (mode === 'l2tp') sink.put('iface_l2tp_enable_N', index, 'on', location);
    if (mode === 'pptp') sink.put('iface_pptp_enable_N', index, 'on', location);
    return;
  }
  const address = book.all(body, 'ip').find(({ negated }) => !negated);
  const ip = address?.words[1];
  const mask = book.word(body, 'netmask')?.text ?? wordAfter(address?.words ?? [], 'netmask');
  const gateway = book.word(body, 'gateway');
  const outer = untrusted.has(zone) || isAddress(gateway);
  const known = mode === 'static';
  sink.put('iface_type_N', index, known ? (outer ? '1' : '6') : `mode ${mode}`, location);
  if (ip === undefined) return;
  sink.put(outer ? 'iface_static_ip_N' : 'iface_lan_ip_N', index, ip, address?.location ?? location);
  sink.put(
    outer ? 'iface_static_mask_N' : 'iface_lan_mask_N',
    index,
    mask ?? '',
    address?.location ?? location,
  );
  if (isAddress(gateway)) sink.putWord('iface_static_gateway_N', index, gateway);
  if (known && outer) {
    for (const [rank, family] of NAME_SERVERS) sink.putWord(family, index, book.word(body, 'dns', rank));
  }
}

/** Modes in which an interface is bridged to another. */
const BRIDGED = ['layer2-bridge', 'native-bridge', 'wire-mode'];

/** An interface that is a port of a bridge. The other port is the interface that its settings name. */
function putBridge(
  { book, sink }: PrintedContext,
  { index, block, assignment }: Assigned,
  numbers: ReadonlyMap<string, number>,
): void {
  const inMode = assignment !== null && BRIDGED.includes(assignment.mode);
  const settings = [
    ...(inMode ? [...book.all(block.body, 'ip-assignment'), ...assignment.body] : []),
    ...book.all(block.body, 'native-bridge'),
  ];
  const [other] = settings.flatMap(({ words, negated, location }) => {
    const named = negated ? [] : words.flatMap((word) => numbers.get(word) ?? []);
    return named.filter((number) => number !== index).map((number) => ({ number, words, location }));
  });
  if (!inMode && other === undefined) return;
  sink.put('iface_lan_l2_bridged_N', index, 'on', block.location);
  if (other === undefined) return;
  book.all(settings, ...other.words);
  sink.put('iface_bridged_other_N', index, String(other.number), other.location);
}

const NAME_SERVERS = [
  ['primary', 'iface_static_dns1_N'],
  ['secondary', 'iface_static_dns2_N'],
  ['tertiary', 'iface_static_dns3_N'],
] as const;

function isAddress(word: Word | undefined): boolean {
  return word !== undefined && /\d/.test(word.text) && word.text !== '0.0.0.0';
}

function wordAfter(words: readonly string[], keyword: string): string | undefined {
  const at = words.indexOf(keyword);
  return at < 0 ? undefined : words[at + 1];
}

/** The IPv6 settings of an interface stand in a block of their own. */
/** An address by itself, and the switch of the whole family. */
const SIX_FLAGS = [
  ['stateless-address-autoconfig', 'iface_statless_autocfg_N', true],
  ['ipv6-traffic', 'iface_disable_v6traffic_N', false],
] as const;

function putSix(context: PrintedContext, block: Statement, name: string): void {
  const { book, sink } = context;
  const index = sink.next('iface6');
  sink.put('iface_name6_N', index, name, block.location);
  sink.put('iface_ifnum6_N', index, `six ${index}`, block.location);
  putFlags(context, block, index, true);
  const assigned = book.all(block.body, 'ip-assignment').filter(({ negated }) => !negated);
  const bodies = [...assigned.flatMap(({ body }) => body), ...nestedSix(assigned)];
  const modes = new Set(assigned.flatMap(({ words }) => words));
  const address = book
    .all(bodies, 'ip')
    .find(({ negated, words }) => !negated && (words[1] ?? '').includes(':'));
  const [text = '', prefix] = (address?.words[1] ?? '').split('/');
  const length =
    prefix ?? book.word(bodies, 'prefix-length')?.text ?? wordAfter(address?.words ?? [], 'prefix-length');
  if (text !== '') sink.put('iface_static6_ip_N', index, text, address?.location ?? block.location);
  if (length !== undefined) sink.put('iface_static6_prefixlen_N', index, length, block.location);
  sink.putWord('iface_static6_gateway_N', index, book.word(bodies, 'gateway'));
  if (modes.has('dhcpv6')) sink.put('iface_dhcpc6_enable_N', index, 'on', block.location);
  for (const [word, family, on] of SIX_FLAGS) {
    if (book.flag(block.body, word) === on) sink.put(family, index, 'on', block.location);
  }
  if (modes.has('auto')) sink.put('iface_auto6_enable_N', index, 'on', block.location);
}

function nestedSix(assigned: readonly Statement[]): readonly Statement[] {
  return assigned
    .filter(({ words }) => words.length > 3)
    .map((statement) => ({ ...statement, words: statement.words.slice(3) }));
}
