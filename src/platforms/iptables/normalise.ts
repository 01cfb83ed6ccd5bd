import type { Capture } from '../../model/capture.js';
import type { Coverage, Limit } from '../../model/coverage.js';
import type { FirewallConfig, NamedService, Role } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import type { NatRule, Policy } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import type { Parsed } from '../platform.js';
import { type DeviceDump, toDevices } from './captures.js';
import { type Dump, type Family, readDump } from './dump.js';
import { lowerFamily } from './family.js';
import { nameInterfaces, toInterfaces } from './interfaces.js';
import { limitsOf } from './limits.js';
import type { LineLog } from './line-log.js';
import { createLineLog } from './line-log.js';
import { togetherByPort } from './named-services.js';
import { interfaceUses, parseTables } from './parsed-tables.js';
import { policiesBeside } from './policies.js';
import { readSecrets } from './secrets.js';
import { addressesElsewhere } from './whereabouts.js';

/** Reads saved rulesets; those that belong together make one device. */
export function parseCaptures(captures: readonly Capture[]): Parsed {
  const log = createLineLog();
  const dumps = captures.map((capture) => readDump(capture, log));
  const limits = new Map<string, Limit>();
  const devices = toDevices(dumps).map((dump) => {
    const { config, lists } = toConfig(dump, log);
    for (const limit of limitsOf(dump, lists)) limits.set(limit.id, limit);
    return config;
  });
  for (const { file, tables } of dumps) {
    if (tables.length === 0) log.note('no-configuration-found', 'the file holds no table', { file, line: 1 });
  }
  return {
    devices,
    coverage: dumps.map((dump) => coverageOf(dump, log)),
    diagnostics: log.list(),
    limits: [...limits.values()],
  };
}

function coverageOf({ file, lineCount }: Dump, log: LineLog): Coverage {
  const { unknown, ignored } = log.linesOf(file);
  const unread = unknown.reduce((sum, each) => sum + each.count, 0);
  return {
    file,
    unit: 'lines',
    read: lineCount - ignored - unread,
    ignored,
    unknown: unread,
    unknownFamilies: unknown,
  };
}

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

function toConfig(
  device: DeviceDump,
  log: LineLog,
): { readonly config: FirewallConfig; readonly lists: number } {
  const tables = parseTables(device, log);
  const first = device.tables[0]?.dump.location ?? { file: device.dumps[0]?.file ?? '-', line: 1 };
  const names = nameInterfaces(interfaceUses(tables), first);
  if (names.overflow) log.note('set-limit', 'more interface names than can be told apart', first);
  const policies: Policy[] = [];
  const natRules: NatRule[] = [];
  const roles = new Map<string, Role>();
  const objects = new Map<string, AddressObject>();
  const own: IpSet[] = [];
  const named: NamedService[] = [];
  const families = FAMILIES.filter((family) => tables.some((table) => table.family === family));
  for (const family of families) {
    const ofFamily = tables.filter((table) => table.family === family);
    const part = lowerFamily(family, ofFamily, names, log);
    own.push(part.own);
    named.push(...part.named);
    policies.push(...part.policies);
    natRules.push(...part.natRules);
    for (const [name, role] of part.roles) if (!roles.has(name)) roles.set(name, role);
    for (const object of part.objects) if (!objects.has(object.name)) objects.set(object.name, object);
  }
  policies.push(...policiesBeside(policies, families));
  const location = { file: first.file, line: first.line };
  const silence = {
    ...{ addresses: true, listeners: true, own: IpSet.unionOf(own) },
    ...(named.length === 0 ? {} : { named: togetherByPort(named) }),
  };
  const parts = { policies, natRules, addressObjects: [...objects.values()], silence };
  const elsewhere = addressesElsewhere(roles.keys(), policies, natRules);
  const interfaces = toInterfaces(names, roles, elsewhere);
  const config = { ...emptyConfig(device), interfaces, ...parts, location };
  return { config, lists: objects.size };
}

/** A device without rules; what iptables-save never shows stays empty. */
function emptyConfig(
  device: DeviceDump,
): Omit<FirewallConfig, 'interfaces' | 'policies' | 'natRules' | 'addressObjects' | 'silence' | 'location'> {
  const version = device.dumps.map((dump) => dump.version).find((each) => each !== null) ?? null;
  return {
    id: device.name,
    platform: 'iptables',
    product: 'iptables',
    firmware: version,
    serial: null,
    zones: [],
    routes: [],
    serviceObjects: [],
    defaults: [],
    listeners: [],
    administrators: [],
    tunnels: [],
    managers: [],
    settings: [],
    secrets: readSecrets(device.tables.map(({ dump }) => dump)),
  };
}
