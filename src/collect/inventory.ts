import { dirname } from 'node:path';
import type { ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import { type Position, type Problem, problemsError, quoted } from '../text/problems.js';
import type { Device } from './device.js';
import { type RawDevice, type RawSettings, toDevice } from './device-settings.js';
import schema from './inventory.schema.json' with { type: 'json' };
import { parseTarget } from './ssh/ssh-config.js';

/** The appliances that are collected, in the order of the file. */
export interface Inventory {
  readonly file: string;
  readonly devices: readonly Device[];
}

/** A YAML text as plain values, with the place of each, both counted from 1. */
export interface PlacedDocument {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  positionOf(pointer: string): Position;
  positionOfField(pointer: string): Position;
}

interface RawInventory {
  readonly defaults?: RawSettings;
  readonly sites?: Readonly<Record<string, RawSettings>>;
  readonly devices: readonly RawDevice[];
}

export interface InventoryOptions {
  readonly file: string;
  readonly platforms: readonly string[];
  /** What the command line says, below what the inventory says. */
  readonly below: RawSettings;
}

/**
 * Reads an inventory.
 *
 * @throws FwauditError `usage`: everything that is wrong with it, each with its line and column
 */
export function loadInventory(document: PlacedDocument, options: InventoryOptions): Inventory {
  const { file, below } = options;
  if (document.problems.length > 0) throw problemsError('usage', file, document.problems);
  const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile<RawInventory>(
    schema,
  );
  if (!validate(document.value)) {
    throw problemsError('usage', file, schemaProblems(validate.errors ?? [], document));
  }
  const raw = document.value;
  const sites = new Map(Object.entries(raw.sites ?? {}));
  const devices = raw.devices.map((device) => {
    const layers = [below, raw.defaults ?? {}, sites.get(device.site ?? '') ?? {}];
    return toDevice(device, layers, dirname(file));
  });
  const problems = devices.flatMap((device, index) =>
    deviceProblems(device, index, devices, options, document),
  );
  if (problems.length > 0) throw problemsError('usage', file, problems);
  return { file, devices };
}

function deviceProblems(
  device: Device,
  index: number,
  devices: readonly Device[],
  { platforms }: InventoryOptions,
  document: PlacedDocument,
): readonly Problem[] {
  const at = (field: string) => document.positionOf(`/devices/${index}/${field}`);
  const problems: Problem[] = [];
  const same = (other: Device) => other.name.toLowerCase() === device.name.toLowerCase();
  if (devices.findIndex(same) < index) {
    problems.push({ position: at('name'), message: `the name ${quoted(device.name)} stands twice` });
  }
  if (!platforms.includes(device.platform)) {
    const what = device.platform === '' ? 'has no platform' : `has the platform ${quoted(device.platform)}`;
    const message = `${device.name} ${what}; platforms are ${platforms.join(', ')}`;
    problems.push({ position: at('platform'), message });
  }
  if (device.method !== 'https' && device.oneTimeCode !== null) {
    const message = 'two-factor and one-time-code are for method: https alone';
    problems.push({ position: at('name'), message });
  }
  if (device.method === 'https' && device.platform !== 'sonicwall') {
    problems.push({ position: at('method'), message: 'https is for sonicwall alone' });
  }
  for (const hop of device.jump ?? []) {
    if (parseTarget(hop) !== null) continue;
    problems.push({ position: at('jump'), message: `${quoted(hop)} is not user@host:port` });
  }
  return problems;
}

function schemaProblems(errors: readonly ErrorObject[], document: PlacedDocument): readonly Problem[] {
  return errors
    .filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'propertyNames')
    .map((error) => {
      const unknown = error.keyword === 'additionalProperties';
      const field = `${error.instancePath}/${pointerPart(String(error.params.additionalProperty))}`;
      return {
        position: unknown ? document.positionOfField(field) : document.positionOf(error.instancePath),
        message: messageOf(error),
      };
    });
}

function messageOf(error: ErrorObject): string {
  const field = quoted(fieldName(error));
  switch (error.keyword) {
    case 'additionalProperties': {
      const known = Object.keys(error.parentSchema?.properties ?? {});
      return `unknown field ${quoted(String(error.params.additionalProperty))}; known here: ${known.join(', ')}`;
    }
    case 'required':
      return `the field ${quoted(String(error.params.missingProperty))} is missing`;
    case 'enum':
      return `${field} is none of ${error.params.allowedValues.join(', ')}`;
    case 'pattern':
      return `${field} is not written as it should be${HINTS.get(fieldName(error)) ?? ''}`;
    default:
      return `${field} ${error.message ?? 'is wrong'}`;
  }
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['host-key', ': SHA256: and 43 characters, as ssh-keygen -l prints it'],
  ['certificate', ': 32 pairs of hexadecimal digits, as openssl x509 -fingerprint -sha256 prints them'],
  ['name', ': letters and digits, then also . _ -'],
  ['site', ': letters and digits, then also . _ -'],
]);

/** The field at fault, or the list that the value at fault stands in. */
function fieldName({ instancePath }: ErrorObject): string {
  const parts = instancePath.split('/').filter((part) => part !== '' && !/^\d+$/.test(part));
  return (parts.at(-1) ?? 'the inventory').replaceAll('~1', '/').replaceAll('~0', '~');
}

function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
