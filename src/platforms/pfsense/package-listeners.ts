import { Buffer } from 'node:buffer';
import type { Manager } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { AddressMatch } from '../../model/objects.js';
import type { Listener } from '../../model/policy.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, locationOf, nameOf, portOf, value } from './config-tree.js';
import type { Reading } from './reading.js';
import { isPublic } from './roles.js';
import { withoutPort } from './servers.js';

const TCP = 6;
const UDP = 17;

/**
 * Packages by which somebody administers the appliance, or has it run commands: NET-SNMP, and the agents of monitoring
 * systems that were told to obey. Agents that only answer are no administration.
 */
export function packageListeners({ root, file }: Pick<Reading, 'root' | 'file'>): readonly Listener[] {
  const packages = at(root, 'installedpackages');
  return [...netSnmp(packages, file), ...zabbixAgents(packages, file), ...nrpe(packages, file)];
}

/** Settings of a package that are switched on by a field. */
export function settingsOf(
  packages: XmlElement | undefined,
  name: string,
  enable: string,
): readonly XmlElement[] {
  return children(child(packages, name), 'config').filter((each) => value(each, enable) === 'on');
}

/** One listener a row of addresses; without any it is UDP port 161 everywhere: snmpd.conf(5), agentaddress. */
function netSnmp(packages: XmlElement | undefined, file: string): readonly Listener[] {
  return settingsOf(packages, 'netsnmp', 'enable_snmpd').flatMap((config) => {
    const rows = children(config, 'row').filter(
      (row) => value(row, 'snmpport') !== '' || value(row, 'ipaddress') !== '',
    );
    return (rows.length === 0 ? [config] : rows).map((row) => {
      const protocol = /tcp/i.test(value(row, 'transport')) ? TCP : UDP;
      const services = ServiceSet.of(protocol, PortSet.of(portOf(value(row, 'snmpport'), 161)));
      return listener('snmp', 'NET-SNMP', services, locationOf(row, file), [value(row, 'ipaddress')]);
    });
  });
}

/** The agent runs what its servers send where these options say so: Zabbix documentation, "Restricting agent checks". */
const OBEYS = /^[ \t]*(?:EnableRemoteCommands[ \t]*=[ \t]*1|AllowKey[ \t]*=[ \t]*(?:system\.run\b|\*))/m;

function zabbixAgents(packages: XmlElement | undefined, file: string): readonly Listener[] {
  return obeyingAgents(packages).map((config) => {
    const services = ServiceSet.of(TCP, PortSet.of(portOf(value(config, 'listenport'), 10_050)));
    const on = value(config, 'listenip').split(',');
    return restricted(
      listener('remote-commands', 'Zabbix agent', services, locationOf(config, file), on),
      value(config, 'server').split(','),
    );
  });
}

function obeyingAgents(packages: XmlElement | undefined): readonly XmlElement[] {
  const names = new Set((packages?.children ?? []).map(nameOf).filter((name) => /^zabbix-?agent/.test(name)));
  return [...names]
    .flatMap((name) => settingsOf(packages, name, 'agentenabled'))
    .filter((config) => OBEYS.test(decoded(value(config, 'userparams'))));
}

/**
 * Servers that an agent asks what to do (`ServerActive`): it connects to them, so that no rule lets them in, and runs
 * what they say. One inside is the organisation's own. Zabbix documentation, "Passive and active agent checks".
 */
export function obeyedServers({ root, file }: Pick<Reading, 'root' | 'file'>): readonly Manager[] {
  return obeyingAgents(at(root, 'installedpackages')).flatMap((config) =>
    value(config, 'serveractive')
      .split(/[,;]/)
      .map(withoutPort)
      .filter((address) => address !== '' && address !== 'localhost')
      .filter((address) => parseIpSet(address) === null || isPublic(address))
      .map((address) => ({ kind: 'zabbix', address, enabled: true, location: locationOf(config, file) })),
  );
}

/** Options of a Zabbix agent, which stand in base64, as an anonymised copy has them: whether it obeys, and no command. */
export function anonymousOptions(text: string): string {
  const obeys = OBEYS.exec(decoded(text))?.[0].trim() ?? '';
  return Buffer.from(obeys).toString('base64');
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8').replaceAll('\r', '\n');
}

/** `dont_blame_nrpe` lets whoever asks add words of their own to the commands: NRPE, SECURITY.md, "Command Arguments". */
function nrpe(packages: XmlElement | undefined, file: string): readonly Listener[] {
  return ['nrpe', 'nrpe2']
    .flatMap((name) => settingsOf(packages, name, 'enabled'))
    .filter((config) => value(config, 'dont_blame_nrpe') === 'on')
    .map((config) => {
      const services = ServiceSet.of(TCP, PortSet.of(portOf(value(config, 'server_port'), 5666)));
      const on = [value(config, 'server_address')];
      return restricted(
        listener('remote-commands', 'NRPE', services, locationOf(config, file), on),
        (value(config, 'allowed_hosts') || '127.0.0.1').split(','),
      );
    });
}

/** @param on addresses that it is bound to; empty, or all zeros: every one */
function listener(
  service: string,
  name: string,
  services: ServiceSet,
  location: Location,
  on: readonly string[],
): Listener {
  const bound = on.map((each) => each.trim()).filter((each) => each !== '');
  const sets = bound.map(parseIpSet);
  const all = bound.length === 0 || bound.some((each) => each === '0.0.0.0' || each === '::');
  const known = sets.every((set) => set !== null);
  return {
    service,
    services,
    interfaces: null,
    addresses: all || !known ? null : IpSet.unionOf(sets),
    sources: null,
    name,
    location,
    approximate: all || known ? [] : ['the addresses that it is bound to are not known'],
  };
}

/** Whom it answers: addresses and networks; a name may be anybody. */
function restricted(to: Listener, hosts: readonly string[]): Listener {
  const sets = hosts.map((host) => parseIpSet(host.trim()));
  if (sets.every((set) => set !== null)) {
    const sources: AddressMatch = { any: false, objects: [], literal: IpSet.unionOf(sets), negated: false };
    return { ...to, sources };
  }
  const doubt = 'it answers a host that is known by its name: taken as anybody';
  return { ...to, approximate: [...to.approximate, doubt] };
}
