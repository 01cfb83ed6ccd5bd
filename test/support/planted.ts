import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditReport, ReportExposure } from '../../src/model/audit-report.js';
import { SEVERITIES } from '../../src/model/check.js';
import type { Platform } from '../../src/platforms/platform.js';
import { auditCaptures, pack } from './run.js';
import { octet } from './strangers.js';

/**
 * Doors planted at random in a harmless configuration: each has to be found, and nothing beside it; its twin,
 * which differs by one thing and opens nothing, has to stay unsaid. More with FWAUDIT_FUZZ_RUNS, others with
 * FWAUDIT_FUZZ_SEED.
 */

/** Lines, elements or entries of a configuration, by the place where they stand. */
export type Parts = Readonly<Record<string, readonly string[]>>;

/** A door by one way, and what makes it none. */
export interface Planted {
  readonly parts: Parts;
  readonly twin: Parts;
  /** Ids of the checks that have to find it. */
  readonly finds: readonly string[];
  /** As `doorText` writes them; null: the checks say enough. */
  readonly doors: readonly string[] | null;
}

export interface Way {
  readonly name: string;
  readonly planted: fc.Arbitrary<Planted>;
}

/** What makes an appliance turn to a server, and the check that finds it there; inside it is harmless. */
export type Turn = readonly [name: string, check: string, parts: (server: string) => Parts];

export function turned(turns: readonly Turn[]): readonly Way[] {
  return turns.map(([name, check, parts]) => ({
    name,
    planted: octet.map((last) => ({
      parts: parts(`203.0.113.${last}`),
      twin: parts(`192.168.1.${last}`),
      finds: [check],
      doors: [],
    })),
  }));
}

/** What a platform brings: how its configurations are written, and the ways to plant a door in one. */
export interface Planter {
  readonly platform: Platform;
  /** The name of the file of the nth configuration. */
  readonly file: (n: number) => string;
  /** `name`: what the appliance is called. */
  readonly write: (parts: Parts, name: string) => string;
  /** A harmless configuration. */
  readonly base: Parts;
  /** Harmless things that may stand before and behind what is planted. */
  readonly surroundings: fc.Arbitrary<Parts>;
  readonly ways: readonly Way[];
}

/** How many doors are planted: as many as asked for, else the usual number. */
export function runsOr(usual: number): number {
  return Number(process.env.FWAUDIT_FUZZ_RUNS ?? usual);
}

export const SEED = Number(process.env.FWAUDIT_FUZZ_SEED ?? 20_261_122);

/** So many appliances are audited together: checks are compiled once for all of them. */
const TOGETHER = 100;

/** Checks that say more of a door which another reports: how wide it is, what makes it worse. */
const ASPECTS: ReadonlySet<string> = new Set([
  'FWA-ADM-006',
  'FWA-ADM-011',
  'FWA-ADM-014',
  'FWA-FWV-001',
  'FWA-RUL-001',
  'FWA-RUL-002',
]);

/** Checks of low severity whose cause is planted too. */
const LESSER: ReadonlySet<string> = new Set([
  'FWA-ADM-008',
  'FWA-CLD-005',
  'FWA-FWV-005',
  'FWA-IDN-001',
  'FWA-IDN-004',
  'FWA-NET-001',
  'FWA-NET-003',
  'FWA-NET-005',
  'FWA-NET-008',
  'FWA-PRV-001',
  'FWA-PRV-005',
  'FWA-SUP-002',
]);

const MEDIUM = SEVERITIES.indexOf('medium');

/** What a scan says of one configuration. */
export interface Answer {
  /** How many findings of weight each check has. */
  readonly checks: ReadonlyMap<string, number>;
  readonly doors: ReadonlySet<string>;
  /** Codes of what makes the scan incomplete. */
  readonly gaps: ReadonlySet<string>;
}

export interface Text {
  readonly file: string;
  readonly text: string;
}

/** Parts put together, place by place. */
export function together(...all: readonly Parts[]): Parts {
  const sum: Record<string, string[]> = {};
  for (const parts of all) {
    for (const [place, some] of Object.entries(parts)) {
      sum[place] ??= [];
      sum[place].push(...some);
    }
  }
  return sum;
}

/** A door as ways name it: `ssh from 203.0.113.7/32 to 192.168.1.20/32`, `ssh from anyone to self`. */
export function doorText(service: string, sources: readonly string[], target: string): string {
  return `${service} from ${[...sources].sort().join()} to ${target}`;
}

function doorOf({ service, sources, anyone, target }: ReportExposure): string {
  const to = target.kind === 'self' ? 'self' : target.addresses.join();
  return doorText(service.id, anyone ? ['anyone'] : sources, to);
}

function reportOn(platform: Platform, texts: readonly Text[]): AuditReport {
  const captures = texts.map(({ file, text }) => ({ file, bytes: Buffer.from(text, 'utf8') }));
  return auditCaptures(captures, { platforms: [platform] });
}

/** What a scan says of each of the texts, whose files have different names. */
export function answersTo(platform: Platform, texts: readonly Text[]): readonly Answer[] {
  const report = reportOn(platform, texts);
  const administers = new Set(
    pack.services.flatMap((service) => (service.class === 'administration' ? [service.id] : [])),
  );
  const fileOf = new Map(report.devices.map(({ id, file }) => [id, file]));
  return texts.map(({ file }) => {
    const ofFile = ({ device }: { readonly device: string | null }) =>
      device !== null && fileOf.get(device) === file;
    const findings = report.findings.filter(
      (each) =>
        ofFile(each) &&
        (SEVERITIES.indexOf(each.severity) >= MEDIUM || LESSER.has(each.check)) &&
        !ASPECTS.has(each.check),
    );
    const doors = report.exposures.filter(
      (each) => ofFile(each) && (each.thirdParty || each.anyone) && administers.has(each.service.id),
    );
    return {
      checks: counted(findings.map(({ check }) => check)),
      doors: new Set(doors.map(doorOf)),
      gaps: new Set(
        report.diagnostics.flatMap(({ code, incomplete, location }) =>
          incomplete && location?.file === file ? [code] : [],
        ),
      ),
    };
  });
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** What is told of one that is not told of the other: checks that find more, doors, gaps. */
export function newIn(answer: Answer, clean: Answer) {
  const added = (kind: 'doors' | 'gaps') => [...answer[kind]].filter((each) => !clean[kind].has(each)).sort();
  const more = [...answer.checks].filter(([check, count]) => count > (clean.checks.get(check) ?? 0));
  return { checks: more.map(([check]) => check).sort(), doors: added('doors'), gaps: added('gaps') };
}

interface Case {
  readonly way: string;
  readonly twin: boolean;
  readonly parts: Parts;
  readonly around: readonly [Parts, Parts];
  readonly finds: readonly string[];
  readonly doors: readonly string[] | null;
}

/** Every way equally often, each door beside its twin. */
function casesOf({ ways, surroundings }: Planter, runs: number): readonly Case[] {
  return ways.flatMap(({ name, planted }, n) =>
    fc
      .sample(fc.tuple(planted, surroundings, surroundings), {
        numRuns: Math.ceil(runs / ways.length),
        seed: SEED + n,
      })
      .flatMap(([{ parts, twin, finds, doors }, ...around]) => [
        { way: name, twin: false, parts, around, finds, doors },
        { way: name, twin: true, parts: twin, around, finds: [], doors: [] },
      ]),
  );
}

/** Cases that are not answered as they should be; what is told of the base does not count. */
function wrongOf(planter: Planter, runs: number): readonly unknown[] {
  const { platform, file, base } = planter;
  const text = (parts: Parts, n: number) => ({
    file: file(n),
    text: planter.write(parts, `box-${n}`),
  });
  const cases = casesOf(planter, runs);
  const wrong: unknown[] = [];
  for (let start = 0; start < cases.length; start += TOGETHER) {
    const some = cases.slice(start, start + TOGETHER);
    const [clean, ...answers] = answersTo(platform, [
      text(base, 0),
      ...some.map(({ parts, around }, n) => text(together(base, around[0], parts, around[1]), n + 1)),
    ]);
    some.forEach(({ way, twin, parts, around, finds, doors }, n) => {
      const answer = answers[n];
      if (answer === undefined || clean === undefined) throw new Error('a file without an answer');
      const found = newIn(answer, clean);
      const wanted = {
        checks: [...finds].sort(),
        doors: doors === null ? found.doors : [...doors].sort(),
        gaps: [],
      };
      if (JSON.stringify(found) !== JSON.stringify(wanted)) {
        wrong.push({ way, twin, wanted, found, parts, around });
      }
    });
  }
  return wrong;
}

/** The tests of a planter. */
export function plantedDoors(planter: Planter): void {
  const runs = runsOr(200);
  describe('a door planted in a clean configuration', () => {
    it(`is found and nothing beside it, its twin is not: ${runs} by ${planter.ways.length} ways`, {
      timeout: runs * 120 + 60_000,
    }, () => {
      expect(wrongOf(planter, runs).slice(0, 3)).toEqual([]);
    });
  });
}
