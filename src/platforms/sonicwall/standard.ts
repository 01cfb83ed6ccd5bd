import type { Capture } from '../../model/capture.js';
import type { Limit } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';
import { maskToPrefix } from '../../sets/ip-set.js';
import type { Parsed } from '../platform.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { ExpDocument } from './exp.js';
import { createKeyReader, type Value } from './key-reader.js';
import { createKeySink, type KeySink } from './key-sink.js';
import { coverageOf, type KeyClass } from './keys.js';
import { normalise, unclassified } from './normalise.js';
import { PairList } from './pairs.js';
import { putAddress, putService } from './printed-objects.js';

/**
 * SonicOS Standard (PRO series, TZ 170 and before): no zones and no objects, rules between interfaces with
 * addresses written into them. What the keys are called is known from nipper-ng alone, the one public parser.
 */

const LIMITS: readonly Limit[] = [
  {
    id: 'sonicwall-standard-keys-from-one-source',
    message:
      'Exports of SonicOS Standard are read as far as one public source knows their keys: access rules, services and the LAN address. Everything else is passed over.',
  },
  {
    id: 'sonicwall-standard-management-not-read',
    message:
      'Where administration, VPN and NAT are switched on is not known for SonicOS Standard: only what access rules admit is shown. Look at Management and VPN on the appliance.',
  },
  {
    id: 'sonicwall-standard-order-not-known',
    message: 'How rules of SonicOS Standard rank is not established: permits are taken before denials.',
  },
];

const READ: readonly (readonly [string, KeyClass['section']])[] = [
  ['prefs_ruleAction_N', 'access-rules'],
  ['prefs_ruleEnabled_N', 'access-rules'],
  ['prefs_ruleSrcEnet_N', 'access-rules'],
  ['prefs_ruleDstEnet_N', 'access-rules'],
  ['prefs_ruleSrcBegin_N', 'access-rules'],
  ['prefs_ruleSrcEnd_N', 'access-rules'],
  ['prefs_ruleDstBegin_N', 'access-rules'],
  ['prefs_ruleDstEnd_N', 'access-rules'],
  ['prefs_ruleSvcID_N', 'access-rules'],
  ['serviceNameInRule_N', 'access-rules'],
  ['ruleComment_N', 'access-rules'],
  ['prefs_svcName_N', 'objects'],
  ['prefs_svcIPType_N', 'objects'],
  ['prefs_svcPortNum_N', 'objects'],
  ['prefs_svcPortEnd_N', 'objects'],
  ['ipAddr', 'interfaces'],
  ['ipSubnetMask', 'interfaces'],
  ['httpMgmtPort', 'administration'],
  ['httpsMgmtPort', 'administration'],
];

/** Families that only this generation has, beside those of `keys.tsv`. */
const CLASSES: ReadonlyMap<string, KeyClass> = new Map([
  ...READ.map(([family, section]): [string, KeyClass] => [family, { kind: 'read', section, reason: '-' }]),
  ['prefs_ruleAllowFrags_N', { kind: 'ignored', section: 'access-rules', reason: 'narrows-only' }],
]);

/** Whether an export is of this generation. */
export function isStandard({ pairs }: ExpDocument): boolean {
  return pairs.family('prefs_ruleAction_N').count > 0;
}

type Look = (family: string, index?: number) => Value | undefined;

/** Reads an export of SonicOS Standard into one device. */
export function parseStandard(capture: Capture, document: ExpDocument, log: DiagnosticLog): Parsed {
  const { file } = capture;
  const { pairs } = document;
  const look: Look = (family, index) => pairs.family(family).at(index ?? null);
  const indices = pairs.family('prefs_ruleAction_N').indices();
  const sink = createKeySink();
  const implied = new Set<string>();
  putIdentity(sink, look);
  putServices(sink, look, pairs, implied, { file, line: 1 });
  putRules(sink, look, indices, implied);
  putInterfaces(sink, look, indices);
  const device = normalise(createKeyReader(PairList.of(file, sink.entries())), log, 'written');
  const coverage = coverageOf(pairs, CLASSES);
  return {
    devices: [
      {
        ...device,
        addressObjects: device.addressObjects.map((object) => ({ ...object, origin: 'implied' })),
        serviceObjects: device.serviceObjects.map((object) =>
          implied.has(object.name) ? { ...object, origin: 'implied' } : object,
        ),
      },
    ],
    coverage: [coverage],
    diagnostics: [...log.list(), ...unclassified(coverage)],
    limits: LIMITS,
  };
}

function putIdentity(sink: KeySink, look: Look): void {
  for (const family of ['buildNum', 'shortProdName', 'firewallName', 'serialNumber'] as const) {
    const cell = look(family);
    if (cell !== undefined) sink.put(family, null, cell.text, cell.location);
  }
}

/** Services of the file, and the appliance's own web pages at the ports that it gives them. */
function putServices(
  sink: KeySink,
  look: Look,
  pairs: PairList,
  implied: Set<string>,
  start: Location,
): void {
  const seen = new Set<string>();
  const names = pairs.family('prefs_svcName_N');
  for (const index of names.indices()) {
    const name = names.at(index);
    if (name === undefined || seen.has(name.text)) continue;
    seen.add(name.text);
    const protocol = look('prefs_svcIPType_N', index)?.text ?? '';
    const first = look('prefs_svcPortNum_N', index)?.text ?? '';
    const last = look('prefs_svcPortEnd_N', index)?.text ?? first;
    const at = sink.next('svcObj');
    sink.put('svcObjId_N', at, name.text, name.location);
    sink.put('svcObjType_N', at, '1', name.location);
    sink.put('svcObjIpType_N', at, protocol, name.location);
    sink.put('svcObjPort1_N', at, first, name.location);
    sink.put('svcObjPort2_N', at, last, name.location);
  }
  const own = [
    ['HTTPS Management', 'httpsMgmtPort', '443'],
    ['HTTP Management', 'httpMgmtPort', '80'],
  ] as const;
  for (const [name, family, factory] of own) {
    if (seen.has(name)) continue;
    const cell = look(family);
    const port = cell !== undefined && /^\d{1,5}$/.test(cell.text) ? cell.text : factory;
    implied.add(name);
    putService(sink, { text: name, location: cell?.location ?? start }, ['TCP', port, port]);
  }
}

/** Names that stand for every service. */
const ANY_SERVICE: ReadonlySet<string> = new Set(['', '*', 'any', 'default', 'all']);

function putRules(sink: KeySink, look: Look, indices: readonly number[], implied: Set<string>): void {
  for (const index of indices) {
    const at = (family: string) => look(family, index);
    const action = at('prefs_ruleAction_N');
    if (action === undefined) continue;
    const { location } = action;
    const word = action.text.toLowerCase();
    const permits = word === 'allow' || word === '2';
    const denies = ['deny', 'discard', '0', '1'].includes(word);
    const put = (field: Parameters<KeySink['put']>[0], text: string) =>
      sink.put(field, index, text, location);
    put('policyAction_N', permits ? '2' : denies ? '0' : action.text);
    put('policyEnabled_N', isSwitchedOff(at('prefs_ruleEnabled_N')?.text) ? '0' : '1');
    put('policySrcZone_N', placeOf(at('prefs_ruleSrcEnet_N')));
    put('policyDstZone_N', placeOf(at('prefs_ruleDstEnet_N')));
    put('policySrcNet_N', addressesOf(sink, implied, at('prefs_ruleSrcBegin_N'), at('prefs_ruleSrcEnd_N')));
    put('policyDstNet_N', addressesOf(sink, implied, at('prefs_ruleDstBegin_N'), at('prefs_ruleDstEnd_N')));
    put('policyDstSvc_N', serviceOf(look, index));
    put('policyComment_N', at('ruleComment_N')?.text ?? '');
    put('policyProps_N', '0');
    put('policyPriority_N', String((denies ? 1_000_000 : 0) + index));
  }
}

/** The name in the rule, else that of the service with this number; '' is every service. */
function serviceOf(look: Look, index: number): string {
  const name = look('serviceNameInRule_N', index)?.text;
  if (name !== undefined && name !== '') return ANY_SERVICE.has(name.toLowerCase()) ? '' : name;
  const id = look('prefs_ruleSvcID_N', index)?.text ?? '';
  const number = /^\d{1,6}$/.test(id) ? Number(id) : null;
  return number === null ? '' : (look('prefs_svcName_N', number)?.text ?? '');
}

function isSwitchedOff(text: string | undefined): boolean {
  return text === '0' || text === 'off';
}

/** `*` is every interface. */
function placeOf(cell: Value | undefined): string {
  const text = cell?.text ?? '';
  return text === '*' || text === '' ? 'any' : text;
}

const UNSET = '0.0.0.0';

/** '' is Any; an address or range becomes an object that no file holds as such. */
function addressesOf(
  sink: KeySink,
  implied: Set<string>,
  first: Value | undefined,
  last: Value | undefined,
): string {
  if (first === undefined || first.text === UNSET || first.text === '' || first.text === '*') return '';
  const end = last === undefined || last.text === UNSET || last.text === '' ? first.text : last.text;
  const name = end === first.text ? first.text : `${first.text}-${end}`;
  if (!implied.has(name)) {
    implied.add(name);
    const kind = end === first.text ? 'host' : 'range';
    const value = { kind, first: first.text, second: end, location: first.location } as const;
    putAddress(sink, false, { text: name, location: first.location }, '', value);
  }
  return name;
}

const ROLES: ReadonlyMap<string, string> = new Map([
  ['WAN', '0'],
  ['LAN', '1'],
  ['DMZ', '2'],
  ['OPT', '2'],
  ['WLAN', '4'],
]);

/** Interfaces as far as rules name them: the WAN's address is in no key that is known. */
function putInterfaces(sink: KeySink, look: Look, indices: readonly number[]): void {
  const places = new Map<string, Location>();
  for (const index of indices) {
    for (const family of ['prefs_ruleSrcEnet_N', 'prefs_ruleDstEnet_N']) {
      const cell = look(family, index);
      if (cell !== undefined && placeOf(cell) !== 'any' && !places.has(cell.text)) {
        places.set(cell.text, cell.location);
      }
    }
  }
  for (const [name, location] of places) {
    const zone = sink.next('zone');
    sink.put('zoneObjId_N', zone, name, location);
    sink.put('zoneObjZoneType_N', zone, ROLES.get(name) ?? 'not known', location);
    const index = sink.next('iface');
    sink.put('iface_ifnum_N', index, String(index), location);
    sink.put('iface_name_N', index, name, location);
    sink.put('interface_Zone_N', index, name, location);
    const address = name === 'LAN' ? look('ipAddr') : undefined;
    const mask = look('ipSubnetMask')?.text ?? '';
    const known = address !== undefined && maskToPrefix(mask) !== null;
    sink.put('iface_type_N', index, known ? '6' : 'not in the file', location);
    if (!known) continue;
    sink.put('iface_lan_ip_N', index, address.text, address.location);
    sink.put('iface_lan_mask_N', index, mask, address.location);
  }
}
