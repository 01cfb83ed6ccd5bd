import { PortSet, ServiceSet } from '../../sets/index.js';
import type { DeviceScope } from './scope.js';
import { firstValue } from './tree.js';
import { isOn, portOr } from './values.js';

const TCP = 6;
const UDP = 17;

/**
 * What each word of `allowaccess` switches on, as a canonical service. `http` is only a redirect where
 * the appliance redirects administrators to HTTPS, which is for `offeredService` to say.
 */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['ping', 'ping'],
  ['https', 'https-management'],
  ['http', 'http-management'],
  ['ssh', 'ssh-management'],
  ['telnet', 'telnet-management'],
  ['snmp', 'snmp'],
  ['fgfm', 'fgfm'],
  ['radius-acct', 'radius-accounting'],
  ['probe-response', 'probe-response'],
  ['fabric', 'security-fabric'],
  ['capwap', 'capwap'],
  ['ftm', 'fortitoken-mobile'],
  ['speed-test', 'speed-test'],
  ['scim', 'scim'],
  ['auto-ipsec', 'ike'],
]);

/** The canonical service of a word of `allowaccess`; null for a word that nobody knows. */
export function canonicalService(word: string): string | null {
  return WORDS.get(word) ?? null;
}

/** One service of the appliance, where it listens. */
export interface Offer {
  readonly service: string;
  readonly services: ServiceSet;
}

/**
 * What a word of `allowaccess` offers, by the ports of `config system global` and their defaults
 * (FortiOS CLI reference, config system global: admin-port 80, admin-sport 443, admin-ssh-port 22,
 * admin-telnet-port 23). Null when the service is switched off for the whole appliance.
 */
export function offeredService(scope: DeviceScope, word: string, family: 'ipv4' | 'ipv6'): Offer | null {
  const service = canonicalService(word);
  if (service === null) return null;
  const global = scope.node('system global');
  switch (word) {
    case 'https':
      return tcp(service, portOr(firstValue(global, 'admin-sport'), 443));
    case 'http':
      return tcp(redirects(scope) ? 'http-redirect' : service, portOr(firstValue(global, 'admin-port'), 80));
    case 'ssh':
      return tcp(service, portOr(firstValue(global, 'admin-ssh-port'), 22));
    case 'telnet':
      if (isOn(firstValue(global, 'admin-telnet')) === false) return null;
      return tcp(service, portOr(firstValue(global, 'admin-telnet-port'), 23));
    case 'snmp':
      return { service, services: ServiceSet.of(UDP, PortSet.of(161)) };
    case 'ping':
      return {
        service,
        services: family === 'ipv4' ? ServiceSet.of(1, PortSet.of(8)) : ServiceSet.of(58, PortSet.of(128)),
      };
    default:
      return { service, services: channelPorts(scope, word, family) };
  }
}

/**
 * `admin-https-redirect` is on by default (CLI reference, config system global). Fragments and versions
 * alike: no source tells of a version with another default.
 */
function redirects(scope: DeviceScope): boolean {
  return isOn(firstValue(scope.node('system global'), 'admin-https-redirect')) !== false;
}

function tcp(service: string, port: number): Offer {
  return { service, services: ServiceSet.of(TCP, PortSet.of(port)) };
}

/** Ports of the other channels: FortiOS ports and protocols, "Incoming ports". */
function channelPorts(scope: DeviceScope, word: string, family: 'ipv4' | 'ipv6'): ServiceSet {
  const capwap = ServiceSet.of(UDP, PortSet.of([5246, 5247]));
  switch (word) {
    case 'fgfm':
      return ServiceSet.of(TCP, PortSet.of(family === 'ipv4' ? 541 : 542));
    case 'radius-acct':
      return ServiceSet.of(UDP, PortSet.of(1813));
    case 'probe-response':
      return ServiceSet.of(
        TCP,
        PortSet.of(portOr(firstValue(scope.node('system probe-response'), 'port'), 8008)),
      );
    case 'fabric':
      return ServiceSet.of(TCP, PortSet.of(8013))
        .union(ServiceSet.of(UDP, PortSet.of(8014)))
        .union(capwap);
    case 'ftm':
      return ServiceSet.of(
        TCP,
        PortSet.of(portOr(firstValue(scope.node('system ftm-push'), 'server-port'), 4433)),
      );
    case 'speed-test':
      return ServiceSet.of(
        TCP,
        PortSet.of(portOr(firstValue(scope.node('system global'), 'speedtestd-ctrl-port'), 5200), 5201),
      );
    case 'scim':
      return ServiceSet.of(
        TCP,
        PortSet.of(portOr(firstValue(scope.node('system global'), 'scim-https-port'), 44_559)),
      );
    case 'auto-ipsec':
      return ServiceSet.of(UDP, PortSet.of(500, 4500));
    default:
      return capwap;
  }
}
