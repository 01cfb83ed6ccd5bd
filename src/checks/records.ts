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
  // The fields are a literal of the caller's: copying tens of thousands of them would cost more than all conditions.
  return Object.setPrototypeOf(fields, prototypeOf(name)) as CelRecord;
}

/** What a record is about, for the fields that are worked out. */
const ABOUT = Symbol('about');

interface Worked<About> {
  readonly [ABOUT]: About;
}

/**
 * Makes records of which some fields are worked out when a condition asks: of thousands of rules, conditions ask few.
 * Getters in a literal would cost more than that: each record would get a shape of its own.
 *
 * @param later how each of these fields follows from what the record is about
 */
export function recordsWith<About>(
  name: RecordName,
  later: { readonly [field: string]: (about: About) => unknown },
): (fields: CelRecord, about: About) => CelRecord {
  const prototype: object = Object.create(prototypeOf(name));
  for (const [field, workOut] of Object.entries(later)) {
    Object.defineProperty(prototype, field, {
      get(this: Worked<About>) {
        return workOut(this[ABOUT]);
      },
    });
  }
  return (fields, about) => Object.setPrototypeOf(Object.assign(fields, { [ABOUT]: about }), prototype);
}

function prototypeOf(name: RecordName): object {
  const prototype = PROTOTYPES.get(name);
  if (prototype === undefined) throw new RangeError(`no record type ${name}`);
  return prototype;
}

const PROTOTYPES: ReadonlyMap<RecordName, object> = new Map(
  [...RECORD_CLASSES].map(([name, { prototype }]) => [name, prototype as object]),
);
