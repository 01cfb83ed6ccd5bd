import { allHosts, ownAddressesOf, PORT_RANGES, PORTS, SOURCE_PORT_RANGES, SOURCE_PORTS } from './layout.js';
import type { Maker, Place } from './profile.js';
import type { Random } from './random.js';

/** Options that may stand together in one rule of a place. */
export function randomOptions(maker: Maker, place: Place): readonly string[] {
  const { random, profile } = maker;
  const options = [
    ...interfaceOptions(maker, place),
    ...(random.chance(40) ? [addressOption(maker, 's')] : []),
    ...(random.chance(place.table === 'nat' ? 60 : 35) ? [addressOption(maker, 'd')] : []),
    ...serviceOptions(maker, place),
    ...(place.table !== 'raw' && random.chance(12) ? [stateOption(random)] : []),
    ...(random.chance(5) ? ['-m comment --comment "said \\"here\\": -j ACCEPT"'] : []),
  ];
  if (profile.marks === true && random.chance(20)) return [...options, markOption(random)];
  return profile.beyond && random.chance(30) ? [...options, beyondOption(maker, place)] : options;
}

/** `iptables` takes no `-o` in INPUT and PREROUTING and no `-i` in POSTROUTING; in user chains it takes both. */
function interfaceOptions({ random, layout }: Maker, { chain, builtIn }: Place): readonly string[] {
  const names = [
    ...Object.keys(layout.interfaces),
    ...Object.keys(layout.interfaces),
    'eth-+',
    'eth-o+',
    'tun9',
    'lo',
  ];
  const not = () => (random.chance(25) ? '! ' : '');
  const leaves = !builtIn || chain === 'FORWARD' || chain === 'POSTROUTING';
  return [
    ...(chain !== 'POSTROUTING' && random.chance(25) ? [`${not()}-i ${random.pick(names)}`] : []),
    ...(leaves && random.chance(20) ? [`${not()}-o ${random.pick(names)}`] : []),
  ];
}

function addressOption({ random, layout, profile }: Maker, side: 's' | 'd'): string {
  const not = random.chance(25) ? '! ' : '';
  if (profile.beyond && layout.family === 'ipv4' && random.chance(5)) {
    return `${not}-${side} ${random.pick(['203.0.0.7/255.0.0.255', '0.0.0.1/0.0.0.1'])}`;
  }
  if (random.chance(80)) {
    const network = random.pick(layout.networks);
    // No kernel takes a rule for no address at all.
    return network.endsWith('/0') ? `-${side} ${network}` : `${not}-${side} ${network}`;
  }
  return `-m iprange ${not}--${side === 's' ? 'src' : 'dst'}-range ${random.pick(layout.ranges)}`;
}

function serviceOptions(maker: Maker, { table }: Place): readonly string[] {
  const { random, layout, sourcePorts } = maker;
  const icmp = layout.family === 'ipv4' ? 'icmp' : 'ipv6-icmp';
  if (table === 'nat' ? random.chance(15) : random.chance(35)) return [];
  if (random.chance(15))
    return [random.pick(['! -p udp', '! -p tcp', '-p all', '-p sctp', `-p ${icmp}`, '-p 6'])];
  const protocol = random.weighted([
    [60, 'tcp'],
    [40, 'udp'],
  ]);
  const ports = random.weighted([
    [50, () => [portOption(random, protocol, 'd')]],
    [sourcePorts ? 15 : 0, () => [portOption(random, protocol, 's')]],
    [sourcePorts ? 15 : 0, () => [portOption(random, protocol, 'd'), portOption(random, protocol, 's')]],
    [20, () => [multiportOption(maker)]],
    [10, () => []],
  ])();
  return [
    `-p ${protocol}`,
    ...ports,
    ...(protocol === 'tcp' && random.chance(12) ? [flagOption(random)] : []),
  ];
}

function portOption(random: Random, protocol: string, side: 's' | 'd'): string {
  const not = random.chance(25) ? '! ' : '';
  return `-m ${protocol} ${not}--${side}port ${random.pick(side === 'd' ? PORT_RANGES : SOURCE_PORT_RANGES)}`;
}

function multiportOption({ random, sourcePorts }: Maker): string {
  const not = random.chance(40) ? '! ' : '';
  const [side, ranges] = random.weighted([
    [60, ['dports', PORT_RANGES] as const],
    [sourcePorts ? 25 : 0, ['sports', SOURCE_PORT_RANGES] as const],
    [sourcePorts ? 25 : 0, ['ports', [...PORT_RANGES, ...SOURCE_PORT_RANGES]] as const],
  ]);
  return `-m multiport ${not}--${side} ${random.some(ranges, 4).join(',')}`;
}

function flagOption(random: Random): string {
  const flags = [
    '--syn',
    '! --syn',
    '--tcp-flags SYN,RST SYN',
    '--tcp-flags ALL NONE',
    '! --tcp-flags ACK ACK',
  ];
  return `-m tcp ${random.pick(flags)}`;
}

function stateOption(random: Random): string {
  const not = random.chance(20) ? '! ' : '';
  const states = random.pick([
    'NEW',
    'NEW',
    'ESTABLISHED',
    'RELATED,ESTABLISHED',
    'NEW,RELATED',
    'INVALID',
    'INVALID,NEW',
  ]);
  return random.chance(50) ? `-m conntrack ${not}--ctstate ${states}` : `-m state ${not}--state ${states}`;
}

function markOption(random: Random): string {
  const marks = [
    '--mark 0x1',
    '--mark 0x2',
    '--mark 0x3',
    '--mark 0x1/0x1',
    '--mark 0x2/0x2',
    '--mark 0x10/0xf0',
  ];
  return `-m mark ${random.pick([...marks, '--mark 0x0', '! --mark 0x1', '! --mark 0x0', '! --mark 0x0/0x2'])}`;
}

/** What the file does not decide, or decides only together with what stands elsewhere in it. */
function beyondOption(maker: Maker, place: Place): string {
  const { random } = maker;
  const not = () => (random.chance(30) ? '! ' : '');
  const { table, chain, builtIn } = place;
  // What a packet brought along on its way in is gone where it leaves.
  const comesIn = chain !== 'POSTROUTING' && (builtIn || table !== 'mangle');
  return random.pick([
    ...packetOptions(maker, not),
    ...(comesIn ? inboundOptions(random, not) : []),
    // raw stands before connection tracking.
    ...(table === 'raw' ? [] : trackedOptions(maker, not)),
  ]);
}

function packetOptions({ random, layout }: Maker, not: () => string): readonly string[] {
  const own = layout.family === 'ipv4' ? ipv4Options(not) : ['-m hl --hl-eq 64', '-m hl --hl-lt 10'];
  return [
    ...own,
    `-m addrtype ${not()}--dst-type LOCAL`,
    `-m addrtype ${not()}--src-type UNICAST`,
    `-m limit --limit ${random.pick(['1000/sec --limit-burst 1000', '1/min --limit-burst 2'])}`,
    `-m hashlimit --hashlimit-above 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name seen`,
    `-m mark ${not()}--mark 0x${random.pick(['0', '1'])}`,
    `-m connmark ${not()}--mark 0x1`,
    `-m length ${not()}--length ${random.pick(['0:100', '1000:1500'])}`,
    `-m pkttype ${not()}--pkt-type ${random.pick(['unicast', 'broadcast'])}`,
    `-m recent ${not()}--${random.pick(['set', 'rcheck', 'update'])} --name seen`,
    `-m statistic --mode nth --every 2 --packet 0`,
    `-m u32 ${not()}--u32 "0=0:0xffffffff"`,
    `-m time --timestart 00:00 --timestop 23:59`,
    `-m string --algo bm ${not()}--string never-in-a-probe`,
    `-m connlimit --connlimit-above ${random.pick(['0', '1000'])}`,
    `-m quota --quota ${random.pick(['0', '1000000'])}`,
    `-m cpu ${not()}--cpu 0`,
    `-m dscp ${not()}--dscp 0x00`,
    `-m tos ${not()}--tos 0x10/0x3f`,
    `-m helper ${not()}--helper ftp`,
    `-m connbytes ${not()}--connbytes 0:1000 --connbytes-dir both --connbytes-mode packets`,
  ];
}

function ipv4Options(not: () => string): readonly string[] {
  return ['-m ttl --ttl-eq 64', `${not()}-f`];
}

function inboundOptions(random: Random, not: () => string): readonly string[] {
  return [
    '-m policy --dir in --pol none',
    `-m devgroup ${not()}--src-group 0x0`,
    `-m mac ${not()}--mac-source 02:00:00:00:00:0${random.pick(['2', '3'])}`,
  ];
}

function trackedOptions({ random, layout }: Maker, not: () => string): readonly string[] {
  const own = random.pick(ownAddressesOf(layout));
  const host = random.pick(allHosts(layout));
  const states = ['DNAT', 'DNAT', 'UNTRACKED', 'SNAT', 'NEW,UNTRACKED', 'ESTABLISHED,DNAT', 'NEW,DNAT'];
  return [
    `${not()}--ctstate ${random.pick(states)}`,
    `${not()}--ctstate ${random.pick(states)}`,
    `${not()}--ctorigsrc ${host}`,
    `${not()}--ctorigdst ${random.pick([own, host])}`,
    `${not()}--ctreplsrc ${random.pick([own, host])}`,
    `${not()}--ctrepldst ${host}`,
    `${not()}--ctorigsrcport ${random.pick(SOURCE_PORTS)}`,
    `${not()}--ctorigdstport ${random.pick(PORTS)}`,
    `${not()}--ctreplsrcport ${random.pick(PORTS)}`,
    `${not()}--ctrepldstport ${random.pick(SOURCE_PORTS)}`,
    `${not()}--ctproto ${random.pick(['6', '17'])}`,
    `${not()}--ctstatus ${random.pick(['NONE', 'CONFIRMED', 'EXPECTED', 'SEEN_REPLY'])}`,
    `--ctdir ${random.pick(['ORIGINAL', 'REPLY'])}`,
  ].map((option) => `-m conntrack ${option}`);
}
