import type { PrintedContext } from './printed-keys.js';
import { isClearTunnelBlock, putClearTunnel, putFlags, putSix, wordAfter } from './printed-six.js';
import type { ReadFamily } from './read-families.js';
import { type Statement, startsWith, type Word } from './statement.js';

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

const MODES: ReadonlySet<string> = new Set(['static', 'transparent', ...BARE, ...DYNAMIC.keys()]);

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
  const seen = new Map<string, Statement>();
  for (const block of [...book.all(top, 'interface'), ...book.all(top, 'tunnel-interface')]) {
    const name = interfaceName(context, block);
    if (name === null) continue;
    const six = block.words[1] === 'ipv6' || isClearTunnelBlock(block);
    const before = seen.get(`${name} ${six}`);
    seen.set(`${name} ${six}`, block);
    if (before !== undefined) {
      if (!sameText(before, block)) putRepeated(context, block, name, six);
    } else if (isClearTunnelBlock(block)) putClearTunnel(context, block, name);
    else if (six) putSix(context, block, name);
    else {
      const index = sink.next('iface');
      numbers.set(name, index);
      assigned.push(putFour(context, index, block, name));
    }
  }
  for (const each of assigned) putBridge(context, each, numbers);
  putUnits(context, numbers);
  return numbers;
}

/** Addresses at which the units of a failover pair are administered, by family: the rank that a line begins with. */
const UNIT_ADDRESSES = {
  four: ['haIfNum_N', 'haIfIsMgmtAllowed_N', 'haPrimaryIp_N', 'haBackupIp_N'],
  six: ['haIfNumV6_N', 'haIfIsMgmtAllowedV6_N', 'haPrimaryIpV6_N', 'haBackupIpV6_N'],
} as const satisfies Record<string, readonly ReadFamily[]>;

/** `monitoring interface X0` in the block of high availability, with `allow-management` and `primary ADDRESS`. */
function putUnits({ book, sink, top }: PrintedContext, numbers: ReadonlyMap<string, number>): void {
  const pairs = top.filter(({ words }) => words[0] === 'high-availability').flatMap(({ body }) => body);
  for (const { words, negated, body, location } of book.all(pairs, 'monitoring')) {
    const number = numbers.get(book.word(body, 'name')?.text ?? words.at(-1) ?? '');
    if (negated || number === undefined || book.flag(body, 'allow-management') !== true) continue;
    const [numbered, allowed, primary, backup] = UNIT_ADDRESSES[words.includes('ipv6') ? 'six' : 'four'];
    const index = sink.next('haIf');
    sink.put(numbered, index, String(number), location);
    sink.put(allowed, index, 'on', location);
    sink.putWord(primary, index, book.word(body, 'primary') ?? book.word(body, 'primary-ip'));
    sink.putWord(backup, index, book.word(body, 'secondary') ?? book.word(body, 'secondary-ip'));
  }
}

function putFour(context: PrintedContext, index: number, block: Statement, name: string): Assigned {
  const { book, sink } = context;
  sink.put('iface_ifnum_N', index, String(index), block.location);
  sink.put('iface_name_N', index, name, block.location);
  sink.putWord('iface_comment_N', index, book.word(block.body, 'comment'));
  const down = book.flag(block.body, 'shutdown-port');
  if (down !== null) sink.put('iface_port_disabled_N', index, down ? '1' : '0', block.location);
  putFlags(context, block, index, false);
  const assignment = assignmentOf(context, block.body);
  putAssignment(context, index, block, assignment);
  return { index, block, assignment };
}

/** Two blocks of one name that say different things: the first counts, and the second is told as a repeated key is. */
function putRepeated({ sink }: PrintedContext, block: Statement, name: string, six: boolean): void {
  const index = sink.next(six ? 'iface6' : 'iface');
  sink.put('iface_name_N', index, name, block.location);
}

function sameText(first: Statement, second: Statement): boolean {
  const textOf = (block: Statement): string =>
    JSON.stringify(block, (key, value) => (key === 'location' ? undefined : value));
  return textOf(first) === textOf(second);
}

/**
 * `X1`, or `X2:V88` for a VLAN of X2, or `X2:T1` for a wireless tunnel through it; the CLI writes both behind the
 * keyword, the API in the body. Of a tunnel, the last word is its name: its sort stands before.
 */
function interfaceName({ book }: PrintedContext, { words, body }: Statement): string | null {
  const [head, first, second, third] = words;
  if (head === 'tunnel-interface') {
    return (words.length > 2 ? words.at(-1) : undefined) ?? book.word(body, 'name')?.text ?? null;
  }
  const family = first === 'ipv4' || first === 'ipv6';
  const written = family ? second : first;
  const name = written ?? book.word(body, 'name')?.text;
  if (name === undefined) return null;
  const inline = family ? undefined : second === 'vlan' ? third : undefined;
  const vlan = inline ?? book.word(body, 'vlan')?.text;
  const tunnel = (!family && second === 'tunnel' ? third : undefined) ?? book.word(body, 'tunnel')?.text;
  if (tunnel !== undefined && tunnel !== '0') return `${name}:T${tunnel}`;
  return vlan === undefined || vlan === '0' ? name : `${name}:V${vlan}`;
}

/** `ip-assignment WAN static` with a block below, or `zone` and `mode static ip …` nested. */
function assignmentOf({ book }: PrintedContext, body: readonly Statement[]): Assignment | null {
  const found = book.all(body, 'ip-assignment').filter(({ negated }) => !negated);
  const nested = found.filter(
    ({ words }) => startsWith(words, ['ip-assignment', 'mode']) && words.length > 2,
  );
  const zone = book.word(body, 'ip-assignment', 'zone')?.text;
  if (zone !== undefined && (nested.length > 0 || !MODES.has(zone))) {
    const mode = nested[0]?.words[2] ?? '';
    const inside = nested.map((statement) => ({ ...statement, words: statement.words.slice(3) }));
    return { zone, mode, body: inside };
  }
  const [block] = found;
  // A modem dials by a profile: a zone, and no mode.
  if (block === undefined || block.words.length < 2) return null;
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
  const wired = assignment?.mode === 'wire-mode';
  sink.put(wired ? 'iface_wire_mode_N' : 'iface_lan_l2_bridged_N', index, 'on', block.location);
  if (wired && settings.some(({ words }) => words.includes('secure')))
    sink.put('iface_wm_type_N', index, 'secure', block.location);
  if (other === undefined) return;
  book.all(settings, ...other.words);
  const tied = wired ? 'iface_wm_if_N' : 'iface_bridged_other_N';
  sink.put(tied, index, String(other.number), other.location);
}

const NAME_SERVERS = [
  ['primary', 'iface_static_dns1_N'],
  ['secondary', 'iface_static_dns2_N'],
  ['tertiary', 'iface_static_dns3_N'],
] as const;

function isAddress(word: Word | undefined): boolean {
  return word !== undefined && /\d/.test(word.text) && word.text !== '0.0.0.0';
}
