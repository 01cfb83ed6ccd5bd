import { Buffer } from 'node:buffer';
import type { SettingName } from '../../model/facts.js';
import type { Setting } from '../../model/firewall-config.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, locationOf, value, words } from './config-tree.js';
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
    ...leasedAddresses(root).map(({ element, address }) => ({
      name: 'dhcp-option' as const,
      value: address,
      location: locationOf(element, file),
    })),
    ...packageServers({ root, file }),
  ];
}

/** Where hosts are sent to boot from, and addresses in options of their own. */
function leasedAddresses(
  root: XmlElement,
): readonly { readonly element: XmlElement; readonly address: string }[] {
  return leases(root).flatMap((each) => {
    const boots = isSet(each, 'netboot') ? children(each, 'nextserver') : [];
    const options = children(child(each, 'numberoptions'), 'item').flatMap((item) => children(item, 'value'));
    return [...boots, ...children(each, 'tftp'), ...options].flatMap((element) => {
      const text = element.text.trim();
      const address = [text, decoded(text)].find((word) => parseIpSet(word) !== null);
      if (address !== undefined) return [{ element, address }];
      return options.includes(element) || text === '' ? [] : [{ element, address: text }];
    });
  });
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8').trim();
}

/** Where packages send logs and flows: destinations of syslog-ng, the collector of softflowd. */
function packageServers({ root, file }: Pick<Reading, 'root' | 'file'>): readonly Setting[] {
  const packages = at(root, 'installedpackages');
  const logs = children(child(packages, 'syslogng'), 'config').some((each) => value(each, 'enable') === 'on');
  const destinations = children(child(packages, 'syslogngadvanced'), 'config').filter(
    (each) => logs && value(each, 'objecttype') === 'destination',
  );
  const collectors = children(child(packages, 'softflowd'), 'config').filter(
    (each) => value(each, 'interface') !== '',
  );
  return [
    ...destinations.flatMap((each) =>
      remoteHosts(value(each, 'objectparameters')).map((host) => ({
        name: 'log-server' as const,
        value: host,
        location: locationOf(each, file),
      })),
    ),
    ...collectors.flatMap((each) =>
      children(each, 'host')
        .filter(({ text }) => text.trim() !== '')
        .map((host) => ({
          name: 'flow-collector' as const,
          value: host.text.trim(),
          location: locationOf(host, file),
        })),
    ),
  ];
}

/** Hosts in a destination of syslog-ng, which is written plainly or in base64: its documentation, "network()", "syslog()". */
function remoteHosts(text: string): readonly string[] {
  const plain = text.includes('(') ? text : decoded(text);
  return [...plain.matchAll(/\b(?:network|syslog|tcp6?|udp6?)\s*\(\s*["']?([^"'\s),]+)/g)].flatMap(
    ([, host]) => (host === undefined ? [] : [host]),
  );
}

/** Of every interface that leases addresses, of its further pools, and of single hosts. */
function leasedNameServers(root: XmlElement): readonly XmlElement[] {
  return leases(root).flatMap((each) => children(each, 'dnsserver'));
}

function leases(root: XmlElement): readonly XmlElement[] {
  return (at(root, 'dhcpd')?.children ?? [])
    .filter((each) => isSet(each, 'enable'))
    .flatMap((each) => [each, ...children(each, 'pool'), ...children(each, 'staticmap')]);
}

/** `203.0.113.7:5514` and `[2001:db8::7]:5514` name a server with its port; an IPv6 address by itself has none. */
export function withoutPort(text: string): string {
  const found = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(text.trim());
  return found?.[1] ?? found?.[2] ?? text.trim();
}
