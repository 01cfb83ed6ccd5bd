import type { Setting } from '../../model/firewall-config.js';
import { isUnsetV6, v6Text } from './address-objects.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { isOn, isSet } from './values.js';

/**
 * Whom the appliance asks for names: the servers that somebody entered, or, where it inherits them as from the
 * factory, those that stand at its uplinks. What a lease brings is the carrier's, and not in the configuration.
 */
export function readNameServers(reader: KeyReader): readonly Setting[] {
  const entered = ENTERED.map((family) => reader.single(family));
  const inherited = isOn(reader.single('dns_use_static_servers')) !== true;
  const servers = [
    ...ALWAYS.map((family) => reader.single(family)),
    ...(inherited ? uplinkServers(reader) : entered),
    ...(isOn(reader.single('v6dns_use_static_srvs')) === false ? [] : sixServers(reader)),
  ];
  const distinct = new Map<string, Value>();
  for (const value of servers) {
    if (value !== undefined && isSet(value) && !distinct.has(value.text)) distinct.set(value.text, value);
  }
  return [...distinct.values()].map(({ text, location }) => ({ name: 'dns-server', value: text, location }));
}

/** Of these no source says when they count. */
const ALWAYS: readonly ReadFamily[] = ['dnsSrvAddr', 'dnsServer2', 'dnsServer3'];
const ENTERED: readonly ReadFamily[] = ['dns_server_one', 'dns_server_two', 'dns_server_three'];
const SIX: readonly ReadFamily[] = ['v6dns_server_one', 'v6dns_server_two', 'v6dns_server_three'];
const STATIC: readonly ReadFamily[] = ['iface_static_dns1_N', 'iface_static_dns2_N', 'iface_static_dns3_N'];
const PPPOE: readonly ReadFamily[] = ['iface_pppoe_static_dns1_N', 'iface_pppoe_static_dns2_N'];

/** Those of the uplinks that are used: an interface with a zone, of type 1 (static), or 5 (PPPoE) with its own. */
function uplinkServers(reader: KeyReader): readonly (Value | undefined)[] {
  return reader.indices('iface_type_N').flatMap((index) => {
    const type = reader.at('iface_type_N', index)?.text;
    const off = isOn(reader.at('iface_port_disabled_N', index)) === true;
    if (off || !isSet(reader.at('interface_Zone_N', index))) return [];
    if (type === '1') return STATIC.map((family) => reader.at(family, index));
    const own = type === '5' && isOn(reader.at('iface_pppoe_dyn_dns_N', index)) === false;
    return own ? PPPOE.map((family) => reader.at(family, index)) : [];
  });
}

function sixServers(reader: KeyReader): readonly (Value | undefined)[] {
  return SIX.map((family) => {
    const value = reader.single(family);
    if (value === undefined) return undefined;
    const text = v6Text(value.text);
    return isUnsetV6(text) ? undefined : { ...value, text };
  });
}
