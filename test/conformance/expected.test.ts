import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditReport, ReportExposure } from '../../src/model/audit-report.js';
import { formats } from '../../src/report/index.js';
import { auditFiles, fixtureCases, pack, registerOf } from '../support/run.js';

/** Every fixture gives what an engineer would answer: `expected.json`, written by hand. */

interface ExpectedDoor {
  readonly entry: string;
  readonly interface: string;
  readonly service: string;
  readonly sources: readonly string[] | 'anyone';
  readonly party: string;
  readonly status: string;
  readonly rule: string;
  readonly target?: readonly string[] | 'dynamic';
  readonly remainder?: readonly string[];
  readonly named?: readonly (readonly string[])[] | readonly unknown[];
}

interface ExpectedRun {
  readonly register: string | null;
  readonly at: string;
  readonly exit: number;
  readonly complete: boolean;
  readonly doors: readonly ExpectedDoor[];
  readonly otherDoors: readonly { readonly service: string; readonly interface: string }[];
  readonly dormant: readonly { readonly rule: string; readonly reasons: readonly string[] }[];
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly status: string;
    readonly rule?: string;
    readonly subject?: string;
  }[];
  readonly notIn: readonly string[];
  readonly explanations?: readonly { readonly id: string; readonly status: string }[];
}

const administration = new Set(
  pack.services.filter((service) => service.class === 'administration').map((service) => service.id),
);

function ruleKeys(exposure: Pick<ReportExposure, 'path'>): readonly string[] {
  return exposure.path
    .filter((step) => step.part === 'rule')
    .map((step) => step.location.key ?? `${step.location.line}`);
}

function sorted<T>(values: readonly T[]): readonly T[] {
  return [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function doorsOf(report: AuditReport, wanted: readonly ExpectedDoor[]): readonly unknown[] {
  return report.exposures
    .filter((exposure) => exposure.target.kind === 'self' && administration.has(exposure.service.id))
    .map((exposure) => {
      const like = wanted.find(
        (each) =>
          each.service === exposure.service.id &&
          each.interface === exposure.target.interfaces[0] &&
          ruleKeys(exposure).includes(each.rule) &&
          each.party === exposure.party,
      );
      return {
        entry: exposure.entry.name,
        interface: exposure.target.interfaces[0],
        service: exposure.service.id,
        sources: exposure.anyone ? 'anyone' : exposure.sources,
        party: exposure.party,
        status: exposure.status,
        rule: like?.rule ?? ruleKeys(exposure)[0],
        ...(like?.target === undefined
          ? {}
          : {
              target: exposure.target.dynamic === null ? exposure.target.addresses : 'dynamic',
            }),
        ...(like?.remainder === undefined ? {} : { remainder: exposure.remainder }),
      };
    });
}

function otherDoorsOf(report: AuditReport): readonly unknown[] {
  const others = report.exposures
    .filter((exposure) => exposure.target.kind === 'self' && !administration.has(exposure.service.id))
    .map((exposure) =>
      JSON.stringify({ service: exposure.service.id, interface: exposure.target.interfaces[0] }),
    );
  return [...new Set(others)].map((each) => JSON.parse(each) as unknown);
}

function dormantOf(report: AuditReport): readonly unknown[] {
  const doors = report.dormant
    .filter((door) => administration.has(door.service.id))
    .map((door) => JSON.stringify({ rule: ruleKeys(door)[0], reasons: sorted(door.reasons) }));
  return [...new Set(doors)].map((each) => JSON.parse(each) as unknown);
}

function findingsOf(report: AuditReport, wanted: ExpectedRun['findings']): readonly unknown[] {
  return report.findings.map(({ check, severity, status, locations, subject }) => {
    const like = wanted.find(
      (each) =>
        each.check === check &&
        (each.rule === undefined || locations.some((location) => location.key === each.rule)) &&
        (each.subject === undefined || each.subject === subject),
    );
    return {
      check,
      severity,
      status,
      ...(like?.rule === undefined ? {} : { rule: like.rule }),
      ...(like?.subject === undefined ? {} : { subject: like.subject }),
    };
  });
}

describe.each(fixtureCases())('$platform $name', ({ folder, configs }) => {
  const { runs } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    runs: readonly ExpectedRun[];
  };

  it.each(runs)('with register $register on $at', (run) => {
    const report = auditFiles(configs, { register: registerOf(folder, run.register), at: run.at });
    expect(sorted(doorsOf(report, run.doors))).toEqual(
      sorted(
        run.doors.map(
          ({ entry, interface: iface, service, sources, party, status, rule, target, remainder }) => ({
            entry,
            interface: iface,
            service,
            sources,
            party,
            status,
            rule,
            ...(target === undefined ? {} : { target }),
            ...(remainder === undefined ? {} : { remainder }),
          }),
        ),
      ),
    );
    expect(sorted(otherDoorsOf(report))).toEqual(sorted(run.otherDoors));
    expect(sorted(dormantOf(report))).toEqual(
      sorted(run.dormant.map(({ rule, reasons }) => ({ rule, reasons: sorted(reasons) }))),
    );
    expect(sorted(findingsOf(report, run.findings))).toEqual(sorted(run.findings));
    if (run.explanations !== undefined) {
      expect(report.explanations.map(({ id, status }) => ({ id, status }))).toEqual(run.explanations);
    }
    expect({ exit: report.summary.exitCode, complete: report.summary.complete }).toEqual({
      exit: run.exit,
      complete: run.complete,
    });
  });

  it('shows no secret in any format', () => {
    for (const run of runs) {
      const report = auditFiles(configs, { register: registerOf(folder, run.register), at: run.at });
      for (const format of formats) {
        const text = format.render(report, { width: 100, colour: true, verbosity: 2, unicode: true });
        for (const secret of run.notIn) expect(text).not.toContain(secret);
      }
    }
  });
});
