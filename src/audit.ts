import { analyse, ownNetworksOf } from './analysis/analyse.js';
import type { RoleOverrides } from './analysis/entries.js';
import { ANY_SERVICE_ID, type HostService } from './analysis/host-services.js';
import { onDay } from './analysis/lapsed.js';
import type { Pack } from './checks/pack.js';
import { judge } from './judge.js';
import type { AuditReport } from './model/audit-report.js';
import type { Register } from './model/explanation.js';
import type { FirewallConfig } from './model/firewall-config.js';
import { parseInputs } from './parse.js';
import { splitByParty } from './parties/split-by-party.js';
import type { AnalysedDevice, AuditInput, ParsedCapture } from './pipeline.js';
import type { Platform } from './platforms/platform.js';
import { flatMap } from './sets/flat-map.js';
import { IpSet } from './sets/ip-set.js';
import { ServiceSet } from './sets/service-set.js';
import { matchesGlob } from './text/glob.js';
import { toReport } from './to-report.js';

/** The whole pipeline: parse, analyse, say whose it is, judge, report. */
export function audit(input: AuditInput): AuditReport {
  const { captures, diagnostics: aboutFolders } = parseInputs(input, input.platforms, input.platform);
  const hosts = hostServices(input.pack);
  const devices = captures.flatMap((capture) =>
    capture.platform === null
      ? []
      : capture.devices.map((config) =>
          analyseDevice(
            onDay(config, input.at),
            capture,
            capture.platform as Platform,
            input.register,
            hosts,
          ),
        ),
  );
  const diagnostics = [
    ...input.diagnostics,
    ...aboutFolders,
    ...captures.flatMap((capture) => capture.diagnostics),
    ...devices.flatMap((device) => device.analysis.diagnostics),
  ];
  const judgement = judge(captures, devices, diagnostics, input);
  return toReport(input, captures, devices, judgement, [...diagnostics, ...judgement.diagnostics]);
}

function analyseDevice(
  config: FirewallConfig,
  capture: ParsedCapture,
  platform: Platform,
  register: Register,
  hosts: readonly HostService[],
): AnalysedDevice {
  const analysis = analyse(config, overridesFor(config.id, register), hosts);
  const own = register.file === null ? ownNetworksOf(config) : IpSet.EMPTY;
  const exposures = flatMap(analysis.reaches, (reach) => splitByParty(reach, register, own));
  return {
    config,
    platform,
    file: capture.file,
    analysis,
    exposures,
    own: own.union(register.organisation.networks),
  };
}

/** What administers a host: the canonical services of that scope and class. */
export function hostServices(pack: Pack): readonly HostService[] {
  return pack.services
    .filter(({ id, scope }) => scope === 'host' && id !== ANY_SERVICE_ID)
    .filter((service) => service.class === 'administration')
    .map((service) => ({
      id: service.id,
      services: ServiceSet.unionOf(service.services.map((each) => ServiceSet.parse(each))),
      notInMedia: true,
    }));
}

/** What the register says of the zones of one device. */
export function overridesFor(device: string, register: Register): RoleOverrides {
  return new Map(
    register.zones.filter((each) => matchesGlob(each.devices, device)).map((each) => [each.zone, each.role]),
  );
}
