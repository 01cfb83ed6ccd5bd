import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyAttribute, classifyTable, guessSection } from '../../../src/platforms/fortigate/keywords.js';
import { HEADER, parse } from './support.js';

function coverage(text: string) {
  const [found] = parse(text).coverage;
  if (found === undefined) throw new Error('no coverage');
  return found;
}

describe('keywords.tsv', () => {
  const text = readFileSync('src/platforms/fortigate/keywords.tsv', 'utf8');
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const reasons = new Set([...text.matchAll(/^# reason ([a-z-]+): \S/gm)].map(([, name]) => name));

  it.each(rows.map((row, index) => ({ row, line: index + 1 })))('row $line is well formed', ({ row }) => {
    const [path = '', names = '', kind = '', section = '', reason = '', ...more] = row.split('\t');
    expect(more).toEqual([]);
    expect(path).toMatch(/^[a-z0-9A-Z][\w+. -]*(?:\/[\w-]+)*$/);
    expect(names).toMatch(/^(?:\*|[\w-]+(?: [\w-]+)*)$/);
    expect(['access-rules', 'objects', 'nat', 'interfaces', 'administration', 'vpn', 'other']).toContain(
      section,
    );
    if (kind === 'read') expect(reason).toBe('-');
    else expect([kind, reasons.has(reason)]).toEqual(['ignored', true]);
  });

  it('is sorted, and says nothing twice', () => {
    const seen = new Set<string>();
    for (const row of rows) {
      const [path = '', names = ''] = row.split('\t');
      for (const name of names.split(' ')) {
        expect(seen.has(`${path}\t${name}`)).toBe(false);
        seen.add(`${path}\t${name}`);
      }
    }
    const paths = rows.map((row) => row.split('\t')[0] ?? '');
    expect(paths).toEqual([...paths].sort());
  });

  it('gives every reason a use', () => {
    for (const reason of reasons) expect(rows.some((row) => row.endsWith(`\t${reason}`))).toBe(true);
  });
});

describe('classes', () => {
  it.each([
    ['firewall policy', 'srcaddr', 'read'],
    ['firewall policy', 'av-profile', 'ignored'],
    ['firewall policy', 'admit-nobody-knows', 'unknown'],
    ['system interface/ipv6', 'ip6-allowaccess', 'read'],
    ['system interface/ipv6/ip6-prefix-list', 'anything', 'ignored'],
    ['webfilter profile/ftgd-wf/filters', 'anything', 'ignored'],
    ['system replacemsg mail email-block', 'buffer', 'ignored'],
    ['system brand-new', 'x', 'unknown'],
    ['router bgp/neighbor', 'anything', 'ignored'],
    ['router static', 'admit-nobody-knows', 'unknown'],
    ['system interface/brand-new', 'x', 'unknown'],
  ])('%s, %s: %s', (path, attribute, kind) => {
    expect(classifyAttribute(path, attribute).kind).toBe(kind);
  });

  it.each([
    ['firewall brand-new', 'access-rules'],
    ['firewall vip99', 'nat'],
    ['firewall address99', 'objects'],
    ['system admin-new', 'administration'],
    ['system interface', 'interfaces'],
    ['vpn brand-new', 'vpn'],
    ['webfilter x', 'other'],
  ])('%s is of %s', (path, section) => {
    expect(guessSection(path)).toBe(section);
  });

  it('a table that holds something read is read', () => {
    expect(classifyTable('system interface/ipv6').kind).toBe('read');
    expect(classifyTable('system sdwan').kind).toBe('read');
    expect(classifyTable('webfilter profile').kind).toBe('ignored');
    expect(classifyTable('nothing known').kind).toBe('unknown');
  });
});

describe('lines', () => {
  it('of a value over several lines are as many', () => {
    const text = `${HEADER}\nconfig system replacemsg admin "x"\n    set buffer "a\nb\nc"\nend\n`;
    expect(coverage(text)).toMatchObject({ unit: 'lines', read: 1, ignored: 5, unknown: 0 });
  });

  it('of a table that nobody knows are unknown, all of them', () => {
    const text = `${HEADER}\nconfig firewall brand-new\n    edit 1\n        set a b\n    next\nend\n`;
    const found = coverage(text);
    expect(found).toMatchObject({ read: 1, unknown: 5 });
    expect(found.unknownFamilies).toMatchObject([
      { name: 'config firewall brand-new', count: 5, section: 'access-rules', location: { line: 2 } },
    ]);
  });

  it('a table whose name is changed is unknown, with all that stands in it', () => {
    const text = `${HEADER}\nconfig firewall policy\n    edit 1\n        set action accept\n    next\nend\n`;
    expect(coverage(text.replace('firewall policy', 'firewall zzpolicy')).unknown).toBe(5);
    expect(coverage(text.replace('edit', 'zzedit')).unknown).toBeGreaterThan(0);
  });

  it('name tables and attributes, nothing else', () => {
    const text = `${HEADER}\nconfig firewall policy\n    edit 1\n        set "se cret" x\n        what secret\n    next\nend\n`;
    expect(coverage(text).unknownFamilies.map(({ name }) => name)).toEqual([
      'firewall policy: no command',
      'firewall policy: …',
    ]);
  });
});
