import type { AuditReport, ReportFinding } from '../model/audit-report.js';
import { isSure } from './doubt.js';
import type { RenderOptions, ReportFormat } from './format.js';
import { renderClosing } from './terminal/closing.js';
import { deviceParts, findingsOf } from './terminal/device.js';
import { fitParts, fixed, type Part } from './terminal/fit.js';
import type { Index } from './terminal/groups.js';
import { groupFindings, indexReport, inOrder, partition } from './terminal/groups.js';
import type { Page } from './terminal/page.js';
import { createPage } from './terminal/page.js';
import { groupPart } from './terminal/short.js';
import { wrap } from './terminal/text.js';

/** Lines of a screen: what one device has to say before `-v` fits it, with the end of the report. */
const SCREEN = 40;

/** For a person at a terminal: the doors first, each with its proof and what to do. */
export const terminal: ReportFormat = {
  id: 'terminal',
  name: 'text for a terminal',
  ascii: true,
  render: renderTerminal,
};

function renderTerminal(report: AuditReport, options: RenderOptions): string {
  const page = createPage(options);
  const index = indexReport(report, options.verbosity === 0);
  const sample = firstExplainable(index);
  const devices = report.devices.map((device) => {
    const section = { index, file: device.file, sample };
    return deviceParts(page, section, device, isSure(report, device));
  });
  const sections = [...devices, ...otherParts(page, index, sample)];
  const screens = devices.length > 1 ? sections : [sections.flat()];
  const ending = renderClosing(page, report, { sample, folded: true });
  const room = page.verbosity === 0 ? SCREEN - ending.length - 1 : Number.POSITIVE_INFINITY;
  const fitted = screens.map((parts) => fitParts(parts, room));
  const folded = fitted.flatMap((each) => [...each.folded]);
  const closing = renderClosing(page, report, {
    sample: folded.some((part) => part.holdsSample) ? null : sample,
    folded: folded.length > 0,
  });
  const texts = [...fitted.map(({ lines }) => lines), closing].filter((lines) => lines.length > 0);
  return `${texts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The finding that stands first on the page, if an explanation could close it. */
function firstExplainable(index: Index): ReportFinding | null {
  const sections = [...index.report.devices.map((device) => findingsOf(index, device)), otherFindings(index)];
  const [first] = sections.flatMap((findings) => inOrder(index, findings));
  return first === undefined || first.finding.explain === null ? null : first.finding;
}

/** Findings of no device: of a capture with none or several, or of the register. */
function otherFindings(index: Index): readonly ReportFinding[] {
  const shown = new Set(index.report.devices.flatMap((device) => findingsOf(index, device)));
  return index.report.findings.filter((finding) => !shown.has(finding));
}

/** One section a file. */
function otherParts(page: Page, index: Index, sample: ReportFinding | null): readonly (readonly Part[])[] {
  const byFile = partition(otherFindings(index), ({ locations }) => locations[0]?.file ?? '');
  return byFile.flatMap((group) => {
    const file = group[0].locations[0]?.file ?? '';
    const blocks = groupFindings(index, group).map((each) => groupPart(page, { index, file, sample }, each));
    if (blocks.length === 0) return [];
    const head = wrap(file === '' ? 'no device' : page.prose(file), page.width).map(page.colour.bold);
    return [[fixed(head), ...blocks]];
  });
}
