import { describe, expect, it } from 'vitest';
import type { Capture } from '../../src/model/capture.js';
import { createDisguise } from '../../src/platforms/shared/disguise.js';
import { rangesOf } from '../../src/redact/disguised-ranges.js';
import { auditOf, corpusSamples, fixtureSamples, type Sample } from '../redact/exports.js';
import { pack } from '../support/run.js';

/** The audit of an anonymised configuration has the shape of the audit of the original. */

const key = new Uint8Array(32).fill(9);

function anonymised({ platform, captures }: Sample): readonly Capture[] {
  const known = pack.shared?.lists.flatMap(({ values }) => values);
  const disguise = createDisguise(key, platform.parse(captures).devices.flatMap(rangesOf), known);
  return captures.map((capture) => {
    const result = platform.anonymise(capture, disguise);
    if (result === null) throw new Error(`${capture.file} was not anonymised`);
    return result;
  });
}

function tally(values: readonly unknown[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values.map((each) => JSON.stringify(each)).sort())
    counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** What a parse says, without what a name or an address may change. */
function shapeOfParse(captures: readonly Capture[], { platform }: Sample) {
  const { devices, coverage, diagnostics } = platform.parse(captures);
  return {
    coverage: coverage.map(({ file, read, ignored, unknown }) => [file, read, ignored, unknown]),
    diagnostics: tally(diagnostics.map(({ code, location }) => [code, location?.line, location?.key])),
    devices: devices.map((device) => ({
      firmware: device.firmware,
      product: device.product,
      rules: device.policies.map(({ rules, stage, applies, default: otherwise }) => [
        stage,
        applies?.covers,
        otherwise.action,
        rules.map((rule) => [
          rule.enabled,
          rule.action.kind,
          rule.family,
          rule.origin,
          rule.source.objects.length,
          rule.destination.objects.length,
          rule.service.literal?.toString(),
          rule.service.objects.length,
          rule.approximate.length,
          rule.comment === null,
        ]),
      ]),
      nat: device.natRules.map(({ enabled, family, origin }) => [enabled, family, origin]),
      zones: device.zones.map(({ role }) => role.value),
      interfaces: device.interfaces.map((each) => [
        each.role.value,
        each.ipv4.kind,
        each.ipv6.kind,
        each.managementFlags,
      ]),
      sizes: device.addressObjects.map(({ content }) =>
        content.kind === 'addresses'
          ? String([content.addresses.size().ipv4, content.addresses.size().ipv6])
          : content.kind,
      ),
      listeners: device.listeners.map(({ service, services }) => [service, services.toString()]),
      tunnels: device.tunnels.map(({ kind, enabled, peers, management }) => [
        kind,
        enabled,
        peers.length,
        management,
      ]),
      administrators: device.administrators.map(({ kind, enabled, origin }) => [kind, enabled, origin]),
      secrets: device.secrets,
    })),
  };
}

function shapeOfAudit(captures: readonly Capture[], { platform }: Sample) {
  const report = auditOf(captures, platform);
  return {
    exposures: tally(
      report.exposures.map((each) => [
        each.entry.kind,
        each.party,
        each.service.id,
        each.anyone,
        each.target.kind,
        each.status,
      ]),
    ),
    // Whether a name looks made up by a machine is a question of the name.
    findings: tally(
      report.findings
        .filter(({ check }) => check !== 'FWA-IDN-010')
        .map(({ check, severity, status }) => [check, severity, status]),
    ),
    dormant: report.dormant.length,
    exitCode: report.summary.exitCode,
    complete: report.summary.complete,
  };
}

describe.each([...fixtureSamples(), ...corpusSamples()].map((sample) => ({ name: sample.name, sample })))(
  '$name',
  ({ sample }) => {
    it('keeps its shape', () => {
      const after = anonymised(sample);
      expect(shapeOfParse(after, sample)).toEqual(shapeOfParse(sample.captures, sample));
      if (sample.captures.every(({ bytes }) => bytes.length < 100_000))
        expect(shapeOfAudit(after, sample)).toEqual(shapeOfAudit(sample.captures, sample));
    });
  },
);
