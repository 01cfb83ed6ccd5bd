import { IpSet } from '../../sets/index.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import { isUnused, networkOf } from './values.js';

/** From where accounts may connect, in one family. */
export interface AllowedSources {
  /** Null: from everywhere. */
  readonly sources: IpSet | null;
  readonly approximate: readonly string[];
}

export interface AccountSources {
  readonly ipv4: AllowedSources;
  readonly ipv6: AllowedSources;
}

const EVERYWHERE: AllowedSources = { sources: null, approximate: [] };
const HOSTS = Array.from({ length: 10 }, (_, index) => index + 1);

/**
 * From where the login page can be reached at all: the union of the trusted hosts of all
 * administrators, because the appliance answers whoever any account may come from; one account without
 * any opens it to everybody (Fortinet community 239540 and 248943); accounts of the REST API count among them
 * (343908). IPv4 and IPv6 have lists of their own, and without a list of its family an account may come from any address of it (CLI reference,
 * config system admin, trusthost1 and ip6-trusthost1).
 */
export function administratorSources(scope: DeviceScope): AccountSources {
  const administrators = scope.allEntries('system admin');
  if (administrators.length === 0) {
    const doubt = 'the file holds no administrators: their trusted hosts are not known';
    const unknown = { sources: null, approximate: [doubt] };
    return { ipv4: unknown, ipv6: unknown };
  }
  const users = scope.allEntries('system api-user');
  const of = (family: 'ipv4' | 'ipv6', attribute: 'trusthost' | 'ip6-trusthost') =>
    union([
      ...administrators.map((node) => trustedHosts(scope, node, attribute)),
      ...users.map((node) => apiHosts(scope, node, family)),
    ]);
  return { ipv4: of('ipv4', 'trusthost'), ipv6: of('ipv6', 'ip6-trusthost') };
}

/** From where the REST API can be used: the same for `config system api-user`. */
export function apiSources(scope: DeviceScope): AccountSources {
  const users = scope.allEntries('system api-user');
  return {
    ipv4: union(users.map((node) => apiHosts(scope, node, 'ipv4'))),
    ipv6: union(users.map((node) => apiHosts(scope, node, 'ipv6'))),
  };
}

function union(accounts: readonly AllowedSources[]): AllowedSources {
  const approximate = [...new Set(accounts.flatMap((each) => each.approximate))];
  const open = accounts.find(({ sources }) => sources === null);
  if (open !== undefined || accounts.length === 0)
    return { sources: null, approximate: open?.approximate ?? [] };
  return { sources: IpSet.unionOf(accounts.map(({ sources }) => sources ?? IpSet.EMPTY)), approximate };
}

/**
 * `0.0.0.0 0.0.0.0` is an entry that is not used, and a full configuration prints ten of them. In the
 * first place it lets everybody in, whatever stands behind it (Fortinet community 190592).
 */
function trustedHosts(
  scope: DeviceScope,
  node: ConfigNode,
  attribute: 'trusthost' | 'ip6-trusthost',
): AllowedSources {
  const parts: IpSet[] = [];
  for (const number of HOSTS) {
    const name = `${attribute}${number}`;
    const values = valuesOf(node, name);
    if (isUnused(values)) continue;
    const part = networkOf(values);
    if (part === null) {
      scope.log.note(
        'malformed-value',
        'a trusted host cannot be read: taken as any',
        scope.locate(lineOf(node, name)),
      );
      return { sources: null, approximate: ['a trusted host cannot be read'] };
    }
    parts.push(part);
  }
  if (parts.length === 0) return EVERYWHERE;
  if (isUnused(valuesOf(node, `${attribute}1`))) {
    return {
      sources: null,
      approximate: [
        `the first trusted host of an administrator is empty: everybody may come, ${attribute}2 and later notwithstanding`,
      ],
    };
  }
  return { sources: IpSet.unionOf(parts), approximate: [] };
}

function apiHosts(scope: DeviceScope, node: ConfigNode, family: 'ipv4' | 'ipv6'): AllowedSources {
  const listed = entriesOf(node, 'trusthost');
  if (listed.length === 0) return EVERYWHERE;
  const wanted = listed.filter(
    (host) => (firstValue(host, 'type') ?? 'ipv4-trusthost') === `${family}-trusthost`,
  );
  const parts: IpSet[] = [];
  for (const host of wanted) {
    const values = valuesOf(host, `${family}-trusthost`);
    if (isUnused(values)) return EVERYWHERE;
    const part = networkOf(values);
    if (part === null) {
      scope.log.note(
        'malformed-value',
        'a trusted host cannot be read: taken as any',
        scope.locate(host.line),
      );
      return { sources: null, approximate: ['a trusted host cannot be read'] };
    }
    parts.push(part);
  }
  return { sources: IpSet.unionOf(parts), approximate: [] };
}
