import type {
  AuditReport,
  ReportCapture,
  ReportDiagnostic,
  ReportExposure,
  ReportFinding,
} from '../../model/audit-report.js';
import { partition } from './groups.js';
import type { Page } from './page.js';
import { dotted, marked } from './page.js';
import { placeText, samePlace } from './phrases.js';
import { plural, thousands, wrap } from './text.js';

/** Problems with inputs that were read, spelled out before `-v`. */
const PROBLEMS_SHOWN = 5;

const UNREAD = new Set([
  'unreadable-input',
  'empty-input',
  'unrecognised-input',
  'ambiguous-platform',
  'no-configuration-found',
  'unsupported-format',
]);

/** What became of the findings above. */
export interface Above {
  /** The finding whose `fwaudit.yaml` lines are printed. */
  readonly sample: ReportFinding | null;
  /** Whether some are told in fewer words than there are, for want of room. */
  readonly folded: boolean;
}

/** The end of every report: the register, the sum, the limits, and whether the scan was complete. */
export function renderClosing(page: Page, report: AuditReport, above: Above): readonly string[] {
  return [
    ...register(page, report),
    ...sum(page, report),
    ...(page.verbosity === 0
      ? withMore(page, report, above)
      : [...limits(page, report), ...notes(page, report)]),
    ...completeness(page, report),
    ...unknownFamilies(page, report),
  ];
}

/** Explanations that do not do their work; those already named at a finding only after `-v`. */
function register(page: Page, report: AuditReport): readonly string[] {
  const { dim, yellow } = page.colour;
  if (report.register === null) {
    return page.verbosity === 0
      ? []
      : marked(page, 'register', 'no fwaudit.yaml: no party is declared, no door explained', dim);
  }
  const lapsed = new Set(
    report.exposures.flatMap((each) => each.lapsed.map(({ explanation }) => explanation)),
  );
  const found = report.findings.filter(({ device }) => device === null).flatMap(({ locations }) => locations);
  const idle = report.explanations.filter(({ id, status, location }) => {
    if (status === 'used') return false;
    const said =
      status === 'not-audited' || lapsed.has(id) || found.some((each) => samePlace(each, location));
    return page.verbosity > 0 || !said;
  });
  const lines = idle.flatMap(({ id, message, location }) => {
    const place = `${page.prose(location.file)}:${location.line}`;
    return marked(page, 'register', `${place} ${page.name(id)}: ${page.prose(message)}`, yellow);
  });
  if (page.verbosity === 0) return lines;
  const at = `${page.prose(report.register)}, explanations as of ${page.name(report.at)}`;
  return [...marked(page, 'register', at, dim), ...lines];
}

/** `1 door open to a third party · 0 explained · 2 dormant (-v)` */
function sum(page: Page, report: AuditReport): readonly string[] {
  if (report.devices.length === 0) return line(page, 'nothing was audited');
  const open = report.findings.filter(({ status }) => status === 'open');
  // What is of low severity about a door says how it is kept, not that it should be closed.
  const objected = open.filter(({ severity }) => severity !== 'low' && severity !== 'info');
  const keys = new Set(objected.map(({ exposure }) => exposure));
  const doors = report.exposures.filter(({ key }) => keys.has(key));
  const about = new Set(doors.map(({ key }) => key));
  const rest = open.filter(({ exposure }) => exposure === null || !about.has(exposure)).length;
  const dormant = report.summary.dormant;
  const text = dotted(page, [
    doorsText(doors),
    rest === 0 ? null : plural(rest, 'other finding'),
    report.summary.known === 0 ? null : `${thousands(report.summary.known)} known to the baseline`,
    `${thousands(report.summary.explained)} explained${report.register === null && open.length > 0 ? ' (no fwaudit.yaml)' : ''}`,
    dormant === 0 ? null : `${thousands(dormant)} dormant${page.verbosity === 0 ? ' (-v)' : ''}`,
    report.devices.length > 1 ? plural(report.devices.length, 'device') : null,
  ]);
  return line(page, text);
}

function doorsText(doors: readonly ReportExposure[]): string {
  const anyone = doors.filter((door) => door.anyone).length;
  const third = doors.filter((door) => !door.anyone && door.thirdParty).length;
  const others = doors.filter((door) => !door.anyone && !door.thirdParty);
  const inside = others.filter(({ party }) => party === 'private').length;
  const zones = others.filter(({ party }) => party === 'zone-hosts').length;
  const own = others.length - inside - zones;
  const parts = [
    [anyone, 'to anyone'],
    [third, third === 1 ? 'to a third party' : 'to third parties'],
    [inside, 'to private addresses'],
    [zones, 'to a DMZ or to guests'],
    [own, "to the organisation's own addresses"],
  ] as const;
  const [first, ...more] = parts.filter(([count]) => count > 0);
  if (first === undefined) return '0 doors open';
  return [
    `${plural(first[0], 'door')} open ${first[1]}`,
    ...more.map(([count, to]) => `${thousands(count)} ${to}`),
  ].join(', ');
}

/** What `-v` adds that is not counted anywhere else: one line. */
function withMore(page: Page, report: AuditReport, { sample, folded }: Above): readonly string[] {
  const lines = report.findings.filter((each) => each.explain !== null && each !== sample).length;
  const limits = [...limitsOf(report).values()].filter(({ accepted }) => !accepted).length;
  const notes = report.diagnostics.filter(({ incomplete }) => !incomplete).length;
  const platforms = new Set(report.captures.flatMap(({ platform }) => platform ?? []));
  const of = platforms.size > 1 ? 'these formats' : 'this format';
  const other = sample === null ? 'finding' : 'more finding';
  const text = dotted(page, [
    folded ? 'every finding in full' : null,
    lines === 0 ? null : `lines that would explain ${plural(lines, other)}`,
    limits === 0 ? null : `${plural(limits, 'limit')} of ${of}`,
    notes === 0 ? null : `${plural(notes, 'note')} on the input`,
  ]);
  return text === '' ? [] : line(page, `with -v: ${text}`, page.colour.dim);
}

function limitsOf(report: AuditReport): ReadonlyMap<string, ReportCapture['limits'][number]> {
  return new Map(report.captures.flatMap((capture) => capture.limits.map((limit) => [limit.id, limit])));
}

/** What a format can never show, once for each limit however many captures have it. */
function limits(page: Page, report: AuditReport): readonly string[] {
  return [...limitsOf(report).values()].flatMap(({ id, message, accepted }) => {
    const text = `${page.name(id)}: ${page.prose(message)}${accepted ? ' (accepted)' : ''}`;
    return marked(page, 'limit', text, page.colour.dim);
  });
}

/** Diagnostics that hide no door. */
function notes(page: Page, report: AuditReport): readonly string[] {
  const harmless = report.diagnostics.filter(({ incomplete }) => !incomplete);
  return diagnosticTexts(page, report, harmless).flatMap((text) =>
    marked(page, 'note', text, page.colour.dim),
  );
}

/** The line that every report ends with, and what made the scan incomplete. */
function completeness(page: Page, report: AuditReport): readonly string[] {
  const { green, yellow } = page.colour;
  if (report.summary.complete) return line(page, `scan complete: ${amounts(report)}`, green);
  const problems = report.diagnostics.filter(({ incomplete }) => incomplete);
  const unread = problems.filter(({ code }) => UNREAD.has(code));
  const other = problems.filter(({ code }) => !UNREAD.has(code));
  const shown = page.verbosity === 0 ? oneOfEach(other).slice(0, PROBLEMS_SHOWN) : other;
  const more = other.length - shown.length;
  const why = [
    unread.length === 0 ? null : `${plural(unread.length, 'input')} not read`,
    other.length === 0 ? null : plural(other.length, unread.length === 0 ? 'problem' : 'other problem'),
  ].filter((each) => each !== null);
  const head = `scan incomplete: ${why.length === 0 ? 'the reason was not recorded' : why.join(', ')}; a door may have been missed`;
  return [
    ...line(page, head, (text) => page.colour.bold(yellow(text))),
    ...diagnosticTexts(page, report, unread).flatMap((text) => marked(page, 'unread', text, yellow)),
    ...diagnosticTexts(page, report, shown).flatMap((text) => marked(page, 'problem', text, yellow)),
    ...(more > 0 ? marked(page, '', `${page.ellipsis} and ${thousands(more)} more (-v)`, yellow) : []),
    ...(report.devices.length > 0 ? line(page, `read: ${amounts(report)}`) : []),
  ];
}

/** `101 access rules, 5,868 keys read or ignored for a listed reason, 0 unknown` */
function amounts(report: AuditReport): string {
  const rules = report.devices.reduce((total, { accessRules }) => total + accessRules, 0);
  const coverages = report.captures.flatMap(({ coverage }) => coverage ?? []);
  const known = (['keys', 'lines'] as const).flatMap((unit) => {
    const ofUnit = coverages.filter((coverage) => coverage.unit === unit);
    if (ofUnit.length === 0) return [];
    const count = ofUnit.reduce((total, { read, ignored }) => total + read + ignored, 0);
    return [plural(count, unit === 'keys' ? 'key' : 'line')];
  });
  const unknown = coverages.reduce((total, coverage) => total + coverage.unknown, 0);
  return `${plural(rules, 'access rule')}, ${known.join(' and ') || 'no key'} read or ignored for a listed reason, ${thousands(unknown)} unknown`;
}

/** The first problem of each kind in each file. */
function oneOfEach(problems: readonly ReportDiagnostic[]): readonly ReportDiagnostic[] {
  return partition(problems, ({ code, location }) => `${code} ${location?.file ?? ''}`).map(
    ([first]) => first,
  );
}

/** Place and message; a hint stands behind the first that has it, a file only where there are several. */
function diagnosticTexts(
  page: Page,
  { captures }: AuditReport,
  diagnostics: readonly ReportDiagnostic[],
): readonly string[] {
  const only = captures.length === 1 ? (captures[0]?.file ?? '') : '';
  const hints = new Set<string>();
  return diagnostics.map(({ location, message, hint }) => {
    const whole = location === null || (location.line === 1 && location.key === undefined);
    const place =
      location === null ? null : whole ? page.prose(location.file) : placeText(page, location, only);
    const text = `${place === null ? '' : `${place}: `}${page.prose(message)}`;
    if (hint === null || hints.has(hint)) return text;
    hints.add(hint);
    return dotted(page, [text, page.prose(hint)]);
  });
}

/** Families of keys or lines that nothing is known about, by capture: `-vv`. */
function unknownFamilies(page: Page, report: AuditReport): readonly string[] {
  if (page.verbosity < 2) return [];
  return report.captures.flatMap(({ file, coverage }) => {
    const families = coverage?.unknownFamilies ?? [];
    if (families.length === 0) return [];
    const texts = families.map(({ name, count, section }) => {
      return `${page.name(name)} ${page.times}${thousands(count)} (${page.name(section)})`;
    });
    return marked(page, 'unknown', `${page.prose(file)}: ${texts.join(', ')}`, page.colour.dim);
  });
}

function line(page: Page, text: string, paint = (each: string) => each): readonly string[] {
  return wrap(text, page.width - 3).map((each, index) => ` ${index === 0 ? '' : '  '}${paint(each)}`);
}
