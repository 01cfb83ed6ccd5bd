import type { Day, Explanation, Lapse, RegisterPolicy } from '../model/explanation.js';
import type { IpSet } from '../sets/ip-set.js';
import { daysBetween } from './days.js';

/** One reason why an explanation explains nothing on a day, in a few words that follow its name. */
export interface Lapsed {
  readonly lapse: Lapse;
  readonly why: string;
}

/** An explanation that covers something and does not count, as reports list it. */
export interface LapsedExplanation {
  readonly explanation: string;
  readonly why: string;
}

/** Why an explanation explains nothing on the day `at`, the plainest reason first; none: it is valid. */
export function lapsesOf(explanation: Explanation, policy: RegisterPolicy, at: Day): readonly Lapsed[] {
  const { from, until } = explanation;
  const lapses: Lapsed[] = [];
  if (at > until) lapses.push({ lapse: 'expired', why: `expired on ${until}` });
  if (from !== null && at < from) lapses.push({ lapse: 'not-yet-valid', why: `is not valid before ${from}` });
  if (explanation.kind === 'access') lapses.push(...widthLapses(explanation.sources, policy));
  const days = daysBetween(from ?? at, until);
  if (days > policy.maxLifetimeDays) {
    const since = from === null ? 'from today' : `from ${from}`;
    const why = `lasts ${days} days ${since} to ${until}, and the policy allows ${policy.maxLifetimeDays}`;
    lapses.push({ lapse: 'too-long', why });
  }
  const missing = policy.require.filter((field) => explanation[field] === null);
  if (missing.length > 0) {
    lapses.push({
      lapse: 'incomplete',
      why: `has no ${missing.join(' and no ')}, which the policy requires`,
    });
  }
  return lapses;
}

/** All reasons as one text, or null for a valid explanation. */
export function whyLapsed(explanation: Explanation, policy: RegisterPolicy, at: Day): string | null {
  const lapses = lapsesOf(explanation, policy, at);
  return lapses.length === 0 ? null : lapses.map((each) => each.why).join('; ');
}

/** Whether a set holds a network wider than the policy lets an explanation cover. */
export function isTooWide(sources: IpSet, policy: RegisterPolicy): boolean {
  return widthLapses(sources, policy).length > 0;
}

/** Adjacent networks count as the wider one that they make: what is judged is the set, not its spelling. */
function widthLapses(sources: IpSet, { maxPrefix }: RegisterPolicy): Lapsed[] {
  const wide = sources.toCidrs().find((cidr) => {
    const bits = Number(cidr.slice(cidr.indexOf('/') + 1));
    return bits < (cidr.includes(':') ? maxPrefix.ipv6 : maxPrefix.ipv4);
  });
  if (wide === undefined) return [];
  const allowed = wide.includes(':') ? maxPrefix.ipv6 : maxPrefix.ipv4;
  return [
    { lapse: 'too-wide', why: `names ${wide}, and the policy allows nothing wider than a /${allowed}` },
  ];
}
