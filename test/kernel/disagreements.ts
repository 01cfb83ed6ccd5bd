import type { Probe } from './lab.js';

/** A small ruleset over which fwaudit once said something else than the kernel. */
export interface Disagreement {
  readonly name: string;
  /** Tables with their lines, policies as `:CHAIN POLICY`. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly probes: readonly Probe[];
  /** The verdicts are certain, once the addresses are known. */
  readonly certain: boolean;
}

const SSH: Probe = {
  entry: 'eth-out',
  source: '203.0.113.7',
  destination: '198.51.100.1',
  protocol: 'tcp',
  sourcePort: 40000,
  port: 22,
};
const TO_HOST: Probe = { ...SSH, destination: '10.20.0.5' };
const BOTH: readonly Probe[] = [SSH, TO_HOST];

const DROP = [':INPUT DROP', ':FORWARD DROP'];

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: 'a packet through the appliance is no business of INPUT',
    tables: { filter: [':INPUT DROP', ':FORWARD ACCEPT'] },
    probes: BOTH,
    certain: true,
  },
  {
    name: 'what FORWARD drops does not arrive because INPUT accepts',
    tables: { filter: [':INPUT ACCEPT', ':FORWARD DROP'] },
    probes: BOTH,
    certain: true,
  },
  {
    name: 'interfaces that no rule names are several, and packets pass between them',
    tables: { filter: [':INPUT DROP', '-A FORWARD -i eth-dmz -j DROP'] },
    probes: [TO_HOST, { ...TO_HOST, entry: 'eth-dmz' }],
    certain: true,
  },
  {
    name: 'behind a goto that decides nothing the rule behind the last jump is next',
    tables: {
      filter: [':guard -', '-A INPUT -g guard', '-A INPUT -j DROP', '-A guard -p udp -j DROP'],
    },
    probes: BOTH,
    certain: true,
  },
  {
    name: 'a RETURN that may not happen leaves both ways open',
    tables: {
      filter: [
        ':guard -',
        '-A INPUT -j guard',
        '-A INPUT -j ACCEPT',
        '-A guard -m limit --limit 1000/sec --limit-burst 1000 -j RETURN',
        '-A guard -j DROP',
      ],
    },
    probes: [SSH],
    certain: false,
  },
  {
    name: 'a DROP that may not happen makes an ACCEPT uncertain',
    tables: { filter: ['-A INPUT -m recent --rcheck --name nobody -j DROP'] },
    probes: [SSH],
    certain: false,
  },
  {
    name: '-o is never true before the choice of a way, though the same chain is asked behind it',
    tables: {
      mangle: [':user -', '-A PREROUTING -j user', '-A FORWARD -p udp -j user', '-A user -o eth-in -j DROP'],
    },
    probes: [TO_HOST],
    certain: false,
  },
  {
    name: 'ACCEPT in nat leaves a packet as it is',
    tables: { nat: ['-A PREROUTING -p tcp -j ACCEPT', '-A PREROUTING -j DNAT --to-destination 192.0.2.10'] },
    probes: BOTH,
    certain: true,
  },
  {
    name: 'MASQUERADE without -o leaves destinations as they are',
    tables: { nat: ['-A POSTROUTING -j MASQUERADE'] },
    probes: BOTH,
    certain: true,
  },
  {
    name: 'REDIRECT leads to the appliance itself, whatever FORWARD says',
    tables: {
      filter: DROP.concat('-A INPUT -j ACCEPT'),
      nat: ['-A PREROUTING -p tcp -j REDIRECT --to-ports 22'],
    },
    probes: [TO_HOST, { ...TO_HOST, port: 8080 }],
    certain: false,
  },
  {
    name: 'what REDIRECT leads to itself is for the address of the interface it came in by',
    tables: {
      filter: DROP.concat('-A INPUT -d 198.51.100.1 -p tcp --dport 22 -j ACCEPT'),
      nat: ['-A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 22'],
    },
    probes: [{ ...TO_HOST, port: 8080 }],
    certain: false,
  },
  {
    name: 'DNAT to an address of the appliance is a way to itself',
    tables: {
      filter: DROP.concat('-A INPUT -p tcp --dport 22 -j ACCEPT'),
      nat: ['-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 198.51.100.1:22'],
    },
    probes: [SSH, { ...SSH, port: 8080 }, { ...TO_HOST, port: 8080 }],
    certain: true,
  },
  {
    name: 'DNAT to one of several addresses may lead to any of them',
    tables: { nat: ['-A PREROUTING -j DNAT --to-destination 10.20.0.5-10.20.0.9'] },
    probes: BOTH,
    certain: true,
  },
  {
    name: 'NETMAP leads to one address of the network',
    tables: { nat: ['-A PREROUTING -d 198.51.100.0/24 -j NETMAP --to 10.20.0.0/24'] },
    probes: [
      { ...SSH, destination: '198.51.100.77' },
      { ...SSH, destination: '198.51.100.5' },
    ],
    certain: false,
  },
  {
    name: 'what a RETURN takes out of a nat chain is not translated',
    tables: {
      nat: [
        ':guard -',
        '-A PREROUTING ! -d 198.51.100.0/24 -p udp -j RETURN',
        '-A PREROUTING -j guard',
        '-A guard -j DNAT --to-destination 192.0.2.10-192.0.2.11',
      ],
    },
    probes: [{ ...TO_HOST, protocol: 'udp' }, TO_HOST],
    certain: false,
  },
  {
    name: 'an ACCEPT in nat that may not be asked may still leave a packet as it is',
    tables: {
      nat: [
        ':guard -',
        '-A PREROUTING -j guard',
        '-A PREROUTING -j DNAT --to-destination 192.0.2.10',
        '-A guard -d 198.51.100.0/24 -p udp -j RETURN',
        '-A guard -j ACCEPT',
      ],
    },
    probes: [...BOTH, { ...SSH, protocol: 'udp' }],
    certain: false,
  },
  {
    name: 'what is not tracked is not translated',
    tables: {
      raw: ['-A PREROUTING -p tcp --dport 22 -j CT --notrack'],
      filter: [':INPUT ACCEPT', ':FORWARD DROP'],
      nat: ['-A PREROUTING -j DNAT --to-destination 10.20.0.5'],
    },
    probes: [SSH, { ...SSH, port: 80 }],
    certain: false,
  },
  {
    name: 'raw and mangle PREROUTING see a packet before it is translated',
    tables: {
      raw: ['-A PREROUTING -p tcp --dport 8080 -s 203.0.113.7 -j ACCEPT', '-A PREROUTING -j DROP'],
      nat: ['-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.20.0.5:22'],
    },
    probes: [{ ...SSH, port: 8080 }, { ...SSH, port: 8080, source: '203.0.113.8' }, TO_HOST],
    certain: true,
  },
  {
    name: 'a chain that is met before and behind translation sees in each place what packets are there',
    tables: {
      mangle: [
        ':guard -',
        '-A PREROUTING -j guard',
        '-A PREROUTING -j DROP',
        '-A FORWARD -j guard',
        '-A guard -d 198.51.100.1 -j ACCEPT',
      ],
      nat: ['-A PREROUTING -j DNAT --to-destination 10.20.0.5'],
    },
    probes: [SSH, { ...SSH, destination: '198.51.100.9' }],
    certain: true,
  },
];

export function textOf({ tables }: Disagreement): string {
  return Object.entries(tables)
    .map(([name, lines]) => [`*${name}`, ...lines, 'COMMIT', ''].join('\n'))
    .join('');
}
