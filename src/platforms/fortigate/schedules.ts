import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, valuesOf } from './tree.js';
import { isOn } from './values.js';

/** Before every day of the calendar: a schedule that never applies. */
const NEVER = '0000-00-00';
/** Groups may not hold groups; a file may all the same. */
const MAX_NESTING = 10;

/**
 * The last day, `YYYY-MM-DD`, on which a schedule may apply: the end of one for once, the latest of a group. Undefined
 * where it comes again, or the file does not tell.
 */
export function lastDayOf(scope: DeviceScope, name: string, depth = 0): string | undefined {
  const once = entry(scope, 'onetime', name);
  if (once !== undefined) return dayIn(valuesOf(once, 'end'));
  const again = entry(scope, 'recurring', name);
  if (again !== undefined) return isIdle(scope, again) ? NEVER : undefined;
  const group = entry(scope, 'group', name);
  if (group === undefined || depth >= MAX_NESTING) return undefined;
  const days = valuesOf(group, 'member').map((member) => lastDayOf(scope, member, depth + 1));
  if (days.length === 0 || days.includes(undefined)) return undefined;
  return days.reduce((latest, day) => ((day ?? '') > (latest ?? '') ? day : latest));
}

function entry(scope: DeviceScope, kind: string, name: string): ConfigNode | undefined {
  return scope.allEntries(`firewall schedule ${kind}`).find((node) => node.name === name);
}

/**
 * A recurring schedule without a day, such as the factory's `none`. `none` is what is left out (CLI reference from 6.2
 * on); of an older version, or a part of a file, only what says so is believed.
 */
function isIdle({ version }: DeviceScope, node: ConfigNode): boolean {
  const days = valuesOf(node, 'day');
  if (days.length > 0) return days.every((day) => day === 'none');
  return node.name === 'none' || (version ?? 0) >= 602;
}

/** `00:00 2026/03/31`, and `2026-03-31 00:00:00` of an expiry. */
function dayIn(values: readonly string[]): string | undefined {
  const found = values.join(' ').match(/\b([1-9]\d{3})[/-](\d{1,2})[/-](\d{1,2})\b/);
  const [, year = '', month = '', day = ''] = found ?? [];
  return found === null ? undefined : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The last day of a policy that expires; undefined where it does not. */
export function expiryOf(node: ConfigNode): string | undefined {
  return isOn(firstValue(node, 'policy-expiry')) === true
    ? dayIn(valuesOf(node, 'policy-expiry-date'))
    : undefined;
}
