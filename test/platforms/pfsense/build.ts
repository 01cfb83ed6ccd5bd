import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { AccessRule, Policy } from '../../../src/model/policy.js';
import { pfsense } from '../../../src/platforms/pfsense/index.js';
import type { Parsed } from '../../../src/platforms/platform.js';

/** Small configurations for one question at a time. */

export function parse(text: string | Uint8Array, file = 'config.xml'): Parsed {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return pfsense.parse([{ file, bytes }]);
}

export function deviceOf(text: string): FirewallConfig {
  const { devices, diagnostics } = parse(text);
  const [device] = devices;
  if (device === undefined) throw new Error(JSON.stringify(diagnostics));
  return device;
}

const WAN = `<wan><enable/><if>em0</if><descr>WAN</descr><ipaddr>198.51.100.2</ipaddr><subnet>29</subnet>
<gateway>GW</gateway></wan>`;
const LAN = `<lan><enable/><if>em1</if><descr>LAN</descr><ipaddr>192.168.1.1</ipaddr><subnet>24</subnet></lan>`;

export interface Parts {
  readonly system?: string;
  readonly webgui?: string;
  /** What the system says of port forwards from inside; by default, as the factory does, that they are off. */
  readonly reflection?: string;
  readonly interfaces?: string;
  readonly filter?: string;
  readonly aliases?: string;
  readonly nat?: string;
  /** Whatever else stands below the root. */
  readonly more?: string;
}

/** A whole configuration, with what is asked for in place of the usual. */
export function config(parts: Parts = {}): string {
  return `<?xml version="1.0"?>
<pfsense>
<version>23.3</version>
<system><hostname>fw</hostname><ipv6allow/>
${parts.webgui ?? '<webgui><protocol>https</protocol></webgui>'}
${parts.system ?? ''}
${parts.reflection ?? '<disablenatreflection>yes</disablenatreflection>'}
</system>
<interfaces>
${parts.interfaces ?? `${WAN}\n${LAN}`}
</interfaces>
<gateways><gateway_item><interface>wan</interface><gateway>198.51.100.1</gateway><name>GW</name></gateway_item></gateways>
<aliases>${parts.aliases ?? ''}</aliases>
<nat>${parts.nat ?? ''}</nat>
<filter>
${parts.filter ?? ''}
</filter>
${parts.more ?? ''}
</pfsense>
`;
}

export { LAN, WAN };

/** Elements of a rule; null leaves one out. */
type Fields = Readonly<Record<string, string | null>>;

/** A rule of the WAN that passes TCP from anywhere to the address of the WAN; later fields win. */
export function rule(fields: Fields = {}): string {
  return ruleText({
    type: 'pass',
    interface: 'wan',
    ipprotocol: 'inet',
    protocol: 'tcp',
    source: '<any/>',
    destination: '<network>wanip</network><port>443</port>',
    ...fields,
  });
}

/** A port forward of TCP from anywhere at the WAN; later fields win. */
export function forwardRule(fields: Fields): string {
  return ruleText({
    interface: 'wan',
    ipprotocol: 'inet',
    protocol: 'tcp',
    source: '<any/>',
    destination: '<network>wanip</network><port>1</port>',
    ...fields,
  });
}

function ruleText(fields: Fields): string {
  const inner = Object.entries(fields).map(([name, text]) =>
    text === null ? '' : `<${name}>${text}</${name}>`,
  );
  return `<rule>${inner.join('')}</rule>`;
}

export function alias(name: string, type: string, address: string): string {
  return `<alias><name>${name}</name><type>${type}</type><address>${address}</address></alias>`;
}

export function policyOf(device: FirewallConfig, name = 'WAN'): Policy {
  const policy = device.policies.find((each) => each.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

/** The rules of a policy that people wrote. */
export function writtenRules(device: FirewallConfig, policy = 'WAN'): readonly AccessRule[] {
  return policyOf(device, policy).rules.filter((each) => each.origin !== 'implied');
}

export function onlyRule(text: string): AccessRule {
  const [found, ...rest] = writtenRules(deviceOf(text));
  if (found === undefined || rest.length > 0) throw new Error('not one rule');
  return found;
}
