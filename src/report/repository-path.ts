import type { AuditReport } from '../model/audit-report.js';
import type { Location } from '../model/location.js';

/**
 * The path by which a repository host knows a file: with slashes, without `./` in front. Standard
 * input has none, and is called `stdin`.
 */
export function repositoryPath(file: string): string {
  if (file === '-') return 'stdin';
  const path = file.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
  return path === '' ? '.' : path;
}

/** The input that a location is in: what stands behind `#` names one device of several. */
export function inputOf(report: Pick<AuditReport, 'captures'>, { file }: Location): string {
  const exact = report.captures.some((capture) => capture.file === file);
  if (exact) return file;
  return report.captures.find((capture) => file.startsWith(`${capture.file}#`))?.file ?? file;
}

/** A relative path as a relative URI reference, an absolute one as a `file:` URI: ASCII only. */
export function pathUri(file: string): string {
  const path = repositoryPath(file);
  const encoded = path.split('/').map(encodeSegment).join('/');
  if (/^[A-Za-z]:\//.test(path)) return `file:///${encoded.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}

/** Halves of surrogate pairs cannot be encoded: they become U+FFFD, as in every URI. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd'));
}
