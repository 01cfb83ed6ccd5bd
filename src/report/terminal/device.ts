import type { ReportDevice, ReportDormant, ReportExposure, ReportFinding } from '../../model/audit-report.js';
import type { Section } from './block.js';
import { type Form, fixed, type Part } from './fit.js';
import type { Index } from './groups.js';
import { groupFindings, isUrgent, partition, toItem } from './groups.js';
import type { Page } from './page.js';
import { dotted, marked } from './page.js';
import {
  doorText,
  explanationsText,
  placeText,
  reasonsText,
  ruleOf,
  setText,
  targetText,
} from './phrases.js';
import { groupPart } from './short.js';
import { columns, plural, thousands, wrap } from './text.js';

/** Explained doors named before `-v`. */
const EXPLAINED_SHOWN = 10;

/** What one device has to say: its header, open findings, then what is calm. */
export function deviceParts(
  page: Page,
  section: Section,
  device: ReportDevice,
  sure: boolean,
): readonly Part[] {
  const findings = findingsOf(section.index, device);
  const small = smallFindings(page, section.index, findings);
  const groups = groupFindings(
    section.index,
    findings.filter((each) => !small.has(each)),
  );
  const quietDoors = !findings.some(
    (each) => each.status === 'open' && !LOW.has(each.severity) && isDoor(section.index, each),
  );
  const quiet = [
    ...explained(page, section, device, findings),
    ...own(page, section, device),
    ...unjudged(page, section, device, findings),
    ...dormant(page, section, device, findings),
    ...known(page, section, findings),
    ...(quietDoors ? verdict(page, !findings.some(spoilsClean), sure) : []),
    ...(quietDoors || page.verbosity > 0 ? checked(page, device) : []),
    ...(page.verbosity > 0 ? entries(page, device) : []),
  ];
  return [
    fixed(header(page, device)),
    ...groups.map((group) => groupPart(page, section, group)),
    ...(small.size === 0 ? [] : [alsoPart(page, small)]),
    ...(quiet.length === 0 ? [] : [fixed(quiet, true)]),
  ];
}

/** The device's own findings, and those of its file where no other device shares it. */
export function findingsOf({ report }: Index, device: ReportDevice): readonly ReportFinding[] {
  const alone = report.devices.filter(({ file }) => file === device.file).length === 1;
  return report.findings.filter((finding) =>
    finding.device === null
      ? alone && finding.locations[0]?.file === device.file
      : finding.device === device.id,
  );
}

/** Low facts do not: few appliances have none. What is about a door, open or dormant, does. */
function spoilsClean({ status, severity, exposure }: ReportFinding): boolean {
  return status === 'open' && (exposure !== null || !LOW.has(severity));
}

/** Findings that can wait are told one by one before `-v` if they are few; else in short. */
const SMALL_SHOWN = 3;
const TITLES_SHOWN = 3;
/** Titles come once what cannot wait has said how to close it; see the ranks of groups. */
const ALSO_RANK = 5;

/** What can wait: what is of low severity, and beside an urgent finding every fact that is not urgent. */
function smallFindings(
  page: Page,
  index: Index,
  findings: readonly ReportFinding[],
): ReadonlySet<ReportFinding> {
  const small = findings.filter((finding) => {
    const { status, severity, exposure, device, known: held } = finding;
    if (status !== 'open' || device === null || (held && index.hidesKnown)) return false;
    if (LOW.has(severity)) return true;
    return index.urgent && exposure === null && !isUrgent(finding);
  });
  return new Set(page.verbosity === 0 && small.length > SMALL_SHOWN ? small : []);
}

const LOW: ReadonlySet<string> = new Set(['low', 'info']);

/** What is worth a look when the rest is done: by title, or by check where the page is full. */
function alsoPart(page: Page, small: ReadonlySet<ReportFinding>): Part {
  const form = (rank: number, text: string): Form => ({
    lines: marked(page, 'also', text, page.colour.dim),
    rank,
    tight: true,
  });
  return {
    forms: [form(0, alsoChecks(page, small)), form(ALSO_RANK, alsoTitles(page, small))],
    holdsSample: false,
  };
}

/** `8 findings of medium or low severity (-v): FWA-VPN-001 ×3; FWA-CLD-005; and 4 more` */
function alsoNamed(
  page: Page,
  small: ReadonlySet<ReportFinding>,
  nameOf: (finding: ReportFinding) => string,
  { between, most }: { readonly between: string; readonly most: number },
): string {
  const kinds = partition([...small], ({ check }) => check);
  const names = kinds
    .slice(0, most)
    .map(
      (alike) => `${nameOf(alike[0])}${alike.length === 1 ? '' : ` ${page.times}${thousands(alike.length)}`}`,
    );
  const more = kinds.slice(most).flat().length;
  const tail = more > 0 ? [`and ${thousands(more)} more`] : [];
  const all = [...names, ...tail].join(between);
  return `${plural(small.size, 'finding')} of ${worstOf(small)} severity (-v): ${all}`;
}

function alsoChecks(page: Page, small: ReadonlySet<ReportFinding>): string {
  return alsoNamed(page, small, ({ check }) => page.name(check), { between: ', ', most: Infinity });
}

function alsoTitles(page: Page, small: ReadonlySet<ReportFinding>): string {
  return alsoNamed(page, small, ({ title }) => page.prose(title), { between: '; ', most: TITLES_SHOWN });
}

function worstOf(small: ReadonlySet<ReportFinding>): string {
  return [...small].some(({ severity }) => !LOW.has(severity)) ? 'medium or low' : 'low';
}

function isDoor(index: Index, finding: ReportFinding): boolean {
  return index.exposures.has(finding.exposure ?? '');
}

/** `config.exp   NSA 240 · SonicWall SonicOS 5.9.0.7-17o · fw-paris-1` */
function header(page: Page, device: ReportDevice): readonly string[] {
  const system = [device.platformName, device.firmware].filter((each) => each !== null).join(' ');
  const known = device.product === null || device.platformName.endsWith(device.product);
  const product = known ? null : page.name(device.product ?? '');
  const id = device.id === device.file ? null : page.name(device.id);
  const about = dotted(page, [product, page.name(system), id]);
  const file = page.prose(device.file);
  if (columns(file) + 3 + columns(about) <= page.width) return [`${page.colour.bold(file)}   ${about}`];
  return [
    ...wrap(file, page.width).map(page.colour.bold),
    ...wrap(about, page.width - 3).map((each) => `   ${each}`),
  ];
}

function explained(
  page: Page,
  { index }: Section,
  device: ReportDevice,
  findings: readonly ReportFinding[],
): readonly string[] {
  const doors = index.report.exposures.filter(
    (each) => each.device === device.id && each.status === 'explained',
  );
  const facts = findings.filter((each) => each.status === 'explained' && !isDoor(index, each));
  const texts = [
    ...doors.map((door) => {
      const text = `${doorText(page, door)} by ${explanationsText(index, page, door.explainedBy)}`;
      return page.verbosity === 0 ? text : withRule(page, text, door, device.file);
    }),
    ...facts.map((fact) => {
      const by = explanationsText(index, page, fact.explanation ?? []);
      return `${page.prose(fact.title)}: ${factText(page, fact)} by ${by}`;
    }),
  ];
  const shown = page.verbosity === 0 ? texts.slice(0, EXPLAINED_SHOWN) : texts;
  const more = texts.length - shown.length;
  const tail = more > 0 ? [`${page.ellipsis} and ${thousands(more)} more (-v)`] : [];
  return [...shown, ...tail].flatMap((text) => marked(page, 'explained', text, page.colour.green));
}

function factText(page: Page, fact: ReportFinding): string {
  return fact.subject === null ? page.prose(fact.message) : page.prose(fact.subject);
}

/** Doors that only the organisation itself can use. */
function own(page: Page, { index }: Section, device: ReportDevice): readonly string[] {
  const doors = index.report.exposures.filter((each) => each.device === device.id && each.status === 'own');
  if (doors.length === 0) return [];
  if (page.verbosity === 0) {
    const text = `${plural(doors.length, 'door')} open to the organisation's own addresses (-v)`;
    return marked(page, 'own', text, page.colour.green);
  }
  return doors.flatMap((door) =>
    marked(page, 'own', withRule(page, doorText(page, door), door, device.file), page.colour.green),
  );
}

/** What can be reached, is unexplained, and no check objects to: worth knowing, after `-v`. */
function unjudged(
  page: Page,
  { index }: Section,
  device: ReportDevice,
  findings: readonly ReportFinding[],
): readonly string[] {
  if (page.verbosity === 0) return [];
  const judged = new Set(findings.map((each) => each.exposure));
  const doors = index.report.exposures.filter(
    (each) =>
      each.device === device.id &&
      (each.status === 'unexplained' || each.status === 'partly') &&
      !judged.has(each.key),
  );
  return doors.flatMap((door) =>
    marked(
      page,
      'open',
      `${withRule(page, doorText(page, door), door, device.file)}: no check objects`,
      page.colour.dim,
    ),
  );
}

function withRule(page: Page, text: string, door: ReportExposure | ReportDormant, file: string): string {
  const rule = ruleOf(door.path);
  if (rule === undefined) return text;
  return dotted(page, [text, page.name(rule.name), placeText(page, rule.location, file)]);
}

/** Doors that admit nobody today and that no finding is about; before `-v` they are only counted, below. */
function dormant(
  page: Page,
  { index }: Section,
  device: ReportDevice,
  findings: readonly ReportFinding[],
): readonly string[] {
  if (page.verbosity === 0) return [];
  const found = new Set(findings.map((each) => toItem(index, each).dormant).filter((each) => each !== null));
  const doors = index.report.dormant.filter((each) => each.device === device.id && !found.has(each));
  return doors.flatMap((door) =>
    marked(page, 'dormant', dormantText(page, door, device.file), page.colour.dim),
  );
}

function dormantText(page: Page, door: ReportDormant, file: string): string {
  const who = door.fromAny ? 'anyone' : door.sources.length === 0 ? 'nobody' : setText(page, door.sources);
  const text = `${page.name(door.service.name)} on ${targetText(page, door.target)} from ${who}`;
  return `${withRule(page, text, door, file)}: ${reasonsText(page, door)}`;
}

/** Open findings that the baseline holds: counted, and named after `-v` among the others. */
function known(page: Page, { index }: Section, findings: readonly ReportFinding[]): readonly string[] {
  const count = index.hidesKnown ? findings.filter((each) => each.known).length : 0;
  if (count === 0) return [];
  return marked(page, 'known', `${plural(count, 'open finding')} of the baseline (-v)`, page.colour.yellow);
}

/** Said only where no door is open; never `clean` when something may have been missed. */
function verdict(page: Page, clean: boolean, sure: boolean): readonly string[] {
  if (sure) {
    const mark = clean ? 'clean' : 'doors';
    return marked(
      page,
      mark,
      'no unexplained door to the administration of this firewall',
      page.colour.green,
    );
  }
  return marked(
    page,
    'unsure',
    'no unexplained door found, but the scan is incomplete: see below',
    page.colour.yellow,
  );
}

/** What was looked at, so that silence means something. */
function checked(page: Page, device: ReportDevice): readonly string[] {
  const outcomes = Object.entries(device.outcomes);
  const count = (outcome: string) => outcomes.filter(([, each]) => each === outcome).length;
  const unknown = outcomes.filter(([, each]) => each === 'unknown').map(([check]) => page.name(check));
  const failed = count('fail');
  const checks = [
    `${thousands(count('pass'))} passed`,
    failed === 0 ? null : `${thousands(failed)} failed`,
    count('not-applicable') === 0 ? null : `${thousands(count('not-applicable'))} not applicable`,
    unknown.length === 0 ? null : unknownText(page, unknown),
  ].filter((each) => each !== null);
  const text = dotted(page, [
    entriesText(page, device),
    plural(device.accessRules, 'access rule'),
    `${plural(outcomes.length, 'check')}: ${checks.join(', ')}`,
  ]);
  return marked(page, 'checked', text, page.colour.dim);
}

function unknownText(page: Page, checks: readonly string[]): string {
  const count = `${thousands(checks.length)} unknown`;
  return page.verbosity === 0 ? count : `${count}: ${checks.join(', ')}`;
}

function entriesText(page: Page, device: ReportDevice): string {
  if (device.entries.length === 0) return 'no entry from outside';
  const names = device.entries.map(({ name, interfaces }) => {
    const over = interfaces.length === 0 ? 'no interface' : interfaces.map(page.name).join(', ');
    return `${page.name(name)}: ${over}`;
  });
  return `${plural(device.entries.length, 'entry', 'entries')} (${names.join('; ')})`;
}

function entries(page: Page, device: ReportDevice): readonly string[] {
  return device.entries.flatMap((entry) => {
    const over = entry.interfaces.length === 0 ? '' : ` (${entry.interfaces.map(page.name).join(', ')})`;
    const text = `${page.name(entry.kind)} ${page.name(entry.name)}${over}: ${page.name(entry.role)}, ${page.prose(entry.evidence)}`;
    return marked(page, 'entry', text, page.colour.dim);
  });
}
