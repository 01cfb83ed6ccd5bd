import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';
import { type JsonNode, parseJsonText } from './json-text.js';
import type { Statement } from './statement.js';

/** What answers of the REST API hold, in the words of the command line. */
export interface RestDocument {
  readonly file: string;
  readonly statements: readonly Statement[];
  /** Members at the top that no block is made of, such as the state of the request. */
  readonly others: readonly Statement[];
}

/** How a collection is called at the top of an answer, and what the command line calls one of it. */
const COLLECTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['access_rules', ['access-rule']],
  ['nat_policies', ['nat-policy']],
  ['address_objects', ['address-object']],
  ['address_groups', ['address-group']],
  ['dynamic_external_objects', ['dynamic-external-object']],
  ['service_objects', ['service-object']],
  ['service_groups', ['service-group']],
  ['zones', ['zone']],
  ['interfaces', ['interface']],
  ['tunnel_interfaces', ['tunnel-interface']],
]);

/** Answers that hold one thing, not a list. */
const SINGLES: ReadonlyMap<string, readonly string[]> = new Map([
  ['administration', ['administration']],
  ['appflow', ['appflow']],
  ['dns', ['dns']],
  ['snmp', ['snmp']],
  ['time', ['time']],
]);

/** Names that stand at the top of this vendor's answers, and of few others. */
const MARK =
  /"(?:access_rules|nat_policies|address_objects|address_groups|service_objects|service_groups|security_policies|ssl_vpn|tunnel_interfaces)"\s*:\s*[[{]/;
/** Names that others use too, with what only this vendor's answers hold. */
const COMMON =
  /"(?:zones|interfaces|vpn|administration|snmp|user|time|dns|log|high_availability|cloud_secure_edge|appflow)"\s*:\s*[[{]|"firmware_version"\s*:\s*"SonicOS/;
const VENDOR =
  /"(?:auto_rule|security_type|ip_assignment|translated_destination|sslvpn_access|address_object|group_vpn|site_to_site|firewall_name|botnet_filter|service_object|get_community_name|member_of|only_custom_ntp|trust_key_no|no_auth|fqdn_binding|split_servers)"\s*:|"SonicOS|SonicWALL|"snmp"\s*:\s*\{\s*"enable"|"user"\s*:\s*\{\s*"(?:local|radius|ldap|tacacs|sso)"\s*:|"log"\s*:\s*\{\s*"syslog"\s*:|"allow_management"\s*:|"appflow"\s*:\s*\{\s*"(?:gmsflow_server|appflow_server|external_collector)"\s*:|"vpn"\s*:\s*\{\s*"l2tp_server"\s*:|"cloud_secure_edge"\s*:\s*\{\s*"(?:created|connector)"\s*:/i;
const SAMPLE = 65_536;

/**
 * How sure it is that a capture is an answer of the SonicOS API. Only names at the top count: reports about
 * an appliance, those of this program among them, have the same names further in.
 */
export function restConfidence(bytes: Uint8Array): number {
  const head = Buffer.from(bytes.subarray(0, SAMPLE)).toString('latin1').trimStart();
  if (!head.startsWith('{')) return 0;
  const top = outermost(head);
  const vendor = VENDOR.test(head);
  if (MARK.test(top)) return vendor ? 0.95 : 0.6;
  return vendor && COMMON.test(top) ? 0.9 : 0;
}

/** The outermost object's own text: of what nests in it, the opening bracket alone. The end may be missing. */
function outermost(text: string): string {
  const kept: string[] = [];
  let depth = 0;
  for (const [token] of text.matchAll(/[{}[\]]|"(?:[^"\\]|\\.)*"?|[^{}[\]"]+/g)) {
    if (token === '}' || token === ']') depth -= 1;
    else if (depth <= 1) kept.push(token);
    if (token === '{' || token === '[') depth += 1;
  }
  return kept.join('');
}

/** Null when the file is no JSON object. */
export function readRest(capture: Capture): RestDocument | null {
  const text = Buffer.from(capture.bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const root = parseJsonText(text);
  if (root?.kind !== 'object') return null;
  const { file } = capture;
  const statements: Statement[] = [];
  const others: Statement[] = [];
  for (const { name, value } of root.members) {
    const collection = COLLECTIONS.get(name);
    const single = SINGLES.get(name);
    if (collection !== undefined) statements.push(...itemsOf(file, name, value, collection));
    else if (single !== undefined) statements.push(singleOf(file, ...unwrapped(name, value), single));
    else if (name === 'vpn') statements.push(...vpnPolicies(file, value));
    else if (name === 'user') statements.push(...userBlocks(file, value));
    else if (name === 'ssl_vpn') statements.push(...sslVpnBlocks(file, value));
    else if (name === 'log') statements.push(...logBlocks(file, value));
    else if (name === 'high_availability') statements.push(...unitBlocks(file, value));
    else if (value.kind === 'scalar') statements.push(...flat(file, name, value, [wordOf(name)]));
    else others.push(...flat(file, name, value, [wordOf(name)]));
  }
  return { file, statements, others };
}

/** Some answers hold their one thing a level deeper: `{ "ssl_vpn": { "server": { … } } }`. */
const WRAPPERS: ReadonlySet<string> = new Set(['base', 'global', 'server']);

function unwrapped(path: string, node: JsonNode): readonly [string, JsonNode] {
  const [only, ...others] = node.kind === 'object' ? node.members : [];
  if (only === undefined || others.length > 0) return [path, node];
  if (!WRAPPERS.has(only.name) || only.value.kind !== 'object') return [path, node];
  return [`${path}.${only.name}`, only.value];
}

function itemsOf(file: string, path: string, node: JsonNode, words: readonly string[]): readonly Statement[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item, at) => familyBlocks(file, `${path}[${at}]`, item, words));
}

/** Families of addresses, and sorts of tunnels. */
const FAMILIES: ReadonlySet<string> = new Set(['ipv4', 'ipv6', 'fqdn', 'mac', 'vpn', '4to6']);

/** `{ "ipv4": { … } }` is a block of that family; without it the words follow at once. */
function familyBlocks(
  file: string,
  path: string,
  node: JsonNode,
  words: readonly string[],
): readonly Statement[] {
  if (node.kind !== 'object') return flat(file, path, node, words);
  const family = node.members.find(({ name, value }) => FAMILIES.has(name) && value.kind === 'object');
  if (family === undefined || node.members.length !== 1) return [singleOf(file, path, node, words)];
  return [singleOf(file, `${path}.${family.name}`, family.value, [...words, family.name])];
}

function singleOf(file: string, path: string, node: JsonNode, words: readonly string[]): Statement {
  const body =
    node.kind === 'object'
      ? node.members.flatMap(({ name, value }) => flat(file, `${path}.${name}`, value, [wordOf(name)]))
      : flat(file, path, node, []);
  return { words, negated: false, body, location: { file, line: node.line, key: path } };
}

/** `{ "policy": [ { "ipv4": { "site_to_site": { … } } } ], "l2tp_server": { … } }` */
function vpnPolicies(file: string, node: JsonNode): readonly Statement[] {
  if (node.kind !== 'object') return flat(file, 'vpn', node, ['vpn']);
  return node.members.flatMap(({ name, value }) => {
    if (name === 'l2tp_server') return [singleOf(file, `vpn.${name}`, value, ['vpn', wordOf(name)])];
    if (name !== 'policy' || value.kind !== 'list')
      return flat(file, `vpn.${name}`, value, ['vpn', wordOf(name)]);
    return value.items.flatMap((item, at) => {
      const path = `vpn.policy[${at}]`;
      const ipv4 = item.kind === 'object' ? item.members.find((each) => FAMILIES.has(each.name)) : undefined;
      const [kind] = ipv4?.value.kind === 'object' ? ipv4.value.members : [];
      if (ipv4 === undefined || kind === undefined) return flat(file, path, item, ['vpn', 'policy']);
      const inside = `${path}.${ipv4.name}.${kind.name}`;
      return [singleOf(file, inside, kind.value, ['vpn', 'policy', wordOf(kind.name)])];
    });
  });
}

/** `{ "local": { "user": [ … ], "group": [ … ] }, "radius": { "server": [ … ] } }` */
function userBlocks(file: string, node: JsonNode): readonly Statement[] {
  if (node.kind !== 'object') return flat(file, 'user', node, ['user']);
  return node.members.flatMap(({ name, value }) => {
    const path = `user.${name}`;
    const words = ['user', wordOf(name)];
    if (name !== 'local' || value.kind !== 'object') return [withItems(file, path, value, words)];
    const body = value.members.flatMap((member) =>
      member.value.kind === 'list'
        ? itemsOf(file, `${path}.${member.name}`, member.value, [wordOf(member.name)])
        : flat(file, `${path}.${member.name}`, member.value, [wordOf(member.name)]),
    );
    return [{ words, negated: false, body, location: { file, line: value.line, key: path } }];
  });
}

/** `{ "server": { "port": 4433, "access": [ { "zone": "WAN", "enable": true } ] } }`, or what is in the server alone. */
function sslVpnBlocks(file: string, node: JsonNode): readonly Statement[] {
  const members = node.kind === 'object' ? node.members : [];
  if (!members.some(({ name }) => SSL_VPN_PARTS.has(name)))
    return [withItems(file, ...unwrapped('ssl_vpn', node), ['ssl-vpn', 'server'])];
  return members.flatMap(({ name, value }) =>
    name === 'server'
      ? [withItems(file, 'ssl_vpn.server', value, ['ssl-vpn', 'server'])]
      : flat(file, `ssl_vpn.${name}`, value, ['ssl-vpn', wordOf(name)]),
  );
}

const SSL_VPN_PARTS: ReadonlySet<string> = new Set(['server', 'profile', 'portal', 'virtual_office']);

/**
 * `{ "syslog": { "server": [ … ] } }`, empty where there is none. The general settings are an answer of their own,
 * which does not say whether there are servers.
 */
function logBlocks(file: string, node: JsonNode): readonly Statement[] {
  if (node.kind !== 'object') return flat(file, 'log', node, ['log']);
  return node.members.flatMap(({ name, value }) => {
    const path = `log.${name}`;
    const members = value.kind === 'object' ? value.members : [];
    const servers = members.length === 0 || members.some((member) => member.name === 'server');
    return name === 'syslog' && servers
      ? [withItems(file, path, value, ['log', 'syslog'])]
      : flat(file, path, value, ['log', `${wordOf(name)}-settings`]);
  });
}

/** `{ "monitoring": { "interface": [ { "ipv4": { "name": "X0", "primary": … } } ] } }` */
function unitBlocks(file: string, node: JsonNode): readonly Statement[] {
  const path = 'high_availability';
  const monitoring =
    node.kind === 'object' ? node.members.find(({ name }) => name === 'monitoring') : undefined;
  const inside = monitoring?.value.kind === 'object' ? monitoring.value.members : [];
  const units = inside.filter(({ name }) => name === 'interface');
  if (units.length === 0) return flat(file, path, node, ['high-availability']);
  const body = units.flatMap(({ value }) =>
    itemsOf(file, `${path}.monitoring.interface`, value, ['monitoring']),
  );
  return [
    { words: ['high-availability'], negated: false, body, location: { file, line: node.line, key: path } },
  ];
}

/** A block in which each item of a list is a block of its own, as deep as lists stand in lists of one block. */
function withItems(file: string, path: string, node: JsonNode, words: readonly string[]): Statement {
  if (node.kind !== 'object') return singleOf(file, path, node, words);
  const body = node.members.flatMap(({ name, value }) => {
    const below = `${path}.${name}`;
    const blocks = value.kind === 'list' && value.items.every(({ kind }) => kind === 'object');
    return blocks
      ? value.items.map((item, at) => withItems(file, `${below}[${at}]`, item, [wordOf(name)]))
      : flat(file, below, value, [wordOf(name)]);
  });
  return { words, negated: false, body, location: { file, line: node.line, key: path } };
}

/** One statement a leaf: the names above it and its value; true says the name alone, false its negation. */
function flat(file: string, path: string, node: JsonNode, words: readonly string[]): readonly Statement[] {
  if (node.kind === 'object') {
    return node.members.flatMap(({ name, value }) =>
      flat(file, `${path}.${name}`, value, [...words, wordOf(name)]),
    );
  }
  if (node.kind === 'list') {
    return node.items.flatMap((item, at) => flat(file, `${path}[${at}]`, item, words));
  }
  const location: Location = { file, line: node.line, key: path };
  const { value } = node;
  if (value === true) return [{ words, negated: false, body: [], location }];
  if (value === false || value === null) return [{ words, negated: true, body: [], location }];
  return [{ words: [...words, String(value)], negated: false, body: [], location }];
}

/** The API joins words with underscores, the command line with hyphens. */
function wordOf(name: string): string {
  return name.replaceAll('_', '-');
}
