import type { ExposedService, Target } from '../model/exposure.js';
import type { Origin } from '../model/location.js';

/** Addresses as an engineer writes them: a host without its prefix length. */
export function plainAddresses(cidrs: readonly string[]): string[] {
  return cidrs.map((cidr) => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, ''));
}

/** Items of a list that a message names before it only counts them. */
const MOST_ITEMS = 6;

/** `X1, X2`; of many the first, and how many there are more. */
export function listText(items: readonly unknown[]): string {
  const more = items.length - MOST_ITEMS;
  return `${items.slice(0, MOST_ITEMS).join(', ')}${more > 0 ? ` … (+${more})` : ''}`;
}

/** `X1 198.51.100.2`, `X1 (DHCP)`: the same words in every language, and all of them, as a name has to be. */
export function targetLabel(target: Target): string {
  return labelOf(target, (items) => items.join(', '));
}

/** The same for a message: of long lists the first items. */
export function shortTargetLabel(target: Target): string {
  return labelOf(target, listText);
}

function labelOf(
  { kind, addresses, dynamic, interfaces }: Target,
  join: (items: readonly string[]) => string,
): string {
  const where = dynamic === null ? join(plainAddresses(addresses.toCidrs())) : `(${dynamic})`;
  const label = [join(interfaces), where].filter((part) => part !== '').join(' ');
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
