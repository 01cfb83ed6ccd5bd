import type { Location } from '../../model/location.js';
import type { AddressMatch } from '../../model/objects.js';
import type { AccessRule, Listener } from '../../model/policy.js';
import { IpSet, PortSet, ServiceSet } from '../../sets/index.js';
import { offeredService } from './admin-services.js';
import type { InterfaceRow } from './interfaces.js';
import type { DeviceScope } from './scope.js';
import type { ServiceBook } from './service-objects.js';
import { snmpAgent } from './snmp.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import type { AllowedSources } from './trusted-hosts.js';
import { administratorSources, apiSources } from './trusted-hosts.js';
import { sslVpnPolicies } from './tunnels.js';
import { isOn, isUnused, networkOf, portOr } from './values.js';

type Family = 'ipv4' | 'ipv6';

/** What the listeners are worked out from. */
export interface ListenerContext {
  readonly scope: DeviceScope;
  readonly services: ServiceBook;
  readonly interfaces: readonly InterfaceRow[];
  /** Rules of local-in policies, which may open what `allowaccess` does not. */
  readonly localIn: readonly AccessRule[];
  /** Interfaces by the name that SSL VPN settings and tunnels use: an interface, a zone, `any`. */
  expand(name: string): readonly string[];
}

/** Whom the services of each word answer. */
interface Reach {
  of(word: string, family: Family): AllowedSources | null;
}

const OPEN: AllowedSources = { sources: null, approximate: [] };

/** Words whose service asks for the login of an administrator. */
const LOGINS: ReadonlySet<string> = new Set(['https', 'http', 'ssh', 'telnet']);

/** The appliance's own services: what is ticked on interfaces, SSL VPN, IKE, and what local-in policies open. */
export function readListeners(context: ListenerContext): readonly Listener[] {
  const reach = reachOf(context.scope);
  const ticked = context.interfaces.flatMap((row) =>
    row.flags.flatMap((flags) => tickedListeners(context.scope, reach, row, flags)),
  );
  return [
    ...ticked,
    ...apiListeners(context, ticked),
    ...openedByPolicy(context, reach, ticked),
    ...sslVpnListeners(context),
    ...ikeListeners(context),
  ];
}

function reachOf(scope: DeviceScope): Reach {
  const administrators = administratorSources(scope);
  const agent = snmpAgent(scope);
  return {
    of(word, family) {
      if (LOGINS.has(word)) return administrators[family];
      if (word === 'snmp') return agent === null ? null : agent[family];
      return OPEN;
    },
  };
}

function tickedListeners(
  scope: DeviceScope,
  reach: Reach,
  row: InterfaceRow,
  flags: InterfaceRow['flags'][number],
): readonly Listener[] {
  return flags.words.flatMap((word) => {
    const offer = offeredService(scope, word, flags.family);
    if (offer === null) {
      if (word !== 'telnet')
        scope.log.note('unclassified', 'allowaccess has a word that is not known', flags.location);
      return [];
    }
    const allowed = reach.of(word, flags.family);
    if (allowed === null) return [];
    const narrowed = dedicated(scope, row, allowed, flags.family);
    return [
      {
        ...offer,
        interfaces: [row.interface.name],
        addresses: flags.addresses,
        sources: sourcesOf(row, flags.family, narrowed),
        name: `${word} on ${row.interface.name}${flags.family === 'ipv6' ? ' (IPv6)' : ''}`,
        location: flags.location,
        approximate: narrowed.approximate,
      },
    ];
  });
}

/** A flag is for one family: the other is left out where the interface has addresses of both. */
function sourcesOf(row: InterfaceRow, family: Family, allowed: AllowedSources): AddressMatch | null {
  const other = family === 'ipv4' ? row.interface.ipv6 : row.interface.ipv4;
  if (allowed.sources === null && other.kind === 'none') return null;
  const literal = allowed.sources ?? (family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6);
  return { any: false, objects: [], literal, negated: false };
}

/** An interface that is set aside for management has trusted hosts of its own; zeros are none. */
function dedicated(
  scope: DeviceScope,
  { node }: InterfaceRow,
  allowed: AllowedSources,
  family: Family,
): AllowedSources {
  if (firstValue(node, 'dedicated-to') !== 'management') return allowed;
  const stem = family === 'ipv4' ? 'trust-ip-' : 'trust-ip6-';
  const parts = ['1', '2', '3'].flatMap((number) => {
    const values = valuesOf(node, `${stem}${number}`);
    return networkParts(scope, values, lineOf(node, `${stem}${number}`));
  });
  if (parts.length === 0) return allowed;
  const trusted = IpSet.unionOf(parts);
  return { ...allowed, sources: allowed.sources === null ? trusted : allowed.sources.intersect(trusted) };
}

function networkParts(scope: DeviceScope, values: readonly string[], line: number): readonly IpSet[] {
  if (isUnused(values)) return [];
  const part = networkOf(values);
  if (part !== null) return [part];
  scope.log.note('malformed-value', 'a trusted host cannot be read: taken as any', scope.locate(line));
  return [IpSet.ALL];
}

/** REST API users come in at the port of the web interface, each from its own trusted hosts. */
function apiListeners(
  { scope, interfaces }: ListenerContext,
  ticked: readonly Listener[],
): readonly Listener[] {
  const [first] = scope.allEntries('system api-user');
  if (first === undefined) return [];
  const allowed = apiSources(scope);
  const rows = new Map(interfaces.map((row) => [row.interface.name, row]));
  return ticked.flatMap((listener): readonly Listener[] => {
    const row = rows.get(listener.interfaces?.[0] ?? '');
    if (listener.service !== 'https-management' || row === undefined) return [];
    const family = listener.name.endsWith('(IPv6)') ? 'ipv6' : 'ipv4';
    const { approximate } = allowed[family];
    const sources = sourcesOf(row, family, allowed[family]);
    return [{ ...listener, service: 'api', sources, name: `REST API by ${listener.name}`, approximate }];
  });
}

/** Words of which a local-in policy may open the service though the interface does not tick it. */
const OPENABLE: readonly string[] = ['https', 'ssh', 'telnet', 'snmp'];

/**
 * A local-in policy that accepts by name what an interface does not tick "extends beyond the allow
 * access selection" (FortiOS 5.0 to 5.4 handbook, Local-In Policies). Later versions do not say so, which
 * leaves a doubt. One that accepts ALL names nothing.
 */
function openedByPolicy(
  context: ListenerContext,
  reach: Reach,
  ticked: readonly Listener[],
): readonly Listener[] {
  const accepting = context.localIn.filter(
    ({ action, enabled, service }) => action.kind === 'permit' && enabled && !service.any && !service.negated,
  );
  return accepting.flatMap((rule) =>
    OPENABLE.flatMap((word) => {
      const family: Family = rule.family === 'ipv6' ? 'ipv6' : 'ipv4';
      const offer = offeredService(context.scope, word, family);
      const allowed = reach.of(word, family);
      if (offer === null || allowed === null || !names(context.services, rule, offer.services)) return [];
      const rows = context.interfaces.filter(
        ({ interface: { name } }) =>
          (rule.inInterfaces === null || rule.inInterfaces.includes(name)) &&
          !isTicked(ticked, name, offer.service, family),
      );
      return rows.map((row) => openedListener(row, rule, word, family, { ...offer, allowed }));
    }),
  );
}

function names(services: ServiceBook, rule: AccessRule, wanted: ServiceSet): boolean {
  return rule.service.objects.some((name) => {
    const widest = services.widest(name);
    return widest.overlaps(wanted) && !widest.contains(EVERY_TCP_PORT);
  });
}

const EVERY_TCP_PORT = ServiceSet.of(6, PortSet.of([1, 65_535]));

function isTicked(ticked: readonly Listener[], name: string, service: string, family: Family): boolean {
  return ticked.some(
    (listener) =>
      listener.service === service &&
      listener.interfaces?.includes(name) === true &&
      listener.name.endsWith('(IPv6)') === (family === 'ipv6'),
  );
}

function openedListener(
  row: InterfaceRow,
  rule: AccessRule,
  word: string,
  family: Family,
  { allowed, ...offer }: { service: string; services: ServiceSet; allowed: AllowedSources },
): Listener {
  const { source } = rule;
  const narrowed = allowed.sources === null && !source.any ? source : sourcesOf(row, family, allowed);
  return {
    ...offer,
    interfaces: [row.interface.name],
    addresses: null,
    sources: narrowed,
    name: `${word} by ${rule.name}`,
    location: rule.location,
    approximate: [
      ...allowed.approximate,
      `${rule.name} accepts it, and the interface does not tick it: it may stay closed`,
    ],
  };
}

/** SSL VPN answers on the interfaces of its settings; in 5.0, on those of its policies. */
function sslVpnListeners(context: ListenerContext): readonly Listener[] {
  const { scope } = context;
  const settings = scope.node('vpn ssl settings');
  if (settings === undefined || isOn(firstValue(settings, 'status')) === false) return [];
  if (isOn(firstValue(settings, 'sslvpn-enable')) === false) return [];
  const listed = valuesOf(settings, 'source-interface');
  const rules = entriesOf(settings, 'authentication-rule').flatMap((node) =>
    valuesOf(node, 'source-interface'),
  );
  const older = sslVpnPolicies(scope).flatMap((node) => valuesOf(node, 'srcintf'));
  const interfaces = [...new Set([...listed, ...rules, ...older].flatMap((name) => context.expand(name)))];
  if (interfaces.length === 0) return [];
  const port = portOr(firstValue(settings, 'port'), 443);
  return [
    {
      service: 'ssl-vpn',
      services: ServiceSet.of(6, PortSet.of(port)),
      interfaces,
      addresses: null,
      ...sslVpnSources(settings),
      name: 'SSL VPN',
      location: sslVpnLocation(context, settings),
    },
  ];
}

/** `source-address` and `source-address6` narrow it, each in its family. */
function sslVpnSources(settings: InterfaceRow['node']): Pick<Listener, 'sources' | 'approximate'> {
  const listed = ['source-address', 'source-address6'].map((name) =>
    valuesOf(settings, name).filter((each) => each !== 'all'),
  );
  const [ipv4 = [], ipv6 = []] = listed;
  if (ipv4.length + ipv6.length === 0) return { sources: null, approximate: [] };
  const negated = ['source-address-negate', 'source-address6-negate'].some(
    (name) => isOn(firstValue(settings, name)) === true,
  );
  if (negated)
    return { sources: null, approximate: ['source addresses that are left out are taken as let in'] };
  const open = ipv4.length === 0 ? IpSet.IPV4 : ipv6.length === 0 ? IpSet.IPV6 : IpSet.EMPTY;
  return {
    sources: { any: false, objects: [...ipv4, ...ipv6], literal: open, negated: false },
    approximate: [],
  };
}

function sslVpnLocation({ scope }: ListenerContext, settings: InterfaceRow['node']): Location {
  return scope.locate(lineOf(settings, 'source-interface'));
}

/** IKE answers wherever a tunnel begins, whoever asks: only then does the peer's address matter. */
function ikeListeners({ scope, expand }: ListenerContext): readonly Listener[] {
  const port = portOr(firstValue(scope.node('system settings'), 'ike-port'), 500);
  const services = ServiceSet.of(17, PortSet.of(port, 4500));
  const listeners = new Map<string, Listener>();
  for (const path of ['vpn ipsec phase1-interface', 'vpn ipsec phase1']) {
    for (const node of scope.allEntries(path)) {
      for (const name of valuesOf(node, 'interface').flatMap(expand)) {
        if (listeners.has(name)) continue;
        const location = scope.locate(lineOf(node, 'interface'));
        const base = { service: 'ike', services, addresses: null, sources: null, approximate: [] };
        listeners.set(name, { ...base, interfaces: [name], name: `IKE on ${name}`, location });
      }
    }
  }
  return [...listeners.values()];
}
