import type { AuditReport, ReportFinding } from '../model/audit-report.js';
import { isSure } from './doubt.js';
import type { RenderOptions, ReportFormat } from './format.js';
import { renderGroup } from './terminal/block.js';
import { renderClosing } from './terminal/closing.js';
import { findingsOf, renderDevice } from './terminal/device.js';
import type { Index } from './terminal/groups.js';
import { groupFindings, indexReport, partition } from './terminal/groups.js';
import type { Page } from './terminal/page.js';
import { createPage } from './terminal/page.js';
import { wrap } from './terminal/text.js';

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
    return renderDevice(page, section, device, isSure(report, device));
  });
  const sections = [
    ...devices,
    ...renderOthers(page, index, sample),
    renderClosing(page, index.report, sample),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The finding that stands first on the page, if an explanation could close it. */
function firstExplainable(index: Index): ReportFinding | null {
  const sections = [...index.report.devices.map((device) => findingsOf(index, device)), otherFindings(index)];
  const [first] = sections.flatMap((findings) => groupFindings(index, findings));
  const finding = first?.clusters[0][0].finding;
  return finding === undefined || finding.explain === null ? null : finding;
}

/** Findings of no device: of a capture with none or several, or of the register. */
function otherFindings(index: Index): readonly ReportFinding[] {
  const shown = new Set(index.report.devices.flatMap((device) => findingsOf(index, device)));
  return index.report.findings.filter((finding) => !shown.has(finding));
}

/** One section a file. */
function renderOthers(
  page: Page,
  index: Index,
  sample: ReportFinding | null,
): readonly (readonly string[])[] {
  const byFile = partition(otherFindings(index), ({ locations }) => locations[0]?.file ?? '');
  return byFile.flatMap((group) => {
    const file = group[0].locations[0]?.file ?? '';
    const blocks = groupFindings(index, group).map((each) =>
      renderGroup(page, { index, file, sample }, each),
    );
    if (blocks.length === 0) return [];
    const head = wrap(file === '' ? 'no device' : page.prose(file), page.width).map(page.colour.bold);
    return [[...head, ...blocks.flatMap((block) => ['', ...block])]];
  });
}
