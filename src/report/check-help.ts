import type { ReportCheck } from '../model/audit-report.js';
import type { Language } from '../model/check.js';
import { inert } from './inert.js';
import { markdownCode, markdownText } from './markdown-text.js';
import { type CheckWords, wordsIn } from './words.js';

const MAX = 8000;

/** What a check is about, why it matters and what to do, as Markdown without HTML. */
export function checkMarkdown(check: ReportCheck, language: Language = 'en'): string {
  const text = (each: string) => markdownText(each, { max: MAX, unicode: true });
  const code = (each: string) => markdownCode(each, { max: MAX, unicode: true });
  const words = wordsIn(language);
  const fixes = check.platformFixes.map(
    ({ platform, fix }) => `- ${code(platform)}${words.colon} ${text(fix)}`,
  );
  return [
    text(check.why),
    `**${words.severity}** ${severityOf(check, words)}${words.colon} ${text(check.severityReason)}`,
    ...(check.confidence === 'high' ? [] : [`**${words.confidence}** ${confidenceOf(check, words)}`]),
    `### ${words.whatToDo}`,
    text(check.fix),
    ...listed(fixes),
    ...titled(
      `### ${words.references}`,
      check.references.map((each) => `- ${reference(each)}`),
    ),
    ...(check.tags.length === 0 ? [] : [check.tags.map(code).join(' ')]),
  ].join('\n\n');
}

/** The same without markup. */
export function checkText(check: ReportCheck, language: Language = 'en'): string {
  const text = (each: string) => inert(each, { max: MAX });
  const words = wordsIn(language);
  const fixes = check.platformFixes.map(
    ({ platform, fix }) => `- ${text(platform)}${words.colon} ${text(fix)}`,
  );
  return [
    text(check.why),
    `${words.severity} ${severityOf(check, words)}${words.colon} ${text(check.severityReason)}`,
    ...(check.confidence === 'high' ? [] : [`${words.confidence} ${confidenceOf(check, words)}`]),
    `${words.whatToDo}${words.colon} ${text(check.fix)}`,
    ...listed(fixes),
    ...titled(
      `${words.references}${words.colon}`,
      check.references.map((each) => `- ${text(each)}`),
    ),
    ...(check.tags.length === 0 ? [] : [`${words.tags}${words.colon} ${check.tags.map(text).join(', ')}`]),
  ].join('\n\n');
}

/** A page of its own: what `docs/checks/` holds. */
export function checkPage(check: ReportCheck): string {
  const title = markdownText(check.title, { max: MAX, unicode: true });
  return `# ${check.id}: ${title}\n\n${checkMarkdown(check)}\n`;
}

/** The same for a terminal. */
export function checkSheet(check: ReportCheck, language: Language = 'en'): string {
  return `${check.id}: ${inert(check.title, { max: MAX })}\n\n${checkText(check, language)}\n`;
}

/** The word of the language, and the id that options and reports know it by where that is another word. */
function severityOf({ severity }: ReportCheck, { severities }: CheckWords): string {
  return both(severities[severity], severity);
}

function confidenceOf({ confidence }: ReportCheck, { confidences }: CheckWords): string {
  return both(confidences[confidence], confidence);
}

function both(word: string, id: string): string {
  return word === id ? word : `${word} (${id})`;
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
