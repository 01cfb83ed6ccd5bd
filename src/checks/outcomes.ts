import type { Check, CheckSubject, Outcome } from '../model/check.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import { belongsTo } from './candidates.js';
import { projectCapture } from './project-audit.js';
import type { World, WorldCapture } from './world.js';

/** What became of one check: a device that is in neither count has nothing of it. */
export interface CheckTally {
  readonly check: Check;
  /** Ids of devices that have anything of the check's kind. */
  readonly present: ReadonlySet<string>;
  /** Ids of devices with a finding that is not explained, even if another check tells it instead. */
  readonly open: ReadonlySet<string>;
  /** Ids of devices on which the condition could not be evaluated. */
  readonly failed: ReadonlySet<string>;
}

/** Without a single one of these, a check over them has passed; without any other, it had no object. */
const ALWAYS_THERE: ReadonlySet<CheckSubject> = new Set(['exposure', 'dormant', 'device', 'capture']);

/**
 * The outcome of every check on every device.
 * - `fail`: something is open, here or under the id of a check that supersedes this one;
 * - `unknown`: the condition could not be evaluated, or part of the configuration was not understood,
 *   so that silence proves nothing;
 * - `not-applicable`: another platform, or nothing of the check's kind on the device.
 */
export function outcomesOf(
  world: World,
  tallies: readonly CheckTally[],
): ReadonlyMap<string, Readonly<Record<string, Outcome>>> {
  const doubtful = world.captures.filter((capture) => !isUnderstood(capture));
  return new Map(
    world.devices.map(({ config }) => {
      const understood = !doubtful.some((capture) => belongsTo(config, capture));
      const outcomes = tallies.map(
        (tally) => [tally.check.id, outcomeOf(tally, config, understood)] as const,
      );
      return [config.id, Object.fromEntries(outcomes)];
    }),
  );
}

function outcomeOf(
  { check, present, open, failed }: CheckTally,
  { id, platform }: FirewallConfig,
  understood: boolean,
): Outcome {
  if (check.over === 'explanation') return 'not-applicable';
  if (check.platforms !== undefined && !check.platforms.includes(platform)) return 'not-applicable';
  if (open.has(id)) return 'fail';
  if (failed.has(id)) return 'unknown';
  if (!understood && check.over !== 'capture') return 'unknown';
  return present.has(id) || ALWAYS_THERE.has(check.over) ? 'pass' : 'not-applicable';
}

/** Whether everything that decides who gets in was read. */
function isUnderstood(capture: WorldCapture): boolean {
  const { incomplete, unknownThatMatter } = projectCapture(capture);
  return incomplete === false && unknownThatMatter === 0n;
}
