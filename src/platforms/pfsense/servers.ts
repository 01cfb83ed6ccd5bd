import type { SettingName } from '../../model/facts.js';
import type { Setting } from '../../model/firewall-config.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, locationOf, words } from './config-tree.js';
import type { Reading } from './reading.js';

/**
 * Servers that pfSense turns to, or sends hosts to: whom it asks for the time, where it sends logs and SNMP traps, and
 * what name servers it leases. Screens and fields as Netgate documents them: General Setup, Status > System Logs >
 * Settings, Services > SNMP, Services > DHCP Server.
 */
export function readServers({ root, file }: Pick<Reading, 'root' | 'file'>): readonly Setting[] {
  const told = (name: SettingName, element: XmlElement | undefined): readonly Setting[] =>
    element === undefined
      ? []
      : words(element.text).map((word) => ({
          name,
          value: withoutPort(word),
          location: locationOf(element, file),
        }));
  const syslog = at(root, 'syslog');
  const daemon = at(root, 'snmpd');
  return [
    ...(isSet(syslog, 'enable')
      ? ['remoteserver', 'remoteserver2', 'remoteserver3'].flatMap((name) =>
          told('log-server', child(syslog, name)),
        )
      : []),
    ...(isSet(daemon, 'enable') && isSet(daemon, 'trapenable')
      ? told('trap-receiver', child(daemon, 'trapserver'))
      : []),
    ...told('time-server', at(root, 'system', 'timeservers')),
    ...leasedNameServers(root).flatMap((element) => told('dhcp-name-server', element)),
  ];
}

/** Of every interface that leases addresses, and of its further pools. */
function leasedNameServers(root: XmlElement): readonly XmlElement[] {
  return (at(root, 'dhcpd')?.children ?? [])
    .filter((each) => isSet(each, 'enable'))
    .flatMap((each) => [each, ...children(each, 'pool')])
    .flatMap((each) => children(each, 'dnsserver'));
}

/** `203.0.113.7:5514` and `[2001:db8::7]:5514` name a server with its port; an IPv6 address by itself has none. */
function withoutPort(text: string): string {
  const found = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(text);
  return found?.[1] ?? found?.[2] ?? text;
}
