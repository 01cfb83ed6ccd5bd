import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditReport, ReportExposure } from '../../src/model/audit-report.js';
import { formats } from '../../src/report/index.js';
import type { Expected, ExpectedDoor, ExpectedRun } from '../fixtures/expected.js';
import { auditFiles, fixtureCases, pack, registerOf } from '../support/run.js';

/** Every fixture gives what an engineer would answer: `expected.json`, written by hand. */

const administration = new Set(
  pack.services.filter((service) => service.class === 'administration').map((service) => service.id),
);

function ruleKeys(exposure: Pick<ReportExposure, 'path'>): readonly string[] {
  return exposure.path
    .filter((step) => step.part === 'rule')
    .map((step) => step.location.key ?? `${step.location.line}`);
}

/** In one order, whatever the order of lists and of fields. */
function sorted<T>(values: readonly T[]): readonly T[] {
  const text = (value: T) =>
    JSON.stringify(typeof value === 'object' ? Object.entries(value ?? {}).sort() : value);
  return [...values].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

/** Of a wide set, who it stands for. */
function sourcesOf({ anyone, party, domain, sources }: ReportExposure): readonly string[] | string {
  if (domain !== null) return domain;
  if (anyone) return 'anyone';
  const any = sources.some((cidr) => Number(cidr.split('/')[1]) < 8);
  return party === 'zone-hosts' && any ? 'zone' : sources;
}

function doorsOf(report: AuditReport, wanted: readonly ExpectedDoor[]): readonly unknown[] {
  return report.exposures
    .filter((exposure) => exposure.target.kind === 'self' && administration.has(exposure.service.id))
    .map((exposure) => {
      const like = wanted.find(
        (each) =>
          each.service === exposure.service.id &&
          each.interface === (exposure.target.interfaces[0] ?? exposure.entry.name) &&
          ruleKeys(exposure).includes(each.rule) &&
          each.party === exposure.party,
      );
      return {
        entry: exposure.entry.name,
        interface: exposure.target.interfaces[0] ?? exposure.entry.name,
        service: exposure.service.id,
        sources: sourcesOf(exposure),
        party: exposure.party,
        status: exposure.status,
        rule: like?.rule ?? ruleKeys(exposure)[0],
        target: exposure.target.dynamic === null ? exposure.target.addresses : 'dynamic',
        ...(like?.ports === undefined ? {} : { ports: exposure.service.ports }),
        ...(like?.remainder === undefined ? {} : { remainder: exposure.remainder }),
        ...(like?.named === undefined ? {} : { named: exposure.named }),
      };
    });
}

function hostDoorsOf(report: AuditReport): readonly unknown[] {
  return report.exposures
    .filter((exposure) => exposure.target.kind === 'host')
    .map((exposure) => ({
      service: exposure.service.id,
      address: exposure.target.addresses.join(' '),
      sources: sourcesOf(exposure),
      party: exposure.party,
      status: exposure.status,
      rule: ruleKeys(exposure)[0],
    }));
}

function otherDoorsOf(report: AuditReport): readonly unknown[] {
  const others = report.exposures
    .filter(({ target, service }) => target.kind === 'self' && !administration.has(service.id))
    .filter(({ entry }) => entry.peers === undefined)
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
  const named = new Set(wanted.map(({ check }) => check));
  const compared = report.findings.filter(
    ({ check, severity }) => named.has(check) || (severity !== 'low' && severity !== 'info'),
  );
  return compared.map(({ check, severity, status, locations, subject }) => {
    const like = wanted.find(
      (each) =>
        each.check === check &&
        (each.rule === undefined || locations.some(({ key, line }) => (key ?? `${line}`) === each.rule)) &&
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
  const { runs } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;

  it.each(runs)('with register $register on $at', (run) => {
    const report = auditFiles(configs, { register: registerOf(folder, run.register), at: run.at });
    expect(sorted(doorsOf(report, run.doors))).toEqual(sorted(run.doors));
    expect(sorted(otherDoorsOf(report))).toEqual(sorted(run.otherDoors));
    if (run.hostDoors !== undefined) expect(sorted(hostDoorsOf(report))).toEqual(sorted(run.hostDoors));
    expect(sorted(dormantOf(report))).toEqual(
      sorted(run.dormant.map(({ rule, reasons }) => ({ rule, reasons: sorted(reasons) }))),
    );
    expect(sorted(findingsOf(report, run.findings))).toEqual(sorted(run.findings));
    if (run.explanations !== undefined) {
      expect(report.explanations.map(({ id, status }) => ({ id, status }))).toEqual(run.explanations);
    }
    expect(report.diagnostics.map(({ code }) => code)).toEqual(
      expect.arrayContaining([...(run.diagnostics ?? [])]),
    );
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
        if (format.id !== 'terminal') continue;
        const plain = format.render(report, { width: 100, colour: false, verbosity: 2, unicode: true });
        for (const acting of run.notInTerminal ?? []) expect(plain).not.toContain(acting);
      }
    }
  });
});
