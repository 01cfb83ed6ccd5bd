import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classify, classOf, coverageOf } from '../../../src/platforms/pfsense/keywords.js';
import { parseXml } from '../../../src/platforms/shared/xml.js';
import { config, parse, rule } from './build.js';

const folder = 'src/platforms/pfsense';
const table = readFileSync(`${folder}/keywords.tsv`, 'utf8').trimEnd().split('\n');
const rows = table
  .filter((line) => !line.startsWith('#'))
  .map((line) => line.split('\t') as [string, string, string, string]);
const sections = ['access-rules', 'objects', 'nat', 'interfaces', 'administration', 'vpn', 'other'];

describe('the table', () => {
  it('is sorted, and names each path once', () => {
    const paths = rows.map(([path]) => path);
    expect([...paths].sort((a, b) => (`${a}\t` < `${b}\t` ? -1 : 1))).toEqual(paths);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('has four fields, known classes and sections, and explained reasons', () => {
    const explained = new Set(table.flatMap((line) => /^# reason ([\w-]+): ./.exec(line)?.[1] ?? []));
    for (const row of rows) {
      expect(row).toHaveLength(4);
      const [, kind, section, reason] = row;
      expect(['read', 'ignored']).toContain(kind);
      expect(sections).toContain(section);
      expect(kind === 'read' ? reason === '-' : explained.has(reason)).toBe(true);
    }
    expect(new Set(rows.map(([, , , reason]) => reason).filter((reason) => reason !== '-'))).toEqual(
      explained,
    );
  });

  it('says read only of what the parser names', () => {
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'conformance.ts');
    const code = sources.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n');
    const secret = /pass(?:word|wd)?$|secret|community/;
    const parents = new Set(rows.map(([path]) => path.split('/').slice(0, -1).join('/')));
    const unnamed = rows
      .filter(([path, kind]) => kind === 'read' && !parents.has(path) && !path.endsWith('*'))
      .map(([path]) => path.split('/').at(-1) as string)
      .filter((name) => !code.includes(`'${name}'`) && !secret.test(name));
    expect(unnamed).toEqual([]);
  });

  it('knows no read element by another name', () => {
    for (const [path, kind] of rows) {
      const names = path.split('/');
      if (kind !== 'read' || names.at(-1) === '*') continue;
      const renamed = [...names.slice(0, -1), `zz${names.at(-1)}`];
      expect([path, classOf(renamed).kind]).toEqual([path, 'unknown']);
      expect([path, classOf(names).kind]).toEqual([path, 'read']);
    }
  });
});

describe('the class of an element', () => {
  it.each([
    ['filter/rule/type', 'read', 'access-rules'],
    ['filter/rule/tracker', 'ignored', 'access-rules'],
    ['filter/rule/newmatch', 'unknown', 'access-rules'],
    ['filter/newthing', 'unknown', 'access-rules'],
    ['interfaces/opt7/ipaddr', 'read', 'interfaces'],
    ['interfaces/opt7/adv_dhcp_config_advanced', 'ignored', 'interfaces'],
    ['dhcpd/lan/range/from', 'ignored', 'interfaces'],
    ['dhcpd', 'ignored', 'interfaces'],
    ['installedpackages/squidguardgeneral/config/x', 'ignored', 'administration'],
    ['installedpackages/neverheardof/config', 'unknown', 'administration'],
    ['zzfilter/rule', 'unknown', 'access-rules'],
    ['zzunbound', 'unknown', 'other'],
    ['constructor/toString', 'unknown', 'other'],
  ])('%s is %s, of %s', (path, kind, section) => {
    expect(classOf(path.split('/'))).toMatchObject({ kind, section });
  });
});

describe('coverage', () => {
  const of = (text: string) => parse(text).coverage[0];

  it('counts every line once', () => {
    const text = config({ filter: rule() });
    const found = of(text);
    expect((found?.read ?? 0) + (found?.ignored ?? 0)).toBe(text.split('\n').length - 1);
    expect(found?.unknown).toBe(0);
  });

  it('counts all lines of what is unknown, with the family and its section', () => {
    const text = config({ filter: '<newrules>\n<rule>\n<type>pass</type>\n</rule>\n</newrules>' });
    expect(of(text)).toMatchObject({
      unknown: 5,
      unknownFamilies: [
        { name: 'filter/newrules', count: 2, section: 'access-rules' },
        { name: 'filter/newrules/rule', count: 2, section: 'access-rules' },
        { name: 'filter/newrules/rule/type', count: 1, section: 'access-rules' },
      ],
    });
    expect(parse(text).diagnostics.map(({ code, incomplete }) => [code, incomplete])).toEqual([
      ['unclassified', true],
    ]);
  });

  it('takes the least known of the elements that start on one line', () => {
    expect(of(config({ filter: rule({ newmatch: 'x' }) }))?.unknown).toBe(1);
  });

  it('never names what people chose', () => {
    const interfaces = '<secretname>\n<newfield>1</newfield>\n</secretname>';
    expect(of(config({ interfaces }))?.unknownFamilies.map(({ name }) => name)).toEqual([
      'interfaces/*/newfield',
    ]);
  });

  it('gives the lines of a text that goes on to the element that it is of', () => {
    const result = parseXml('<pfsense>\n<cert>\n<crt>AAAA\nBBBB\nCCCC</crt>\n</cert>\n\n</pfsense>\n');
    if (!result.ok) throw new Error(result.message);
    const found = coverageOf('x', 8, classify(result.root));
    // pfsense, cert and their ends and the blank line are read; the three lines of the certificate are not.
    expect([found.read, found.ignored, found.unknown]).toEqual([5, 3, 0]);
  });
});
