import { RECORDS, type RecordName } from './fields.js';

/** A subject, or a part of one, as conditions and messages see it. */
export interface CelRecord {
  readonly [field: string]: unknown;
}

/** What CEL tells the types of records apart by. */
export type RecordClass = new (fields: CelRecord) => CelRecord;

/**
 * One class a record type, made from the table of fields: the expression library knows a typed
 * object by its constructor. They hold plain values and do nothing.
 */
export const RECORD_CLASSES: ReadonlyMap<RecordName, RecordClass> = new Map(
  (Object.keys(RECORDS) as RecordName[]).map((name) => [name, recordClass()]),
);

function recordClass(): RecordClass {
  return class implements CelRecord {
    readonly [field: string]: unknown;

    constructor(fields: CelRecord) {
      Object.assign(this, fields);
    }
  };
}

/** A typed record. The fields must be those of the table: the tests compare every projection with it. */
export function record(name: RecordName, fields: CelRecord): CelRecord {
  const prototype = PROTOTYPES.get(name);
  if (prototype === undefined) throw new RangeError(`no record type ${name}`);
  // The fields are a literal of the caller's: copying tens of thousands of them would cost more than all conditions.
  return Object.setPrototypeOf(fields, prototype) as CelRecord;
}

const PROTOTYPES: ReadonlyMap<RecordName, object> = new Map(
  [...RECORD_CLASSES].map(([name, { prototype }]) => [name, prototype as object]),
);
