import type { Setting } from '../../model/firewall-config.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { distinct, isOn, isSet } from './values.js';

/**
 * Whom hosts inside and users who dial in are told to ask for names, and where else options of DHCP send hosts. What
 * passes the appliance's own name servers on says nothing of its own.
 */
export function readHandedOut(reader: KeyReader): readonly Setting[] {
  const active = SCOPES.map((scope) => ({ scope, indices: activeIn(reader, scope.active) }));
  const servers = active.flatMap(({ scope, indices }) =>
    indices
      .filter((index) => isOn(reader.at(scope.propagate, index)) !== true)
      .flatMap((index) => scope.servers.map((family) => reader.at(family, index))),
  );
  const booted = active.flatMap(({ scope, indices }) => indices.map((index) => reader.at(scope.next, index)));
  const used = active.some(({ scope, indices }) =>
    indices.some((index) => isSet(reader.at(scope.options, index))),
  );
  const options = used ? all(reader, 'dhcpOptionObjTagValue_N').filter(isAddress) : [];
  return [
    ...told('dhcp-name-server', [...servers, ...dialledIn(reader)]),
    ...told('dhcp-option', [...booted, ...options]),
  ];
}

/** A sort of DHCP scope: a range that hosts lease from, or an address that one host always gets. */
const SCOPES = [
  {
    active: 'prefs_dhdynscopeactive_N',
    propagate: 'prefs_dhdynpropagate_N',
    servers: ['prefs_dhdyndns0_N', 'prefs_dhdyndns1_N', 'prefs_dhdyndns2_N'],
    next: 'prefs_dhdynnextsvr_N',
    options: 'prefs_dhdynDhcpOptGrp_N',
  },
  {
    active: 'prefs_dhstaticscopeactive_N',
    propagate: 'prefs_dhstaticpropagate_N',
    servers: ['prefs_dhstaticdns0_N', 'prefs_dhstaticdns1_N', 'prefs_dhstaticdns2_N'],
    next: 'prefs_dhstaticnextsvr_N',
    options: 'prefs_dhstaticDhcpOptGrp_N',
  },
] as const satisfies readonly {
  readonly active: ReadFamily;
  readonly propagate: ReadFamily;
  readonly servers: readonly ReadFamily[];
  readonly next: ReadFamily;
  readonly options: ReadFamily;
}[];

function activeIn(reader: KeyReader, family: ReadFamily): readonly number[] {
  return reader.indices(family).filter((index) => isOn(reader.at(family, index)) === true);
}

/** Name servers of SSL VPN, of its client settings, of L2TP and of VPN clients, where each of these is offered. */
function dialledIn(reader: KeyReader): readonly (Value | undefined)[] {
  const ssl = offersSslVpn(reader);
  const own = ssl && isOn(reader.single('SslvpnsDnsInherit')) !== true;
  const overL2tp = isOn(reader.single('L2TPServerEnabled')) === true;
  const overIpsec = reader
    .indices('ipsecClientPolicy_N')
    .some(
      (index) =>
        isOn(reader.at('ipsecClientPolicy_N', index)) === true &&
        isOn(reader.at('ipsecSaDisabled_N', index)) !== true,
    );
  const forClients = overIpsec && isOn(reader.single('vpn_propagateSettings')) === false;
  const singles = (on: boolean, families: readonly ReadFamily[]) =>
    on ? families.map((family) => reader.single(family)) : [];
  return [
    ...singles(own, ['SslvpnsDnsServer1', 'SslvpnsDnsServer2']),
    ...(ssl ? [...all(reader, 'nacAttrDns1_N'), ...all(reader, 'nacAttrDns2_N')] : []),
    ...singles(overL2tp, ['L2TPsDnsServer1', 'L2TPsDnsServer2']),
    ...singles(forClients, ['vpn_dns_server_one', 'vpn_dns_server_two', 'vpn_dns_server_three']),
  ];
}

/** Whether a zone that interfaces can be in offers SSL VPN; its own zone, of type 8, always has the switch on. */
function offersSslVpn(reader: KeyReader): boolean {
  return reader
    .indices('zoneObjSslVpnProfile_N')
    .some(
      (index) =>
        isOn(reader.at('zoneObjSslVpnProfile_N', index)) === true &&
        reader.at('zoneObjZoneType_N', index)?.text !== '8',
    );
}

function all(reader: KeyReader, family: ReadFamily): readonly (Value | undefined)[] {
  return reader.indices(family).map((index) => reader.at(family, index));
}

function told(name: Setting['name'], values: readonly (Value | undefined)[]): readonly Setting[] {
  return distinct(values.filter(isSet)).map(({ text, location }) => ({ name, value: text, location }));
}

function isAddress(value: Value | undefined): boolean {
  return value !== undefined && /^\d+(\.\d+){3}$/.test(value.text);
}
