import type { ReportPathStep } from '../../model/audit-report.js';
import type { Page, Row } from './page.js';
import { dotted, labelled, table } from './page.js';
import { placeText } from './phrases.js';
import { plural } from './text.js';

/** Before `-v`: how many rules of one door, and how many objects of one side, are spelled out. */
const SHOWN = { rules: 3, steps: 6 };

const SIDES = { source: '  from', destination: '  to', service: '  for' } as const;

/** Every rule on the way in with its objects: name, value, place; members of a group below it. */
export function renderProof(page: Page, path: readonly ReportPathStep[], file: string): readonly string[] {
  const rules = byRule(path);
  const shown = page.verbosity === 0 ? rules.slice(0, SHOWN.rules) : rules;
  const lines = shown.flatMap((steps) => renderRule(page, steps, file));
  const more = rules.length - shown.length;
  if (more === 0) return lines;
  return [...lines, ...labelled(page, '', `${page.ellipsis} and ${plural(more, 'more rule')} (-v)`)];
}

/** Splits a path where the next rule (or listener) begins. */
function byRule(path: readonly ReportPathStep[]): readonly (readonly ReportPathStep[])[] {
  const rules: ReportPathStep[][] = [];
  for (const step of path) {
    const current = rules.at(-1);
    if (current === undefined || isHead(step)) rules.push([step]);
    else current.push(step);
  }
  return rules;
}

function isHead(step: ReportPathStep): boolean {
  return step.part === 'rule' || step.part === 'listener' || step.part === 'translation';
}

function renderRule(page: Page, steps: readonly ReportPathStep[], file: string): readonly string[] {
  const heads = steps.filter(isHead).flatMap((step) => renderHead(page, step, file));
  const rule = steps.find(isHead);
  const objects = steps.filter((step) => !isHead(step));
  const rows = (['source', 'destination', 'service'] as const).flatMap((part) =>
    sideRows(
      page,
      objects.filter((step) => step.part === part),
      SIDES[part],
      rule,
      file,
    ),
  );
  return [...heads, ...table(page, rows)];
}

const HEADS = new Map([
  ['access-rule', 'rule'],
  ['nat-rule', 'NAT'],
  ['listener', 'listens'],
  ['interface', 'on'],
]);

function renderHead(page: Page, step: ReportPathStep, file: string): readonly string[] {
  const comment = step.comment === null ? 'no comment' : `"${page.name(step.comment)}"`;
  const text = dotted(page, [
    page.name(step.name),
    placeText(page, step.location, file),
    page.prose(step.detail),
    step.part === 'rule' ? comment : null,
  ]);
  return labelled(page, HEADS.get(step.kind) ?? page.name(step.kind), text);
}

function sideRows(
  page: Page,
  steps: readonly ReportPathStep[],
  label: string,
  rule: ReportPathStep | undefined,
  file: string,
): readonly Row[] {
  const shown = page.verbosity === 0 ? steps.slice(0, SHOWN.steps) : steps;
  const rows = shown.map((step, index) => ({
    label: index === 0 ? label : '',
    cells: stepCells(page, step, rule, file),
  }));
  const more = steps.length - shown.length;
  if (more === 0) return rows;
  return [...rows, { label: '', cells: [`${page.ellipsis} and ${plural(more, 'more object')} (-v)`] }];
}

/** What stands in the rule itself is no object: it has no quotes and no place of its own. */
function stepCells(
  page: Page,
  step: ReportPathStep,
  rule: ReportPathStep | undefined,
  file: string,
): readonly string[] {
  const indent = '  '.repeat(Math.min(8, step.depth));
  if (rule !== undefined && samePlace(step, rule))
    return [`${indent}${page.name(step.name)}`, page.prose(step.detail)];
  const place = placeText(page, step.location, file);
  return [`${indent}"${page.name(step.name)}"`, page.prose(step.detail), place];
}

function samePlace(a: ReportPathStep, b: ReportPathStep): boolean {
  const one = a.location;
  const other = b.location;
  return one.file === other.file && one.line === other.line && one.key === other.key;
}
