import type { SecretRef } from '../model/firewall-config.js';
import type { SecretsDevice, SecretsReport } from '../model/secrets-report.js';
import { inert } from './inert.js';

/** Secrets of one kind that are kept alike, with their places put together. */
export interface SecretGroup {
  readonly kind: string;
  readonly protection: string;
  readonly count: number;
  readonly places: readonly string[];
}

/** Product, platform and name of a device, in one line. */
export function titleOf({ product, platformName, firmware, id }: SecretsDevice): string {
  return [product, [platformName, firmware].filter((part) => part !== null).join(' '), id]
    .filter((part) => part !== null && part !== '')
    .map((part) => inert(part as string))
    .join(' · ');
}

/** How many secrets, and how they are kept. */
export function summaryOf({ protections }: SecretsDevice): string {
  const parts = Object.entries(protections).filter(([, count]) => count > 0);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  const how = parts.map(([protection, count]) => `${count} ${protection}`).join(', ');
  return `${total} ${total === 1 ? 'secret' : 'secrets'}${how === '' ? '' : `: ${how}`}`;
}

/** What has to be said at the end; '' when the list is complete. */
export function endingOf({ complete, devices }: SecretsReport): string {
  if (devices.length === 0) return 'no configuration was read';
  return complete ? '' : 'incomplete: an input was not read or not understood, and may hold more';
}

export function diagnosticText({ message, location }: SecretsReport['diagnostics'][number]): string {
  const place = location === null ? '' : `${inert(location.file, { max: 1000 })}: `;
  return `${place}${inert(message, { max: 1000 })}`;
}

/** Puts secrets of one kind and protection together, in the order of their first. */
export function groupsOf(secrets: readonly SecretRef[]): readonly SecretGroup[] {
  const groups = new Map<string, SecretRef[]>();
  for (const secret of secrets) {
    const name = `${secret.kind}\n${secret.protection}`;
    const before = groups.get(name);
    if (before === undefined) groups.set(name, [secret]);
    else before.push(secret);
  }
  return [...groups.values()].map((each) => ({
    kind: inert(each[0]?.kind ?? ''),
    protection: each[0]?.protection ?? '',
    count: each.length,
    places: placesOf(each),
  }));
}

/** `userObjCryptPass_0 to _3`, `line 12`: neighbours of one family are told together. */
function placesOf(secrets: readonly SecretRef[]): readonly string[] {
  const families = new Map<string, number[]>();
  for (const { location } of secrets) {
    const [, stem, index] = /^(.*)_(\d{1,9})$/.exec(location.key ?? '') ?? [];
    const name = location.key === undefined ? 'line' : (stem ?? location.key);
    const number = location.key === undefined ? location.line : index === undefined ? null : Number(index);
    families.set(name, [...(families.get(name) ?? []), ...(number === null ? [] : [number])]);
  }
  return [...families].map(([name, numbers]) => {
    const glue = name === 'line' ? ' ' : '_';
    if (numbers.length === 0) return inert(name);
    return `${inert(name)}${glue}${runsOf(numbers).join(', ')}`;
  });
}

function runsOf(numbers: readonly number[]): readonly string[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  for (const number of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && number === run.last + 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
}
