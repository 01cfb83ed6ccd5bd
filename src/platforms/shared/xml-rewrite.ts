import { decodeEntities } from './xml.js';

/** A text of a document, and the names of the elements around it, outermost first, as they are written. */
export interface XmlText {
  readonly path: readonly string[];
  /** The name of the attribute that holds it; null: it is the content of the element. */
  readonly attribute: string | null;
  /** Decoded, without the blanks around it. */
  readonly text: string;
}

/** Gives the new text; the old one leaves it byte for byte as it is. */
export type RewriteText = (text: XmlText) => string;

interface Open {
  readonly name: string;
  /** Where its content begins. */
  readonly from: number;
  /** Elements inside it were met. */
  hasChildren: boolean;
  /** Where the text that was not rewritten yet begins. */
  pending: number;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const TOKEN =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<![^>]*>?|<\/?[^\s<>/!?](?:[^<>"']|"[^"]*"|'[^']*')*>/g;

/**
 * The same document with other texts: elements, attributes and lines stay where they are. Comments and
 * declarations, which nothing reads, lose their content, and so does what stands behind the last tag.
 *
 * @param source a document that `parseXml` reads, or one that only lacks its end
 */
export function rewriteXml(source: string, rewrite: RewriteText): string {
  const edits: Edit[] = [];
  const stack: Open[] = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [token] = match;
    const at = match.index;
    end = at + token.length;
    if (token.startsWith('<!--')) edits.push({ from: at, to: end, text: `<!--${lineEnds(token)}-->` });
    else if (token.startsWith('<![CDATA[') || token.startsWith('<?')) continue;
    else if (token.startsWith('<!'))
      edits.push({ from: at, to: end, text: `<!DOCTYPE removed${lineEnds(token)}>` });
    else if (token.startsWith('</')) closeElement(source, stack, at, end, rewrite, edits);
    else openElement(source, token, stack, at, end, rewrite, edits);
  }
  if (stack.length > 0)
    edits.push({ from: end, to: source.length, text: source.slice(end).replace(/\S/g, 'x') });
  return applied(source, edits);
}

function openElement(
  source: string,
  token: string,
  stack: Open[],
  at: number,
  end: number,
  rewrite: RewriteText,
  edits: Edit[],
): void {
  const name = /^<([^\s/>]+)/.exec(token)?.[1] ?? '';
  const above = stack.at(-1);
  if (above !== undefined) {
    above.hasChildren = true;
    rewriteContent(source, stack, above.pending, at, rewrite, edits);
    above.pending = end;
  }
  const path = [...stack.map((each) => each.name), name];
  for (const match of token.matchAll(/([^\s=/<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    const value = match[2] ?? match[3] ?? '';
    const text = rewrite({ path, attribute: match[1] ?? '', text: decodeEntities(value) });
    if (text === decodeEntities(value)) continue;
    const to = at + match.index + match[0].length - 1;
    edits.push({
      from: to - value.length,
      to,
      text: escapeText(text).replace(/"/g, '&quot;').replace(/'/g, '&apos;'),
    });
  }
  if (!token.endsWith('/>')) stack.push({ name, from: end, hasChildren: false, pending: end });
}

function closeElement(
  source: string,
  stack: Open[],
  at: number,
  end: number,
  rewrite: RewriteText,
  edits: Edit[],
): void {
  const open = stack.at(-1);
  if (open === undefined) return;
  rewriteContent(source, stack, open.pending, at, rewrite, edits);
  stack.pop();
  const above = stack.at(-1);
  if (above !== undefined) above.pending = end;
}

/** Rewrites the text between two places of the innermost element; comments in it are gone by then. */
function rewriteContent(
  source: string,
  stack: readonly Open[],
  from: number,
  to: number,
  rewrite: RewriteText,
  edits: Edit[],
): void {
  const raw = source.slice(from, to);
  if (raw.trim() === '') return;
  const text = contentOf(raw);
  const core = text.trim();
  if (core === '') return;
  const changed = rewrite({ path: stack.map((each) => each.name), attribute: null, text: core });
  if (changed === core) return;
  const before = text.slice(0, text.length - text.trimStart().length);
  const after = text.slice(text.trimEnd().length);
  const whole = `${before}${changed}${after}`;
  const encoded = raw.includes('<![CDATA[')
    ? `<![CDATA[${whole.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
    : escapeText(whole);
  const missing = Math.max(0, countLines(raw) - countLines(encoded));
  edits.push({ from, to, text: `${encoded}${'\n'.repeat(missing)}` });
}

/** Character data as a parser reads it: entities decoded, CDATA as it stands, comments left out. */
function contentOf(raw: string): string {
  let text = '';
  let last = 0;
  for (const match of raw.matchAll(/<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>/g)) {
    text += decodeEntities(raw.slice(last, match.index)) + (match[1] ?? '');
    last = match.index + match[0].length;
  }
  return text + decodeEntities(raw.slice(last));
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function lineEnds(text: string): string {
  return '\n'.repeat(countLines(text));
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** An edit that holds others takes their place: a comment inside a text that changes as a whole. */
function applied(source: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.from - b.from || b.to - a.to);
  let text = '';
  let at = 0;
  for (const { from, to, text: replacement } of ordered) {
    if (from < at) continue;
    text += source.slice(at, from) + replacement;
    at = to;
  }
  return text + source.slice(at);
}
