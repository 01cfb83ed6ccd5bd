import type {
  AuditReport,
  ReportDevice,
  ReportDormant,
  ReportExplanation,
  ReportExposure,
  ReportFinding,
} from '../../model/audit-report.js';
import { SEVERITIES } from '../../model/check.js';

/** A finding with the door it is about, if it is about one. */
export interface Item {
  readonly finding: ReportFinding;
  readonly exposure: ReportExposure | null;
  readonly dormant: ReportDormant | null;
}

/** Findings of one check that differ only by target, interface or service. Never empty. */
export type Cluster = readonly [Item, ...Item[]];

/** The findings of one check in one section of the report. */
export interface Group {
  readonly check: string;
  readonly clusters: readonly [Cluster, ...Cluster[]];
}

/** The report with what its keys name at hand. */
export interface Index {
  readonly report: AuditReport;
  readonly exposures: ReadonlyMap<string, ReportExposure>;
  readonly dormant: ReadonlyMap<string, ReportDormant>;
  readonly explanations: ReadonlyMap<string, ReportExplanation>;
  readonly devices: ReadonlyMap<string, ReportDevice>;
  /** Whether something is open that can't wait: then what can is said in short. */
  readonly urgent: boolean;
  /** Whether findings that the baseline holds are counted only. */
  readonly hidesKnown: boolean;
}

/** Builds the index of a report. */
export function indexReport(report: AuditReport, hidesKnown: boolean): Index {
  const shown = report.findings.filter((each) => isShown({ hidesKnown }, each));
  return {
    report,
    exposures: new Map(report.exposures.map((each) => [each.key, each])),
    dormant: new Map(report.dormant.map((each) => [each.key, each])),
    explanations: new Map(report.explanations.map((each) => [each.id, each])),
    devices: new Map(report.devices.map((each) => [each.id, each])),
    urgent: shown.some(isUrgent),
    hidesKnown,
  };
}

function isShown({ hidesKnown }: Pick<Index, 'hidesKnown'>, { status, known }: ReportFinding): boolean {
  return status === 'open' && !(known && hidesKnown);
}

/** Whether a finding is critical or high. */
export function isUrgent({ severity }: ReportFinding): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('high');
}

/**
 * Open findings in the order in which they have to be read: by severity, then by who can get in, then
 * as the report has them.
 */
export function inOrder(index: Index, findings: readonly ReportFinding[]): readonly Item[] {
  const items = findings.filter((each) => isShown(index, each)).map((each) => toItem(index, each));
  const order = (item: Item) => urgency(item) * 10 + whoRank(item.exposure);
  return items.toSorted((a, b) => order(a) - order(b));
}

/** The same, those of one check together. */
export function groupFindings(index: Index, findings: readonly ReportFinding[]): readonly Group[] {
  const byCheck = partition(inOrder(index, findings), (item) => item.finding.check);
  return byCheck.map((group) => ({ check: group[0].finding.check, clusters: clusterItems(group) }));
}

/** A finding with what its `exposure` names. */
export function toItem(index: Index, finding: ReportFinding): Item {
  const key = finding.exposure ?? '';
  return {
    finding,
    exposure: index.exposures.get(key) ?? null,
    dormant: index.dormant.get(key) ?? null,
  };
}

function urgency(item: Item): number {
  return SEVERITIES.length - SEVERITIES.indexOf(item.finding.severity);
}

/** The firewall itself before what stands behind it; then anyone, third parties, private addresses. */
function whoRank(exposure: ReportExposure | null): number {
  if (exposure === null) return 8;
  const behind = exposure.target.kind === 'self' ? 0 : 4;
  if (exposure.anyone) return behind;
  if (exposure.thirdParty) return behind + 1;
  return behind + (exposure.party === 'private' ? 2 : 3);
}

function clusterItems(group: Cluster): readonly [Cluster, ...Cluster[]] {
  const numbers = new Map<string, number>();
  const [first, ...rest] = partition(group, (item) => likeness(item, numbers));
  return [first ?? group, ...rest];
}

/**
 * Equal for findings that differ only by target, interface or service.
 *
 * @param numbers of what was written down so far: it may be long, and many share it
 */
function likeness({ finding, exposure, dormant }: Item, numbers: Map<string, number>): string {
  if (dormant !== null) return JSON.stringify(['dormant', dormant.entry.name]);
  if (exposure === null) return 'fact';
  const { entry, party, sources, anyone, explainedBy, lapsed, conditions, approximate } = exposure;
  const shared = [entry, sources, finding.remainder, conditions, explainedBy, lapsed, approximate];
  return `${party} ${anyone} ${shared.map((each) => numberOf(written(each), numbers)).join(' ')}`;
}

function numberOf(text: string, numbers: Map<string, number>): number {
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  return number;
}

/** What several doors of a report share, as text. */
function written(value: object): string {
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    texts.set(value, text);
  }
  return text;
}

const texts = new WeakMap<object, string>();

/** Splits a list by a key, keeping the order of first appearance. */
export function partition<T>(items: readonly T[], key: (item: T) => string): readonly [T, ...T[]][] {
  const parts = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const name = key(item);
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [item]);
    else part.push(item);
  }
  return [...parts.values()];
}
