import type { Capture } from '../../model/capture.js';
import type { Diagnostic, Limit } from '../../model/coverage.js';
import type { FirewallConfig, Setting } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { Parsed } from '../platform.js';
import { createDiagnosticLog, type DiagnosticLog } from '../shared/diagnostic-log.js';
import { refused } from '../shared/refused.js';
import { readCli } from './cli.js';
import { withCloudEdge } from './cloud-edge.js';
import { createKeyReader } from './key-reader.js';
import { normalise, unclassified } from './normalise.js';
import { PairList } from './pairs.js';
import { printedCoverage } from './printed-coverage.js';
import { keysOf, type PrintedKeys } from './printed-keys.js';
import { printedSecrets } from './printed-secrets.js';
import { type RestDocument, readRest } from './rest.js';
import { createStatementBook, type Statement } from './statement.js';

const REGISTRATION: Limit = {
  id: 'sonicwall-printed-registration-not-in-file',
  message:
    "A printed configuration does not say whose MySonicWall account the appliance is registered to. Whose is it? MySonicWall, My Products, lists the serial numbers of your accounts; of one that is in none of them, ask the vendor's support.",
};
const TUNNELS: Limit = {
  id: 'sonicwall-printed-tunnels-widely-judged',
  message:
    'The automatic rules of tunnels, address pools of clients, an L2TP server that no block shows and the networks each user may go to are not printed or not read: what comes out of a tunnel is taken as wide as what is printed allows.',
};

const ROUTES: Limit = {
  id: 'sonicwall-printed-route-policies-not-read',
  message:
    'Route policies are not read from this form: a host that NAT sends packets to, and that no network of an interface holds, is taken as behind any interface inside.',
};

const SERVERS: Limit = {
  id: 'sonicwall-printed-servers-read-in-part',
  message:
    'Mailboxes of logs and reports, logs and reports by FTP, DHCP, mirrored traffic, dynamic DNS and cloud backup are not read from this form. A settings export (.exp) shows them.',
};

/** What the text of the command line can never show. */
const CLI_LIMITS: readonly Limit[] = [
  {
    id: 'sonicwall-cli-hides-automatic-rules',
    message:
      'The command line does not print the rules that the appliance made by itself: doors come from the boxes ticked on interfaces, and a source somebody limited them to is not visible. A settings export (.exp) or the REST API shows it.',
  },
  {
    id: 'sonicwall-cli-built-in-objects-not-printed',
    message:
      'Built-in services and addresses are not printed: their factory ports and usual members are taken.',
  },
  REGISTRATION,
  TUNNELS,
  ROUTES,
  SERVERS,
];

/** What answers of the API do not show. */
const REST_LIMITS: readonly Limit[] = [
  {
    id: 'sonicwall-rest-as-far-as-collected',
    message: 'Answers of the REST API show what somebody asked for: what was not collected is not judged.',
  },
  REGISTRATION,
  TUNNELS,
  ROUTES,
  SERVERS,
];

/** Policy mode has security policies, which decide otherwise than access rules. */
function policyMode(location: Location): Parsed {
  const message = 'this configuration of SonicOS 7 is in policy mode: security policies are not supported';
  return refused(location.file, 'unsupported-format', message, { location });
}

function isSecurityPolicy({ words }: Statement): boolean {
  return words[0] === 'security-policy' || words[0] === 'security-policies';
}

/** Reads the text of `show current-config` into one device. Never throws. */
export function parseCli(capture: Capture): Parsed {
  const document = readCli(capture);
  const { file } = capture;
  const policy = document.statements.find(isSecurityPolicy);
  if (policy !== undefined) return policyMode(policy.location);
  const start: Location = document.statements[0]?.location ?? { file, line: 1 };
  const log = createDiagnosticLog();
  const last = document.statements.at(-1)?.location ?? start;
  if (document.cuts.length > 0)
    log.note('truncated', `the text is cut off: ${document.cuts.join('; ')}`, last);
  for (const location of document.fragments) {
    log.note('malformed-value', 'a quotation does not end on its line', location);
  }
  if (!document.statements.some(({ words }) => words[0] === 'access-rule')) {
    log.note('missing-value', 'the text holds no access rules', last);
  }
  const book = createStatementBook();
  const keys = keysOf(document.statements, book, { start, automatic: false });
  const printed = deviceOf(file, keys, start, log, 'left-out');
  const device = {
    ...printed,
    tunnels: withCloudEdge(printed.tunnels, document.statements),
    settings: [...printed.settings, ...unlessLogs(document.statements, start)],
    secrets: printedSecrets(document.statements),
  };
  const counted = { read: document.exits, ignored: document.noise };
  const coverage = printedCoverage(file, 'lines', document.statements, book, counted);
  return {
    devices: [device],
    coverage: [coverage],
    diagnostics: [...log.list(), ...unclassified(coverage)],
    limits: CLI_LIMITS,
  };
}

/** Reads answers of the REST API that were kept side by side into one device. Never throws. */
export function parseRest(captures: readonly Capture[]): Parsed {
  const read = captures.map((capture) => ({ capture, document: readRest(capture) }));
  const documents = read.flatMap(({ document }) => (document === null ? [] : [document]));
  const broken = read.flatMap(({ capture: { file }, document }): readonly Diagnostic[] =>
    document === null
      ? [
          {
            code: 'malformed-value',
            message: 'this is no whole JSON answer',
            location: { file, line: 1 },
            incomplete: true,
          },
        ]
      : [],
  );
  const policy = documents.flatMap(({ others }) => others).find(isSecurityPolicy);
  if (policy !== undefined) return policyMode(policy.location);
  const statements = documents.flatMap((document) => document.statements);
  const [first] = documents;
  if (first === undefined) return { devices: [], coverage: [], diagnostics: broken, limits: [] };
  const log = createDiagnosticLog();
  const withRules = documents.some((document) => holds(document, 'access-rule'));
  noteMissing(documents, first.file, log);
  const book = createStatementBook();
  const start: Location = { file: first.file, line: 1 };
  const keys = keysOf(statements, book, { start, automatic: withRules });
  const printed = deviceOf(first.file, keys, start, log, withRules ? 'written' : 'left-out');
  const everything = documents.flatMap((each) => [...each.statements, ...each.others]);
  const device = {
    ...printed,
    tunnels: withCloudEdge(printed.tunnels, everything),
    settings: [...printed.settings, ...unlessLogs(everything, start)],
    secrets: printedSecrets(everything),
  };
  const coverage = documents.map((document) =>
    printedCoverage(document.file, 'keys', [...document.statements, ...document.others], book, {
      read: 0,
      ignored: 0,
    }),
  );
  return {
    devices: [device],
    coverage,
    diagnostics: [...broken, ...log.list(), ...coverage.flatMap(unclassified)],
    limits: REST_LIMITS,
  };
}

/** Said where the text is only a part, or nobody asked the API for it: it must not be taken for "no server". */
function unlessLogs(statements: readonly Statement[], location: Location): readonly Setting[] {
  const logs = statements.some(({ words }) => words[0] === 'log' && (words[1] ?? 'syslog') === 'syslog');
  return logs ? [] : [{ name: 'logs-not-in-file', value: true, location }];
}

function holds({ statements }: RestDocument, head: string): boolean {
  return statements.some(({ words }) => words[0] === head);
}

/** Collections without which doors cannot be told; NAT, zones and objects may be empty on an appliance. */
function noteMissing(documents: readonly RestDocument[], file: string, log: DiagnosticLog): void {
  for (const [head, what] of [
    ['access-rule', 'access rules'],
    ['interface', 'interfaces'],
    ['zone', 'zones'],
  ] as const) {
    if (documents.some((document) => holds(document, head))) continue;
    log.note('missing-value', `none of the files holds ${what}`, { file, line: 1 });
  }
}

function deviceOf(
  file: string,
  keys: PrintedKeys,
  start: Location,
  log: DiagnosticLog,
  automaticRules: 'written' | 'left-out',
): FirewallConfig {
  const reader = createKeyReader(PairList.of(file, keys.entries), false);
  const device = normalise(reader, log, automaticRules);
  const inFile = <T extends { readonly name: string; readonly origin: string }>(object: T): T =>
    keys.implied.has(object.name) ? { ...object, origin: 'implied' } : object;
  return {
    ...device,
    addressObjects: device.addressObjects.map(inFile),
    serviceObjects: device.serviceObjects.map(inFile),
    location: device.location.file === file ? device.location : start,
  };
}
