import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { listCases, readCase } from '../../../fixtures/encode.js';
import { cliText, restAnswers } from '../../../fixtures/printed.js';
import { analyse } from '../../../src/analysis/analyse.js';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { Parsed } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { IpSet } from '../../../src/sets/ip-set.js';
import { pack } from '../../support/run.js';
import { encodeText, only, percentEncode } from './exports.js';

/** The same appliance as settings export, as text of the command line and as answers of the REST API. */

type Pairs = ReturnType<typeof readCase>;

const ADMINISTRATION = new Set(
  pack.services.filter((service) => service.class === 'administration').map((service) => service.id),
);

function parse(files: Readonly<Record<string, string>>): Parsed {
  return sonicwall.parse(
    Object.entries(files).map(([file, text]) => ({ file, bytes: Buffer.from(text, 'utf8') })),
  );
}

function asExport(pairs: Pairs): Parsed {
  const text = pairs.map(([key, value]) => `${key}=${percentEncode(value)}&`).join('');
  return parse({ 'box/config.exp': encodeText(text) });
}

function asAnswers(pairs: Pairs): Parsed {
  const answers = Object.entries(restAnswers(pairs));
  return parse(
    Object.fromEntries(answers.map(([name, answer]) => [`box/${name}`, JSON.stringify(answer, null, 2)])),
  );
}

/** One line a door: where it comes in, what it reaches, and for whom. */
function doorsOf(device: FirewallConfig): readonly string[] {
  const doors = analyse(device, new Map()).reaches.map(({ entry, target, service, sources }) =>
    [
      entry.name,
      service.id,
      service.ports.join(),
      target.interfaces.join(),
      target.dynamic === null ? target.addresses.toCidrs().join() : 'dynamic',
      sources.toCidrs().join(),
    ].join(' | '),
  );
  return [...new Set(doors)].sort();
}

function administrationOf(doors: readonly string[]): readonly string[] {
  return doors.filter((door) => ADMINISTRATION.has(door.split(' | ')[1] ?? ''));
}

/** Whether one door lets in everybody whom another lets in, at the same place. */
function covers(wide: string, narrow: string): boolean {
  const [sources, wanted] = [wide, narrow].map((door) =>
    IpSet.of(...(door.split(' | ')[5] ?? '').split(',')),
  );
  const place = (door: string) => door.split(' | ').slice(0, 5).join();
  return (
    place(wide) === place(narrow) && sources !== undefined && wanted !== undefined && sources.contains(wanted)
  );
}

/** Files that are damaged on purpose, or hold what no other format can say. */
// The printed forms hold no route policies.
const SPECIAL = /uplink-in-(?:trusted|public)-zone|truncated|unknown|missing|secrets-and-escapes|pro-230/;
const cases = listCases().filter((name) => name.startsWith('sonicwall/') && !SPECIAL.test(name));
/**
 * Where the text of the command line cannot show it: somebody limited the source of an automatic rule, or
 * a rule stands above it, or below what the appliance left when a box was unticked.
 */
const WIDER =
  /automatic-rule-edited|automatic-source|gms|guest-management|weak-settings|custom-wan-zone|dynamic-wan|ipv6-tunnel|mobile-uplink|http-management|http-redirect-only|second-wan|private-source-on-wan|untrusted-guests|user-login-third-party|user-rule-shadowed/;

describe.each(cases)('%s', (folder) => {
  const pairs = readCase(folder);
  const wanted = doorsOf(only(asExport(pairs).devices));

  it('has the same doors in answers of the REST API', () => {
    const parsed = asAnswers(pairs);
    expect(doorsOf(only(parsed.devices))).toEqual(wanted);
    expect(parsed.diagnostics).toEqual([]);
  });

  it.each([
    ['6.5 and 7', false],
    ['6.2', true],
  ])('has the same doors in the text of %s, or wider ones where the text hides a source', (_, old) => {
    const parsed = parse({ 'box.log': cliText(pairs, { old }) });
    const doors = doorsOf(only(parsed.devices));
    if (WIDER.test(folder)) {
      for (const door of administrationOf(wanted))
        expect(doors.some((each) => covers(each, door))).toBe(true);
    } else expect(doors).toEqual(wanted);
    expect(parsed.limits.map(({ id }) => id)).toContain('sonicwall-cli-hides-automatic-rules');
    expect(parsed.diagnostics).toEqual([]);
  });
});

/** The shape of the text, not what it says: one case in five shows it. */
describe.each(cases.filter((_, at) => at % 5 === 0))('%s', (folder) => {
  it('reads the text the same without indentation, and out of a terminal', () => {
    const text = cliText(readCase(folder));
    const bare = text.replace(/^ +/gm, '');
    const lines = text.split('\n');
    const paged = lines
      .map((line, at) => (at % 24 === 23 ? `--MORE--\r        \r${line}` : line))
      .join('\r\n');
    const logged = `Copyright (c) 2017 SonicWall, Inc.\r\n\r\nadmin@00005E005350> show current-config\r\n${paged}\r\nadmin@00005E005350> exit\r\n`;
    const doors = (each: string) => doorsOf(only(parse({ 'box.log': each }).devices));
    const plain = doors(text);
    expect(doors(bare)).toEqual(plain);
    expect(doors(logged)).toEqual(plain);
  });
});

/** Servers of the clock and of names, and whether the clock asks any. */
function askedOf(device: FirewallConfig): readonly string[] {
  return device.settings
    .filter(({ name }) => ['dns-server', 'time-server', 'time-synchronised'].includes(name))
    .map(({ name, value }) => `${name} ${value}`)
    .sort();
}

describe.each(['sonicwall/servers-outside', 'sonicwall/clean'])('%s', (folder) => {
  it('asks the same servers for names and the time in every form', () => {
    const pairs = readCase(folder);
    const wanted = askedOf(only(asExport(pairs).devices));
    expect(wanted.length).toBe(folder.endsWith('clean') ? 1 : 7);
    expect(askedOf(only(asAnswers(pairs).devices))).toEqual(wanted);
    for (const text of [cliText(pairs), cliText(pairs).replace(/^ +/gm, '')]) {
      expect(askedOf(only(parse({ 'box.log': text }).devices))).toEqual(wanted);
    }
  });
});

describe('name servers of an uplink', () => {
  const uplink = `zone WAN
    security-type untrusted
    exit
interface X1
    ip-assignment WAN static
        ip 198.51.100.2
        netmask 255.255.255.248
        dns primary 203.0.113.53
        no dns secondary
        gateway 198.51.100.1
        exit
    exit
`;

  it('are asked where they are inherited, and not where somebody entered others', () => {
    const text = (more: string) =>
      `${cliText(readCase('sonicwall/clean')).split('\nzone ')[0]}\n${uplink}${more}`;
    const asked = (more: string) => askedOf(only(parse({ 'box.log': text(more) }).devices));
    expect(asked('dns server inherit\n')).toEqual(['dns-server 203.0.113.53']);
    expect(asked('dns server static\n    primary 203.0.113.54\n    exit\n')).toEqual([
      'dns-server 203.0.113.54',
    ]);
  });

  it('are each recognised in an answer of its own', () => {
    const answers = [
      { time: { ntp_server: [{ name: '203.0.113.69', no_auth: true }] } },
      { dns: { server: { inherit: true }, fqdn_binding: false } },
    ];
    for (const answer of answers) {
      const capture = { file: 'a.json', bytes: Buffer.from(JSON.stringify(answer), 'utf8') };
      expect(sonicwall.detect(capture)).toBeGreaterThan(0.5);
    }
  });
});
