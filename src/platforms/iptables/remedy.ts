import type { ModelChange } from '../platform.js';

/** Commands of iptables; the rule's number is the one before any change. */
export function remedySteps(change: ModelChange): readonly string[] {
  const { program, table, chain } = placeOf(change.policy);
  const command = `${program}${table === 'filter' ? '' : ` -t ${table}`}`;
  const at = `${quoted(chain)} ${change.rule}`;
  const keep = `Keep it over a restart: ${program}-save, into the file that is loaded at boot`;
  if (change.kind === 'restrict-source') {
    return [
      `${command} -S ${at} shows the rule`,
      `${command} -R ${at} with the same words and -s with the administrators’ addresses`,
      keep,
    ];
  }
  return [`${command} -D ${at}`, keep];
}

/** `filter6/INPUT` is ip6tables, table filter, chain INPUT. */
function placeOf(policy: string): {
  readonly program: string;
  readonly table: string;
  readonly chain: string;
} {
  const slash = policy.indexOf('/');
  const table = policy.slice(0, Math.max(slash, 0));
  const chain = policy.slice(slash + 1);
  if (table.endsWith('6')) return { program: 'ip6tables', table: table.slice(0, -1), chain };
  return { program: 'iptables', table: table === '' ? 'filter' : table, chain };
}

/** A chain's name comes from the configuration: a shell must not read it. */
function quoted(name: string): string {
  return /^[\w.+-]+$/.test(name) ? name : `'${name.replace(/'/g, "'\\''")}'`;
}
