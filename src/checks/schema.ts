import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import servicesSchema from '../../rules/data/services.schema.json' with { type: 'json' };
import sharedSchema from '../../rules/data/shared.schema.json' with { type: 'json' };
import checkSchema from '../../rules/schema.json' with { type: 'json' };
import type { FwauditError } from '../model/error.js';
import { closestSpelling } from '../text/spelling.js';
import type { Path, YamlSource } from './yaml-source.js';

export type SchemaName = 'check' | 'services' | 'shared';

const SCHEMAS: Readonly<Record<SchemaName, object>> = {
  check: checkSchema,
  services: servicesSchema,
  shared: sharedSchema,
};
const compiled = new Map<SchemaName, ValidateFunction>();

/**
 * Holds a document against its schema.
 * @throws FwauditError of code `check` for the first thing in it, from top to bottom, that is wrong.
 */
export function validate(name: SchemaName, source: YamlSource): void {
  const check =
    compiled.get(name) ??
    new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(SCHEMAS[name]);
  compiled.set(name, check);
  if (check(source.value)) return;
  const errors = check.errors ?? [];
  // What is missing is told last: a misspelt field says more than the one that it was to be.
  const present = errors.filter(({ keyword }) => keyword !== 'required');
  const problems = (present.length === 0 ? errors : present).map((error) => problemOf(error, source));
  problems.sort((a, b) => before(a, b));
  const [first] = problems;
  if (first !== undefined) throw first;
}

function before(a: FwauditError, b: FwauditError): number {
  const line = (a.location?.line ?? 0) - (b.location?.line ?? 0);
  return line === 0 ? (a.location?.column ?? 0) - (b.location?.column ?? 0) : line;
}

function problemOf(error: ErrorObject, source: YamlSource): FwauditError {
  const path = pathOf(error.instancePath);
  const name = String(path.at(-1) ?? 'the file');
  const { params, parentSchema } = error;
  switch (error.keyword) {
    case 'additionalProperties':
    case 'propertyNames': {
      const field = String(params.additionalProperty ?? params.propertyName);
      return source.errorAtField(
        [...path, field],
        `unknown field "${field}"`,
        fieldHint(field, parentSchema),
      );
    }
    case 'required': {
      const field = String(params.missingProperty);
      const about = parentSchema?.properties?.[field]?.description;
      return source.errorAt(path, `"${field}" is missing`, about);
    }
    case 'enum': {
      const values = (params.allowedValues as readonly unknown[]).map(String);
      return source.errorAt(path, `"${name}" must be one of ${values.join(', ')}`);
    }
    case 'pattern':
      if (error.propertyName !== undefined) {
        const message = `"${error.propertyName}" is not written as a name must be`;
        return source.errorAtField([...path, error.propertyName], message, parentSchema?.description);
      }
      return source.errorAt(path, `"${name}" is not written as it must be`, parentSchema?.description);
    case 'minItems':
    case 'minLength':
      return source.errorAt(path, `"${name}" is empty`, parentSchema?.description);
    case 'type':
      return source.errorAt(
        path,
        `"${name}" must be ${kindName(String(params.type))}`,
        parentSchema?.description,
      );
    default:
      return source.errorAt(path, `"${name}" ${error.message ?? 'is wrong'}`, parentSchema?.description);
  }
}

function fieldHint(field: string, schema: AnySchemaObject | undefined): string {
  const known = Object.keys(schema?.properties ?? {});
  const meant = closestSpelling(field, known);
  return meant === null ? `the fields here are ${known.join(', ')}` : `did you mean "${meant}"?`;
}

function kindName(type: string): string {
  return { object: 'a mapping', array: 'a list', string: 'text', boolean: 'true or false' }[type] ?? type;
}

/** The steps of a JSON pointer (RFC 6901). */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
