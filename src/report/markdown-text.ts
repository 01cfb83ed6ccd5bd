import { inert } from './inert.js';

/** What stands for itself in Markdown, and means nothing to those who look for mentions and references. */
const PLAIN = /^[\p{L}\p{M}\p{N}.,:;()/'"=+?>·…→×≤≥–—‘’“”-]*$/u;

/**
 * Words of plain characters that GitHub or GitLab would still make something of: addresses of the web,
 * emoji, hashes of commits, numbers of tickets.
 */
const TAKEN_UP = /:\/\/|www\.|:[\w+-]+:|\b[0-9a-f]{7,64}\b|[a-z]-\d/i;

/** What begins a list, a quotation, a heading or a command when it stands first. */
const BEGINS = /^(?:[-+=]+$|[>/]|\d+[.)]$)/;

interface MarkdownTextOptions {
  readonly max: number;
  readonly unicode: boolean;
}

/**
 * A text as Markdown that shows it and does nothing else, also in a table: no markup, no HTML, no link,
 * no mention. Words that are not plainly harmless become code spans, because hosts look for mentions
 * and references everywhere else, whatever is escaped and however.
 */
export function markdownText(text: string, options: MarkdownTextOptions): string {
  const parts: { readonly plain: boolean; readonly words: string[] }[] = [];
  for (const word of inert(text, options).trim().split(' ')) {
    const last = parts.at(-1);
    const plain = isPlain(word, last === undefined);
    if (last?.plain === plain) last.words.push(word);
    else parts.push({ plain, words: [word] });
  }
  return parts.map(({ plain, words }) => (plain ? words.join(' ') : codeSpan(words.join(' ')))).join(' ');
}

/** A name as a code span, which shows it letter by letter. */
export function markdownCode(text: string, options: MarkdownTextOptions): string {
  return codeSpan(inert(text, options));
}

function isPlain(word: string, first: boolean): boolean {
  return PLAIN.test(word) && !TAKEN_UP.test(word) && !(first && BEGINS.test(word));
}

/** `|` would end a cell of a table, even here, and no escape holds behind a backslash. */
function codeSpan(text: string): string {
  const shown = text.replaceAll('|', '\\x7c');
  if (shown.trim() === '') return '` `';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}
