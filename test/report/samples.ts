import type {
  AuditReport,
  ReportAbsent,
  ReportDiagnostic,
  ReportDormant,
  ReportExposure,
  ReportService,
  ReportTarget,
} from '../../src/model/audit-report.js';
import {
  any,
  at,
  automaticRule,
  capture,
  check,
  device,
  dormant,
  EXPLAIN,
  exposure,
  FILE,
  finding,
  HTTPS,
  managementIp,
  object,
  report,
  rule,
  SSH,
  SUPPORT_PATH,
  self,
  serviceObject,
} from './build.js';

/** The reseller's door: one address, one rule of a user's, nobody declared. */
export const reseller: AuditReport = report({
  captures: [capture()],
  devices: [device({ outcomes: { ...device().outcomes, 'FWA-ADM-002': 'fail' } })],
  exposures: [exposure()],
  dormant: [
    dormant(),
    dormant({ key: 'fw-paris-1/WAN/dormant/X3/ssh-management', target: self('X3', null) }),
  ],
  findings: [finding()],
});

const WANS = [
  { name: 'X1', address: '198.51.100.2', dynamic: null, key: 'addrObjId_12' },
  { name: 'X2', address: '198.51.100.66', dynamic: null, key: 'addrObjId_14' },
  { name: 'X3', address: null, dynamic: 'DHCP', key: 'addrObjId_16' },
] as const;

/** The whole of IPv4 but private addresses, as far as a report spells it out. */
const ANYONE = [
  '0.0.0.0/5',
  '8.0.0.0/7',
  '11.0.0.0/8',
  '12.0.0.0/6',
  '16.0.0.0/4',
  '32.0.0.0/3',
  '64.0.0.0/2',
];

const wanDoors = WANS.flatMap((wan, index) =>
  [HTTPS, SSH].map((service, offset) => ({ wan, service, number: 2 + index * 4 + offset })),
);

function doorToAnyone(
  target: ReportTarget,
  service: ReportService,
  number: number,
  key: string,
  named: ReportExposure['named'] = [],
): ReportExposure {
  return exposure({
    key: `tz-500/WAN/anyone/${target.interfaces[0]}/${service.id}`,
    device: 'tz-500',
    anyone: true,
    sources: ANYONE,
    named,
    target,
    service,
    path: [
      automaticRule(number),
      any('source', number),
      managementIp(
        target.interfaces[0] ?? '',
        target.addresses[0]?.replace('/32', '') ?? 'address of X3',
        key,
      ),
      serviceObject(service),
    ],
  });
}

const anyoneDoors: readonly ReportExposure[] = wanDoors.map(({ wan, service, number }) =>
  doorToAnyone(
    self(wan.name, wan.address, wan.dynamic),
    service,
    number,
    wan.key,
    wan.name === 'X1' && service === SSH ? [{ name: 'Vendor NOC', sources: ['203.0.113.7/32'] }] : [],
  ),
);

/** Three WAN interfaces, HTTPS and SSH, any source: what a neglected appliance looks like. */
export const anyone: AuditReport = report({
  captures: [capture({ devices: ['tz-500'] })],
  devices: [
    device({
      id: 'tz-500',
      product: 'TZ 500',
      firmware: '6.2.3.1-19n',
      accessRules: 212,
      entries: [
        {
          kind: 'zone',
          name: 'WAN',
          interfaces: ['X1', 'X2', 'X3'],
          role: 'untrusted',
          evidence: 'zone type 0 (untrusted)',
        },
      ],
      outcomes: { ...device().outcomes, 'FWA-ADM-001': 'fail' },
    }),
  ],
  exposures: anyoneDoors,
  findings: anyoneDoors.map((door, index) => {
    const { wan, service } = wanDoors[index] as (typeof wanDoors)[number];
    const address = wan.address ?? 'an address by DHCP';
    const box = service === HTTPS ? 'HTTPS' : 'SSH';
    return finding({
      check: 'FWA-ADM-001',
      title: 'Anyone on the Internet can administer this firewall',
      key: `${index}aa41c77`,
      device: 'tz-500',
      message: `Anyone may reach ${service.name}, tcp/${service.ports[0]}, on ${wan.name} ${address}, coming in from WAN`,
      why: 'A login page that the whole Internet reaches is found within hours and attacked for as long as it stands: one leaked password or one flaw of the web server is enough.',
      exposure: door.key,
      remainder: ANYONE,
      locations: [at(`policyAction_${2 + index}`)],
      fix: [`Network > Interfaces > ${wan.name}: clear ${box} under Management`],
      explain: null,
    });
  }),
});

const CONTRACT = {
  id: 'acme-on-call',
  status: 'used',
  message: 'covers 1 door',
  reason: 'On-call support, contract C-2024-17',
  owner: 'j.dupont',
  ticket: 'NET-42',
  until: '2026-12-31',
  location: { file: 'fwaudit.yaml', line: 7 },
} as const;

/** The same door, explained. */
export const explained: AuditReport = report({
  register: 'fwaudit.yaml',
  captures: [capture()],
  devices: [device()],
  exposures: [
    exposure({
      party: 'acme',
      partyName: 'ACME Intégration SARL',
      status: 'explained',
      remainder: [],
      explainedBy: ['acme-on-call'],
    }),
    exposure({
      key: 'fw-paris-1/WAN/own/X1/https-management',
      party: 'own',
      thirdParty: false,
      status: 'own',
      sources: ['192.0.2.0/24'],
      path: [
        rule(28, { comment: 'head office' }),
        object('source', 'Head office', '192.0.2.0/24', 'addrObjId_90'),
        managementIp('X1', '198.51.100.2', 'addrObjId_12'),
        serviceObject(HTTPS),
      ],
    }),
  ],
  findings: [
    finding({ status: 'explained', explain: null, explanation: ['acme-on-call'], remainder: [] }),
    finding({
      check: 'FWA-VPN-001',
      severity: 'medium',
      title: 'A tunnel leads to a peer that nobody declared',
      message: 'the tunnel Lyon ends at 203.0.113.40',
      status: 'explained',
      exposure: null,
      subject: '203.0.113.40',
      explain: null,
      explanation: ['paris-lyon'],
    }),
  ],
  explanations: [
    CONTRACT,
    {
      id: 'paris-lyon',
      status: 'used',
      message: 'covers 1 fact',
      reason: 'Site-to-site with the Lyon office',
      owner: null,
      ticket: null,
      until: '2027-06-30',
      location: { file: 'fwaudit.yaml', line: 15 },
    },
    {
      id: 'old-backup-site',
      status: 'stale',
      message: 'covers nothing any more: remove it, or find out why',
      reason: 'Nightly backup to the second site',
      owner: null,
      ticket: null,
      until: '2027-01-31',
      location: { file: 'fwaudit.yaml', line: 23 },
    },
  ],
});

const WIDE = ['203.0.113.0/24'];
const WIDE_REST = [
  '203.0.113.0/30',
  '203.0.113.4/31',
  '203.0.113.6/32',
  '203.0.113.8/29',
  '203.0.113.16/28',
  '203.0.113.32/27',
  '203.0.113.64/26',
  '203.0.113.128/25',
];

/** A /24 under an explanation for one address, and a door whose explanation has expired. */
export const partly: AuditReport = report({
  register: 'fwaudit.yaml',
  captures: [capture()],
  devices: [device({ outcomes: { ...device().outcomes, 'FWA-ADM-002': 'fail' } })],
  exposures: [
    exposure({
      sources: WIDE,
      status: 'partly',
      remainder: WIDE_REST,
      explainedBy: ['acme-on-call'],
      path: SUPPORT_PATH.map((step) =>
        step.part === 'source' ? { ...step, name: 'Support network', detail: '203.0.113.0/24' } : step,
      ),
    }),
    exposure({
      key: 'fw-paris-1/WAN/undeclared:198.51.100.200/X1/ssh-management',
      sources: ['198.51.100.200/32'],
      service: SSH,
      lapsed: [{ explanation: 'integrator-2025', why: 'expired' }],
      path: [
        rule(32, { comment: 'migration, remove in March' }),
        object('source', 'Integrator', '198.51.100.200', 'addrObjId_95'),
        managementIp('X1', '198.51.100.2', 'addrObjId_12'),
        serviceObject(SSH),
      ],
    }),
  ],
  findings: [
    finding({
      message:
        '203.0.113.0/24 (undeclared) may reach HTTPS management, tcp/443, on X1 198.51.100.2, coming in from WAN',
      remainder: WIDE_REST,
      explain: null,
      fix: ['Firewall > Access Rules > WAN to WAN: edit rule 31, Source: the addresses that are explained'],
    }),
    finding({
      key: '90c2b1aa0f3d',
      message:
        '198.51.100.200 (undeclared) may reach SSH management, tcp/22, on X1 198.51.100.2, coming in from WAN',
      exposure: 'fw-paris-1/WAN/undeclared:198.51.100.200/X1/ssh-management',
      remainder: ['198.51.100.200/32'],
      locations: [at('policyAction_32')],
      fix: ['Firewall > Access Rules > WAN to WAN: delete rule 32'],
      explain: EXPLAIN.replaceAll('203.0.113.7', '198.51.100.200').replaceAll('https', 'ssh'),
    }),
  ],
  explanations: [
    CONTRACT,
    {
      id: 'integrator-2025',
      status: 'expired',
      message: 'expired on 2025-12-31',
      reason: 'Migration of 2025',
      owner: null,
      ticket: null,
      until: '2025-12-31',
      location: { file: 'fwaudit.yaml', line: 15 },
    },
  ],
});

const sleeping: readonly ReportDormant[] = [
  dormant(),
  dormant({
    key: 'fw-paris-1/WAN/dormant/X3/ssh-management',
    target: self('X3', null),
    path: [rule(35), ...dormant().path.slice(1)],
  }),
  dormant({
    key: 'fw-paris-1/WAN/dormant/X1/https-management',
    target: self('X1', '198.51.100.2'),
    service: HTTPS,
    sources: [],
    reasons: ['disabled', 'empty-source'],
    path: [
      rule(36, { detail: 'permit · made by a user · disabled' }),
      object('source', 'Old support', 'empty group', 'addrObjId_97'),
      managementIp('X1', '198.51.100.2', 'addrObjId_12'),
      serviceObject(HTTPS),
    ],
  }),
  dormant({ key: 'fw-paris-1/WAN/dormant/X4/ssh-management', target: self('X4', null), fromAny: true }),
];

/** Rules that open nothing today; a check objects to those with a named source. */
export const dormantDoors: AuditReport = report({
  captures: [capture()],
  devices: [device({ outcomes: { ...device().outcomes, 'FWA-RUL-004': 'fail' } })],
  dormant: sleeping,
  findings: sleeping.slice(0, 3).map((door, index) =>
    finding({
      check: 'FWA-RUL-004',
      severity: 'low',
      title: 'A rule would let a third party in as soon as something else changes',
      message: `${door.path[0]?.name} would open ${door.service.name} on ${door.target.interfaces[0]}`,
      why: 'Nobody is let in today, but an address on the interface or a member in the group opens the door without anybody touching a rule.',
      exposure: door.key,
      subject: door.subject,
      remainder: [],
      locations: [door.path[0]?.location ?? at('policyAction_34')],
      fix: [`Firewall > Access Rules > WAN to WAN: delete rule ${34 + index}`],
      explain: [
        '  - id: fwa-rul-004-20f1c3aa',
        '    devices: [fw-paris-1]',
        '    fact:',
        '      check: FWA-RUL-004',
        `      subject: "${door.subject}"`,
        '    reason: <why they need it>',
        '    owner: <who answers for it>',
        '    until: 2027-05-22',
      ].join('\n'),
    }),
  ),
});

/** Nothing to answer for. */
export const clean: AuditReport = report({
  captures: [capture()],
  devices: [device({ outcomes: { ...device().outcomes, 'FWA-ADM-004': 'unknown' } })],
});

const CUT_FILE = 'fw-lyon/config.exp';

const cutShort: ReportDiagnostic = {
  code: 'truncated',
  message: 'the file ends in the middle of a value: 3,120 keys were read and an unknown number is missing',
  hint: 'export the settings again and compare the sizes',
  location: { file: CUT_FILE, line: 1, key: 'policyDstNet_12' },
  incomplete: true,
};

/** A file that was cut off: nothing was found, and that means little. */
export const truncated: AuditReport = report({
  captures: [
    capture({
      file: CUT_FILE,
      devices: ['fw-lyon'],
      coverage: {
        unit: 'keys',
        read: 3000,
        ignored: 118,
        unknown: 2,
        unknownFamilies: [{ name: 'policyNovelty', count: 2, section: 'access-rules' }],
      },
    }),
  ],
  devices: [device({ id: 'fw-lyon', file: CUT_FILE, accessRules: 12 })],
  diagnostics: [
    cutShort,
    {
      code: 'unclassified',
      message: 'policyNovelty (2 keys) is not known to fwaudit and belongs to the access rules',
      hint: null,
      location: { file: CUT_FILE, line: 1, key: 'policyNovelty_0' },
      incomplete: true,
    },
    {
      code: 'malformed-value',
      message: 'the comment is not UTF-8 and was read as Latin-1',
      hint: null,
      location: { file: CUT_FILE, line: 1, key: 'policyComment_3' },
      incomplete: false,
    },
  ],
});

const unrecognisedPng: ReportDiagnostic = {
  code: 'unrecognised-input',
  message: 'not a firewall configuration that fwaudit knows: it begins like a PNG image',
  hint: '`fwaudit platforms` lists what is read',
  location: { file: 'exports/photo.png', line: 1 },
  incomplete: true,
};

/** Four inputs: a door, a clean appliance, an explained one, and a picture. */
export const several: AuditReport = report({
  register: 'fwaudit.yaml',
  captures: [
    capture(),
    capture({ file: 'fw-nice/config.exp', devices: ['fw-nice'] }),
    capture({ file: 'fw-lille/config.exp', devices: ['fw-lille'] }),
    capture({ file: 'exports/photo.png', platform: null, devices: [], coverage: null, limits: [] }),
  ],
  devices: [
    ...reseller.devices,
    device({
      id: 'fw-nice',
      file: 'fw-nice/config.exp',
      product: 'TZ 300',
      firmware: '6.5.2.3-4n',
      accessRules: 88,
    }),
    device({ id: 'fw-lille', file: 'fw-lille/config.exp', accessRules: 97 }),
  ],
  exposures: [
    exposure(),
    exposure({
      key: 'fw-lille/WAN/acme/X1/https-management',
      device: 'fw-lille',
      party: 'acme',
      status: 'explained',
      remainder: [],
      explainedBy: ['acme-on-call'],
    }),
  ],
  findings: [
    finding(),
    finding({
      device: 'fw-lille',
      status: 'explained',
      exposure: 'fw-lille/WAN/acme/X1/https-management',
      explain: null,
      explanation: ['acme-on-call'],
    }),
  ],
  explanations: [CONTRACT],
  diagnostics: [unrecognisedPng],
});

/** Nothing that could be read at all. */
export const unrecognised: AuditReport = report({
  captures: [
    capture({ file: 'exports/photo.png', platform: null, devices: [], coverage: null, limits: [] }),
    capture({ file: 'exports/empty.exp', platform: null, devices: [], coverage: null, limits: [] }),
  ],
  diagnostics: [
    unrecognisedPng,
    {
      code: 'empty-input',
      message: 'the file is empty',
      hint: null,
      location: { file: 'exports/empty.exp', line: 1 },
      incomplete: true,
    },
    {
      code: 'unreadable-input',
      message: 'no such file: missing.exp',
      hint: null,
      location: null,
      incomplete: true,
    },
  ],
});

/** What a name may hold to deceive whoever reads the report. */
export const EVIL =
  '\u001b[2J\u001b]0;owned\u0007clean\r\nscan complete\u009b31m \u202egnp.exe\u2066\u200b\u{e0041}';

function evil(text: string): string {
  return `${EVIL}${text}`;
}

/** Every text that comes from a configuration tries to act. */
export const hostile: AuditReport = report({
  captures: [
    capture({
      file: evil('.exp'),
      devices: [evil('device')],
      coverage: {
        unit: 'keys',
        read: 10,
        ignored: 0,
        unknown: 1,
        unknownFamilies: [{ name: evil('family'), count: 1, section: 'other' }],
      },
      limits: [{ id: evil('limit'), message: evil('message'), accepted: false }],
    }),
  ],
  devices: [
    device({
      id: evil('device'),
      file: evil('.exp'),
      product: evil('product'),
      firmware: evil('1.0'),
      entries: [
        {
          kind: 'zone',
          name: evil('WAN'),
          interfaces: [evil('X1')],
          role: 'unknown',
          evidence: evil('evidence'),
        },
      ],
    }),
  ],
  exposures: [
    exposure({
      device: evil('device'),
      entry: { kind: 'zone', name: evil('WAN'), interfaces: [evil('X1')] },
      sources: [evil('203.0.113.7')],
      named: [{ name: evil('named'), sources: ['203.0.113.9/32'] }],
      target: self(evil('X1'), null, evil('DHCP')),
      service: { id: 'https-management', name: evil('service'), protocol: evil('tcp'), ports: [evil('443')] },
      path: [
        rule(31, {
          name: evil('rule'),
          detail: evil('detail'),
          comment: evil('comment'),
          location: at(evil('key')),
        }),
        object('source', evil('object'), evil('value'), evil('key')),
        object('source', 'A'.repeat(5000), 'long', 'addrObjId_1', 1),
      ],
      approximate: [evil('approximate')],
      conditions: [evil('condition')],
      lapsed: [{ explanation: evil('lapsed'), why: evil('why') }],
    }),
  ],
  dormant: [dormant({ device: evil('device'), reasons: [evil('reason')] })],
  findings: [
    finding({
      device: evil('device'),
      title: evil('title'),
      message: evil('message'),
      why: evil('why'),
      fix: [evil('fix')],
      explain: `- id: ${evil('explain')}`,
    }),
  ],
  explanations: [
    {
      id: evil('stale'),
      status: 'stale',
      message: evil('message'),
      reason: evil('reason'),
      owner: null,
      ticket: null,
      until: '2026-12-31',
      location: { file: evil('fwaudit.yaml'), line: 3 },
    },
  ],
  register: evil('fwaudit.yaml'),
  checks: [
    check({
      title: evil('title'),
      why: evil('why'),
      fix: evil('fix'),
      platformFixes: [{ platform: evil('platform'), fix: evil('fix') }],
      references: [evil('reference')],
      tags: [evil('tag')],
    }),
  ],
  baseline: { file: evil('baseline.json'), at: '2026-10-01' },
  previous: {
    file: evil('last.json'),
    at: '2026-10-22',
    absent: [
      {
        check: 'FWA-ADM-002',
        severity: 'critical',
        key: evil('key'),
        hash: evil('hash'),
        device: evil('device'),
        title: evil('title'),
        message: evil('message'),
        change: 'resolved',
        reason: null,
        lastSeen: '2026-10-22',
      },
    ],
  },
  diagnostics: [
    {
      code: 'dangling-reference',
      message: evil('message'),
      hint: evil('hint'),
      location: { file: evil('.exp'), line: 1, key: evil('key') },
      incomplete: true,
    },
  ],
});

/** A run that counts only what its baseline does not hold: one door is new, two are known. */
export const againstBaseline: AuditReport = report({
  captures: [capture()],
  devices: [device({ outcomes: { ...device().outcomes, 'FWA-ADM-002': 'fail', 'FWA-ADM-004': 'fail' } })],
  baseline: { file: 'reports/baseline.json', at: '2026-10-01' },
  exposures: ['203.0.113.7', '203.0.113.77', '198.51.100.200'].map((host) =>
    exposure({ key: host, sources: [`${host}/32`] }),
  ),
  findings: [
    ...['203.0.113.7', '203.0.113.77', '198.51.100.200'].map((host, index) =>
      finding({
        key: `${index}c5b09d2f7e1`,
        exposure: host,
        message: `${host} (undeclared) may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN`,
        remainder: [`${host}/32`],
        known: index > 0,
        explain: null,
      }),
    ),
    finding({
      check: 'FWA-ADM-004',
      severity: 'high',
      key: '4c5b09d2f7e1',
      title: 'Administration in clear text',
      message: 'HTTP management, tcp/80, on X1 198.51.100.2 takes logins in clear text from WAN',
      exposure: null,
      subject: 'WAN 192.0.2.0/24 > X1 > http-management',
      remainder: [],
      known: true,
      explain: null,
    }),
  ],
});

/** A run in which all that is open is known: nothing new, and nothing clean either. */
export const allKnown: AuditReport = report({
  ...reseller,
  baseline: { file: 'reports/baseline.json', at: '2026-10-01' },
  findings: reseller.findings.map((each) => ({ ...each, known: true })),
});

/** A source hidden two groups deep, behind a schedule, on an entry of unknown trust. */
const nested: ReportExposure = exposure({
  key: 'fw-paris-1/X5/undeclared:203.0.113.7/X5/https-management',
  entry: { kind: 'interface', name: 'X5', interfaces: ['X5'], peers: [] },
  target: self('X5', '198.51.100.130'),
  named: [{ name: 'Vendor NOC', sources: ['203.0.113.7/32'] }],
  path: [
    rule(40, { comment: 'partners' }),
    object('source', 'Partners', 'group', 'addrObjId_60'),
    object('source', 'Resellers', 'group', 'addrObjId_61', 1),
    object('source', 'Support', '203.0.113.7', 'addrObjId_93', 2),
    object('source', 'noc.acme.example', 'the address of a name', 'addrObjFqdnId_0', 1),
    managementIp('X5', '198.51.100.130', 'addrObjId_18'),
    object('service', 'Management Services', 'group', 'svcObjId_20'),
    object('service', 'HTTPS Management', 'tcp/443', 'svcObjId_7', 1),
  ],
  approximate: ['noc.acme.example: the address of a name is not in the file'],
  conditions: ['schedule "Work Hours"'],
  status: 'partly',
  sources: ['203.0.113.6/31'],
  remainder: ['203.0.113.7/32'],
  explainedBy: ['acme-on-call'],
  lapsed: [{ explanation: 'integrator-2025', why: 'expired' }],
});

/** What an earlier run found and this one does not. */
const GONE: readonly ReportAbsent[] = [
  {
    check: 'FWA-ADM-002',
    severity: 'critical',
    key: '11d2c7a0be56',
    hash: '90aa1b2c3d4e',
    device: 'fw-paris-1',
    title: 'A third party can administer the firewall',
    message: '198.51.100.200 (undeclared) may reach SSH management, tcp/22, on X1 198.51.100.2, from WAN',
    change: 'resolved',
    reason: null,
    lastSeen: '2026-10-22',
  },
  {
    check: 'FWA-ADM-004',
    severity: 'high',
    key: '77a0be5611d2',
    hash: '3d4e90aa1b2c',
    device: 'fw-nice',
    title: 'Administration in clear text',
    message: 'HTTP management, tcp/80, on X1 198.51.100.66 takes logins in clear text from WAN',
    change: 'open',
    reason: 'device-not-audited',
    lastSeen: '2026-09-22',
  },
];

/** Every field of the contract holds something. */
export const full: AuditReport = report({
  register: 'fwaudit.yaml',
  baseline: { file: 'reports/baseline.json', at: '2026-10-01' },
  previous: { file: 'reports/last.json', at: '2026-10-22', absent: GONE },
  captures: [
    capture({
      limits: [...capture().limits.map((limit) => ({ ...limit, accepted: true }))],
      coverage: {
        unit: 'keys',
        read: 5511,
        ignored: 310,
        unknown: 47,
        unknownFamilies: [
          { name: 'wlanNovelty', count: 40, section: 'other' },
          { name: 'zzTopUp', count: 7, section: 'other' },
        ],
      },
    }),
  ],
  devices: [
    device({
      entries: [
        ...device().entries,
        {
          kind: 'interface',
          name: 'X5',
          interfaces: ['X5'],
          role: 'unknown',
          evidence: 'it is in no zone and has a public address',
        },
      ],
      outcomes: { ...device().outcomes, 'FWA-ADM-002': 'fail', 'FWA-ADM-004': 'unknown' },
    }),
  ],
  exposures: [
    nested,
    ...explained.exposures,
    exposure({
      key: 'fw-paris-1/WAN/undeclared/X1/ping',
      anyone: true,
      sources: ANYONE,
      service: { id: 'ping', name: 'Ping', protocol: 'icmp', ports: ['8'] },
      path: [automaticRule(5), any('source', 5), managementIp('X1', '198.51.100.2', 'addrObjId_12')],
    }),
  ],
  dormant: sleeping.slice(0, 2),
  findings: [
    finding({
      message: '203.0.113.6/31 (undeclared) may reach HTTPS management, tcp/443, on X5 198.51.100.130',
      change: 'changed',
      exposure: nested.key,
      subject: 'Support > All X5 Management IP > HTTPS Management',
    }),
    finding({
      status: 'explained',
      change: 'resolved',
      explain: null,
      explanation: ['acme-on-call'],
      remainder: [],
    }),
    finding({
      check: 'FWA-PRV-003',
      severity: 'info',
      device: null,
      change: 'new',
      title: 'Parts of this configuration are not understood',
      message: '47 keys of 2 families are unknown to fwaudit',
      why: 'What is not understood cannot be judged.',
      exposure: null,
      remainder: [],
      locations: [{ file: FILE, line: 1 }, at('wlanNovelty_0')],
      fix: ['send the families that -vv lists to the maintainers'],
      explain: null,
    }),
  ],
  explanations: [
    ...explained.explanations,
    {
      id: 'integrator-2025',
      status: 'expired',
      message: 'expired on 2025-12-31',
      reason: 'Migration of 2025',
      owner: null,
      ticket: null,
      until: '2025-12-31',
      location: { file: 'fwaudit.yaml', line: 31, key: 'explanations' },
    },
  ],
  diagnostics: [
    {
      code: 'malformed-value',
      message: 'the comment is not UTF-8 and was read as Latin-1',
      hint: 'nothing to do',
      location: at('policyComment_3'),
      incomplete: false,
    },
  ],
});
