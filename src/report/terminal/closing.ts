import type {
  AuditReport,
  ReportDiagnostic,
  ReportExposure,
  ReportFinding,
} from '../../model/audit-report.js';
import type { Page } from './page.js';
import { dotted, marked } from './page.js';
import { placeText } from './phrases.js';
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

/** The end of every report: the register, the sum, the limits, and whether the scan was complete. */
export function renderClosing(
  page: Page,
  report: AuditReport,
  sample: ReportFinding | null,
): readonly string[] {
  return [
    ...register(page, report),
    ...sum(page, report),
    ...moreLines(page, report, sample),
    ...limits(page, report),
    ...notes(page, report),
    ...completeness(page, report),
    ...unknownFamilies(page, report),
  ];
}

/** Explanations that do not do their work; those already named at a finding only after `-v`. */
function register(page: Page, report: AuditReport): readonly string[] {
  const { dim, yellow } = page.colour;
  const open = report.findings.some((finding) => finding.status === 'open');
  if (report.register === null) {
    return open
      ? marked(page, 'register', 'no fwaudit.yaml: no party is declared, no door explained', dim)
      : [];
  }
  const said = new Set([
    ...report.exposures.flatMap(({ lapsed }) => lapsed.map(({ explanation }) => explanation)),
    ...report.findings.filter(({ device }) => device === null).map(({ subject }) => subject),
  ]);
  const idle = report.explanations.filter(
    ({ id, status }) =>
      status !== 'used' && (page.verbosity > 0 || (status !== 'not-audited' && !said.has(id))),
  );
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
  const keys = new Set(open.map(({ exposure }) => exposure));
  const doors = report.exposures.filter(({ key }) => keys.has(key));
  const about = new Set(doors.map(({ key }) => key));
  const rest = open.filter(({ exposure }) => exposure === null || !about.has(exposure)).length;
  const dormant = report.summary.dormant;
  const text = dotted(page, [
    doorsText(doors),
    rest === 0 ? null : plural(rest, 'other finding'),
    `${thousands(report.summary.explained)} explained`,
    `${thousands(dormant)} dormant${dormant > 0 && page.verbosity === 0 ? ' (-v)' : ''}`,
    report.devices.length > 1 ? plural(report.devices.length, 'device') : null,
  ]);
  return line(page, text);
}

function doorsText(doors: readonly ReportExposure[]): string {
  const anyone = doors.filter((door) => door.anyone).length;
  const third = doors.filter((door) => !door.anyone && door.thirdParty).length;
  const others = doors.filter((door) => !door.anyone && !door.thirdParty);
  const inside = others.filter(({ party }) => party === 'private').length;
  const own = others.length - inside;
  const parts = [
    [anyone, 'to anyone'],
    [third, third === 1 ? 'to a third party' : 'to third parties'],
    [inside, 'to private addresses'],
    [own, "to the organisation's own addresses"],
  ] as const;
  const [first, ...more] = parts.filter(([count]) => count > 0);
  if (first === undefined) return '0 doors open';
  return [
    `${plural(first[0], 'door')} open ${first[1]}`,
    ...more.map(([count, to]) => `${thousands(count)} ${to}`),
  ].join(', ');
}

/** Before `-v` one finding shows its lines for the register; the others have some too. */
function moreLines(page: Page, report: AuditReport, sample: ReportFinding | null): readonly string[] {
  if (page.verbosity > 0) return [];
  const more = report.findings.filter((each) => each.explain !== null && each !== sample).length;
  if (more === 0) return [];
  return line(
    page,
    `lines for fwaudit.yaml that would explain ${plural(more, 'more finding')} (-v)`,
    page.colour.dim,
  );
}

/** What a format can never show, once for each limit however many captures have it. */
function limits(page: Page, report: AuditReport): readonly string[] {
  const all = new Map(report.captures.flatMap((capture) => capture.limits.map((limit) => [limit.id, limit])));
  const { dim } = page.colour;
  if (page.verbosity > 0) {
    return [...all.values()].flatMap(({ id, message, accepted }) => {
      const text = `${page.name(id)}: ${page.prose(message)}${accepted ? ' (accepted)' : ''}`;
      return marked(page, 'limit', text, dim);
    });
  }
  const count = [...all.values()].filter(({ accepted }) => !accepted).length;
  if (count === 0) return [];
  const platforms = new Set(report.captures.flatMap(({ platform }) => platform ?? []));
  const of = platforms.size > 1 ? 'these formats' : 'this format';
  return line(page, `${plural(count, 'limit')} of ${of} (-v)`, dim);
}

/** Diagnostics that hide no door. */
function notes(page: Page, report: AuditReport): readonly string[] {
  const harmless = report.diagnostics.filter(({ incomplete }) => !incomplete);
  if (harmless.length === 0) return [];
  const { dim } = page.colour;
  if (page.verbosity === 0) return line(page, `${plural(harmless.length, 'note')} on the input (-v)`, dim);
  return harmless.flatMap((each) => marked(page, 'note', diagnosticText(page, each), dim));
}

/** The line that every report ends with, and what made the scan incomplete. */
function completeness(page: Page, report: AuditReport): readonly string[] {
  const { green, yellow } = page.colour;
  if (report.summary.complete) return line(page, `scan complete: ${amounts(report)}`, green);
  const problems = report.diagnostics.filter(({ incomplete }) => incomplete);
  const unread = problems.filter(({ code }) => UNREAD.has(code));
  const other = problems.filter(({ code }) => !UNREAD.has(code));
  const shown = page.verbosity === 0 ? other.slice(0, PROBLEMS_SHOWN) : other;
  const more = other.length - shown.length;
  const why = [
    unread.length === 0 ? null : `${plural(unread.length, 'input')} not read`,
    other.length === 0 ? null : plural(other.length, unread.length === 0 ? 'problem' : 'other problem'),
  ].filter((each) => each !== null);
  const head = `scan incomplete: ${why.length === 0 ? 'the reason was not recorded' : why.join(', ')}; a door may have been missed`;
  return [
    ...line(page, head, (text) => page.colour.bold(yellow(text))),
    ...unread.flatMap((each) => marked(page, 'unread', diagnosticText(page, each), yellow)),
    ...shown.flatMap((each) => marked(page, 'problem', diagnosticText(page, each), yellow)),
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

function diagnosticText(page: Page, diagnostic: ReportDiagnostic): string {
  const { location, message, hint } = diagnostic;
  const whole = location === null || (location.line === 1 && location.key === undefined);
  const place = location === null ? null : whole ? page.prose(location.file) : placeText(page, location, '');
  const text = `${place === null ? '' : `${place}: `}${page.prose(message)}`;
  return dotted(page, [text, hint === null ? null : page.prose(hint)]);
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
