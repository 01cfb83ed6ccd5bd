import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliText, restAnswers } from '../../../fixtures/printed.js';
import { analyse } from '../../../src/analysis/analyse.js';
import type { Parsed } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import type { IpSet } from '../../../src/sets/ip-set.js';
import { encodeText, only, type Pairs, pairsText, SMALL } from './exports.js';
import type { Plant } from './plant-parts.js';
import { DOORS, HARMLESS } from './plants.js';

/**
 * Every way to plant a door in an export, planted in the text of the command line and in answers of the REST API too:
 * what is a door in one of them is one in the others.
 */

/** Of each way, so many plants at most. */
const EACH = 3;

/** What neither printed form says, so far as is known, and why. */
const NOT_PRINTED = new Map([
  ['box of IPv6', 'where all of IPv6 is dropped is not known from printed forms'],
  ['box of an uplink in a trusted zone', 'route policies are not read from printed forms'],
  ['unit of a failover pair', 'printed.js prints no failover pair; printed.test.ts has it'],
  ['zone of a type that nobody knows', 'printed forms name types by words'],
]);

/** A door: where it comes in, what it reaches, and for whom. */
interface Door {
  readonly place: string;
  readonly sources: IpSet;
}

function parse(files: Readonly<Record<string, string>>): Parsed {
  return sonicwall.parse(
    Object.entries(files).map(([file, text]) => ({ file, bytes: Buffer.from(text, 'utf8') })),
  );
}

function doorsOf(parsed: Parsed): readonly Door[] {
  return analyse(only(parsed.devices), new Map()).reaches.map(({ entry, target, service, sources }) => {
    const at = target.dynamic === null ? target.addresses.toCidrs().join() : 'dynamic';
    return { place: [entry.name, service.id, service.ports.join(), at].join(' | '), sources };
  });
}

/** The doors that other doors do not cover. */
function missing(wanted: readonly Door[], found: readonly Door[]): readonly string[] {
  return wanted
    .filter(({ place, sources }) => !found.some((o) => o.place === place && o.sources.contains(sources)))
    .map(({ place, sources }) => `${place} | ${sources.toCidrs().join()}`);
}

/** The same appliance in every form. */
function formsOf(pairs: Pairs): Readonly<Record<'settings' | 'text' | 'stripped' | 'answers', Parsed>> {
  const all = Object.entries(pairs).map(([key, value]): [string, string] => [key, String(value)]);
  const text = cliText(all);
  const answers = Object.entries(restAnswers(all)).map(([name, answer]) => [
    `box/${name}`,
    JSON.stringify(answer, null, 1),
  ]);
  return {
    settings: parse({ 'box.exp': encodeText(pairsText(pairs)) }),
    text: parse({ 'box.log': text }),
    stripped: parse({ 'box.log': text.replace(/^ +/gm, '') }),
    answers: parse(Object.fromEntries(answers)),
  };
}

function someOfEach(plants: readonly Plant[]): readonly Plant[] {
  const counts = new Map<string, number>();
  return plants.filter(({ way }) => {
    const before = counts.get(way) ?? 0;
    counts.set(way, before + 1);
    return before < EACH && !NOT_PRINTED.has(way.replace(/^harmless twin of: /, ''));
  });
}

describe('something planted in every form', () => {
  const doors = someOfEach(fc.sample(DOORS, { numRuns: 3000, seed: 1 }));

  it('opens in printed forms what it opens in an export', { timeout: 120_000 }, () => {
    expect(new Set(doors.map(({ way }) => way)).size).toBe(135 - NOT_PRINTED.size);
    const wrong = doors.flatMap(({ way, pairs }) => {
      const { settings, ...printed } = formsOf({ ...SMALL, ...pairs });
      const wanted = doorsOf(settings);
      return Object.entries(printed).flatMap(([form, parsed]) =>
        missing(wanted, doorsOf(parsed)).map((door) => `${form}, ${way}: ${door}`),
      );
    });
    expect(wrong).toEqual([]);
  });

  it('opens nothing in answers that it does not open in an export', { timeout: 120_000 }, () => {
    const harmless = someOfEach(fc.sample(HARMLESS, { numRuns: 1500, seed: 1 }));
    const wrong = harmless.flatMap(({ way, pairs }) => {
      const { settings, answers } = formsOf({ ...SMALL, ...pairs });
      return missing(doorsOf(answers), doorsOf(settings)).map((door) => `${way}: ${door}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('what texts may print in more than one way', () => {
  const text = (more: string) =>
    parse({
      'box.log': `${cliText(Object.entries(SMALL).map(([key, value]) => [key, String(value)]))}\n${more}`,
    });
  const tunnels = (more: string) => only(text(more).devices).tunnels.map(({ name }) => name);

  it('is the L2TP server, at the top or in a block of tunnels, where it runs', () => {
    const body = '    ip-pool local 192.168.50.10 192.168.50.20\n    user-group Everyone\n    exit\n';
    expect(tunnels(`vpn l2tp-server\n${body}`)).toContain('L2TP server');
    expect(tunnels(`vpn\n    l2tp-server\n    ${body.replace(/\n {4}/g, '\n        ')}    exit\n`)).toContain(
      'L2TP server',
    );
    expect(tunnels('no vpn l2tp-server\n')).not.toContain('L2TP server');
    expect(tunnels('vpn\n    no l2tp-server\n    exit\n')).not.toContain('L2TP server');
  });

  it('is guest services, with a block of their own or not', () => {
    const role = (lines: string) =>
      only(text(`zone Visitors\n    security-type trusted\n${lines}    exit\n`).devices).zones.find(
        ({ name }) => name === 'Visitors',
      )?.role.value;
    expect(role('    guest-services\n')).toBe('public');
    expect(role('    guest-services\n        enable\n        exit\n')).toBe('public');
    expect(role('    guest-services\n        no enable\n        exit\n')).toBe('trusted');
    expect(role('    no guest-services\n')).toBe('trusted');
    expect(role('')).toBe('trusted');
  });
});
