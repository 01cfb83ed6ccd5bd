import type { Location } from '../../model/location.js';

/**
 * One line of a printed configuration, as words: `management https`, `no management ssh`. The CLI prints
 * it so; an answer of the REST API holds the same words as nested names.
 */
export interface Statement {
  readonly words: readonly string[];
  /** It began with `no`, or its value was false. */
  readonly negated: boolean;
  /** What stands below it, up to its `exit`. */
  readonly body: readonly Statement[];
  readonly location: Location;
}

/** A value with the place it came from. */
export interface Word {
  readonly text: string;
  readonly location: Location;
}

/** Look-ups over printed statements; what is looked up counts as read. */
export interface StatementBook {
  /** The statement with exactly these words; null: it is not there. */
  flag(body: readonly Statement[], ...words: readonly string[]): boolean | null;
  /** The word behind these; undefined: it is not there, or is negated. */
  word(body: readonly Statement[], ...prefix: readonly string[]): Word | undefined;
  /** Every statement that begins with these words, each counted as read. */
  all(body: readonly Statement[], ...prefix: readonly string[]): readonly Statement[];
  isRead(statement: Statement): boolean;
}

export function createStatementBook(): StatementBook {
  const read = new Set<Statement>();
  function all(body: readonly Statement[], prefix: readonly string[]): readonly Statement[] {
    const found = body.filter((statement) => startsWith(statement.words, prefix));
    for (const statement of found) read.add(statement);
    return found;
  }
  return {
    flag(body, ...words) {
      const found = all(body, words).find((statement) => statement.words.length === words.length);
      return found === undefined ? null : !found.negated;
    },
    word(body, ...prefix) {
      const found = all(body, prefix).find(
        (statement) => !statement.negated && statement.words.length > prefix.length,
      );
      const text = found?.words[prefix.length];
      return found === undefined || text === undefined ? undefined : { text, location: found.location };
    },
    all: (body, ...prefix) => all(body, prefix),
    isRead: (statement) => read.has(statement),
  };
}

export function startsWith(words: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((word, at) => words[at] === word);
}
