import { TextDecoder } from 'node:util';
import type { Capture } from '../../model/capture.js';
import type { Coverage, Diagnostic, Limit } from '../../model/coverage.js';
import type { FirewallConfig } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { NatRule } from '../../model/policy.js';
import type { Parsed } from '../platform.js';
import { createDiagnosticLog } from '../shared/diagnostic-log.js';
import { refused } from '../shared/refused.js';
import type { XmlElement } from '../shared/xml.js';
import { parseXml } from '../shared/xml.js';
import { AddressBook } from './addresses.js';
import { readAdministrators, readManagers } from './administration.js';
import { readAliases } from './aliases.js';
import { at, children, isSet, locationOf, nameOf, value } from './config-tree.js';
import { learnsRoutes, readRoutes } from './gateways.js';
import type { InterfaceBook } from './interfaces.js';
import { readInterfaces } from './interfaces.js';
import type { ClassifiedElement } from './keywords.js';
import { classify, coverageOf } from './keywords.js';
import { readListeners, readOffers } from './listeners.js';
import { loopbackOf } from './loopback.js';
import { readNat } from './nat.js';
import { isOn, toPolicies } from './policies.js';
import { leadsOut, policyRoutes } from './policy-routes.js';
import type { Reading } from './reading.js';
import type { RuleContext } from './rules.js';
import { readRules } from './rules.js';
import { readSecrets } from './secrets.js';
import { ServiceBook } from './services.js';
import { readSettings } from './settings.js';
import { bogonsObject } from './system-aliases.js';
import { idleTabs, readTunnels, readVpnTabs, readWireGuard } from './vpn.js';

/** What no config.xml can show, whatever it holds. */
const LIMITS: readonly Limit[] = [
  {
    id: 'pfsense-package-rules-not-in-file',
    message: 'Packages and UPnP clients add rules while the appliance runs: a config.xml does not hold them.',
  },
  {
    id: 'pfsense-downloaded-lists-not-in-file',
    message: 'Lists that aliases fetch (URLs, countries, feeds, host names) are taken as any address.',
  },
  {
    id: 'pfsense-files-beside-configuration-not-in-file',
    message: 'Start-up scripts, cron files and SSH keys outside config.xml are not in a backup.',
  },
  {
    id: 'pfsense-package-services-not-followed',
    message:
      'Packages that listen on ports of their own (ntopng, Squid, FreeRADIUS, NUT) are not followed, but for those by which the appliance is administered, and relays to hosts that are known by their address.',
  },
  {
    id: 'pfsense-openvpn-networks-not-followed',
    message:
      'Which addresses come out of OpenVPN, L2TP, GIF and GRE is not followed: any is taken, as far as the rules of the interface or tab let it in.',
  },
];

/** Reads one configuration into one device, or says in one line why it cannot. Never throws. */
export function parseConfiguration(capture: Capture): Parsed {
  const { file } = capture;
  if (capture.bytes.length === 0) return refused(file, 'empty-input', 'the file is empty');
  const text = textOf(capture.bytes);
  if (isEncrypted(text)) {
    const hint = 'export it again with "Encrypt this configuration file" unticked';
    return refused(file, 'unsupported-format', 'this backup is encrypted', { hint });
  }
  const result = parseXml(text);
  if (result.ok) {
    const trouble = result.doctype ? ENTITIES : null;
    return fromRoot(
      file,
      text,
      result.root,
      trouble === null ? [] : [{ ...trouble, location: { file, line: 1 } }],
    );
  }
  const location = { file, line: result.line };
  const where = `line ${result.line}, column ${result.column}`;
  if (result.cut === null) {
    return refused(file, 'unreadable-input', `this is not well-formed XML: ${result.message} (${where})`, {
      location,
    });
  }
  const message = `the file is cut off: ${result.message} (${where})`;
  return fromRoot(file, text, result.cut, [
    { code: 'truncated', message, location, incomplete: true, hint: 'export it again and compare its size' },
  ]);
}

const ENTITIES: Diagnostic = {
  code: 'malformed-value',
  message: 'the file has a document type, which may declare entities: they are not expanded',
  incomplete: true,
};

/** UTF-8, or Latin-1 where that fails: every byte then has a character. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** An encrypted backup is base64 between two lines that name what it was. */
export function isEncrypted(text: string): boolean {
  return /^\s*-{4} BEGIN config\.xml -{4}/.test(text);
}

function fromRoot(file: string, text: string, root: XmlElement, diagnostics: readonly Diagnostic[]): Parsed {
  if (nameOf(root) !== 'pfsense') {
    return refused(file, 'unrecognised-input', 'this XML is not a configuration of pfSense');
  }
  const log = createDiagnosticLog();
  const reading: Reading = { root, file, log };
  const elements = classify(root);
  noteRepeated(elements, reading);
  const device = normalise(reading);
  const coverage = coverageOf(file, lineCount(text), elements);
  return {
    devices: [device],
    coverage: [coverage],
    diagnostics: [...diagnostics, ...log.list(), ...unclassified(coverage)],
    limits: LIMITS,
  };
}

/** How many lines a text has; what follows the last line break is one only if it is not empty. */
function lineCount(text: string): number {
  const breaks = text.split('\n').length - 1;
  return text.endsWith('\n') ? breaks : breaks + 1;
}

/** Elements that pfSense keeps as lists, of those that are read. Any other stands once, or not at all. */
const LISTS: ReadonlySet<string> = new Set(
  `alias authserver bridged ca cert cmd config dnsserver dyndns earlyshellcmd gateway_group gateway_item gif gre group ifgroupentry item
   lbpool mobilekey member npt onetoone openvpn-client openvpn-server package phase1 phase2 ppp pppoe priv route row
   rule schedule servers shellcmd sshkeyfile tunnel user vip virtual_server wgpeer`.split(/\s+/),
);

function noteRepeated(elements: readonly ClassifiedElement[], { file, log }: Reading): void {
  const read = new Set(
    elements.filter(({ keyword }) => keyword.kind === 'read').map(({ element }) => element),
  );
  for (const element of read) {
    const seen = new Set<string>();
    for (const below of element.children) {
      const name = nameOf(below);
      if (seen.has(name) && !LISTS.has(name) && read.has(below)) {
        const trouble = 'an element stands twice where pfSense takes one: the first is read';
        log.note('duplicate-key', trouble, locationOf(below, file));
      }
      seen.add(name);
    }
  }
}

function normalise(reading: Reading): FirewallConfig {
  const { root, file } = reading;
  const wireGuard = readWireGuard(reading);
  const interfaces = readInterfaces(reading, readVpnTabs(reading, wireGuard));
  const aliases = readAliases(reading);
  const addresses = new AddressBook(interfaces, aliases, file);
  const services = new ServiceBook(aliases, file);
  const offers = readOffers(reading);
  const context = { ...reading, interfaces, addresses, services, offers, rows: interfaces.rows };
  const rules = readRules({ ...context, ...namesOf(reading, interfaces) });
  const cidrsOf = (name: string) => aliases.addressesOf(name)?.toCidrs() ?? null;
  const routes = readRoutes(reading, interfaces.rows, cidrsOf);
  const nat = readNat(context);
  const policies = toPolicies({ ...context, rules, routes, passes: nat.passes, relayed: nat.relayed });
  noteSilence(reading, rules.length);
  return {
    id: value(at(root, 'system'), 'hostname') || 'pfsense',
    platform: 'pfsense',
    product: null,
    firmware: null,
    serial: null,
    zones: [],
    interfaces: [...interfaces.all, ...loopbackOf(reading, (name) => aliases.addressesOf(name))],
    routes: [...routes, ...policyRoutes(root, rules, interfaces.rows, cidrsOf)],
    addressObjects: [...addresses.objects(), bogonsObject(locationOf(root, file))],
    serviceObjects: services.objects(),
    policies,
    defaults: [],
    natRules: isSet(at(root, 'system'), 'disablefilter') ? nat.rules.map(switchedOff) : nat.rules,
    listeners: readListeners(reading, interfaces, offers, wireGuard),
    administrators: readAdministrators(reading),
    tunnels: readTunnels(reading, wireGuard, interfaces.rows),
    managers: readManagers(reading),
    settings: readSettings(reading),
    secrets: readSecrets(reading),
    location: locationOf(at(root, 'system') ?? root, file),
    ...(learnsRoutes(reading) ? { silence: { routes: true } } : {}),
  };
}

/** What rules call interfaces and gateways. */
function namesOf(
  reading: Reading,
  interfaces: InterfaceBook,
): Pick<RuleContext, 'hasInterface' | 'isInside' | 'isLost' | 'leadsOut' | 'tabOf'> {
  const names = new Map(interfaces.rows.map((row) => [row.key, row.interface.name]));
  return {
    hasInterface: (key) => names.has(key) || interfaces.groups.has(key),
    isInside: (keys) =>
      interfaces.rows.every((row) => row.interface.role.value === 'trusted' || !isOn(row, keys)),
    isLost: lostKeys(reading, interfaces),
    leadsOut: (gateway) => leadsOut(reading.root, interfaces.rows, gateway),
    tabOf: (name) => names.get(name.toLowerCase()) ?? name,
  };
}

/** What no interface of the file belongs to, but somebody may come in by: groups that packages fill included. */
function lostKeys({ root }: Reading, { rows }: InterfaceBook): (key: string) => boolean {
  const held = rows.flatMap((row) => [row.key, ...row.groups]);
  const known = new Set([...held, ...idleTabs(root, new Set(held))]);
  return (key) => !known.has(key);
}

/** Without packet filtering there is no translation either. */
function switchedOff(rule: NatRule): NatRule {
  return { ...rule, enabled: false };
}

/** A whole configuration has a system, interfaces and rules; a part of one does not tell who gets in. */
function noteSilence({ root, file, log }: Reading, rules: number): void {
  for (const name of ['system', 'interfaces'] as const) {
    if ((at(root, name)?.children.length ?? 0) > 0) continue;
    log.note('missing-value', `the file holds no <${name}>: it is not a whole configuration`, {
      file,
      line: 1,
    });
  }
  if (rules > 0 || children(root, 'filter').length > 0) return;
  log.note('missing-value', 'the file holds no access rules', { file, line: 1 });
}

function unclassified(coverage: Coverage): readonly Diagnostic[] {
  const sections = new Map<string, { lines: number; families: number; name: string; location: Location }>();
  for (const { section, count, name, location } of coverage.unknownFamilies) {
    if (section === 'other') continue;
    const before = sections.get(section) ?? { lines: 0, families: 0, name, location };
    sections.set(section, { ...before, lines: before.lines + count, families: before.families + 1 });
  }
  return [...sections].map(([section, { lines, families, name, location }]) => ({
    code: 'unclassified',
    message: `${lines} lines of ${families} unknown elements in ${section}, such as <${name}>`,
    location,
    incomplete: true,
  }));
}
