import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortSet, protocolName, ServiceSet } from '../../src/sets/index.js';
import { testLaws } from './laws.js';
import type { ServiceCell } from './services.js';
import { modelledServiceSets, SERVICE_CELLS } from './services.js';

function expectCells(set: ServiceSet, wanted: (cell: ServiceCell) => boolean): void {
  const held = SERVICE_CELLS.filter((cell) => set.overlaps(cell.set)).map(({ name }) => name);
  expect(held).toEqual(SERVICE_CELLS.filter(wanted).map(({ name }) => name));
  expect(SERVICE_CELLS.filter((cell) => set.contains(cell.set)).map(({ name }) => name)).toEqual(held);
}

describe('against a model', () => {
  it('unites, intersects, subtracts and complements', () => {
    fc.assert(
      fc.property(modelledServiceSets, modelledServiceSets, (a, b) => {
        expectCells(a.set, (cell) => a.cells.has(cell));
        expectCells(a.set.union(b.set), (cell) => a.cells.has(cell) || b.cells.has(cell));
        expectCells(a.set.intersect(b.set), (cell) => a.cells.has(cell) && b.cells.has(cell));
        expectCells(a.set.subtract(b.set), (cell) => a.cells.has(cell) && !b.cells.has(cell));
        expectCells(a.set.complement(), (cell) => !a.cells.has(cell));
      }),
    );
  });

  it('has a key of its own for every set', () => {
    fc.assert(
      fc.property(modelledServiceSets, modelledServiceSets, (a, b) => {
        const same = SERVICE_CELLS.every((cell) => a.cells.has(cell) === b.cells.has(cell));
        expect(a.set.equals(b.set)).toBe(same);
        expect(a.set.key() === b.set.key()).toBe(same);
      }),
    );
  });

  it('projects on protocols and ports', () => {
    fc.assert(
      fc.property(modelledServiceSets, ({ set, cells }) => {
        const held = [...cells].map(({ name }) => name.split(' '));
        const protocols = [...new Set(held.map(([protocol]) => Number(protocol)))].sort((a, b) => a - b);
        expect(set.protocols()).toEqual(protocols);
        for (const protocol of [6, 17, 132]) {
          const mine = held.filter(([name]) => name === `${protocol}`);
          const ports = (at: number): PortSet =>
            PortSet.of(...mine.map((words) => words[at]?.split(',').map(Number) as [number, number]));
          expect(set.destinationPorts(protocol).key()).toBe(ports(3).key());
          expect(set.sourcePorts(protocol).key()).toBe(ports(1).key());
        }
      }),
    );
  });

  it('prints what parse reads', () => {
    fc.assert(
      fc.property(modelledServiceSets, ({ set }) => {
        expect(ServiceSet.unionOf(set.toTexts().map(ServiceSet.parse)).key()).toBe(set.key());
      }),
    );
  });
});

describe('laws', () => {
  testLaws(
    modelledServiceSets.map(({ set }) => set),
    ServiceSet.EMPTY,
    ServiceSet.ALL,
  );
});

describe('of', () => {
  it('knows what a protocol has', () => {
    expect(ServiceSet.of(6, PortSet.of(443), PortSet.of([1024, 65_535])).toTexts()).toEqual([
      'tcp/443 from 1024-65535',
    ]);
    expect(ServiceSet.of(1, PortSet.of(8)).toTexts()).toEqual(['icmp/8']);
    expect(ServiceSet.of(1, PortSet.of([0, 255])).equals(ServiceSet.of(1))).toBe(true);
    expect(ServiceSet.of(1, PortSet.of(300)).isEmpty()).toBe(true);
    expect(ServiceSet.of(1, PortSet.of(8), PortSet.of(5)).toTexts()).toEqual(['icmp/8']);
    expect(ServiceSet.of(47, PortSet.of(443)).equals(ServiceSet.of(47))).toBe(true);
    expect(ServiceSet.of(47, PortSet.EMPTY).isEmpty()).toBe(true);
    expect(ServiceSet.of(6, PortSet.ALL, PortSet.EMPTY).isEmpty()).toBe(true);
  });

  it.each([-1, 256, 6.5, Number.NaN])('refuses protocol %s', (protocol) => {
    expect(() => ServiceSet.of(protocol)).toThrow(RangeError);
  });

  it('has no ports where the protocol has none', () => {
    const set = ServiceSet.parse('gre').union(ServiceSet.parse('icmp'));
    expect(set.protocols()).toEqual([1, 47]);
    expect(set.destinationPorts(47).isEmpty()).toBe(true);
    expect(set.destinationPorts(1).toRanges()).toEqual(['0-255']);
    expect(set.sourcePorts(1).isEmpty()).toBe(true);
  });
});

describe('text', () => {
  it.each([
    ['tcp/443', ['tcp/443']],
    ['udp/161-162', ['udp/161-162']],
    ['tcp/80,443,81', ['tcp/80-81', 'tcp/443']],
    ['tcp', ['tcp']],
    ['tcp/0-65535', ['tcp']],
    ['tcp from 53', ['tcp from 53']],
    ['udp/500,4500 from 500,4500', ['udp/500 from 500,4500', 'udp/4500 from 500,4500']],
    ['icmp', ['icmp']],
    ['icmp/8', ['icmp/8']],
    ['icmpv6/128-129', ['icmpv6/128-129']],
    ['47', ['gre']],
    ['esp', ['esp']],
    ['200', ['200']],
    ['7-9', ['7-9']],
    ['16-17', ['16', 'udp']],
    ['any', ['any']],
    ['0-255', ['any']],
  ])('reads and prints %s', (text, printed) => {
    expect(ServiceSet.parse(text).toTexts()).toEqual(printed);
    expect(JSON.stringify(ServiceSet.parse(text))).toBe(JSON.stringify(printed));
  });

  it('keeps what is left of everything short', () => {
    expect(ServiceSet.parse('tcp/22').complement().toTexts()).toEqual([
      '0-5',
      'tcp/0-21',
      'tcp/23-65535',
      '7-255',
    ]);
    expect(ServiceSet.EMPTY.toTexts()).toEqual([]);
  });

  it.each([
    '',
    'TCP/443',
    'tcp/',
    'tcp/65536',
    'tcp/99999999999999999999',
    'tcp/-1',
    'tcp/443-80',
    'tcp/0443',
    'tcp/443,',
    'tcp/443 ',
    'tcp / 443',
    'tcp/443 from',
    'tcp/443 from 70000',
    'tcp/a',
    'icmp/256',
    'icmp/8 from 1',
    'gre/5',
    'gre from 1',
    '6-17/443',
    '256',
    '06',
    '17-6',
    'any/443',
    'constructor',
    '__proto__',
    'tcp\n',
  ])('refuses %j', (text) => {
    expect(() => ServiceSet.parse(text)).toThrow(RangeError);
  });

  it('names protocols', () => {
    expect([1, 6, 17, 47, 50, 51, 58, 132, 200].map(protocolName)).toEqual([
      'icmp',
      'tcp',
      'udp',
      'gre',
      'esp',
      'ah',
      'icmpv6',
      'sctp',
      '200',
    ]);
  });
});
