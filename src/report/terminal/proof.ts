import type { ReportPathStep } from '../../model/audit-report.js';
import type { Page, Row } from './page.js';
import { clipped, dotted, labelled, table } from './page.js';
import { placeText, samePlace } from './phrases.js';
import { plural, thousands } from './text.js';

/** Before `-v`: how many rules of one door, and how many objects of one side, are spelled out. */
const SHOWN = { rules: 3, steps: 6 };

const SIDES = ['source', 'destination', 'service'] as const;
const LABELS = { source: '  from', destination: '  to', service: '  for' } as const;

/** One rule on the way in, the objects by which it lets in, and what translates or answers behind it. */
interface Way {
  readonly rule: ReportPathStep | null;
  readonly objects: readonly ReportPathStep[];
  readonly behind: readonly ReportPathStep[];
}

/**
 * Every rule on the way in with its objects: name, value, place; members of a group below it. Before
 * `-v` without what goes without saying.
 */
export function renderProof(
  page: Page,
  path: readonly ReportPathStep[],
  file: string,
  anyone: boolean,
): readonly string[] {
  const all = waysOf(path);
  if (page.verbosity > 0) return all.flatMap((way) => renderWay(page, way, file));
  const ways = distinct(all.map(inShort));
  const shown = waysShown(ways, anyone);
  const lines = shown.flatMap((way) => renderWay(page, way, file));
  const more = ways.length - shown.length;
  if (more === 0) return lines;
  return [...lines, ...labelled(page, '', `${page.ellipsis} and ${plural(more, 'more rule')} (-v)`)];
}

/**
 * The same where the page is full: the first rule on the way in and its translation, a line each, and the
 * objects on one more; `brief`: of these only who gets in, if it is not anyone.
 */
export function renderShortProof(
  page: Page,
  path: readonly ReportPathStep[],
  { file, anyone, brief }: { readonly file: string; readonly anyone: boolean; readonly brief: boolean },
): readonly string[] {
  const ways = distinct(waysOf(path).map(inShort));
  const way = waysShown(ways, anyone)[0];
  if (way === undefined) return [];
  const { rule, objects, behind } = way;
  const more = anyone ? 0 : ways.length - 1;
  const tail = more > 0 ? ` ${page.dot} and ${plural(more, 'more rule')} (-v)` : '';
  const named = brief ? objects.filter((step) => step.part === 'source' && !isAny(step)) : objects;
  const sides = SIDES.map((side) => [side, named.filter((step) => step.part === side)] as const);
  const text = sides
    .map(([side, steps]) => sideText(page, side, steps))
    .join(' ')
    .trim();
  return [
    ...(rule === null ? [] : clipped(page, headLabel(page, rule), headText(page, rule, file) + tail)),
    ...(text === '' ? [] : clipped(page, '', text)),
    ...behind.slice(0, 1).flatMap((step) => clipped(page, headLabel(page, step), headText(page, step, file))),
  ];
}

/** `to "Firewalled Subnets" > "LAN Subnets" (subnet of X0) … and 3 more`: the first way down the groups. */
function sideText(page: Page, side: (typeof SIDES)[number], steps: readonly ReportPathStep[]): string {
  const end = steps.findIndex((step, index) => step.depth !== index);
  const chain = end === -1 ? steps : steps.slice(0, Math.max(1, end));
  const last = chain.at(-1);
  if (last === undefined) return '';
  const names = chain.length > 2 ? [...chain.slice(0, 1), null, last] : chain;
  const text = names.map((step) => (step === null ? page.ellipsis : `"${page.name(step.name)}"`)).join(' > ');
  const value = chain.length === 1 && WRITTEN.has(last.name) ? page.prose(last.detail) : null;
  const more = steps.length - chain.length;
  const tail = more > 0 ? ` ${page.ellipsis} and ${thousands(more)} more` : '';
  return `${LABELS[side].trim()} ${value ?? `${text} (${page.prose(last.detail)})`}${tail}`;
}

/** Splits a path where the next rule begins. */
function waysOf(path: readonly ReportPathStep[]): readonly Way[] {
  const ways: { rule: ReportPathStep | null; objects: ReportPathStep[]; behind: ReportPathStep[] }[] = [];
  for (const step of path) {
    if (step.part === 'rule') {
      ways.push({ rule: step, objects: [], behind: [] });
      continue;
    }
    const way = ways.at(-1) ?? { rule: null, objects: [], behind: [] };
    if (ways.length === 0) ways.push(way);
    (step.part === 'listener' || step.part === 'translation' ? way.behind : way.objects).push(step);
  }
  return ways;
}

/**
 * What answers repeats what a written rule is for. Of a rule that a setting implies, it is the proof,
 * and the sides that match anything say nothing.
 */
function inShort(way: Way): Way {
  const { rule } = way;
  if (rule === null) return way;
  if (rule.origin !== 'implied')
    return { ...way, behind: way.behind.filter((step) => step.part !== 'listener') };
  return { ...way, objects: way.objects.filter((step) => !isAny(step)) };
}

/** Each rule once, with all that stands behind it: a packet may come to it with and without translation. */
function distinct(ways: readonly Way[]): readonly Way[] {
  if (ways.length < 2) return ways;
  const found = new Map<string, Way>();
  for (const way of ways) {
    const key = JSON.stringify([way.rule, way.objects]);
    const before = found.get(key);
    const behind = new Map([...(before?.behind ?? []), ...way.behind].map((s) => [JSON.stringify(s), s]));
    found.set(key, before === undefined ? way : { ...way, behind: [...behind.values()] });
  }
  return [...found.values()];
}

/** Of a door that is open to anyone, only the rule that opens it so. */
function waysShown(ways: readonly Way[], anyone: boolean): readonly Way[] {
  const widest = anyone ? ways.find(isWidest) : undefined;
  return widest === undefined ? ways.slice(0, SHOWN.rules) : [widest];
}

function isWidest({ rule, objects }: Way): boolean {
  const sources = objects.filter((step) => step.part === 'source');
  return rule?.origin === 'implied' ? sources.length === 0 : sources.some(isAny);
}

function isAny(step: ReportPathStep): boolean {
  return step.name === 'Any' && (step.detail === 'any address' || step.detail === 'any service');
}

function renderWay(page: Page, { rule, objects, behind }: Way, file: string): readonly string[] {
  return [
    ...(rule === null ? [] : renderHead(page, rule, file)),
    ...table(page, rowsOf(page, rule, objects, file)),
    ...behind.flatMap((step) => renderHead(page, step, file)),
  ];
}

const HEADS = new Map([
  ['access-rule', 'rule'],
  ['nat-rule', 'NAT'],
  ['listener', 'listens'],
  ['interface', 'on'],
]);

/** What a rule on the way in says of itself whenever nothing else is known. */
const PLAIN = new Set(['permit', 'origin unknown']);

function renderHead(page: Page, step: ReportPathStep, file: string): readonly string[] {
  return labelled(page, headLabel(page, step), headText(page, step, file));
}

function headLabel(page: Page, { kind }: ReportPathStep): string {
  return HEADS.get(kind) ?? page.name(kind);
}

function headText(page: Page, step: ReportPathStep, file: string): string {
  const comment = step.comment === null ? 'no comment' : `"${page.name(step.comment)}"`;
  const details = step.part === 'rule' ? step.detail.split(' · ') : [step.detail];
  return dotted(page, [
    page.name(step.name),
    placeText(page, step.location, file),
    ...details.filter((detail) => !PLAIN.has(detail)).map(page.prose),
    step.part === 'rule' && step.origin !== 'implied' ? comment : null,
  ]);
}

function rowsOf(
  page: Page,
  rule: ReportPathStep | null,
  objects: readonly ReportPathStep[],
  file: string,
): readonly Row[] {
  const within = (step: ReportPathStep) => rule !== null && samePlace(step.location, rule.location);
  if (page.verbosity === 0 && objects.length > 0 && objects.every(within)) return [sentence(page, objects)];
  return SIDES.flatMap((side) => {
    const steps = objects.filter((step) => step.part === side);
    if (page.verbosity === 0 && side !== 'source' && isChain(steps)) {
      return [{ label: LABELS[side], cells: chainCells(page, steps, file) }];
    }
    return sideRows(page, steps, LABELS[side], (step) => stepCells(page, step, within(step), file));
  });
}

/** `from 203.0.113.7 to any address for tcp/22`: a rule that names no object, on one line. */
function sentence(page: Page, objects: readonly ReportPathStep[]): Row {
  const texts = SIDES.flatMap((side) => {
    const steps = objects.filter((step) => step.part === side);
    if (steps.length === 0) return [];
    const word = LABELS[side].trim();
    return [`${word} ${steps.map((step) => withinText(page, step)).join(', ')}`];
  });
  return { label: '', cells: [texts.join(' ')] };
}

/** Names of what has none: its value says it all. */
const WRITTEN: ReadonlySet<string> = new Set(['Any', 'written in the rule']);

function withinText(page: Page, { name, detail }: ReportPathStep): string {
  if (WRITTEN.has(name)) return page.prose(detail);
  return name === 'not' ? `not ${page.prose(detail)}` : `${page.name(name)} (${page.prose(detail)})`;
}

function sideRows(
  page: Page,
  steps: readonly ReportPathStep[],
  label: string,
  cellsOf: (step: ReportPathStep) => readonly string[],
): readonly Row[] {
  const shown = page.verbosity === 0 ? steps.slice(0, SHOWN.steps) : steps;
  const rows = shown.map((step, index) => ({ label: index === 0 ? label : '', cells: cellsOf(step) }));
  const more = steps.length - shown.length;
  if (more === 0) return rows;
  return [...rows, { label: '', cells: [`${page.ellipsis} and ${plural(more, 'more object')} (-v)`] }];
}

/** Groups of which one member each matters, one in the other. */
function isChain(steps: readonly ReportPathStep[]): boolean {
  return steps.length > 1 && steps.every((step, index) => step.depth === index);
}

/** `"All X1 Management IP" > "X1 IP"`, the value of the last, and their places. */
function chainCells(page: Page, steps: readonly ReportPathStep[], file: string): readonly string[] {
  const names = steps.map((step) => `"${page.name(step.name)}"`).join(' > ');
  const places = new Set(steps.map((step) => placeText(page, step.location, file)));
  return [names, page.prose(steps.at(-1)?.detail ?? ''), [...places].join(' > ')];
}

/** What stands in the rule itself is no object: it has no quotes and no place of its own. */
function stepCells(page: Page, step: ReportPathStep, within: boolean, file: string): readonly string[] {
  const indent = '  '.repeat(Math.min(8, step.depth));
  if (within) return [`${indent}${page.name(step.name)}`, page.prose(step.detail)];
  return [
    `${indent}"${page.name(step.name)}"`,
    page.prose(step.detail),
    placeText(page, step.location, file),
  ];
}
