import type { SecretsDevice, SecretsReport } from '../model/secrets-report.js';
import { markdownText } from './markdown-text.js';
import { diagnosticText, endingOf, groupsOf, summaryOf, titleOf } from './secrets-groups.js';

/** The same list in Markdown: a table for each step. */
export function secretsMarkdown(report: SecretsReport): string {
  const devices = report.devices.map(deviceMarkdown);
  const notes = report.diagnostics.map((each) => `- ${shown(diagnosticText(each))}`);
  return `${[...devices, ...(notes.length > 0 ? [notes.join('\n')] : []), endingOf(report)].filter((part) => part !== '').join('\n\n')}\n`;
}

function deviceMarkdown(device: SecretsDevice): string {
  const { guide } = device;
  const order = guide === null ? [] : [`In the order of the [${shown(guide.title)}](${guide.source}).`];
  const notes =
    guide === null || guide.notes.length === 0 ? [] : [guide.notes.map((each) => `- ${each}`).join('\n')];
  const steps = device.steps.map((step, at) => {
    const rows = groupsOf(step.secrets).map(
      ({ kind, protection, count, places }) =>
        `| ${shown(kind)} | ${protection} | ${count} | ${shown(places.join(', '))} |`,
    );
    const also = step.elsewhere === null ? '' : `\n\nAlso: ${step.elsewhere}.`;
    return `### ${at + 1}. ${step.title}\n\n| kind | protection | number | where |\n| --- | --- | --- | --- |\n${rows.join('\n')}${also}`;
  });
  const title = `## Secrets of ${shown(device.id)}`;
  const about = `${shown(device.file)}: ${shown(titleOf(device))}. ${summaryOf(device)}.`;
  return [title, about, ...order, ...notes, ...steps].join('\n\n');
}

function shown(text: string): string {
  return markdownText(text, { max: 2000, unicode: true });
}
