import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import type { Language, Severity } from '../model/check.js';
import type { ZoneOverride } from '../model/explanation.js';
import type { Problem } from '../text/problems.js';
import { quoted } from '../text/problems.js';
import { closestSpelling } from '../text/spelling.js';
import { FORMATS } from './formats.js';
import schema from './register.schema.json' with { type: 'json' };
import type { YamlDocument } from './yaml-document.js';
import { pointerPart } from './yaml-document.js';

/** The register as it is written, once the schema has nothing against it. */
export interface RawRegister {
  readonly organisation?: RawOrganisation;
  readonly parties?: readonly RawParty[];
  readonly explanations?: readonly RawExplanation[];
  readonly zones?: Readonly<Record<string, Readonly<Record<string, ZoneOverride['role']>>>>;
  readonly 'accept-limits'?: readonly string[];
  readonly policy?: RawPolicy;
  readonly checks?: RawChecks;
}

export interface RawChecks {
  readonly folders?: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly severity?: Readonly<Record<string, Severity>>;
  readonly language?: Language;
}

interface RawOrganisation {
  readonly name?: string;
  readonly networks?: readonly string[];
}

export interface RawParty {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly networks: readonly string[];
  readonly contract?: string;
  readonly contact?: string;
}

/** Exactly one of `access` and `fact` is there. */
export interface RawExplanation {
  readonly id: string;
  readonly party?: string;
  readonly devices: readonly string[];
  readonly access?: {
    readonly via: readonly string[];
    readonly sources: readonly string[];
    readonly targets: readonly string[];
    readonly services: readonly string[];
  };
  readonly fact?: { readonly check: string; readonly subject: string };
  readonly reason: string;
  readonly owner?: string;
  readonly ticket?: string;
  readonly from?: string;
  readonly until: string;
}

export interface RawPolicy {
  readonly 'max-lifetime'?: string;
  readonly 'max-prefix'?: { readonly ipv4?: number; readonly ipv6?: number };
  readonly require?: readonly ('owner' | 'ticket' | 'party')[];
}

/** Compiles the register's schema: some tens of milliseconds, so only when there is a register. */
export function registerValidator(): ValidateFunction<RawRegister> {
  const ajv = new Ajv({ allErrors: true, verbose: true });
  for (const [name, format] of FORMATS) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => format.problem(text) === null });
  }
  return ajv.compile<RawRegister>(schema);
}

/** What the schema has against a document, in plain words, each with its place. */
export function schemaProblems(validate: ValidateFunction<RawRegister>, document: YamlDocument): Problem[] {
  if (validate(document.value)) return [];
  const problems: Problem[] = [];
  for (const error of validate.errors ?? []) {
    const message = messageOf(error);
    if (message === null) continue;
    const unknown = error.keyword === 'additionalProperties';
    const position = unknown
      ? document.positionOfField(
          `${error.instancePath}/${pointerPart(String(error.params.additionalProperty))}`,
        )
      : document.positionOf(error.instancePath);
    problems.push({ position, message });
  }
  return problems;
}

/** null: another error says the same better. */
function messageOf(error: ErrorObject): string | null {
  if (error.schemaPath.includes('/oneOf/')) return null;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(String(error.params.additionalProperty), error);
    case 'required':
      return missingField(String(error.params.missingProperty), error);
    case 'oneOf':
      return accessOrFact(error);
    case 'type':
      return wrongType(error);
    case 'format':
      return FORMATS.get(error.params.format)?.problem(String(error.data)) ?? null;
    case 'enum':
      return `${shown(error.data)} is none of ${listed(error.params.allowedValues, error.data)}`;
    case 'minItems':
      return `${fieldName(error)} is empty: at least one is needed`;
    case 'minimum':
    case 'maximum':
      return `${fieldName(error)} must be ${BOUNDS[error.keyword]} ${error.params.limit}, not ${shown(error.data)}`;
    default:
      return `${fieldName(error)} ${error.message ?? 'is wrong'}`;
  }
}

function unknownField(name: string, error: ErrorObject): string {
  const known = Object.keys(propertiesOf(error));
  const meant = closestSpelling(name, known);
  const help = meant === null ? `known here: ${known.join(', ')}` : `did you mean ${quoted(meant)}?`;
  return `unknown field ${quoted(name)}; ${help}`;
}

function missingField(name: string, error: ErrorObject): string {
  const description = propertiesOf(error)[name]?.description;
  return `the field ${quoted(name)} is missing${description === undefined ? '' : `: ${description}`}`;
}

function accessOrFact(error: ErrorObject): string | null {
  if (!isObject(error.data)) return null;
  return error.params.passingSchemas === null
    ? 'an explanation needs either "access" or "fact"'
    : 'an explanation has either "access" or "fact", not both';
}

function wrongType(error: ErrorObject): string {
  const { data } = error;
  const field = fieldName(error);
  if (data === null) return `${field} has no value`;
  const format = FORMATS.get(String(error.parentSchema?.format));
  const wanted = format?.what ?? TYPE_NAMES.get(error.params.type) ?? String(error.params.type);
  const isText = error.params.type === 'string';
  if (isText && isObject(data)) return `${field} must be ${wanted}: put quotes around text that holds colons`;
  // 12 and true are no texts in YAML.
  if (isText && !Array.isArray(data)) return `${field} must be ${wanted}: put quotes around the value`;
  return `${field} must be ${wanted}, not ${shown(data)}`;
}

const BOUNDS = { minimum: 'at least', maximum: 'at most' } as const;

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['object', 'a mapping of fields'],
  ['array', 'a list'],
  ['string', 'text'],
  ['integer', 'a whole number'],
]);

/** The field at fault, or the list that the value at fault stands in. */
function fieldName({ instancePath }: ErrorObject): string {
  const parts = instancePath.split('/').slice(1);
  const name = parts.pop();
  if (name === undefined) return 'the register';
  const inList = /^\d+$/.test(name) && parts.length > 0;
  const plain = (inList ? (parts.pop() ?? name) : name).replaceAll('~1', '/').replaceAll('~0', '~');
  return inList ? `each of ${quoted(plain)}` : quoted(plain);
}

function listed(values: readonly unknown[], wrong: unknown): string {
  const words = values.map(String);
  const meant = typeof wrong === 'string' ? closestSpelling(wrong, words) : null;
  return `${words.join(', ')}${meant === null ? '' : `; did you mean ${quoted(meant)}?`}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'a mapping';
  return quoted(String(value));
}

function propertiesOf(error: ErrorObject): Readonly<Record<string, { readonly description?: string }>> {
  return error.parentSchema?.properties ?? {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
