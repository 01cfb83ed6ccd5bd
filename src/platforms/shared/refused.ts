import type { Diagnostic } from '../../model/coverage.js';
import type { Parsed } from '../platform.js';

/** A capture that gives no device, and why: the audit is then not complete. */
export function refused(
  file: string,
  code: Diagnostic['code'],
  message: string,
  more: Pick<Diagnostic, 'hint' | 'location'> = {},
): Parsed {
  const diagnostic: Diagnostic = { code, message, location: { file, line: 1 }, incomplete: true, ...more };
  return { devices: [], coverage: [], diagnostics: [diagnostic], limits: [] };
}
