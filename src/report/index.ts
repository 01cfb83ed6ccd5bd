import type { ReportFormat } from './format.js';
import { json } from './json.js';
import { terminal } from './terminal.js';

/** Every report format, the default first. */
export const formats: readonly ReportFormat[] = [terminal, json];
