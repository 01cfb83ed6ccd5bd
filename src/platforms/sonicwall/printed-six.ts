import type { PrintedContext } from './printed-keys.js';
import type { ReadFamily } from './read-families.js';
import type { Statement, Word } from './statement.js';

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

export function putFlags(
  { book, sink }: PrintedContext,
  { body }: Statement,
  index: number,
  six: boolean,
): void {
  for (const [words, four, twin] of FLAGS) {
    const found = book.all(body, ...words).find((statement) => statement.words.length === words.length);
    if (found !== undefined) sink.put(six ? twin : four, index, found.negated ? '0' : '1', found.location);
  }
}

export function wordAfter(words: readonly string[], keyword: string): string | undefined {
  const at = words.indexOf(keyword);
  return at < 0 ? undefined : words[at + 1];
}

/** Settings of IPv6 other than addresses: an address by itself, and the switch of the whole family. */
const SIX_FLAGS = [
  ['stateless-address-autoconfig', 'iface_statless_autocfg_N', true],
  ['ipv6-traffic', 'iface_disable_v6traffic_N', false],
] as const;

/** Modes of an IPv6 address that are read; by others an interface gets one that the text does not hold. */
const MODES6: readonly string[] = ['static', 'dhcpv6', 'auto'];

/** The IPv6 settings of an interface stand in a block of their own. */
export function putSix(context: PrintedContext, block: Statement, name: string): void {
  const { book, sink } = context;
  const index = putSlot(context, block, name);
  const assigned = book.all(block.body, 'ip-assignment').filter(({ negated }) => !negated);
  const modes = new Set(assigned.flatMap(({ words }) => words));
  const found = putAddress6(context, index, block, [
    ...assigned.flatMap(({ body }) => body),
    ...nestedSix(assigned),
  ]);
  if (modes.has('dhcpv6')) sink.put('iface_dhcpc6_enable_N', index, 'on', block.location);
  for (const [word, family, on] of SIX_FLAGS) {
    if (book.flag(block.body, word) === on) sink.put(family, index, 'on', block.location);
  }
  if (modes.has('auto')) sink.put('iface_auto6_enable_N', index, 'on', block.location);
  const [other] = assigned;
  if (other !== undefined && !found && !MODES6.some((mode) => modes.has(mode)))
    sink.put('iface_type6_N', index, `mode ${other.words.at(-1)}`, other.location);
}

function putSlot(context: PrintedContext, block: Statement, name: string): number {
  const { sink } = context;
  const index = sink.next('iface6');
  sink.put('iface_name6_N', index, name, block.location);
  sink.put('iface_ifnum6_N', index, `six ${index}`, block.location);
  putFlags(context, block, index, true);
  return index;
}

/** Whether there is an address. */
function putAddress6(
  { book, sink }: PrintedContext,
  index: number,
  { location }: Statement,
  bodies: readonly Statement[],
): boolean {
  const address = book
    .all(bodies, 'ip')
    .find(({ negated, words }) => !negated && (words[1] ?? '').includes(':'));
  const [text = '', prefix] = (address?.words[1] ?? '').split('/');
  const length =
    prefix ?? book.word(bodies, 'prefix-length')?.text ?? wordAfter(address?.words ?? [], 'prefix-length');
  if (text !== '') sink.put('iface_static6_ip_N', index, text, address?.location ?? location);
  if (length !== undefined) sink.put('iface_static6_prefixlen_N', index, length, location);
  sink.putWord('iface_static6_gateway_N', index, book.word(bodies, 'gateway'));
  return text !== '';
}

function nestedSix(assigned: readonly Statement[]): readonly Statement[] {
  return assigned
    .filter(({ words }) => words.length > 3)
    .map((statement) => ({ ...statement, words: statement.words.slice(3) }));
}

/** `tunnel-interface vpn` is the interface of an IPsec policy; all others carry packets in clear text. */
export function isClearTunnelBlock({ words }: Statement): boolean {
  return words[0] === 'tunnel-interface' && words[1] !== 'vpn';
}

/**
 * `tunnel-interface ipv6 NAME` with its `zone`, its `type gre` (`manual`, `6to4`, `6rd`, `isatap`) and below that an
 * address and `remote ipv4-address` (SonicOS command line reference). No real text shows one. An answer about a tunnel of
 * the sort `4to6` names no zone, an interface that it is bound to, and its far end as `remote ipv6`.
 */
export function putClearTunnel(context: PrintedContext, block: Statement, name: string): void {
  const { book, sink } = context;
  const index = putSlot(context, block, name);
  sink.put('iface_tunnel_type_N', index, '1', block.location);
  const assigned = book.all(block.body, 'ip-assignment').filter(({ negated }) => !negated);
  const sorts = book.all(block.body, 'type');
  const bodies = [
    ...block.body,
    ...[...sorts, ...assigned].flatMap(({ body }) => body),
    ...sorts
      .filter(({ words }) => words.length > 2)
      .map((statement) => ({ ...statement, words: statement.words.slice(2) })),
    ...nestedSix(assigned),
  ];
  const zone =
    book.word(block.body, 'zone') ??
    book.word(block.body, 'ip-assignment', 'zone') ??
    book.word(block.body, 'ip-assignment') ??
    zoneOfBound(context, bodies);
  sink.putWord('interface_Zone6_N', index, zone);
  putAddress6(context, index, block, bodies);
  const end = bodies.find(
    ({ words, negated }) => !negated && /^remote-ipv[46](?:-address)?$/.test(words.slice(0, 2).join('-')),
  );
  if (end === undefined) return;
  book.all(block.body, ...end.words);
  sink.put('iface_tunnel_gre_dst_addr_N', index, end.words.at(-1) ?? '', end.location);
}

/** The zone of the interface that a tunnel without a zone of its own is bound to. */
function zoneOfBound({ sink }: PrintedContext, bodies: readonly Statement[]): Word | undefined {
  const bound = bodies.find(({ words }) => words[0] === 'bound-to');
  const entries = sink.entries();
  const named = entries.find(({ family, raw }) => family === 'iface_name_N' && raw === bound?.words.at(-1));
  const zone = entries.find(
    ({ family, index }) => family === 'interface_Zone_N' && named !== undefined && index === named.index,
  );
  return bound === undefined || zone === undefined ? undefined : { text: zone.raw, location: bound.location };
}
