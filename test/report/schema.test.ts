import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type {
  AuditReport,
  FindingChange,
  ReportAbsent,
  ReportBaseline,
  ReportCapture,
  ReportCheck,
  ReportDevice,
  ReportDiagnostic,
  ReportDormant,
  ReportExplanation,
  ReportExposure,
  ReportFinding,
  ReportPathStep,
  ReportPrevious,
  ReportService,
  ReportSummary,
  ReportTarget,
} from '../../src/model/audit-report.js';
import type { CheckConfidence, Outcome, Severity } from '../../src/model/check.js';
import type { Section } from '../../src/model/coverage.js';
import type { Location, Origin } from '../../src/model/location.js';
import { json } from '../../src/report/json.js';
import schema from '../../src/report/report.schema.json' with { type: 'json' };
import * as samples from './samples.js';

const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: true,
  allowUnionTypes: true,
}).compile(schema);

const reports = Object.entries(samples).filter(
  (entry): entry is [string, AuditReport] => typeof entry[1] === 'object',
);

const options = { width: 80, colour: true, verbosity: 0, unicode: true } as const;

describe('the published schema', () => {
  test.each(reports)('accepts the report %s as JSON', (_name, report) => {
    validate(JSON.parse(json.render(report, options)));
    expect(validate.errors).toBeNull();
  });

  test('refuses every report that lacks a required field', () => {
    const optional = new Set(['key of a location', 'peers of an entry']);
    const paths = objectPaths(samples.full).flatMap((path) =>
      Object.keys(at(samples.full, path)).map((key) => [...path, key] as const),
    );
    expect(paths.length).toBeGreaterThan(300);
    const accepted = paths.filter((path) => {
      const copy = structuredClone(samples.full);
      Reflect.deleteProperty(at(copy, path.slice(0, -1)), path.at(-1) as string);
      return validate(copy);
    });
    const names = accepted.map((path) => {
      const inLocation = path.at(-1) === 'key' && path.some((part) => /^locations?$/.test(String(part)));
      if (path.at(-1) === 'peers' && path.at(-2) === 'entry') return 'peers of an entry';
      return inLocation ? 'key of a location' : path.join('.');
    });
    const maps = names.filter((name) => !/^(devices\.\d+\.outcomes|summary\.open)\.[^.]+$/.test(name));
    expect(new Set(maps)).toEqual(optional);
  });

  test('refuses fields that it does not name', () => {
    const maps = /(^|\.)(outcomes|open)$/;
    const accepted = objectPaths(samples.full).filter((path) => {
      if (maps.test(path.join('.'))) return false;
      const copy = structuredClone(samples.full);
      Object.assign(at(copy, path), { unheardOf: 1 });
      return validate(copy);
    });
    expect(accepted).toEqual([]);
  });

  test('names only what a fully populated report holds', () => {
    const seen = new Set<unknown>();
    const check = validatorThatNotes(seen);
    expect(check(samples.full)).toBe(true);
    const all = definitions().flatMap(({ name, properties }) =>
      Object.keys(properties).map((key) => `${name}.${key}`),
    );
    expect(all.filter((each) => !seen.has(each))).toEqual([]);
  });

  test('describes every field and every definition', () => {
    const silent = definitions().flatMap(({ name, description, properties }) => [
      ...(description === undefined ? [name] : []),
      ...Object.entries(properties).flatMap(([key, value]) =>
        value.description === undefined ? [`${name}.${key}`] : [],
      ),
    ]);
    expect(silent).toEqual([]);
  });
});

/** How a field may be absent from the JSON, as the compiler sees it. */
type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? 'optional'
    : null extends T[K]
      ? 'nullable'
      : 'required';
};

const set = 'required';
const nullable = 'nullable';
const optional = 'optional';

/** The compiler holds this table to the types, and the tests below hold it to the schema. */
const contract = {
  root: {
    schemaVersion: set,
    tool: set,
    at: set,
    register: nullable,
    captures: set,
    devices: set,
    checks: set,
    exposures: set,
    dormant: set,
    findings: set,
    explanations: set,
    diagnostics: set,
    baseline: nullable,
    previous: nullable,
    summary: set,
  } satisfies Fields<AuditReport>,
  tool: { name: set, version: set } satisfies Fields<AuditReport['tool']>,
  location: { file: set, line: set, key: 'optional' } satisfies Fields<Location>,
  capture: {
    file: set,
    platform: nullable,
    devices: set,
    coverage: nullable,
    limits: set,
  } satisfies Fields<ReportCapture>,
  coverage: { unit: set, read: set, ignored: set, unknown: set, unknownFamilies: set } satisfies Fields<
    NonNullable<ReportCapture['coverage']>
  >,
  unknownFamily: { name: set, count: set, section: set } satisfies Fields<
    NonNullable<ReportCapture['coverage']>['unknownFamilies'][number]
  >,
  limit: { id: set, message: set, accepted: set } satisfies Fields<ReportCapture['limits'][number]>,
  device: {
    id: set,
    file: set,
    platform: set,
    platformName: set,
    product: nullable,
    firmware: nullable,
    accessRules: set,
    entries: set,
    outcomes: set,
  } satisfies Fields<ReportDevice>,
  deviceEntry: { kind: set, name: set, interfaces: set, role: set, evidence: set } satisfies Fields<
    ReportDevice['entries'][number]
  >,
  check: {
    id: set,
    title: set,
    severity: set,
    severityReason: set,
    confidence: set,
    platforms: nullable,
    why: set,
    fix: set,
    platformFixes: set,
    references: set,
    tags: set,
  } satisfies Fields<ReportCheck>,
  platformFix: { platform: set, fix: set } satisfies Fields<ReportCheck['platformFixes'][number]>,
  entry: { kind: set, name: set, interfaces: set, peers: optional } satisfies Fields<ReportExposure['entry']>,
  target: { kind: set, addresses: set, dynamic: nullable, interfaces: set } satisfies Fields<ReportTarget>,
  service: { id: set, name: set, protocol: set, ports: set } satisfies Fields<ReportService>,
  step: {
    kind: set,
    part: set,
    depth: set,
    name: set,
    detail: set,
    origin: set,
    comment: nullable,
    location: set,
  } satisfies Fields<ReportPathStep>,
  exposure: {
    key: set,
    hash: set,
    device: set,
    entry: set,
    party: set,
    domain: nullable,
    partyName: nullable,
    thirdParty: set,
    anyone: set,
    sources: set,
    named: set,
    target: set,
    service: set,
    path: set,
    approximate: set,
    conditions: set,
    status: set,
    remainder: set,
    explainedBy: set,
    lapsed: set,
  } satisfies Fields<ReportExposure>,
  namedSource: { name: set, sources: set } satisfies Fields<ReportExposure['named'][number]>,
  lapse: { explanation: set, why: set } satisfies Fields<ReportExposure['lapsed'][number]>,
  dormant: {
    key: set,
    device: set,
    entry: set,
    target: set,
    service: set,
    sources: set,
    fromAny: set,
    reasons: set,
    subject: set,
    path: set,
  } satisfies Fields<ReportDormant>,
  finding: {
    check: set,
    severity: set,
    key: set,
    hash: set,
    device: nullable,
    status: set,
    known: set,
    change: nullable,
    title: set,
    message: set,
    why: set,
    exposure: nullable,
    subject: nullable,
    remainder: set,
    locations: set,
    fix: set,
    explain: nullable,
    explanation: nullable,
  } satisfies Fields<ReportFinding>,
  baseline: { file: set, at: set } satisfies Fields<ReportBaseline>,
  previous: { file: set, at: set, absent: set } satisfies Fields<ReportPrevious>,
  absent: {
    check: set,
    severity: set,
    key: set,
    hash: set,
    device: nullable,
    title: set,
    message: set,
    change: set,
    reason: nullable,
    lastSeen: set,
  } satisfies Fields<ReportAbsent>,
  explanation: {
    id: set,
    status: set,
    message: set,
    reason: set,
    owner: nullable,
    ticket: nullable,
    until: set,
    location: set,
  } satisfies Fields<ReportExplanation>,
  diagnostic: {
    code: set,
    message: set,
    hint: nullable,
    location: nullable,
    incomplete: set,
  } satisfies Fields<ReportDiagnostic>,
  summary: {
    open: set,
    known: set,
    explained: set,
    dormant: set,
    devices: set,
    captures: set,
    complete: set,
    exitCode: set,
  } satisfies Fields<ReportSummary>,
} as const;

const severities = { info: true, low: true, medium: true, high: true, critical: true } satisfies Record<
  Severity,
  true
>;

const enumerations: Readonly<Record<string, Readonly<Record<string, true>>>> = {
  'coverage.unit': { keys: true, lines: true } satisfies Record<
    NonNullable<ReportCapture['coverage']>['unit'],
    true
  >,
  'unknownFamily.section': {
    'access-rules': true,
    objects: true,
    nat: true,
    interfaces: true,
    administration: true,
    vpn: true,
    other: true,
  } satisfies Record<Section, true>,
  'target.kind': { self: true, host: true } satisfies Record<ReportTarget['kind'], true>,
  'step.part': {
    rule: true,
    source: true,
    destination: true,
    service: true,
    listener: true,
    translation: true,
  } satisfies Record<ReportPathStep['part'], true>,
  'step.origin': { user: true, automatic: true, implied: true, unknown: true } satisfies Record<Origin, true>,
  'exposure.status': { unexplained: true, partly: true, explained: true, own: true } satisfies Record<
    ReportExposure['status'],
    true
  >,
  'check.severity': severities,
  'check.confidence': { low: true, medium: true, high: true } satisfies Record<CheckConfidence, true>,
  'finding.severity': severities,
  'absent.severity': severities,
  'finding.change': {
    null: true,
    new: true,
    open: true,
    changed: true,
    resolved: true,
    reopened: true,
  } satisfies Record<FindingChange | 'null', true>,
  'absent.change': { open: true, resolved: true } satisfies Record<ReportAbsent['change'], true>,
  'absent.reason': {
    null: true,
    'device-not-audited': true,
    'check-not-run': true,
    'scan-incomplete': true,
  } satisfies Record<NonNullable<ReportAbsent['reason']> | 'null', true>,
  'finding.status': { open: true, explained: true } satisfies Record<ReportFinding['status'], true>,
  'explanation.status': {
    used: true,
    stale: true,
    expired: true,
    'not-yet-valid': true,
    'too-wide': true,
    'too-long': true,
    incomplete: true,
    'not-audited': true,
  } satisfies Record<ReportExplanation['status'], true>,
  'summary.exitCode': { 0: true, 1: true, 3: true } satisfies Record<ReportSummary['exitCode'], true>,
};

const outcomes = { fail: true, pass: true, 'not-applicable': true, unknown: true } satisfies Record<
  Outcome,
  true
>;

describe('the types and the schema', () => {
  test('define the same objects', () => {
    expect(Object.keys(contract).toSorted()).toEqual(
      definitions()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  test.each(Object.entries(contract))('agree on the fields of %s', (name, fields) => {
    const found = definitions().find((each) => each.name === name);
    const inSchema = Object.entries(found?.properties ?? {}).map(([key, value]) => {
      const presence = value.required ? (value.nullable ? 'nullable' : 'required') : 'optional';
      return [key, presence];
    });
    expect(Object.fromEntries(inSchema)).toEqual(fields);
  });

  test('agree on every enumeration', () => {
    const found = definitions().flatMap(({ name, properties }) =>
      Object.entries(properties).flatMap(([key, { values }]) =>
        values === null ? [] : [[`${name}.${key}`, values] as const],
      ),
    );
    const expected = Object.entries(enumerations).map(
      ([name, values]) => [name, Object.keys(values).toSorted()] as const,
    );
    const sorted = found.map(([name, values]) => [name, values.map(String).toSorted()] as const);
    expect(new Map(sorted)).toEqual(new Map(expected));
  });

  test('agree on the outcomes of a check', () => {
    expect(schema.$defs.device.properties.outcomes.additionalProperties.enum.toSorted()).toEqual(
      Object.keys(outcomes).toSorted(),
    );
  });
});

interface Property {
  readonly description: string | undefined;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly values: readonly unknown[] | null;
}

interface RawSchema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly oneOf?: readonly RawSchema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, RawSchema>>;
}

/** Every object with named fields that the schema defines. */
function definitions() {
  const defs = schema.$defs as unknown as Readonly<Record<string, RawSchema>>;
  const all: readonly (readonly [string, RawSchema])[] = [
    ['root', schema as unknown as RawSchema],
    ['tool', schema.properties.tool as RawSchema],
    ...Object.entries(defs),
  ];
  return all.flatMap(([name, definition]) => {
    if (definition.properties === undefined) return [];
    const properties = Object.entries(definition.properties).map(
      ([key, value]) => [key, toProperty(value, definition.required?.includes(key) ?? false, defs)] as const,
    );
    return [{ name, description: definition.description, properties: Object.fromEntries(properties) }];
  });
}

function toProperty(
  value: RawSchema,
  required: boolean,
  defs: Readonly<Record<string, RawSchema>>,
): Property {
  const target = value.$ref === undefined ? value : defs[value.$ref.replace('#/$defs/', '')];
  const types = [value.type ?? []].flat();
  const orNull = value.oneOf?.some(({ type }) => type === 'null') ?? false;
  return {
    description: value.description,
    required,
    nullable: orNull || types.includes('null'),
    values: target?.enum ?? null,
  };
}

/** A validator that notes which named fields it came across. */
function validatorThatNotes(seen: Set<unknown>) {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  ajv.addKeyword({
    keyword: 'note',
    schemaType: 'string',
    validate: (name: string) => Boolean(seen.add(name)),
  });
  const copy = structuredClone(schema) as unknown as {
    $defs: Record<string, RawSchema>;
    properties: Record<string, RawSchema>;
  };
  const noted = [['root', copy], ['tool', copy.properties.tool], ...Object.entries(copy.$defs)] as const;
  for (const [name, definition] of noted) {
    for (const [key, value] of Object.entries(definition?.properties ?? {})) {
      Object.assign(value, { note: `${name}.${key}` });
    }
  }
  return ajv.compile(copy);
}

type Path = readonly (string | number)[];

/** The path of every object in a value. */
function objectPaths(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, each]) => objectPaths(each, [...path, key]));
  return Array.isArray(value) ? below : [path, ...below];
}

function at(value: object, path: Path): object {
  let found: object = value;
  for (const part of path) found = (found as Record<string | number, object>)[part] as object;
  return found;
}
