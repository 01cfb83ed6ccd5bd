import { expect } from 'vitest';
import { FwauditError } from '../../src/model/error.js';

/** A whole check as text, for tests that change one thing in it. */
export const CHECK = `id: ACM-ADM-001
title: { en: A door }
severity: high
severityReason: because
over: exposure
when: exposure.anyone
message: { en: "from {entry.name}" }
explainable: sets
why: { en: because }
fix: { en: close it }
references: [RFC 1918]
tags: [cwe:284]
examples: { finds: [a], passes: [b] }
`;

/** The check with one line replaced by others. */
export function withLine(start: string, lines: string): string {
  const before = CHECK.split('\n');
  const at = before.findIndex((line) => line.startsWith(start));
  if (at < 0) throw new Error(`no line starts with ${start}`);
  return [...before.slice(0, at), lines, ...before.slice(at + 1)].join('\n');
}

/** What loading throws. */
export function problemOf(load: () => unknown): FwauditError {
  try {
    load();
  } catch (error) {
    if (error instanceof FwauditError) return error;
    throw error;
  }
  throw new Error('it loaded');
}

/** `line:column message`, with the hint behind it: what an author sees. */
export function whole({ location, message, hint }: FwauditError): string {
  const help = hint === undefined ? '' : ` [${hint}]`;
  return `${location?.line}:${location?.column} ${message}${help}`;
}

/** The same without the line of the file and the caret under it, which have to be there. */
export function shown(error: FwauditError): string {
  const [message = '', line, caret, ...more] = error.message.split('\n');
  const column = error.location?.column ?? 0;
  expect(more).toEqual([]);
  if (line !== undefined) expect(caret).toMatch(new RegExp(`^\\s{${column + 1}}\\^$`));
  return whole(new FwauditError('check', message, { ...about(error) }));
}

function about({ location, hint }: FwauditError) {
  return { ...(location === undefined ? {} : { location }), ...(hint === undefined ? {} : { hint }) };
}
