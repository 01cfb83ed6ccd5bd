import type { ReportDormant, ReportFinding } from '../../model/audit-report.js';
import type { Severity } from '../../model/check.js';
import { countAddresses } from './addresses.js';
import { type Cluster, type Group, type Index, type Item, isUrgent } from './groups.js';
import type { Page, Paint, Row } from './page.js';
import { labelled, MARGIN, table, unlabelled } from './page.js';
import {
  addressText,
  countText,
  explanationsText,
  lapseText,
  placeText,
  portText,
  reasonsText,
  ruleOf,
  samePlace,
  setText,
  targetText,
  whoText,
} from './phrases.js';
import { renderProof } from './proof.js';
import { columns, firstSentence, thousands, wrap } from './text.js';

/** Before `-v`: clusters in full, further findings in one line each, those only named, steps, places, lines. */
const SHOWN = { clusters: 3, urgent: 20, others: 5, named: 5, steps: 4, places: 4, explain: 24 };

/** Headings are not stretched beyond this, so that the check's id stays near its title. */
const HEADING = 100;

/** What the blocks of one section share. */
export interface Section {
  readonly index: Index;
  /** The file that places are in unless they say another. */
  readonly file: string;
  /** The one finding whose `fwaudit.yaml` lines are printed before `-v`; null: none. */
  readonly sample: ReportFinding | null;
}

/** One check's findings: heading, the doors with their proof, why it matters, what to do. */
export function renderGroup(page: Page, section: Section, group: Group): readonly string[] {
  const { finding } = group.clusters[0][0];
  if (page.verbosity === 0 && section.index.urgent && !isUrgent(finding)) {
    return [...heading(page, finding), ...inShort(page, section, group.clusters.flat())];
  }
  const inFull = page.verbosity === 0 ? group.clusters.slice(0, SHOWN.clusters) : group.clusters;
  const rest = group.clusters.slice(inFull.length).flat();
  const blocks = inFull.map((cluster, index) => renderCluster(page, section, cluster, index === 0));
  return [
    ...heading(page, finding),
    ...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])),
    ...others(page, section, rest, null),
  ];
}

/** ` CRITICAL  title   check`. */
export function heading(page: Page, finding: ReportFinding): readonly string[] {
  const { colour } = page;
  const check = page.name(finding.check);
  const [first = '', ...more] = wrap(page.prose(finding.title), page.width - MARGIN);
  const room = headingRoom(page, finding);
  const fits = more.length === 0 && columns(first) <= room;
  const title = `${severityMark(page, finding)}${colour.bold(first)}`;
  if (fits) return [`${title}${' '.repeat(room - columns(first) + 2)}${colour.dim(check)}`];
  const rest = [...more.map(colour.bold), ...wrap(check, page.width - MARGIN).map(colour.dim)];
  return [title, ...rest.map((line) => ' '.repeat(MARGIN) + line)];
}

/** The finding's severity, up to the margin. */
export function severityMark({ colour }: Page, { severity }: ReportFinding): string {
  const paint: Record<Severity, Paint> = {
    critical: (text) => colour.bold(colour.bgRed(colour.white(text))),
    high: (text) => colour.bold(colour.red(text)),
    medium: (text) => colour.bold(colour.yellow(text)),
    low: (text) => colour.cyan(text),
    info: (text) => colour.dim(text),
  };
  const mark = ` ${severity.toUpperCase()} `;
  return `${paint[severity](mark)}${' '.repeat(MARGIN - mark.length)}`;
}

/** Columns that a heading has for its title before the check's id. */
export function headingRoom(page: Page, { check }: ReportFinding): number {
  return Math.min(HEADING, page.width) - MARGIN - columns(page.name(check)) - 2;
}

/** Beside something urgent: the sentence, and what the others of the check are about. */
function inShort(page: Page, section: Section, items: readonly Item[]): readonly string[] {
  const [first, ...others] = items;
  if (first === undefined) return [];
  const names = [...new Set(others.map((item) => itemName(page, section, item)))];
  const more = names.length > SHOWN.named ? ` ${page.ellipsis}` : '';
  const text = `${thousands(others.length)} more: ${names.slice(0, SHOWN.named).join(', ')}${more}`;
  return [
    ...unlabelled(page, page.prose(first.finding.message)),
    ...(others.length === 0 ? [] : labelled(page, 'also', text)),
  ];
}

/** The rule or the explanation that a finding is about, or its place. */
export function itemName(page: Page, { index, file }: Section, { finding, exposure, dormant }: Item): string {
  const rule = ruleOf((exposure ?? dormant)?.path ?? []);
  if (rule !== undefined) return page.name(rule.name);
  const [location] = finding.locations;
  if (location === undefined) return page.prose(finding.message);
  const explanation = index.report.explanations.find((each) => samePlace(each.location, location));
  return explanation === undefined ? placeText(page, location, file) : page.name(explanation.id);
}

/** Findings alike: the first in full, the others in one line each; after `-v` all in full. */
function renderCluster(page: Page, section: Section, cluster: Cluster, leads: boolean): readonly string[] {
  const because = page.prose(cluster[0].finding.why);
  const why = leads ? labelled(page, 'why', page.verbosity === 0 ? firstSentence(because) : because) : [];
  if (page.verbosity > 0) {
    return cluster.flatMap((item, index) => [
      ...(index === 0 ? [] : ['']),
      ...statement(page, section, item),
      ...named(page, [item]),
      ...(index === 0 ? why : []),
      ...remedy(page, section, [item]),
    ]);
  }
  return [
    ...statement(page, section, cluster[0]),
    ...others(page, section, cluster.slice(1), cluster[0]),
    ...named(page, cluster),
    ...why,
    ...remedy(page, section, cluster),
  ];
}

/** The sentence, what of it is explained, and its proof. */
function statement(page: Page, section: Section, item: Item): readonly string[] {
  const { finding, exposure, dormant } = item;
  const path = exposure?.path ?? dormant?.path ?? [];
  const proof =
    path.length > 0
      ? renderProof(page, path, section.file, exposure?.anyone ?? false)
      : places(page, section, finding);
  return [
    ...unlabelled(page, page.prose(finding.message)),
    ...(finding.known ? labelled(page, 'known', 'to the baseline: it does not count for the exit code') : []),
    ...spelled(page, explanationState(page, section, item)),
    ...proof,
    ...(dormant === null
      ? []
      : labelled(page, 'dormant', `admits nobody today: ${reasonsText(page, dormant)}`)),
    ...spelled(page, doubts(page, section, item)),
  ];
}

function spelled(page: Page, notes: readonly Note[]): readonly string[] {
  return notes.flatMap(({ label, text, paint }) => labelled(page, label, text, paint));
}

function places(page: Page, section: Section, finding: ReportFinding): readonly string[] {
  const texts = [...new Set(finding.locations.map((each) => placeText(page, each, section.file)))];
  if (texts.length === 0) return [];
  const shown = page.verbosity === 0 ? texts.slice(0, SHOWN.places) : texts;
  const more = texts.length - shown.length;
  const tail = more > 0 ? ` ${page.ellipsis} and ${thousands(more)} more (-v)` : '';
  return labelled(page, 'at', `${shown.join(', ')}${tail}`);
}

/** What else is to be known about a door, behind its label. */
export interface Note {
  readonly label: string;
  readonly text: string;
  readonly paint: Paint;
}

/** What explanations leave of a door, and those that no longer hold. */
export function explanationState(page: Page, section: Section, { finding, exposure }: Item): readonly Note[] {
  if (exposure === null) return [];
  const { index } = section;
  const paint = page.colour.yellow;
  const lapsed = exposure.lapsed.map((lapse) => ({
    label: 'lapsed',
    text: lapseText(index, page, lapse),
    paint,
  }));
  if (exposure.status !== 'partly') return lapsed;
  const remainder = finding.remainder.length > 0 ? finding.remainder : exposure.remainder;
  const by = explanationsText(index, page, exposure.explainedBy);
  const left = `${countText(remainder)}: ${setText(page, remainder)}`;
  const text = `${by} explains part of ${setText(page, exposure.sources)} and leaves ${left}`;
  return [{ label: 'partly', text, paint }, ...lapsed];
}

/** Conditions, over-approximations and an entry of unknown trust: why it may be less than it seems. */
export function doubts(page: Page, section: Section, { exposure }: Item): readonly Note[] {
  if (exposure === null) return [];
  const entries = section.index.devices.get(exposure.device)?.entries ?? [];
  const entry = entries.find(
    ({ kind, name }) => kind === exposure.entry.kind && name === exposure.entry.name,
  );
  const unknown = entry?.role === 'unknown' ? entry : undefined;
  const note = (label: string, text: string): Note => ({ label, text, paint: page.colour.dim });
  return [
    ...exposure.conditions.map((text) => note('only if', page.prose(text.replace(/^only (if )?/i, '')))),
    ...exposure.approximate.map((text) => note('unsure', page.prose(text))),
    ...(unknown === undefined
      ? []
      : [note('entry', `${page.name(unknown.name)} is taken as untrusted: ${page.prose(unknown.evidence)}`)]),
  ];
}

function named(page: Page, items: readonly Item[]): readonly string[] {
  return namedTexts(page, items).flatMap((text) => labelled(page, 'named', text));
}

/** Sources with a rule of their own: closing a wide door leaves them theirs. */
export function namedTexts(page: Page, items: readonly Item[]): readonly string[] {
  const texts = new Map<string, Item[]>();
  for (const item of items) {
    for (const { name, sources } of item.exposure?.named ?? []) {
      // What is as wide as the door itself closes with it.
      if (countAddresses(sources) >= countAddresses(item.exposure?.sources ?? [])) continue;
      const text = `"${page.name(name)}" ${setText(page, sources)}`;
      texts.set(text, [...(texts.get(text) ?? []), item]);
    }
  }
  return [...texts].map(([text, among]) => {
    const where = items.length === 1 ? '' : `: ${among.map((item) => doorName(page, item)).join(', ')}`;
    return `${text} has a rule of its own, and still gets in once this is closed${where}`;
  });
}

/** `tcp/443 of X1`. */
export function doorName(page: Page, { exposure, dormant }: Item): string {
  const door = exposure ?? dormant;
  if (door === null) return '';
  return `${portText(page, door.service)} of ${targetText(page, door.target)}`;
}

/** One line each: what differs from the finding above (null: everything may), and the rule. */
function others(page: Page, section: Section, items: readonly Item[], above: Item | null): readonly string[] {
  const urgent = items.some(({ finding }) => isUrgent(finding));
  const shown = items.slice(0, urgent ? SHOWN.urgent : SHOWN.others);
  const rows = shown.map((item, index): Row => {
    const label = index === 0 ? 'also' : '';
    return { label, cells: otherCells(page, section, item, above) };
  });
  const more = items.length - shown.length;
  const tail = more > 0 ? labelled(page, '', `${page.ellipsis} and ${thousands(more)} more (-v)`) : [];
  return [...table(page, rows), ...tail];
}

function otherCells(page: Page, section: Section, item: Item, above: Item | null): readonly string[] {
  const { finding, exposure, dormant } = item;
  const door = exposure ?? dormant;
  if (door === null) {
    const [location] = finding.locations;
    const place = location === undefined ? [] : [placeText(page, location, section.file)];
    return [page.prose(finding.message), ...place];
  }
  const rule = ruleOf(door.path);
  return [
    ...(above === null && exposure !== null ? [whoText(page, exposure)] : []),
    page.name(door.service.name),
    portText(page, door.service),
    ...(door.target.kind === 'self' ? [targetText(page, door.target)] : []),
    addressText(page, door.target),
    ...(rule === undefined ? [] : [page.name(rule.name), placeText(page, rule.location, section.file)]),
    ...(dormant === null || sameReasons(dormant, above?.dormant) ? [] : [reasonsText(page, dormant)]),
  ];
}

function sameReasons(dormant: ReportDormant, above: ReportDormant | null | undefined): boolean {
  return dormant.reasons.join() === above?.reasons.join();
}

/** What to do: the steps that close the doors, and the lines that would explain the first. */
function remedy(page: Page, section: Section, items: Cluster): readonly string[] {
  const steps = shortened(page, closingSteps(page, items), SHOWN.steps);
  const { finding } = items[0];
  const bold = page.colour.bold;
  return [
    ...steps.flatMap((step, index) => labelled(page, index === 0 ? 'close' : '', step, bold)),
    ...(page.verbosity > 0 || finding === section.sample ? explainLines(page, finding) : []),
  ];
}

/** The first of many lines before `-v`, and how many there are more. */
function shortened(page: Page, lines: readonly string[], most: number): readonly string[] {
  const more = lines.length - most;
  if (page.verbosity > 0 || more <= 1) return lines;
  return [...lines.slice(0, most), `${page.ellipsis} and ${thousands(more)} more (-v)`];
}

/** Every step when each finding has just one; else the first finding's, the others go likewise. */
export function closingSteps(page: Page, items: Cluster): readonly string[] {
  if (items.every(({ finding }) => finding.fix.length <= 1)) {
    const all = [...new Set(items.flatMap(({ finding }) => finding.fix))];
    if (all.length <= SHOWN.steps) return all.map(page.prose);
  }
  const first = items[0].finding.fix.map(page.prose);
  const rest = items.length - 1;
  if (rest === 0) return first;
  return [...first, `likewise for the other${rest === 1 ? '' : ` ${thousands(rest)}`} (-v)`];
}

/** Lines to paste: at the left edge, indented as `fwaudit.yaml` wants them, never wrapped. */
function explainLines(page: Page, finding: ReportFinding): readonly string[] {
  if (finding.explain === null) return [];
  const lines = finding.explain.split('\n').filter((line) => line.trim() !== '');
  const where = lines[0]?.startsWith('explanations:') ? '' : ', under explanations';
  const common = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  const indent = lines[0]?.trimStart().startsWith('-') ? '  ' : '';
  if (page.verbosity === 0 && lines.length > SHOWN.explain) {
    return labelled(
      page,
      'explain',
      `${thousands(lines.length)} lines for fwaudit.yaml (-v)`,
      page.colour.bold,
    );
  }
  const paste = lines.map((line) => page.colour.cyan(page.prose(`${indent}${line.slice(common)}`)));
  return [...labelled(page, 'explain', `in fwaudit.yaml${where}:`, page.colour.bold), ...paste];
}
