import type { CheckSubject } from '../model/check.js';
import { closestSpelling } from '../text/spelling.js';
import { fieldsOf, SUBJECTS } from './fields.js';
import { listText } from './labels.js';
import type { CelRecord } from './records.js';

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** What is wrong with a message, and where in its text: an offset from 0. */
export interface PlaceholderProblem {
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

/**
 * Checks a message's `{placeholders}`: each is a field of the subject that holds text, a whole number
 * or a list of texts. Null when nothing is wrong.
 */
export function placeholderProblem(text: string, over: CheckSubject): PlaceholderProblem | null {
  for (const match of text.matchAll(PLACEHOLDER)) {
    const problem = pathProblem((match[1] ?? '').split('.'), over);
    if (problem !== null) return { ...problem, offset: match.index + 1 };
  }
  const brace = text.replace(PLACEHOLDER, (match) => ' '.repeat(match.length)).search(/[{}]/);
  return brace < 0 ? null : { message: 'a brace that belongs to no {placeholder}', offset: brace };
}

function pathProblem(path: readonly string[], over: CheckSubject): Omit<PlaceholderProblem, 'offset'> | null {
  let type: string = SUBJECTS[over].record;
  for (const name of path) {
    const fields = fieldsOf(type) ?? {};
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      const known = Object.keys(fields);
      const meant = closestSpelling(name, known);
      const hint = meant === null ? `the fields are ${known.join(', ')}` : `did you mean ${meant}?`;
      return { message: `no field ${path.join('.')} to put into the message`, hint };
    }
    type = field.type;
  }
  if (type === 'string' || type === 'int' || type === 'list<string>') return null;
  return {
    message: `${path.join('.')} is a ${type}: a message takes text, whole numbers and lists of texts`,
  };
}

/** Puts a subject's fields into a message. */
export function fillPlaceholders(text: string, subject: CelRecord): string {
  return text.replaceAll(PLACEHOLDER, (_, path: string) => shown(valueAt(subject, path.split('.'))));
}

function valueAt(subject: CelRecord, path: readonly string[]): unknown {
  let value: unknown = subject;
  for (const name of path) value = (value as CelRecord)[name];
  return value;
}

function shown(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? '–' : listText(value);
}
