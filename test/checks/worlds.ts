import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePack, type Pack } from '../../src/checks/pack.js';
import type { JudgedExposure, World, WorldCapture, WorldDevice } from '../../src/checks/world.js';
import type { Check } from '../../src/model/check.js';
import type { Contribution, DormantDoor, Entry, PathStep, Target } from '../../src/model/exposure.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import type { AccessRule, Policy } from '../../src/model/policy.js';
import { IpSet } from '../../src/sets/ip-set.js';

/** Small worlds, built in memory: what the checks see when nothing was parsed. */

export const AT = '2026-11-22';

/** What functions of conditions are told. */
export const ABOUT = { at: AT, administration: new Set(['https-management', 'ssh-management']) };
const FILE = 'fw-paris-1.exp';
const location = { file: FILE, line: 1 };

/** The built-in rules, compiled from their folder. */
export function builtInPack(): Pack {
  const names = readdirSync('rules', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  return compilePack(
    names.map((name) => ({ path: join('rules', name), text: readFileSync(join('rules', name), 'utf8') })),
  );
}

function entry(fields: Partial<Entry> = {}): Entry {
  const role = { value: 'untrusted', evidence: 'zone type' } as const;
  return { kind: 'zone', name: 'WAN', interfaces: ['X1'], role, location, ...fields };
}

function target(fields: Partial<Target> = {}): Target {
  return { kind: 'self', addresses: IpSet.of('198.51.100.2'), dynamic: null, interfaces: ['X1'], ...fields };
}

function step(fields: Partial<PathStep> = {}): PathStep {
  return {
    kind: 'access-rule',
    part: 'rule',
    depth: 0,
    name: 'WAN to WAN 31',
    detail: 'permit',
    origin: 'user',
    comment: null,
    location: { ...location, key: 'policyAction_31' },
    ...fields,
  };
}

export function contribution(fields: Partial<Contribution> = {}): Contribution {
  return {
    rule: step(),
    sources: IpSet.of('203.0.113.7'),
    path: [step()],
    origin: 'user',
    purpose: null,
    policy: 'WAN to WAN',
    number: 31,
    fromAny: false,
    logged: null,
    conditions: [],
    approximate: [],
    ...fields,
  };
}

/** One undeclared address that reaches HTTPS management; everything can be said otherwise. */
export function exposure(fields: Partial<JudgedExposure> = {}): JudgedExposure {
  const sources = fields.sources ?? IpSet.of('203.0.113.7');
  return {
    key: '00000000000000aa',
    hash: '00000000000000bb',
    device: 'fw-paris-1',
    entry: entry(),
    party: 'undeclared',
    domain: null,
    thirdParty: true,
    anyone: false,
    sources,
    named: [],
    target: target(),
    service: { id: 'https-management', protocol: 'tcp', ports: ['443'] },
    contributions: [contribution()],
    approximate: [],
    conditions: [],
    status: 'unexplained',
    remainder: sources,
    ...fields,
  };
}

/** The Internet on HTTPS management, through a rule that a person made. */
export function anyone(fields: Partial<JudgedExposure> = {}): JudgedExposure {
  return exposure({
    anyone: true,
    sources: IpSet.IPV4,
    contributions: [contribution({ fromAny: true, sources: IpSet.IPV4 })],
    ...fields,
  });
}

export function dormant(fields: Partial<DormantDoor> = {}): DormantDoor {
  return {
    key: '00000000000000dd',
    device: 'fw-paris-1',
    entry: entry(),
    target: target(),
    service: { id: 'https-management', protocol: 'tcp', ports: ['443'] },
    sources: IpSet.of('203.0.113.7'),
    reasons: ['disabled'],
    subject: 'Support > All X1 Management IP > HTTPS Management',
    path: [step({ name: 'WAN to WAN 13' })],
    origin: 'user',
    policy: 'WAN to WAN',
    number: 13,
    fromAny: false,
    ...fields,
  };
}

export function accessRule(fields: Partial<AccessRule> = {}): AccessRule {
  const any = { any: true, objects: [], negated: false };
  return {
    name: 'WAN to WAN 31',
    number: 31,
    enabled: true,
    action: { kind: 'permit' },
    family: 'ipv4',
    source: any,
    destination: any,
    service: any,
    inInterfaces: null,
    outInterfaces: null,
    conditions: [],
    origin: 'user',
    purpose: null,
    comment: null,
    logged: null,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: [],
    location,
    ...fields,
  };
}

export function policy(rules: readonly AccessRule[]): Policy {
  return {
    name: 'WAN to WAN',
    applies: { from: ['WAN'], to: ['WAN'], covers: 'both' },
    stage: 1,
    sees: { address: 'original', port: 'original' },
    rules,
    default: { action: 'deny', source: 'test' },
  };
}

export function config(fields: Partial<FirewallConfig> = {}): FirewallConfig {
  return {
    id: 'fw-paris-1',
    platform: 'sonicwall',
    product: 'NSA 240',
    firmware: '5.9.0.7-17o',
    serial: null,
    zones: [],
    interfaces: [],
    routes: [],
    addressObjects: [],
    serviceObjects: [],
    policies: [],
    defaults: [],
    natRules: [],
    listeners: [],
    administrators: [],
    tunnels: [],
    managers: [],
    settings: [],
    secrets: [],
    location,
    ...fields,
  };
}

export function capture(fields: Partial<WorldCapture> = {}): WorldCapture {
  return {
    file: FILE,
    platform: 'sonicwall',
    coverage: { file: FILE, unit: 'keys', read: 5511, ignored: 310, unknown: 0, unknownFamilies: [] },
    diagnostics: [],
    limits: [],
    ...fields,
  };
}

export function device(fields: Partial<WorldDevice> = {}): WorldDevice {
  return { config: config(), exposures: [], dormant: [], ...fields };
}

export function world(fields: Partial<World> = {}): World {
  return { devices: [device()], captures: [capture()], explanations: [], ...fields };
}

export function check(fields: Partial<Check> = {}): Check {
  return {
    id: 'TST-ADM-001',
    title: { en: 'A test' },
    severity: 'high',
    severityReason: 'a test',
    over: 'exposure',
    when: 'true',
    message: { en: 'found' },
    explainable: 'sets',
    supersedes: [],
    why: { en: 'a test' },
    fix: { en: 'a test' },
    references: ['a test'],
    tags: [],
    examples: { finds: ['a'], passes: ['b'] },
    location: { file: 'test.yaml', line: 1 },
    ...fields,
  };
}
