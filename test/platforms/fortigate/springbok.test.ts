import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IpSet, PortSet, parseIpSet, ServiceSet } from '../../../src/sets/index.js';
import { addresses, beside, parse, services } from './support.js';

/** The peer's answers for one small configuration each: `id`, protocols, addresses and ports of one policy. */

const { folder, missing } = beside('oracles/springbok/fortinet_parse');
const numbers = missing
  ? []
  : readdirSync(folder).flatMap((name) => Number(/^test_rule(\d+)\.txt$/.exec(name)?.[1] ?? 0) || []);

/** Cases that are answered otherwise, and why. All others agree. */
const OTHERWISE: ReadonlyMap<number, string> = new Map([
  [65, 'theirs: `label` is the heading of a section of policies on the screen, not the name of a policy'],
  [82, 'theirs: `permit-any-host` is about return traffic of SIP and STUN through NAT, not about UDP'],
  [134, 'theirs: a domain name is resolved where their program runs; ours is any, and marked'],
  [139, 'theirs: no FortiOS has an address of type network-service; ours is any, and the scan incomplete'],
  [159, 'theirs: a domain name is resolved where their program runs; ours is any, and marked'],
  [162, 'ours: the addresses of a service are not taken into the destination; the rule is marked'],
  [163, 'ours: the addresses of a service are not taken into the destination; the rule is marked'],
  [165, 'theirs: ICMPv6 is dropped, and the policy becomes one for every protocol'],
  [170, 'theirs: FTP through the explicit proxy comes in at the port of the proxy, not at 21'],
  [171, 'theirs: HTTP through the explicit proxy comes in at the port of the proxy, not at 80'],
]);

interface Answer {
  readonly id: number;
  readonly action: string;
  readonly name: string | null;
  readonly protocols: readonly string[];
  readonly source: string;
  readonly destination: string;
  readonly portsFrom: string;
  readonly portsTo: string;
}

const LINE =
  /^(?:\.\*)?id: (\d+)(?: {3}name: (\S+))? {3}protocol: \[(.*)\] {3}ip_source: \[(.*)\] {3}port_source: \[(.*)\] {3}ip_dest: \[(.*)\] {3}port_dest: \[(.*)\] {3}action: (\w+)$/;

/** A reference is a regular expression; what it asks for can be read off it. */
function readReference(text: string): Answer {
  const plain = text
    .trim()
    .replace(/\\\[/g, '[')
    .replace(/\\\]/g, ']')
    .replace(/\\\./g, '.')
    .replace(/\\/g, '');
  // A policy of two interfaces or of a zone is several lines there, alike but for the interface.
  const match = LINE.exec(plain.split('\n')[0]?.trim() ?? '');
  if (match === null) throw new Error(`not read: ${plain}`);
  const [
    ,
    id,
    name,
    protocols = '',
    source = '',
    portsFrom = '',
    destination = '',
    portsTo = '',
    action = '',
  ] = match;
  return {
    id: Number(id),
    name: name ?? null,
    protocols: protocols.match(/[a-z]+|\d+/g) ?? [],
    source: addressText(source),
    destination: addressText(destination),
    portsFrom: portText(portsFrom),
    portsTo: portText(portsTo),
    action,
  };
}

/** Addresses, networks and ranges as one canonical text; empty is any. */
function addressText(text: string): string {
  const tokens =
    text.replace(/\.\*/g, ' ').match(/\d+(?:\.\d+){3}(?: \/ \d+)?(?: *- *\d+(?:\.\d+){3})?/g) ?? [];
  if (tokens.length === 0) return '';
  const set = IpSet.unionOf(tokens.map((token) => parseIpSet(token.replace(/ /g, '')) ?? IpSet.EMPTY));
  return (text.startsWith('!') ? IpSet.IPV4.subtract(set) : set).toCidrs().join(' ');
}

function portText(text: string): string {
  const tokens = text.replace(/\.\*/g, ' ').match(/\d+(?: *- *\d+)?/g) ?? [];
  const parts = tokens.map((token) => token.split('-').map(Number));
  return PortSet.of(...parts.map(([first = 0, last = first]): [number, number] => [first, last])).key();
}

const NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [8, 'egp'],
  [17, 'udp'],
]);

/** UDP-Lite, which later versions count among the protocols with ports, is not in the peer's answers. */
function known(protocol: number): boolean {
  return protocol !== 136;
}

/** The same answer from our parser. What the file cannot tell is taken as any, as the analysis does. */
function ourAnswer(text: string): Answer | null {
  const [device] = parse(text).devices;
  const [rule] =
    device?.policies.flatMap((policy) => policy.rules.filter(({ origin }) => origin === 'user')) ?? [];
  if (device === undefined || rule === undefined) return null;
  const source = addresses(device, rule.source)?.ipv4() ?? IpSet.IPV4;
  const destination = addresses(device, rule.destination)?.ipv4() ?? IpSet.IPV4;
  const set = services(device, rule.service) ?? ServiceSet.ALL;
  const shown = (side: IpSet) => (side.equals(IpSet.IPV4) ? '' : side.toCidrs().join(' '));
  const every = set.protocols().length === 256;
  const withPorts = set.protocols().filter((protocol) => protocol !== 1 && protocol !== 58);
  const ports = withPorts.map(
    (protocol) => [set.sourcePorts(protocol), set.destinationPorts(protocol)] as const,
  );
  const union = (index: 0 | 1) => PortSet.unionOf(ports.map((pair) => pair[index]));
  const portKey = (index: 0 | 1) => (every || union(index).equals(PortSet.ALL) ? '' : union(index).key());
  return {
    id: rule.number,
    name: /"(.*)"$/.exec(rule.name)?.[1] ?? null,
    protocols: every
      ? []
      : set
          .protocols()
          .filter(known)
          .map((protocol) => NUMBERS.get(protocol) ?? `${protocol}`),
    source: shown(source),
    destination: shown(destination),
    portsFrom: portKey(0),
    portsTo: portKey(1),
    action: rule.action.kind,
  };
}

describe.skipIf(missing)('springbok, fortinet_parse', () => {
  const agreeing: number[] = [];

  it.each(numbers)('case %i', (number) => {
    const text = readFileSync(`${folder}test_rule${number}.txt`, 'utf8');
    const reference = readReference(readFileSync(`${folder}ref_rule${number}.txt`, 'utf8'));
    const ours = ourAnswer(text);
    if (OTHERWISE.has(number)) expect(ours).not.toEqual(reference);
    else expect(ours).toEqual(reference);
    if (!OTHERWISE.has(number)) agreeing.push(number);
  });

  it('agrees in all cases but those listed', () => {
    expect({ cases: numbers.length, agreeing: agreeing.length }).toEqual({
      cases: 185,
      agreeing: 185 - OTHERWISE.size,
    });
  });
});
