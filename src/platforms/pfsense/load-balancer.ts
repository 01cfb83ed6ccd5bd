import type { ServiceMatch } from '../../model/objects.js';
import type { NatRule } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, children, label, locationOf, value } from './config-tree.js';
import type { NatContext } from './nat.js';

const TCP = 6;

/**
 * Virtual servers (relayd, pfSense up to 2.4): what comes to one goes on to the servers of its pool, and access rules
 * see these. One that relays is no translation: it accepts connections itself, and a scan is incomplete with it.
 * pfSense documentation, Server Load Balancing.
 */
export function virtualServers(context: NatContext): readonly NatRule[] {
  const { root, file, log } = context;
  const balancer = at(root, 'load_balancer');
  const pools = new Map(children(balancer, 'lbpool').map((pool) => [value(pool, 'name'), pool]));
  return children(balancer, 'virtual_server').flatMap((server, index) => {
    const pool = pools.get(value(server, 'poolname'));
    const hosts = children(pool, 'servers').map(({ text }) => text.trim());
    const relays = value(server, 'mode').startsWith('relay') || value(server, 'relay_protocol') === 'dns';
    if (relays) log.note('unclassified', 'a load balancer relays connections', locationOf(server, file));
    return relays || pool === undefined || hosts.length === 0
      ? []
      : [virtualServer(context, server, pool, { hosts, number: index + 1 })];
  });
}

function virtualServer(
  { file, addresses, services }: NatContext,
  server: XmlElement,
  pool: XmlElement,
  { hosts, number }: { readonly hosts: readonly string[]; readonly number: number },
): NatRule {
  const location = locationOf(server, file);
  const servers = hosts.map((host) => addresses.word(host, location));
  const port = (text: string): ServiceMatch | null => services.ofPorts(text, [TCP])?.match ?? null;
  const service = port(value(server, 'port'));
  return {
    name: `Virtual Server ${number}`,
    number,
    enabled: true,
    family: value(server, 'ipaddr').includes(':') ? 'ipv6' : 'ipv4',
    inInterfaces: null,
    outInterfaces: null,
    source: { any: true, objects: [], negated: false },
    destination: addresses.word(value(server, 'ipaddr'), location),
    service: service ?? { any: true, objects: [], negated: false },
    translatedSource: null,
    translatedDestination: {
      any: false,
      objects: servers.flatMap(({ objects }) => objects),
      literal: IpSet.unionOf(servers.flatMap(({ literal }) => literal ?? [])),
      negated: false,
    },
    translatedService: port(value(pool, 'port')) ?? service,
    approximate: [],
    origin: 'user',
    comment: label(server, 'descr') || null,
    location,
  };
}
