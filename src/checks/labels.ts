import type { ExposedService, Target } from '../model/exposure.js';
import type { Origin } from '../model/location.js';

/** Addresses as an engineer writes them: a host without its prefix length. */
export function plainAddresses(cidrs: readonly string[]): string[] {
  return cidrs.map((cidr) => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, ''));
}

/** `X1 198.51.100.2`, `X1 (DHCP)`: the same words in every language. */
export function targetLabel({ kind, addresses, dynamic, interfaces }: Target): string {
  const where = dynamic === null ? plainAddresses(addresses.toCidrs()).join(', ') : `(${dynamic})`;
  const label = [interfaces.join(', '), where].filter((part) => part !== '').join(' ');
  return label === '' ? kind : label;
}

/** As many protocols of one service as a sentence can name. */
const PROTOCOLS_NAMED = 4;

/** `tcp/443`, `tcp/5900-5903, tcp/5800`, `icmp`, `256 protocols`. */
export function serviceLabel({ protocol, ports }: ExposedService): string {
  if (protocol === 'any') return 'every port';
  const protocols = protocol.split('+').length;
  if (protocols > PROTOCOLS_NAMED) return `${protocols} protocols`;
  return ports.length === 0 ? protocol : ports.map((port) => `${protocol}/${port}`).join(', ');
}

/** Made by the appliance itself, whether the file prints it or only implies it. */
export function isAutomatic(origin: Origin): boolean {
  return origin === 'automatic' || origin === 'implied';
}
