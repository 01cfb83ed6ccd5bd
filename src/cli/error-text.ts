import { FwauditError } from '../model/error.js';
import { inert } from '../report/inert.js';

/**
 * One line for what went wrong, and one for what to do about it. Of an error that is not ours only its
 * name and where it happened are told: its message might quote the configuration.
 */
export function errorText(error: unknown, debug: boolean): string {
  const frames = debug && error instanceof Error ? framesOf(error) : [];
  if (error instanceof FwauditError) {
    const hint = error.hint === undefined ? [] : [`  ${inertLines(error.hint)}`];
    return [`fwaudit: ${place(error)}${inertLines(error.message)}`, ...hint, ...frames].join('\n');
  }
  const name = error instanceof Error ? error.name : typeof error;
  const advice = debug ? [] : ['  run again with --debug to see where'];
  return [`fwaudit: a defect of fwaudit (${inert(name)}): the scan is incomplete`, ...advice, ...frames].join(
    '\n',
  );
}

function framesOf(error: Error): readonly string[] {
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}

function place(error: FwauditError): string {
  if (error.location === undefined) return '';
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
