import fc from 'fast-check';
import { address, group, host, member, type Pairs } from './exports.js';

/** Something added to a clean export, and the checks that have to find it. */
export interface Plant {
  readonly way: string;
  readonly pairs: Pairs;
  /** Ids of checks, sorted. */
  readonly finds: readonly string[];
}

/** Indices far behind those of the clean export, so that nothing is overwritten. */
export const AT = 40;

/** Whom a door lets in: a name for the rule's source, the objects behind it, and whether it is everybody. */
export interface Source {
  readonly name: string;
  readonly pairs: Pairs;
  readonly anyone: boolean;
}

export const octet = fc.integer({ min: 1, max: 254 });
export const publicHost = octet.map((last) => `203.0.113.${last}`);

/** One address, a range, a network, a group of a group: always somebody else's public addresses. */
export const stranger: fc.Arbitrary<Source> = fc.oneof(
  publicHost.map((ip) => ({ name: 'p', pairs: host(AT, 'p', ip), anyone: false })),
  fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 101, max: 254 })).map(([first, last]) => ({
    name: 'p',
    pairs: address(AT, 'p', 2, `203.0.113.${first}`, `203.0.113.${last}`),
    anyone: false,
  })),
  fc.integer({ min: 0, max: 15 }).map((net) => ({
    name: 'p',
    pairs: address(AT, 'p', 4, `203.0.113.${net * 16}`, '255.255.255.240'),
    anyone: false,
  })),
  publicHost.map((ip) => ({
    name: 'outer',
    pairs: {
      ...host(AT, 'p', ip),
      ...group(AT + 1, 'inner'),
      ...group(AT + 2, 'outer'),
      ...member(AT, 'p', 'inner'),
      ...member(AT + 1, 'inner', 'outer'),
    },
    anyone: false,
  })),
);
export const anyone: fc.Arbitrary<Source> = fc.constant({ name: '', pairs: {}, anyone: true });

export const ownService = fc.constantFrom('HTTPS Management', 'SSH Management');
export const place = fc.integer({ min: 3, max: 39 });

export function own(way: string, pairs: Pairs, ...finds: readonly string[]): Plant {
  return { way, pairs, finds: [...finds].sort() };
}

/** The box of each service. */
export const FLAGS = new Map([
  ['HTTPS Management', 'https_mgmt'],
  ['SSH Management', 'ssh_mgmt'],
]);

/** Ports by which hosts are administered. */
export const hostPort = fc.constantFrom(22, 23, 3389, 5900, 5985);

/** Fields of a NAT policy, given without `natPolicy`. */
export function nat(index: number, fields: Pairs): Pairs {
  const all: Pairs = {
    OrigSrc: '',
    OrigDst: '',
    OrigSvc: '',
    TransSrc: '',
    TransDst: '',
    TransSvc: '',
    SrcIface: -1,
    DstIface: -1,
    Enabled: 1,
    NonDeletable: 0,
    Comment: '',
    Priority: index + 1,
    ...fields,
  };
  return Object.fromEntries(
    Object.entries(all).map(([field, value]) => [`natPolicy${field}_${index}`, value]),
  );
}
