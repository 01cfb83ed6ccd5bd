import { FwauditError } from '../model/error.js';
import { inert } from '../report/inert.js';

/** One line for what went wrong, and one for what to do about it. */
export function errorText(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `fwaudit: ${inert(String(error))}`;
  const lines = [`fwaudit: ${place(error)}${inertLines(error.message)}`];
  if (error instanceof FwauditError && error.hint !== undefined) lines.push(`  ${inertLines(error.hint)}`);
  if (!(error instanceof FwauditError) && !debug)
    lines.push('  this is a defect of fwaudit: run again with --debug for the stack');
  if (debug && error.stack !== undefined) lines.push(inertLines(error.stack));
  return lines.join('\n');
}

function place(error: Error): string {
  if (!(error instanceof FwauditError) || error.location === undefined) return '';
  const { file, line, column } = error.location;
  return `${inert(file)}:${line}${column === undefined ? '' : `:${column}`}: `;
}

/** Control characters made visible; line ends, which are ours, kept. */
function inertLines(text: string): string {
  return text
    .split('\n')
    .map((line) => inert(line, { max: 1000 }))
    .join('\n');
}
