import type { ReportExplanation } from '../model/audit-report.js';
import type { AccessExplanation, Day, Explanation, Register } from '../model/explanation.js';
import { matchesGlob } from '../text/glob.js';
import { lapsesOf } from './lapses.js';

/**
 * How every explanation of the register fares on the day `at`, in the register's order. `usedIds` are
 * those that explained something. With `auditedDevices`, an explanation for other devices only is
 * `not-audited`; without, one that explained nothing is always `stale`.
 */
export function reviewExplanations(
  register: Register,
  usedIds: ReadonlySet<string>,
  at: Day,
  auditedDevices?: readonly string[],
): ReportExplanation[] {
  return register.explanations.map((explanation) => {
    const { id, reason, owner, ticket, until, location } = explanation;
    const fare = fareOf(explanation, register, usedIds, at, auditedDevices);
    return { id, reason, owner, ticket, until, location, ...fare };
  });
}

type Fare = Pick<ReportExplanation, 'status' | 'message'>;

function fareOf(
  explanation: Explanation,
  register: Register,
  usedIds: ReadonlySet<string>,
  at: Day,
  auditedDevices: readonly string[] | undefined,
): Fare {
  const used = usedIds.has(explanation.id);
  // What explains something was not too wide for it: a tunnel may have any number of addresses inside.
  const lapses = lapsesOf(explanation, register.policy, at).filter(
    ({ lapse }) => !used || lapse !== 'too-wide',
  );
  const [first] = lapses;
  if (first !== undefined) return { status: first.lapse, message: lapses.map((each) => each.why).join('; ') };
  if (used) return { status: 'used', message: `valid until ${explanation.until}` };
  if (auditedDevices !== undefined && !concerns(explanation, auditedDevices)) {
    return {
      status: 'not-audited',
      message: `no device of this run is named ${explanation.devices.join(' or ')}`,
    };
  }
  return { status: 'stale', message: staleMessage(explanation, register) };
}

function concerns({ devices }: Explanation, auditedDevices: readonly string[]): boolean {
  return auditedDevices.some((device) => devices.some((glob) => matchesGlob(glob, device)));
}

function staleMessage(explanation: Explanation, register: Register): string {
  if (explanation.kind === 'fact') {
    return `matches nothing any more: ${explanation.check} reports nothing about ${explanation.subject}`;
  }
  return (
    strangerMessage(explanation, register) ?? 'matches no door any more: remove it, or correct what it names'
  );
}

/** A source that its own party does not declare cannot be covered, and the reason is easily overlooked. */
function strangerMessage({ party, sources, domains }: AccessExplanation, register: Register): string | null {
  const declared = register.parties.find(({ id }) => id === party);
  if (declared === undefined || domains.length > 0 || declared.networks.overlaps(sources)) return null;
  return `matches no door: the party ${declared.id} declares none of its sources (${sources.toCidrs().join(', ')})`;
}
