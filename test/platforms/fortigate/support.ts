import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { AddressMatch, ServiceMatch } from '../../../src/model/objects.js';
import type { AccessRule, Listener, Policy } from '../../../src/model/policy.js';
import { fortigate } from '../../../src/platforms/fortigate/index.js';
import type { Parsed } from '../../../src/platforms/platform.js';
import { IpSet, ServiceSet } from '../../../src/sets/index.js';

/** The first line of a backup: what follows is then whole, and silence is a default. */
export const HEADER = '#config-version=FGT60F-7.4.5-FW-build2702-240807:opmode=0:vdom=0:user=admin';

export function parse(text: string, file = 'fw.conf'): Parsed {
  return fortigate.parse([{ file, bytes: new TextEncoder().encode(text) }]);
}

/** The only device of a text. */
export function deviceOf(text: string): FirewallConfig {
  const [device, ...more] = parse(text).devices;
  if (device === undefined || more.length > 0) throw new Error('not one device');
  return device;
}

export function policyOf(device: FirewallConfig, name: string): Policy {
  const policy = device.policies.find((each) => each.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

/** The rules that somebody wrote, of one table. */
export function rulesOf(device: FirewallConfig, name = 'firewall policy'): readonly AccessRule[] {
  return policyOf(device, name).rules.filter(({ origin }) => origin === 'user');
}

export function listenersOf(device: FirewallConfig, service: string): readonly Listener[] {
  return device.listeners.filter((listener) => listener.service === service);
}

/** What one side of a rule means; null where the file cannot tell. */
export function addresses(device: FirewallConfig, match: AddressMatch): IpSet | null {
  const objects = new Map(device.addressObjects.map((object) => [object.name, object]));
  const parts: IpSet[] = [match.any ? IpSet.ALL : IpSet.EMPTY, match.literal ?? IpSet.EMPTY];
  const names = new Set(match.objects);
  for (const name of names) {
    const content = objects.get(name)?.content;
    if (content === undefined || content.kind === 'unknown' || content.kind === 'interface') return null;
    if (content.kind === 'addresses') parts.push(content.addresses);
    else for (const member of content.members) names.add(member);
  }
  const union = IpSet.unionOf(parts);
  return match.negated ? union.complement() : union;
}

export function services(device: FirewallConfig, match: ServiceMatch): ServiceSet | null {
  const objects = new Map(device.serviceObjects.map((object) => [object.name, object]));
  const parts: ServiceSet[] = [
    match.any ? ServiceSet.ALL : ServiceSet.EMPTY,
    match.literal ?? ServiceSet.EMPTY,
  ];
  const names = new Set(match.objects);
  for (const name of names) {
    const content = objects.get(name)?.content;
    if (content === undefined || content.kind === 'unknown') return null;
    if (content.kind === 'services') parts.push(content.services);
    else for (const member of content.members) names.add(member);
  }
  const union = ServiceSet.unionOf(parts);
  return match.negated ? union.complement() : union;
}

/** A folder beside the repository; tests over it are skipped where it is not. */
export function beside(path: string): { readonly folder: string; readonly missing: boolean } {
  const folder = fileURLToPath(new URL(`../../../../shared/${path}/`, import.meta.url));
  return { folder, missing: !existsSync(folder) };
}
