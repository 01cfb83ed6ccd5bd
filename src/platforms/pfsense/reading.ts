import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { XmlElement } from '../shared/xml.js';

/** What every part of the model is read from. */
export interface Reading {
  readonly root: XmlElement;
  /** As the user named the capture. */
  readonly file: string;
  readonly log: DiagnosticLog;
}
