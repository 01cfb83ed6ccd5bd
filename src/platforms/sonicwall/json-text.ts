/** A value of a JSON text with the line it begins on. */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly JsonMember[]; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[]; readonly line: number }
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly line: number };

export interface JsonMember {
  readonly name: string;
  readonly value: JsonNode;
}

/** The text that a string of JSON stands for; null when it is none. */
export function stringOf(written: string): string | null {
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** Deeper than any answer of an appliance; deeper text is refused. */
const DEEPEST = 64;

const TOKEN =
  /\s*(?:([{}[\],:])|("(?:[^"\\\n\r]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

interface Token {
  readonly text: string;
  readonly line: number;
}

/**
 * Reads JSON and keeps the lines, which `JSON.parse` does not. Members are a list, so that a repeated or a
 * hostile name does no harm. Null when the text is no JSON.
 */
export function parseJsonText(text: string): JsonNode | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const state = { tokens, at: 0 };
  const node = readNode(state, 0);
  return node !== null && state.at === tokens.length ? node : null;
}

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN.source, 'y');
  const end = text.trimEnd().length;
  let line = 1;
  let counted = 0;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const found = match[1] ?? match[2] ?? match[3] ?? '';
    const start = pattern.lastIndex - found.length;
    for (; counted < start; counted += 1) if (text.charCodeAt(counted) === 10) line += 1;
    tokens.push({ text: found, line });
  }
  return tokens;
}

interface State {
  readonly tokens: readonly Token[];
  at: number;
}

function readNode(state: State, depth: number): JsonNode | null {
  const token = state.tokens[state.at];
  if (token === undefined || depth > DEEPEST) return null;
  state.at += 1;
  if (token.text === '{') return readObject(state, depth, token.line);
  if (token.text === '[') return readList(state, depth, token.line);
  const value = scalarOf(token.text);
  return value === undefined ? null : { kind: 'scalar', value, line: token.line };
}

function scalarOf(text: string): string | number | boolean | null | undefined {
  if (/^[{}[\],:]$/.test(text)) return undefined;
  try {
    return JSON.parse(text) as string | number | boolean | null;
  } catch {
    return undefined;
  }
}

function readObject(state: State, depth: number, line: number): JsonNode | null {
  const members: JsonMember[] = [];
  if (accept(state, '}')) return { kind: 'object', members, line };
  do {
    const name = scalarOf(state.tokens[state.at]?.text ?? ',');
    state.at += 1;
    if (typeof name !== 'string' || !accept(state, ':')) return null;
    const value = readNode(state, depth + 1);
    if (value === null) return null;
    members.push({ name, value });
  } while (accept(state, ','));
  return accept(state, '}') ? { kind: 'object', members, line } : null;
}

function readList(state: State, depth: number, line: number): JsonNode | null {
  const items: JsonNode[] = [];
  if (accept(state, ']')) return { kind: 'list', items, line };
  do {
    const value = readNode(state, depth + 1);
    if (value === null) return null;
    items.push(value);
  } while (accept(state, ','));
  return accept(state, ']') ? { kind: 'list', items, line } : null;
}

function accept(state: State, text: string): boolean {
  if (state.tokens[state.at]?.text !== text) return false;
  state.at += 1;
  return true;
}
