import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, readConfiguration } from '../../../src/platforms/fortigate/syntax.js';
import { readCommand } from '../../../src/platforms/fortigate/tokens.js';
import { valuesOf } from '../../../src/platforms/fortigate/tree.js';
import { HEADER, parse } from './support.js';

function words(...lines: readonly string[]): readonly string[] {
  return readCommand(lines, 0).words;
}

function read(text: string) {
  return readConfiguration(text.split('\n'));
}

function counted(text: string): number {
  return read(text).tallies.reduce((sum, { count }) => sum + count, 0);
}

describe('words of a command', () => {
  it.each([
    ['    set ip 192.0.2.1 255.255.255.0', ['set', 'ip', '192.0.2.1', '255.255.255.0']],
    ['set member "a b"   "c"', ['set', 'member', 'a b', 'c']],
    [String.raw`set comment "say \"no\" \\ now"`, ['set', 'comment', String.raw`say "no" \ now`]],
    ['edit "new"_group1', ['edit', 'new_group1']],
    ["set comment 'two words' \"it's\"", ['set', 'comment', 'two words', "it's"]],
    ["set comment it's", ['set', 'comment', "it's"]],
    ['set comment ""', ['set', 'comment', '']],
    [String.raw`set name a\ b`, ['set', 'name', 'a b']],
    ['\tset\tname\tx', ['set', 'name', 'x']],
    ['', []],
  ])('%s', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it('go on over lines inside quotes', () => {
    const command = readCommand(['set buffer "<html>', '  edit 1', '</html>" x', 'end'], 0);
    expect(command).toEqual({
      words: ['set', 'buffer', '<html>\n  edit 1\n</html>', 'x'],
      next: 3,
      unclosed: false,
    });
  });

  it('end with their own line when nothing closes a quote', () => {
    expect(readCommand(['set name "x', 'next'], 0)).toMatchObject({ next: 1, unclosed: true });
  });
});

describe('the tree', () => {
  it('has tables, entries, settings and tables inside entries', () => {
    const { root } = read(
      [
        'config system interface',
        'edit "wan1"',
        'set ip 192.0.2.1 255.255.255.0',
        'config ipv6',
        'set ip6-allowaccess ping',
        'end',
        'next',
        'end',
      ].join('\n'),
    );
    const wan1 = root.tables.get('system interface')?.entries.get('wan1');
    expect(valuesOf(wan1, 'ip')).toEqual(['192.0.2.1', '255.255.255.0']);
    expect(wan1?.line).toBe(2);
    expect(wan1?.settings.get('ip')?.line).toBe(3);
    expect(valuesOf(wan1?.tables.get('ipv6'), 'ip6-allowaccess')).toEqual(['ping']);
  });

  it('comes back to a table and to an entry', () => {
    const { root } = read(
      'config firewall addrgrp\nedit g\nset member a\nnext\nend\nconfig firewall addrgrp\nedit g\nappend member b c\nunselect member a\nnext\nend',
    );
    expect(valuesOf(root.tables.get('firewall addrgrp')?.entries.get('g'), 'member')).toEqual(['b', 'c']);
  });

  it('empties, deletes, clones, renames and moves', () => {
    const { root } = read(
      [
        'config firewall policy',
        ...[1, 2, 3, 4].flatMap((id) => [`edit ${id}`, `set name n${id}`, 'next']),
        'edit 1',
        'unset name',
        'next',
        'delete 2',
        'clone 3 to 9',
        'rename 4 to 40',
        'move 9 before 1',
        'move 1 after 40',
        'move 7 after 1',
        'delete 77',
        'end',
      ].join('\n'),
    );
    const table = root.tables.get('firewall policy');
    expect([...(table?.entries.keys() ?? [])]).toEqual(['9', '3', '40', '1']);
    expect(table?.entries.get('1')?.settings.has('name')).toBe(false);
    expect(valuesOf(table?.entries.get('9'), 'name')).toEqual(['n3']);
  });

  it('renames what names an entry before, not after', () => {
    const { root } = read(
      [
        'config firewall address',
        'edit a',
        'next',
        'end',
        'config firewall policy',
        'edit 1',
        'set srcaddr a',
        'next',
        'end',
        'config firewall address',
        'rename a to b',
        'end',
        'config firewall policy',
        'edit 2',
        'set srcaddr a',
        'next',
        'end',
      ].join('\n'),
    );
    const policies = root.tables.get('firewall policy')?.entries;
    expect(valuesOf(policies?.get('1'), 'srcaddr')).toEqual(['b']);
    expect(valuesOf(policies?.get('2'), 'srcaddr')).toEqual(['a']);
  });

  it('numbers every `edit 0` anew', () => {
    const { root } = read('config firewall policy\nedit 0\nset name a\nnext\nedit 0\nset name b\nnext\nend');
    expect(root.tables.get('firewall policy')?.entries.size).toBe(2);
  });

  it('tells virtual domains apart', () => {
    const { global, vdoms } = read(
      [
        'config vdom',
        'edit root',
        'next',
        'edit b',
        'next',
        'end',
        'config global',
        'config system global',
        'set hostname x',
        'end',
        'end',
        'config vdom',
        'edit b',
        'config firewall policy',
        'edit 1',
        'next',
        'end',
        'end',
      ].join('\n'),
    );
    expect(global?.tables.has('system global')).toBe(true);
    expect([...vdoms.keys()]).toEqual(['root', 'b']);
    expect(vdoms.get('b')?.tables.get('firewall policy')?.entries.size).toBe(1);
  });

  it('is not confused by names that mean something elsewhere', () => {
    const { root } = read(
      'config firewall address\nedit "__proto__"\nset constructor x\nset toString y\nnext\nedit "constructor"\nnext\nend',
    );
    expect([...(root.tables.get('firewall address')?.entries.keys() ?? [])]).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('reads through the prompts and the pager of a terminal', () => {
    const { root, tallies } = read(
      'FW-1 # show firewall policy\nconfig firewall policy\n--More--         \r         edit 1\n        set name x\n    next\nend\n\nFW-1 (root) $ ',
    );
    expect(valuesOf(root.tables.get('firewall policy')?.entries.get('1'), 'name')).toEqual(['x']);
    expect(tallies.filter(({ kind }) => kind === 'stray')).toEqual([]);
  });
});

describe('damage', () => {
  it.each([
    ['config firewall policy\nedit 1\nset name x', 'truncated', true],
    ['config firewall policy\nedit 1\nset name "x\nnext\nend', 'truncated', true],
    ['config firewall address\nedit a\nconfig firewall policy\nedit 1\nnext\nend', 'malformed-value', true],
    ['config firewall policy\nedit 1\nset name a\nedit 2\nnext\nend', 'malformed-value', false],
    ['config firewall policy\nedit 1\nnext\nend\nfw (wan1) # append allowaccess https', 'unclassified', true],
    [
      'config firewall policy\nedit 1\nnext\nend\nfw (console) # set output standard',
      'unclassified',
      undefined,
    ],
  ])('%j', (text, code, incomplete) => {
    const found = parse(text).diagnostics.find((each) => each.code === code);
    expect(found?.incomplete).toBe(incomplete);
  });

  it('whatever is cut off still counts every line once', () => {
    const text = `${HEADER}\nconfig firewall policy\n    edit 1\n        set name "x y"\n        set comments "over\nlines"\n    next\nend\n`;
    fc.assert(
      fc.property(fc.nat(text.length), (at) => {
        const cut = text.slice(0, at);
        const lines = linesOf({ file: 'x', bytes: new TextEncoder().encode(cut) });
        expect(readConfiguration(lines).tallies.reduce((sum, { count }) => sum + count, 0)).toBe(
          lines.length,
        );
      }),
    );
  });

  it('any text is read, and every line counted once', () => {
    const piece = fc.constantFrom(
      'config',
      'edit',
      'set',
      'next',
      'end',
      'firewall policy',
      'vdom',
      'global',
      '"',
      "'",
      '\\',
      ' ',
      '\n',
      '0',
      'x',
      'append',
      'rename',
      'to',
      'move',
      'before',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join(' ');
        expect(counted(text)).toBe(text.split('\n').length);
        parse(text);
      }),
      { numRuns: 500 },
    );
  });

  it('does not go deeper than a file needs, nor slower', () => {
    const deep = 'config a\n'.repeat(20_000);
    const started = performance.now();
    expect(counted(deep.trimEnd())).toBe(20_000);
    parse(`config firewall addrgrp\n${'edit g\nappend member a\nnext\n'.repeat(20_000)}end\n`);
    parse(
      `config firewall policy\n${Array.from({ length: 3000 }, (_, id) => `edit ${id + 1}\nnext\nmove ${id + 1} before 1`).join('\n')}\nend\n`,
    );
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
