import type {
  AuditReport,
  ReportCapture,
  ReportCheck,
  ReportDevice,
  ReportDormant,
  ReportExposure,
  ReportFinding,
  ReportPathStep,
  ReportService,
  ReportTarget,
} from '../../src/model/audit-report.js';
import type { Severity } from '../../src/model/check.js';
import { SEVERITIES } from '../../src/model/check.js';
import type { Location } from '../../src/model/location.js';

/** One check, as a report tells about it. */
export function check(parts: Partial<ReportCheck> = {}): ReportCheck {
  return {
    id: 'FWA-ADM-002',
    title: 'A third party can administer the firewall',
    severity: 'critical',
    severityReason: 'Somebody else decides who may enter your network.',
    confidence: 'high',
    platforms: null,
    why: 'Whoever sits at that address can log in to the firewall and change every rule.',
    fix: 'Delete the rule, or explain it.',
    platformFixes: [{ platform: 'sonicwall', fix: 'Firewall > Access Rules: delete the rule.' }],
    references: [
      'CISA BOD 23-02 https://www.cisa.gov/news-events/directives/binding-operational-directive-23-02',
      'PCI DSS 4.0, 1.2.5',
    ],
    tags: ['attack:T1133', 'cwe:284'],
    ...parts,
  };
}

/** The checks that the samples' findings and outcomes name. */
const CHECKS: readonly ReportCheck[] = [
  check({ id: 'FWA-ADM-001', title: 'Anyone can administer the firewall' }),
  check(),
  check({ id: 'FWA-ADM-004', title: 'Administration in clear text', severity: 'high', tags: ['cwe:319'] }),
  check({ id: 'FWA-PRV-003', title: 'Part of the configuration was not understood', severity: 'info' }),
  check({ id: 'FWA-RUL-004', title: 'A dormant rule would let outsiders in', severity: 'low', tags: [] }),
  check({
    id: 'FWA-SWL-001',
    title: "SonicWall's automatic management rule still has source Any",
    platforms: ['sonicwall'],
    references: [],
  }),
  check({ id: 'FWA-VPN-001', title: 'A tunnel leads to a peer that nobody declared', severity: 'medium' }),
];

/** Everything but what the summary can be counted from. */
export type Parts = Partial<Omit<AuditReport, 'summary'>>;

/** A report around some parts, with the summary that belongs to them. */
export function report(parts: Parts): AuditReport {
  const findings = parts.findings ?? [];
  const dormant = parts.dormant ?? [];
  const diagnostics = parts.diagnostics ?? [];
  const captures = parts.captures ?? [];
  const devices = parts.devices ?? [];
  const open: Partial<Record<Severity, number>> = {};
  for (const { severity, status } of findings) {
    if (status === 'open') open[severity] = (open[severity] ?? 0) + 1;
  }
  const complete = !diagnostics.some(({ incomplete }) => incomplete);
  const failing = findings.some(
    ({ severity, status, known }) =>
      status === 'open' && !known && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('high'),
  );
  return {
    schemaVersion: '1.0',
    tool: { name: 'fwaudit', version: '0.1.0' },
    at: '2026-11-22',
    register: null,
    checks: CHECKS,
    exposures: [],
    explanations: [],
    baseline: null,
    previous: null,
    ...parts,
    captures,
    devices,
    dormant,
    findings,
    diagnostics,
    summary: {
      open,
      known: findings.filter(({ known }) => known).length,
      explained: findings.filter(({ status }) => status === 'explained').length,
      dormant: dormant.length,
      devices: devices.length,
      captures: captures.length,
      complete,
      exitCode: failing ? 1 : complete ? 0 : 3,
    },
  };
}

export const FILE = 'fw-paris-1/config.exp';

export function at(key: string, file = FILE): Location {
  return { file, line: 1, key };
}

const EXP_LIMITS: ReportCapture['limits'] = [
  {
    id: 'sonicwall-exp-admin-not-in-file',
    message: 'the name and the password state of the built-in administrator are not in an .exp file',
    accepted: false,
  },
  {
    id: 'sonicwall-exp-registration-not-in-file',
    message: 'whether a cloud manager holds the appliance is not in an .exp file',
    accepted: false,
  },
];

export function capture(parts: Partial<ReportCapture> = {}): ReportCapture {
  return {
    file: FILE,
    platform: 'sonicwall',
    devices: ['fw-paris-1'],
    coverage: { unit: 'keys', read: 5511, ignored: 357, unknown: 0, unknownFamilies: [] },
    limits: EXP_LIMITS,
    ...parts,
  };
}

export function device(parts: Partial<ReportDevice> = {}): ReportDevice {
  return {
    id: 'fw-paris-1',
    file: FILE,
    platform: 'sonicwall',
    platformName: 'SonicWall SonicOS',
    product: 'NSA 240',
    firmware: '5.9.0.7-17o',
    accessRules: 101,
    entries: [
      {
        kind: 'zone',
        name: 'WAN',
        interfaces: ['X1'],
        role: 'untrusted',
        evidence: 'zone type 0 (untrusted)',
      },
    ],
    outcomes: {
      'FWA-ADM-001': 'pass',
      'FWA-ADM-002': 'pass',
      'FWA-ADM-004': 'pass',
      'FWA-PRV-003': 'pass',
      'FWA-RUL-004': 'pass',
      'FWA-SWL-001': 'not-applicable',
    },
    ...parts,
  };
}

export const HTTPS: ReportService = {
  id: 'https-management',
  name: 'HTTPS management',
  protocol: 'tcp',
  ports: ['443'],
};
export const SSH: ReportService = {
  id: 'ssh-management',
  name: 'SSH management',
  protocol: 'tcp',
  ports: ['22'],
};

export function self(name: string, address: string | null, dynamic: string | null = null): ReportTarget {
  return { kind: 'self', addresses: address === null ? [] : [`${address}/32`], dynamic, interfaces: [name] };
}

export function rule(number: number, parts: Partial<ReportPathStep> = {}): ReportPathStep {
  return {
    kind: 'access-rule',
    part: 'rule',
    depth: 0,
    name: `WAN to WAN ${number}`,
    detail: 'permit · made by a user · not logged',
    origin: 'user',
    comment: null,
    location: at(`policyAction_${number}`),
    ...parts,
  };
}

export function automaticRule(number: number): ReportPathStep {
  return rule(number, {
    detail: 'permit · automatic',
    origin: 'automatic',
    comment: 'Auto-added management rule',
  });
}

export function object(
  part: 'source' | 'destination' | 'service',
  name: string,
  detail: string,
  key: string,
  depth = 0,
): ReportPathStep {
  return {
    kind: part === 'service' ? 'service-object' : 'address-object',
    part,
    depth,
    name,
    detail,
    origin: key.startsWith('svc') ? 'automatic' : 'user',
    comment: null,
    location: at(key),
  };
}

/** What stands for Any in a rule: at the rule's own place. */
export function any(part: 'source' | 'service', number: number): ReportPathStep {
  const detail = part === 'source' ? 'any address' : 'any service';
  return { ...object(part, 'Any', detail, `policyAction_${number}`), origin: 'automatic' };
}

export function serviceObject(service: ReportService): ReportPathStep {
  return service.id === HTTPS.id
    ? object('service', 'HTTPS Management', 'tcp/443', 'svcObjId_7')
    : object('service', 'SSH Management', 'tcp/22', 'svcObjId_9');
}

export function managementIp(name: string, address: string, key: string): ReportPathStep {
  return object('destination', `All ${name} Management IP`, address, key);
}

export const SUPPORT_PATH: readonly ReportPathStep[] = [
  rule(31),
  object('source', 'Support', '203.0.113.7', 'addrObjId_93'),
  managementIp('X1', '198.51.100.2', 'addrObjId_12'),
  serviceObject(HTTPS),
];

export function exposure(parts: Partial<ReportExposure> = {}): ReportExposure {
  const sources = parts.sources ?? ['203.0.113.7/32'];
  return {
    key: 'fw-paris-1/WAN/undeclared:203.0.113.7/X1/https-management',
    hash: '1f0c8a55',
    device: 'fw-paris-1',
    entry: { kind: 'zone', name: 'WAN', interfaces: ['X1'] },
    party: 'undeclared',
    domain: null,
    partyName: null,
    thirdParty: true,
    anyone: false,
    sources,
    named: [],
    target: self('X1', '198.51.100.2'),
    service: HTTPS,
    path: SUPPORT_PATH,
    approximate: [],
    conditions: [],
    status: 'unexplained',
    remainder: sources,
    explainedBy: [],
    lapsed: [],
    ...parts,
  };
}

export function dormant(parts: Partial<ReportDormant> = {}): ReportDormant {
  return {
    key: 'fw-paris-1/WAN/dormant/X2/ssh-management',
    device: 'fw-paris-1',
    entry: { kind: 'zone', name: 'WAN', interfaces: ['X1'] },
    target: self('X2', null),
    service: SSH,
    sources: ['203.0.113.7/32'],
    fromAny: false,
    reasons: ['no-address'],
    subject: 'Support > All X2 Management IP > SSH Management',
    path: [
      rule(34),
      object('source', 'Support', '203.0.113.7', 'addrObjId_93'),
      managementIp('X2', 'no address', 'addrObjId_14'),
      serviceObject(SSH),
    ],
    ...parts,
  };
}

export const EXPLAIN = [
  '  - id: https-management-5d0c81fe',
  '    # party: <its id, once it is declared under parties>',
  '    devices: [fw-paris-1]',
  '    access:',
  '      via: [WAN]',
  '      sources: [203.0.113.7]',
  '      targets: [self]',
  '      services: [https-management]',
  '    reason: <why they need it>',
  '    owner: <who answers for it>',
  '    until: 2027-05-22',
].join('\n');

export function finding(parts: Partial<ReportFinding> = {}): ReportFinding {
  return {
    check: 'FWA-ADM-002',
    severity: 'critical',
    key: '7f3a9c01d2e4',
    hash: '5d0c81fe6a7b',
    device: 'fw-paris-1',
    status: 'open',
    known: false,
    change: null,
    title: 'A third party can administer this firewall',
    message:
      '203.0.113.7 (undeclared) may reach HTTPS management, tcp/443, on X1 198.51.100.2, coming in from WAN',
    why: 'Whoever sits at that address can log in to the firewall and change every rule, whether or not they are still under contract.',
    exposure: 'fw-paris-1/WAN/undeclared:203.0.113.7/X1/https-management',
    subject: null,
    remainder: ['203.0.113.7/32'],
    locations: [at('policyAction_31'), at('addrObjId_93')],
    fix: ['Firewall > Access Rules > WAN to WAN: delete rule 31'],
    explain: EXPLAIN,
    explanation: null,
    ...parts,
  };
}
