import type { SecretsDevice, SecretsReport, SecretsStep } from '../model/secrets-report.js';
import { inert } from './inert.js';
import { diagnosticText, endingOf, groupsOf, summaryOf, titleOf } from './secrets-groups.js';

/** The list as text for people, in columns. */
export function secretsText(report: SecretsReport, { unicode }: { readonly unicode: boolean }): string {
  const text = report.devices.map(deviceText).join('\n\n');
  const ending = endingOf(report);
  const whole = [text, ...report.diagnostics.map(diagnosticText), ending].filter((part) => part !== '');
  return `${whole
    .join('\n\n')
    .split('\n')
    .map((line) => inert(line, { max: 2000, unicode }))
    .join('\n')}\n`;
}

function deviceText(device: SecretsDevice): string {
  const head = [inert(device.file, { max: 1000 }), `   ${titleOf(device)}`];
  const order =
    device.guide === null
      ? []
      : [`   in the order of the ${device.guide.title}`, `   ${device.guide.source}`];
  const notes = (device.guide?.notes ?? []).map((note) => wrapped(note, '   - ', '     '));
  const steps = device.steps.map((step, at) => stepText(step, at + 1));
  return [
    [...head, ...order, ...notes].join('\n'),
    ...(steps.length === 0 ? ['   no secret'] : steps),
    ` ${summaryOf(device)}`,
  ].join('\n\n');
}

function stepText(step: SecretsStep, number: number): string {
  const groups = groupsOf(step.secrets);
  const kinds = Math.max(...groups.map(({ kind }) => kind.length));
  const lines = groups.map(({ kind, protection, count, places }) => {
    const head = `    ${kind.padEnd(kinds)}  ${protection.padEnd(10)}  ${count > 1 ? `${count}: ` : ''}`;
    return wrapped(places.join(', '), head, ' '.repeat(kinds + 18));
  });
  const also = step.elsewhere === null ? [] : [`    also: ${step.elsewhere}`];
  return [`${String(number).padStart(3)} ${step.title}`, ...lines, ...also].join('\n');
}

const WIDTH = 100;

function wrapped(text: string, head: string, indent: string): string {
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '' && line !== head) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}
