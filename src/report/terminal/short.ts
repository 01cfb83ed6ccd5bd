import type { Section } from './block.js';
import {
  closingSteps,
  doorName,
  doubts,
  explanationState,
  heading,
  headingRoom,
  itemName,
  type Note,
  namedTexts,
  renderGroup,
  severityMark,
} from './block.js';
import { fixed, laidOutLater, type Part } from './fit.js';
import { type Cluster, type Group, type Item, isUrgent } from './groups.js';
import type { Page } from './page.js';
import { clipped, labelled, MARGIN, unlabelled } from './page.js';
import { whoText } from './phrases.js';
import { renderShortProof } from './proof.js';
import { clip, columns, firstSentence, thousands } from './text.js';

/**
 * For whom there is room first. A door that cannot wait: the rule and how to close it, then its objects, then
 * all; a fact that cannot wait: what it is and what to do; then what can wait.
 */
const RANKS = {
  door: { least: 0, brief: 1, short: 4, plain: 6, full: 7 },
  fact: { least: 2, brief: 3, short: 8, plain: 9, full: 9 },
  rest: { least: 10, brief: 11, short: 11, plain: 12, full: 12 },
} as const;

/** The findings of one check as a part of the page: after `-v` in full, before it in what has room. */
export function groupPart(page: Page, section: Section, group: Group): Part {
  if (page.verbosity > 0) return fixed(renderGroup(page, section, group));
  const holdsSample = group.clusters.flat().some(({ finding }) => finding === section.sample);
  const rank = RANKS[kindOf(section, group)];
  const full = () => renderGroup(page, section, group);
  const plain = () => renderGroup(page, { ...section, sample: null }, group);
  return {
    forms: [
      laidOutLater(0, () => renderLine(page, section, group), true),
      laidOutLater(rank.least, () => renderLeast(page, section, group)),
      laidOutLater(rank.brief, () => renderShort(page, section, group, true)),
      laidOutLater(rank.short, () => renderShort(page, section, group, false)),
      ...(holdsSample ? [laidOutLater(rank.plain, plain)] : []),
      laidOutLater(rank.full, full),
    ],
    holdsSample,
  };
}

function kindOf({ index }: Section, group: Group): keyof typeof RANKS {
  const [{ finding, exposure, dormant }] = group.clusters[0];
  if (index.urgent && !isUrgent(finding)) return 'rest';
  return exposure === null && dormant === null ? 'fact' : 'door';
}

/** The check in one line: its title, what it is about as far as the line goes, how many more, its id. */
function renderLine(page: Page, section: Section, group: Group): readonly string[] {
  const items = group.clusters.flat();
  const { finding } = group.clusters[0][0];
  const title = page.prose(finding.title);
  const room = headingRoom(page, finding);
  const left = room - columns(title);
  if (left < 0) return heading(page, finding);
  const subjects = subjectsIn(
    page,
    [...new Set(items.flatMap((item) => subjectOf(page, section, item)))],
    left,
  );
  const space = ' '.repeat(left - columns(subjects) + 2);
  const { bold, dim } = page.colour;
  return [`${severityMark(page, finding)}${bold(title)}${subjects}${space}${dim(page.name(finding.check))}`];
}

/** The check in one line, the rule and the first step that closes it. */
function renderLeast(page: Page, section: Section, group: Group): readonly string[] {
  const [first] = group.clusters[0];
  const { exposure, dormant } = first;
  const path = exposure?.path ?? dormant?.path ?? [];
  const proof = renderShortProof(page, path, {
    file: section.file,
    anyone: exposure?.anyone ?? false,
    brief: true,
  });
  return [
    ...renderLine(page, section, group),
    ...proof.slice(0, 1),
    ...renderRemedy(page, group.clusters.flat(), true),
  ];
}

/** `: tcp/443 of X1, tcp/22 of X1 +3` in at most `room` columns; a part of it, or nothing, where less fits. */
function subjectsIn(page: Page, names: readonly string[], room: number): string {
  for (let count = fitting(names, room); count > 0; count -= 1) {
    const more = names.length - count;
    const text = `: ${names.slice(0, count).join(', ')}${more > 0 ? ` +${thousands(more)}` : ''}`;
    if (columns(text) <= room) return text;
  }
  const count = names.length > 1 ? ` ${page.times}${thousands(names.length)}` : '';
  return columns(count) <= room ? count : '';
}

/** What one finding of a check is about; nothing where that is the appliance. */
function subjectOf(page: Page, section: Section, item: Item): readonly string[] {
  const { finding, exposure, dormant } = item;
  if (exposure !== null || dormant !== null) return [doorName(page, item)];
  if (finding.subject === finding.device && finding.subject !== null) return [];
  return [finding.subject === null ? itemName(page, section, item) : page.name(finding.subject)];
}

/**
 * The check in a few lines: one finding with its proof, the others by name, why, and how to close it.
 * `brief`: a line for each of these.
 */
function renderShort(page: Page, section: Section, group: Group, brief: boolean): readonly string[] {
  const items = group.clusters.flat();
  const [first] = group.clusters[0];
  const { finding, exposure, dormant } = first;
  const message = page.prose(finding.message);
  const path = exposure?.path ?? dormant?.path ?? [];
  const proof = { file: section.file, anyone: exposure?.anyone ?? false, brief };
  return [
    ...heading(page, finding),
    ...unlabelled(page, brief ? clip(message, page.width - MARGIN, page.ellipsis) : message),
    ...inShort(page, explanationState(page, section, first), brief),
    ...renderShortProof(page, path, proof),
    ...inShort(page, doubts(page, section, first), brief),
    ...renderNames(page, section, items, brief),
    ...(brief ? [] : namedTexts(page, items).flatMap((text) => clipped(page, 'named', text))),
    ...renderWhy(page, first, brief),
    ...renderRemedy(page, items, brief),
  ];
}

/** One line each; `brief`: the first, and how many there are more. */
function inShort(page: Page, notes: readonly Note[], brief: boolean): readonly string[] {
  const shown = brief ? notes.slice(0, 1) : notes;
  const more = notes.length - shown.length;
  return shown.flatMap(({ label, text, paint }) =>
    clipped(page, label, more > 0 ? `(1 of ${thousands(notes.length)}, -v) ${text}` : text, paint),
  );
}

/** `tcp/22 of X0, tcp/443 of X0:V4 … and 2 more (-v)`: the other findings of the check. */
function renderNames(
  page: Page,
  section: Section,
  items: readonly Item[],
  brief: boolean,
): readonly string[] {
  const [first, ...rest] = items;
  const names = [...new Set(rest.map((item) => nameBeside(page, section, item, first)))];
  if (names.length === 0) return [];
  const room = (brief ? 1 : 2) * (page.width - MARGIN - MARGIN);
  const shown = Math.max(1, fitting(names, room - MARGIN));
  const more = names.length - shown;
  const tail = more > 0 ? ` ${page.ellipsis} and ${thousands(more)} more (-v)` : '';
  return labelled(page, 'also', `${names.slice(0, shown).join(', ')}${tail}`);
}

/** How many texts, with commas between them, take at most so many columns. */
function fitting(texts: readonly string[], room: number): number {
  let taken = -SEPARATOR.length;
  const behind = texts.findIndex((text) => {
    taken += SEPARATOR.length + columns(text);
    return taken > room;
  });
  return behind === -1 ? texts.length : behind;
}

const SEPARATOR = ', ';

/** The door, with who gets in where that differs from the first; of a fact, its subject. */
function nameBeside(page: Page, section: Section, item: Item, first: Item | undefined): string {
  const { exposure } = item;
  if (exposure === null) return subjectOf(page, section, item)[0] ?? itemName(page, section, item);
  const who = whoText(page, exposure);
  const same = first?.exposure != null && who === whoText(page, first.exposure);
  return same ? doorName(page, item) : `${doorName(page, item)} from ${who}`;
}

/** `brief`: a line of it for a door, nothing for a fact, whose sentence says what is wrong. */
function renderWhy(page: Page, { finding, exposure, dormant }: Item, brief: boolean): readonly string[] {
  const why = firstSentence(page.prose(finding.why));
  if (!brief) return labelled(page, 'why', why);
  return exposure === null && dormant === null ? [] : clipped(page, 'why', why);
}

/** The first steps, never cut; that there are more where it takes no line. */
function renderRemedy(page: Page, items: readonly Item[], brief: boolean): readonly string[] {
  const [first, ...rest] = items;
  if (first === undefined) return [];
  const steps = closingSteps(page, [first, ...rest] satisfies Cluster);
  const shown = steps.length <= 2 && !brief ? steps : steps.slice(0, brief ? 1 : 2);
  const more = steps.length - shown.length;
  return shown.flatMap((step, index) => {
    const told = (tail: string) =>
      labelled(page, index === 0 ? 'close' : '', `${step}${tail}`, page.colour.bold);
    const plain = told('');
    if (more === 0 || index < shown.length - 1) return plain;
    const tails = [` ${page.ellipsis} (-v)`, ` ${page.ellipsis}`].map(told);
    return tails.find(({ length }) => length === plain.length) ?? plain;
  });
}
