import { csv } from './csv.js';
import type { ReportFormat } from './format.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { sarif } from './sarif.js';
import { terminal } from './terminal.js';

/** Every report format, the default first. */
export const formats: readonly ReportFormat[] = [terminal, json, sarif, junit, github, gitlab, markdown, csv];
