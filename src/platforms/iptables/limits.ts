import type { Limit } from '../../model/coverage.js';
import type { DeviceDump } from './captures.js';

/** What saved rulesets never show, and what these do not. @param lists how many named lists have no contents */
export function limitsOf({ tables, dumps }: DeviceDump, lists: number): readonly Limit[] {
  const families = new Set(tables.map((table) => table.family));
  return [
    {
      id: 'iptables-no-addresses',
      message:
        'A saved ruleset holds neither the addresses of the machine nor its routes: any address may be its own, and packets may leave by any interface.',
    },
    {
      id: 'iptables-no-listeners',
      message:
        'A saved ruleset does not say which services listen: every administration service may be offered, and behind web ports, which are not judged, an administration page. At a port that is not its usual one, a service is known only by the words of a rule.',
    },
    ...when(lists > 0, {
      id: 'iptables-set-contents-not-in-file',
      message:
        'Rules ask for sets, lists of recent addresses, countries or host names whose addresses are not in the file: they may mean anybody.',
    }),
    ...when(families.size === 1, {
      id: 'iptables-one-family',
      message: `The ruleset for ${families.has('ipv4') ? 'IPv6 (ip6tables-save)' : 'IPv4 (iptables-save)'} is not there: nothing is said about that family.`,
    }),
    ...when(
      dumps.some((dump) => dump.legacyTables),
      {
        id: 'iptables-legacy-tables-not-in-file',
        message:
          'The kernel also holds rules of iptables-legacy, which the file does not: they may deny or translate more (iptables-legacy-save shows them).',
      },
    ),
  ];
}

function when(condition: boolean, limit: Limit): readonly Limit[] {
  return condition ? [limit] : [];
}
