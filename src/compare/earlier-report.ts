import { isDay } from '../explanations/days.js';
import type { ReportAbsent, ReportExposure, ReportFinding } from '../model/audit-report.js';
import { SEVERITIES } from '../model/check.js';
import { FwauditError } from '../model/error.js';

/** What a comparison needs of a report that an earlier run wrote. */
export interface EarlierReport {
  /** As the user named it. */
  readonly file: string;
  readonly at: string;
  /** Inputs and devices of that run. */
  readonly captures: readonly string[];
  readonly devices: readonly string[];
  readonly findings: readonly EarlierFinding[];
  readonly exposures: readonly EarlierExposure[];
  /** What that run knew of still earlier ones. */
  readonly absent: readonly ReportAbsent[];
}

export type EarlierFinding = Pick<
  ReportFinding,
  | 'check'
  | 'severity'
  | 'key'
  | 'hash'
  | 'device'
  | 'status'
  | 'title'
  | 'message'
  | 'exposure'
  | 'subject'
  | 'remainder'
>;

export type EarlierExposure = Pick<ReportExposure, 'key' | 'sources' | 'conditions'> & {
  readonly target: Pick<ReportExposure['target'], 'addresses'>;
  readonly service: Pick<ReportExposure['service'], 'protocol' | 'ports'>;
};

const HINT = 'write one with: fwaudit scan INPUT... -f json -o report.json';

/**
 * Reads a report that `-f json` wrote: any of schema version 1. Fields that a comparison does not need
 * are passed over, so that a report of a later 1.x can be read too.
 *
 * @throws FwauditError of code `usage` when the text is something else; its contents are not quoted
 */
export function readEarlierReport(text: string, file: string): EarlierReport {
  const root = asRecord(parseJson(text, file));
  const tool = asRecord(root?.tool);
  if (root === null || tool?.name !== 'fwaudit' || typeof root.schemaVersion !== 'string') {
    throw new FwauditError('usage', `${file} is no report of fwaudit scan`, { hint: HINT });
  }
  if (!/^1\.\d+$/.test(root.schemaVersion)) {
    throw new FwauditError('usage', `${file} has another schemaVersion than 1.x, which is what is read`, {
      hint: HINT,
    });
  }
  const report = fieldsOf(root, { file, path: '' });
  const previous = root.previous === null || root.previous === undefined ? null : report.below('previous');
  return {
    file,
    at: report.day('at'),
    captures: report.list('captures').map((each) => each.text('file')),
    devices: report.list('devices').map((each) => each.text('id')),
    findings: report.list('findings').map(findingOf),
    exposures: report.list('exposures').map(exposureOf),
    absent: previous?.list('absent').map(absentOf) ?? [],
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new FwauditError('usage', `${file} is not JSON`, { hint: HINT, cause: error });
  }
}

type JsonRecord = Readonly<Record<string, unknown>>;

function asRecord(value: unknown): JsonRecord | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value as JsonRecord;
}

function findingOf(finding: Fields): EarlierFinding {
  return {
    check: finding.text('check'),
    severity: finding.oneOf('severity', SEVERITIES),
    key: finding.text('key'),
    hash: finding.text('hash'),
    device: finding.textOrNull('device'),
    status: finding.oneOf('status', ['open', 'explained']),
    title: finding.text('title'),
    message: finding.text('message'),
    exposure: finding.textOrNull('exposure'),
    subject: finding.textOrNull('subject'),
    remainder: finding.texts('remainder'),
  };
}

function exposureOf(exposure: Fields): EarlierExposure {
  const service = exposure.below('service');
  return {
    key: exposure.text('key'),
    sources: exposure.texts('sources'),
    conditions: exposure.texts('conditions'),
    target: { addresses: exposure.below('target').texts('addresses') },
    service: { protocol: service.text('protocol'), ports: service.texts('ports') },
  };
}

function absentOf(absent: Fields): ReportAbsent {
  return {
    check: absent.text('check'),
    severity: absent.oneOf('severity', SEVERITIES),
    key: absent.text('key'),
    hash: absent.text('hash'),
    device: absent.textOrNull('device'),
    title: absent.text('title'),
    message: absent.text('message'),
    change: absent.oneOf('change', ['open', 'resolved']),
    reason: null,
    lastSeen: absent.day('lastSeen'),
  };
}

/** Typed access to what a JSON object holds; each method says where the first misfit is. */
interface Fields {
  text(name: string): string;
  textOrNull(name: string): string | null;
  day(name: string): string;
  oneOf<T extends string>(name: string, choices: readonly T[]): T;
  texts(name: string): readonly string[];
  list(name: string): readonly Fields[];
  below(name: string): Fields;
}

interface Place {
  readonly file: string;
  readonly path: string;
}

function fieldsOf(value: unknown, place: Place): Fields {
  const record = asRecord(value);
  if (record === null) return refuse(place, 'an object');
  const at = (name: string): Place => ({
    ...place,
    path: place.path === '' ? name : `${place.path}.${name}`,
  });
  const items = (name: string) => listOf(record[name], at(name));
  const text = (name: string) => textOf(record[name], at(name));
  return {
    text,
    textOrNull: (name) => (record[name] === null ? null : text(name)),
    day: (name) => (isDay(text(name)) ? text(name) : refuse(at(name), 'a day')),
    oneOf: (name, choices) =>
      choices.find((choice) => choice === text(name)) ?? refuse(at(name), choices.join(' or ')),
    texts: (name) => items(name).map(([each, where]) => textOf(each, where)),
    list: (name) => items(name).map(([each, where]) => fieldsOf(each, where)),
    below: (name) => fieldsOf(record[name], at(name)),
  };
}

function textOf(value: unknown, place: Place): string {
  return typeof value === 'string' ? value : refuse(place, 'a text');
}

function listOf(value: unknown, place: Place): readonly (readonly [unknown, Place])[] {
  if (!Array.isArray(value)) return refuse(place, 'a list');
  return value.map((each: unknown, index) => [each, { ...place, path: `${place.path}[${index}]` }] as const);
}

function refuse({ file, path }: Place, what: string): never {
  throw new FwauditError('usage', `${file} is no whole report of fwaudit: ${path} is not ${what}`, {
    hint: HINT,
  });
}
