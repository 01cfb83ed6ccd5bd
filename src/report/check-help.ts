import type { ReportCheck } from '../model/audit-report.js';
import { inert } from './inert.js';
import { markdownCode, markdownText } from './markdown-text.js';

const MAX = 8000;

/** What a check is about, why it matters and what to do, as Markdown without HTML. */
export function checkMarkdown(check: ReportCheck): string {
  const text = (each: string) => markdownText(each, { max: MAX, unicode: true });
  const code = (each: string) => markdownCode(each, { max: MAX, unicode: true });
  const fixes = check.platformFixes.map(({ platform, fix }) => `- ${code(platform)}: ${text(fix)}`);
  return [
    text(check.why),
    `**Severity** ${check.severity}: ${text(check.severityReason)}`,
    ...(check.confidence === 'high' ? [] : [`**Confidence** ${check.confidence}`]),
    '### What to do',
    text(check.fix),
    ...listed(fixes),
    ...titled(
      '### References',
      check.references.map((each) => `- ${reference(each)}`),
    ),
    ...(check.tags.length === 0 ? [] : [check.tags.map(code).join(' ')]),
  ].join('\n\n');
}

/** The same without markup. */
export function checkText(check: ReportCheck): string {
  const text = (each: string) => inert(each, { max: MAX });
  const fixes = check.platformFixes.map(({ platform, fix }) => `- ${text(platform)}: ${text(fix)}`);
  return [
    text(check.why),
    `Severity ${check.severity}: ${text(check.severityReason)}`,
    ...(check.confidence === 'high' ? [] : [`Confidence ${check.confidence}`]),
    `What to do: ${text(check.fix)}`,
    ...listed(fixes),
    ...titled(
      'References:',
      check.references.map((each) => `- ${text(each)}`),
    ),
    ...(check.tags.length === 0 ? [] : [`Tags: ${check.tags.map(text).join(', ')}`]),
  ].join('\n\n');
}

/** A page of its own: what `docs/checks/` holds. */
export function checkPage(check: ReportCheck): string {
  const title = markdownText(check.title, { max: MAX, unicode: true });
  return `# ${check.id}: ${title}\n\n${checkMarkdown(check)}\n`;
}

/** The same for a terminal. */
export function checkSheet(check: ReportCheck): string {
  return `${check.id}: ${inert(check.title, { max: MAX })}\n\n${checkText(check)}\n`;
}

/** `Title https://…` becomes a link; anything else stays text. */
function reference(each: string): string {
  const [, title, address] = /^(.+) (https?:\/\/[\w.~:/?#@!$&'*+,;=%-]+)$/.exec(each) ?? [];
  if (title === undefined || address === undefined) return markdownText(each, { max: MAX, unicode: true });
  return `${markdownText(title, { max: MAX, unicode: true })} <${address}>`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, lines.join('\n')];
}

function listed(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [lines.join('\n')];
}
