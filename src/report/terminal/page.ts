import pc from 'picocolors';
import type { RenderOptions } from '../format.js';
import { inert } from '../inert.js';
import { clip, columns, pad, wrap } from './text.js';

/** Where texts begin, behind ` CRITICAL  `. */
export const MARGIN = 11;
/** Width of a label (`rule`, `close`, `explain`) within a block. */
const LABEL = 8;
/** A page is never narrower, whatever the terminal says, nor wider than one can read. */
const WIDTHS = { least: 50, most: 120 };

type Colours = ReturnType<typeof pc.createColors>;
export type Paint = (text: string) => string;

/** A page of text: its width, its colours and its characters. Lines are plain strings. */
export interface Page {
  readonly width: number;
  readonly verbosity: 0 | 1 | 2;
  readonly colour: Colours;
  readonly dot: string;
  readonly ellipsis: string;
  readonly times: string;
  /** A name or another short text of a configuration, made inert. */
  name(text: string): string;
  /** A sentence that may hold such names, made inert. */
  prose(text: string): string;
}

/** The page for these options. */
export function createPage(options: RenderOptions): Page {
  const { unicode } = options;
  return {
    width: Math.min(WIDTHS.most, Math.max(WIDTHS.least, Math.trunc(options.width) || 0)),
    verbosity: options.verbosity,
    colour: pc.createColors(options.colour),
    dot: unicode ? '·' : '-',
    ellipsis: unicode ? '…' : '...',
    times: unicode ? '×' : 'x',
    name: (text) => inert(text, { unicode }),
    prose: (text) => inert(text, { unicode, max: 1000 }),
  };
}

/** Joins with the page's dot the texts that are there. */
export function dotted(page: Page, texts: readonly (string | null)[]): string {
  return texts.filter((text) => text !== null && text !== '').join(` ${page.dot} `);
}

/** A text at the margin behind a short mark (` dormant   …`), wrapped under itself. */
export function marked(page: Page, mark: string, text: string, paint: Paint): readonly string[] {
  const lines = wrap(text, page.width - MARGIN);
  return lines.map((line, index) =>
    index === 0
      ? ` ${paint(mark)}${' '.repeat(Math.max(1, MARGIN - 1 - columns(mark)))}${line}`
      : hang(MARGIN, line),
  );
}

/** A text within a block behind a label (`close   …`), wrapped under itself. */
export function labelled(
  page: Page,
  label: string,
  text: string,
  paint: Paint = page.colour.dim,
): readonly string[] {
  const lines = wrap(text, page.width - MARGIN - LABEL);
  return lines.map((line, index) =>
    hang(MARGIN, `${index === 0 ? paint(pad(label, LABEL)) : ' '.repeat(LABEL)}${line}`),
  );
}

/** A text within a block that has to do with one line, behind its label. */
export function clipped(page: Page, label: string, text: string, paint?: Paint): readonly string[] {
  return labelled(page, label, clip(text, page.width - MARGIN - LABEL, page.ellipsis), paint);
}

/** A text at the margin of a block, without a label. */
export function unlabelled(page: Page, text: string): readonly string[] {
  return wrap(text, page.width - MARGIN).map((line) => hang(MARGIN, line));
}

/** One row of a block: its label and its cells. */
export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
}

/** No column is padded beyond this. */
const COLUMN = 36;

/** Rows with their cells in columns behind their labels. A row that does not fit continues below. */
export function table(page: Page, rows: readonly Row[]): readonly string[] {
  const widths: number[] = [];
  for (const { cells } of rows) {
    cells.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, Math.min(COLUMN, columns(cell)));
    });
  }
  return rows.flatMap(({ label, cells }) => {
    const padded = cells.map((cell, index) => pad(cell, widths[index] ?? 0));
    const lines = flow(padded, page.width - MARGIN - LABEL);
    return lines.map((line, index) =>
      hang(MARGIN, `${index === 0 ? page.colour.dim(pad(label, LABEL)) : ' '.repeat(LABEL)}${line}`),
    );
  });
}

/** Puts cells side by side while they fit; the next line begins a little further in. */
function flow(cells: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const cell of cells) {
    const joined = line === '' ? cell : `${line}  ${cell}`;
    if (columns(joined.trimEnd()) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = wrap(cell.trimEnd(), width - 4).map((piece) =>
      lines.length === 0 ? piece : `    ${piece}`,
    );
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line].map((each) => each.trimEnd());
}

function hang(indent: number, line: string): string {
  return line === '' ? '' : `${' '.repeat(indent)}${line}`.trimEnd();
}
