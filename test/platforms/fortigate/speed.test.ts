import { expect, it } from 'vitest';
import { HEADER, parse } from './support.js';

/** A backup with as many policies, as many addresses and groups of eight. */
function backup(size: number): string {
  const lines = [HEADER, 'config firewall address'];
  for (let i = 0; i < size; i += 1) {
    lines.push(
      `    edit "a${i}"`,
      '        set uuid 0',
      `        set subnet 10.${(i >> 8) & 255}.${i & 255}.0 255.255.255.0`,
      '    next',
    );
  }
  lines.push('end', 'config firewall addrgrp');
  for (let i = 0; i < size / 10; i += 1) {
    const members = Array.from({ length: 8 }, (_, k) => `"a${(i * 7 + k * 13) % size}"`);
    lines.push(`    edit "g${i}"`, `        set member ${members.join(' ')}`, '    next');
  }
  lines.push('end', 'config firewall policy');
  for (let i = 1; i <= size; i += 1) {
    lines.push(
      `    edit ${i}`,
      `        set name "rule ${i}"`,
      '        set srcintf "port1"',
      '        set dstintf "port2"',
    );
    lines.push(
      `        set action ${i % 3 === 0 ? 'deny' : 'accept'}`,
      `        set srcaddr "${i % 10 === 0 ? `g${i % (size / 10)}` : `a${i % size}`}"`,
    );
    lines.push(
      `        set dstaddr "${i % 20 === 0 ? 'all' : `a${(i * 17) % size}`}"`,
      '        set schedule "always"',
      '        set service "HTTPS"',
      '        set logtraffic all',
      '    next',
    );
  }
  return [...lines, 'end', ''].join('\n');
}

/** The best of three: other work on the machine only ever adds. */
function milliseconds(text: string): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const started = performance.now();
      parse(text);
      return performance.now() - started;
    }),
  );
}

it('reads 10,000 policies in bounded time', () => {
  const text = backup(10_000);
  const { devices } = parse(text);
  const rules = devices[0]?.policies.flatMap((policy) => policy.rules) ?? [];
  expect(rules.filter(({ origin }) => origin === 'user')).toHaveLength(10_000);
  // An idle machine takes less than half a second; the benchmark watches that.
  expect(milliseconds(text)).toBeLessThan(5000);
}, 60_000);
