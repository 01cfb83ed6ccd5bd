import type { CheckSubject } from '../model/check.js';
import type { FirewallConfig, Tunnel } from '../model/firewall-config.js';
import { flatMap } from '../sets/flat-map.js';
import type { FindingSubject } from './finding.js';
import { namedAddresses } from './named-addresses.js';
import { outsideOf } from './outside.js';
import { projectCapture, projectExplanation } from './project-audit.js';
import {
  projectAccessRule,
  projectAddress,
  projectAdministrator,
  projectDevice,
  projectInterface,
  projectListener,
  projectManager,
  projectNatRule,
  projectRoute,
  projectSetting,
  projectTunnel,
} from './project-config.js';
import { isAlreadyOpen, projectDormant, projectExposure, type ServiceCatalogue } from './project-doors.js';
import type { CelRecord } from './records.js';
import type { World, WorldCapture, WorldDevice } from './world.js';

/** One thing that checks may find something in, and how conditions see it. */
export interface Candidate {
  readonly subject: FindingSubject;
  /** null: it belongs to no single device. */
  readonly device: string | null;
  /** Ids of the devices whose outcome it decides: the one that it belongs to, or all of a capture. */
  readonly devices: readonly string[];
  /** null: it belongs to no platform, so that every check is for it. */
  readonly platform: string | null;
  readonly record: CelRecord;
}

/** Everything of one kind in the world, projected. */
export function candidatesOf(
  kind: CheckSubject,
  world: World,
  services: ServiceCatalogue,
): readonly Candidate[] {
  if (kind === 'capture') return world.captures.map((capture) => captureCandidate(capture, world));
  if (kind === 'explanation') {
    return world.explanations.map((explanation) => ({
      subject: { kind, explanation },
      device: null,
      devices: [],
      platform: null,
      record: projectExplanation(explanation),
    }));
  }
  return flatMap(world.devices, (device) => {
    const { id, platform } = device.config;
    const devices = [id];
    return projectKind(kind, device, services).map(({ subject, record }) => ({
      subject,
      record,
      device: id,
      devices,
      platform,
    }));
  });
}

function captureCandidate(capture: WorldCapture, world: World): Candidate {
  const devices = world.devices
    .filter(({ config }) => belongsTo(config, capture))
    .map(({ config }) => config.id);
  return {
    subject: { kind: 'capture', capture },
    device: devices.length === 1 ? (devices[0] ?? null) : null,
    devices,
    platform: capture.platform,
    record: projectCapture(capture),
  };
}

/** Whether a device came out of a capture. */
export function belongsTo(config: FirewallConfig, { file }: WorldCapture): boolean {
  return config.location.file === file || config.location.file.startsWith(`${file}#`);
}

type Projected = Pick<Candidate, 'subject' | 'record'>;

function projected(subject: FindingSubject, record: CelRecord): Projected {
  return { subject, record };
}

function projectKind(
  kind: Exclude<CheckSubject, 'capture' | 'explanation'>,
  device: WorldDevice,
  services: ServiceCatalogue,
): readonly Projected[] {
  const { config } = device;
  switch (kind) {
    case 'exposure':
      return exposuresOf(device, services);
    case 'dormant':
      return device.dormant.map((dormant) =>
        projected({ kind, dormant }, projectDormant(dormant, config.platform, services, device.own)),
      );
    case 'device':
      return [
        projected({ kind, device: config }, projectDevice(config, device.outside, openServices(device))),
      ];
    case 'access-rule':
      return accessRules(config, device.outside ?? outsideOf(config));
    case 'tunnel':
      return config.tunnels.map((tunnel) =>
        projected({ kind, tunnel }, projectTunnel(tunnel, config, administeredBy(tunnel, device, services))),
      );
    case 'interface':
      return config.interfaces.map((each) =>
        projected({ kind, interface: each }, projectInterface(each, config, device.outside)),
      );
    default:
      return projectPart(kind, config, services);
  }
}

/** One's own addresses are not judged: the register's owner is no third party. */
function exposuresOf(
  { config, exposures, outside, lessTrusted }: WorldDevice,
  services: ServiceCatalogue,
): readonly Projected[] {
  const kind = 'exposure';
  const notInside = new Set([...(outside ?? outsideOf(config)), ...(lessTrusted ?? [])]);
  return exposures
    .filter((exposure) => exposure.status !== 'own')
    .map((exposure) =>
      projected({ kind, exposure }, projectExposure(exposure, config, services, exposures, notInside)),
    );
}

/**
 * What comes out of a tunnel to the appliance's own administration. A third party's doors are reported by
 * themselves. Where no door is known, the tunnel's own boxes tell.
 */
function administeredBy(
  tunnel: Tunnel,
  { exposures }: WorldDevice,
  services: ServiceCatalogue,
): readonly string[] {
  const doors = exposures.filter(
    ({ entry, target, service }) =>
      entry.tunnel !== undefined &&
      entry.location === tunnel.location &&
      target.kind === 'self' &&
      (services.get(service.id)?.class ?? 'administration') === 'administration',
  );
  if (doors.length === 0) return tunnel.management;
  const left = doors.filter(
    (door) =>
      !door.thirdParty &&
      door.status !== 'own' &&
      door.status !== 'explained' &&
      !isAlreadyOpen(door, exposures),
  );
  return [...new Set(left.map(({ service }) => service.id))];
}

/** Explained or not: a flaw asks for no explanation. */
function openServices({ exposures }: WorldDevice): readonly string[] {
  const open = exposures.filter(({ target, anyone }) => target.kind === 'self' && anyone);
  return [...new Set(open.map(({ service }) => service.id))];
}

function accessRules(config: FirewallConfig, outside: ReadonlySet<string>): readonly Projected[] {
  const kind = 'access-rule';
  return flatMap(config.policies, (policy) =>
    policy.rules.map((accessRule) =>
      projected({ kind, accessRule, policy }, projectAccessRule(accessRule, policy, config, outside)),
    ),
  );
}

/** What a configuration holds as a list of its own. */
type Part = 'nat-rule' | 'administrator' | 'listener' | 'manager' | 'setting' | 'route' | 'address';

function projectPart(kind: Part, config: FirewallConfig, services: ServiceCatalogue): readonly Projected[] {
  switch (kind) {
    case 'nat-rule':
      return config.natRules.map((natRule) => projected({ kind, natRule }, projectNatRule(natRule, config)));
    case 'administrator':
      return config.administrators.map((administrator) =>
        projected({ kind, administrator }, projectAdministrator(administrator, config)),
      );
    case 'listener':
      return config.listeners.map((listener) =>
        projected({ kind, listener }, projectListener(listener, config, services)),
      );
    case 'manager':
      return config.managers.map((manager) => projected({ kind, manager }, projectManager(manager, config)));
    case 'route':
      return config.routes.map((route) => projected({ kind, route }, projectRoute(route, config)));
    case 'address':
      return namedAddresses(config).map((address) =>
        projected({ kind, address }, projectAddress(address, config)),
      );
    case 'setting':
      return config.settings.map((setting) => projected({ kind, setting }, projectSetting(setting, config)));
  }
}
