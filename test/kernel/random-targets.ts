import { allHosts, type Layout, ownAddressesOf, PORTS } from './layout.js';
import type { Maker, Place } from './profile.js';
import type { Random } from './random.js';

/** What a rule does; some targets need a protocol among its options. */
export function randomTarget(maker: Maker, place: Place, options: readonly string[]): string {
  const { random, profile } = maker;
  const jumps = place.below.length > 0;
  const below = () => (jumps ? random.pick(place.below) : '');
  return random.weighted([
    ...finalTargets(maker, place, options),
    [jumps ? 20 : 0, () => `-j ${below()}`],
    [jumps ? 15 : 0, () => `-g ${below()}`],
    [10, () => '-j RETURN'],
    [3, () => random.pick(['-j LOG --log-prefix "seen: "', '-j NFLOG --nflog-group 5'])],
    [2, () => ''],
    [place.table === 'mangle' ? 15 : 0, () => random.pick(MARKS)],
    [profile.marks === true ? 40 : 0, () => marking(random, place)],
  ])();
}

const MARKS = [
  '-j MARK --set-xmark 0x1/0xffffffff',
  '-j CONNMARK --set-xmark 0x1/0xffffffff',
  '-j TOS --set-tos 0x10/0x3f',
  '-j DSCP --set-dscp 0x08',
];

/** Connections give their mark back in the table mangle alone. */
function marking(random: Random, { table }: Place): string {
  const given = [
    '0x1/0xffffffff',
    '0x2/0xffffffff',
    '0x3/0xffffffff',
    '0x1/0x1',
    '0x2/0x2',
    '0x1/0x3',
    '0x0/0x1',
  ];
  if (table !== 'mangle' || random.chance(75)) return `-j MARK --set-xmark ${random.pick(given)}`;
  return `-j CONNMARK ${random.pick(['--set-xmark 0x3/0x3', '--set-xmark 0x10/0xff', '--save-mark', '--restore-mark'])}`;
}

type Weighted = readonly [number, () => string];

function finalTargets(maker: Maker, place: Place, options: readonly string[]): readonly Weighted[] {
  const { random, profile, layout } = maker;
  const queues = ['-j NFQUEUE --queue-num 7', '-j NFQUEUE --queue-num 7 --queue-bypass'];
  const queue: Weighted = [profile.beyond ? 3 : 0, () => random.pick(queues)];
  switch (place.table) {
    case 'nat':
      if (place.chain === 'POSTROUTING') return [[80, () => sourceTarget(random, layout)]];
      return [
        [45, () => destinationTarget(maker, options)],
        [10, () => redirectTarget(random, options)],
        [8, () => '-j ACCEPT'],
      ];
    case 'raw':
      return [
        [15, () => '-j ACCEPT'],
        [20, () => '-j DROP'],
        [profile.beyond ? 30 : 0, () => '-j CT --notrack'],
        [4, () => random.pick(['-j CT --zone 7', '-j TRACE'])],
        queue,
      ];
    case 'filter':
      return [
        [30, () => '-j ACCEPT'],
        [18, () => '-j DROP'],
        [10, () => `-j REJECT${rejectWith(random, layout, options)}`],
        queue,
      ];
    default:
      return [[15, () => '-j ACCEPT'], [20, () => '-j DROP'], queue];
  }
}

function rejectWith(random: Random, { family }: Layout, options: readonly string[]): string {
  const plain = family === 'ipv4' ? 'icmp-host-prohibited' : 'icmp6-adm-prohibited';
  return random.pick([
    '',
    ` --reject-with ${plain}`,
    options.includes('-p tcp') ? ' --reject-with tcp-reset' : '',
  ]);
}

function withPorts(options: readonly string[]): boolean {
  return options.includes('-p tcp') || options.includes('-p udp');
}

function destinationTarget({ random, layout }: Maker, options: readonly string[]): string {
  const to = random.chance(80) ? random.pick(allHosts(layout)) : random.pick(ownAddressesOf(layout));
  const wrapped = layout.family === 'ipv4' ? to : `[${to}]`;
  const ports = withPorts(options);
  return random.weighted([
    [40, `-j DNAT --to-destination ${to}`],
    [ports ? 40 : 0, `-j DNAT --to-destination ${wrapped}:${random.pick(PORTS)}`],
    [ports ? 10 : 0, `-j DNAT --to-destination ${wrapped}:${random.pick(['53-443', '22-22', '443-8080'])}`],
    [ports ? 5 : 0, `-j DNAT --to-destination :${random.pick(PORTS)}`],
    [8, `-j DNAT --to-destination ${hostRange(random, layout)}`],
    [8, `-j NETMAP --to ${layout.family === 'ipv4' ? '10.20.0.0/24' : 'fd00:20::/64'}`],
  ]);
}

function sourceTarget(random: Random, layout: Layout): string {
  const to = random.pick(ownAddressesOf(layout));
  return random.pick(['-j MASQUERADE', `-j SNAT --to-source ${to}`, '-j ACCEPT']);
}

function hostRange(random: Random, { family }: Layout): string {
  return family === 'ipv4'
    ? random.pick(['10.20.0.5-10.20.0.9', '192.0.2.10-192.0.2.11'])
    : random.pick(['fd00:20::5-fd00:20::9', '2001:db8:3::10-2001:db8:3::11']);
}

function redirectTarget(random: Random, options: readonly string[]): string {
  if (!withPorts(options)) return '-j REDIRECT';
  return random.pick([
    '-j REDIRECT',
    `-j REDIRECT --to-ports ${random.pick(PORTS)}`,
    '-j REDIRECT --to-ports 53-443',
  ]);
}
