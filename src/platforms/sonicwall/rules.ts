import type { Origin } from '../../model/location.js';
import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { AccessRule, Action, Condition, Policy } from '../../model/policy.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { AddressBook } from './address-objects.js';
import type { Column, KeyReader, Value } from './key-reader.js';
import { type FamilyMark, RULE_FIELDS, type RuleField } from './read-families.js';
import type { ServiceBook } from './service-objects.js';
import { integer, isOn, originOf } from './values.js';

/** One access rule with the pair of zones it stands in; null is every zone. */
export interface RuleRow {
  readonly rule: AccessRule;
  readonly from: string | null;
  readonly to: string | null;
  readonly priority: number | null;
}

/** What a rule's names are looked up in. */
export interface RuleContext {
  readonly reader: KeyReader;
  readonly addresses: AddressBook;
  readonly services: ServiceBook;
  /** Interface names by `iface_ifnum`. */
  readonly interfaces: ReadonlyMap<number, string>;
  readonly log: DiagnosticLog;
}

/** A rule while it is read: its fields, and what could not be made sure of. */
interface Draft {
  readonly context: RuleContext;
  readonly mark: FamilyMark;
  readonly index: number;
  readonly approximate: string[];
  readonly columns: RuleColumns;
}

type RuleColumns = Readonly<Record<RuleField, Column>>;

/** Fields that every version writes for every rule: wherever one stands, there is a rule. */
const DECISIVE = ['Action', 'SrcZone', 'DstZone', 'SrcNet', 'DstNet', 'DstSvc', 'Enabled'] as const;

/** Reads the rules of both address families, each in the order of its index. */
export function readRules(context: RuleContext): readonly RuleRow[] {
  const { reader } = context;
  return (['', 'V6'] as const).flatMap((mark) => {
    const columns = Object.fromEntries(
      RULE_FIELDS.map((field) => [field, reader.column(`policy${field}${mark}_N`)]),
    ) as RuleColumns;
    return reader
      .indices(...DECISIVE.map((field) => `policy${field}${mark}_N` as const))
      .map((index) => readRule({ context, mark, index, columns, approximate: [] }));
  });
}

function readRule(draft: Draft): RuleRow {
  const { context, mark, index, columns, approximate } = draft;
  const from = zoneOf(draft, 'SrcZone', 'source zone');
  const to = zoneOf(draft, 'DstZone', 'destination zone');
  const source = sideOf(draft, 'SrcNet', 'source');
  const destination = sideOf(draft, 'DstNet', 'destination');
  const service = serviceOf(draft);
  const origin = ruleOrigin(draft, source, destination, service);
  const name = `${from ?? 'any'} to ${to ?? 'any'}${mark === 'V6' ? ' IPv6' : ''} ${index}`;
  const management = isOn(columns.Management.text(index));
  const rule: AccessRule = {
    name,
    number: index,
    enabled: enabledOf(draft),
    action: actionOf(draft),
    family: mark === 'V6' ? 'ipv6' : 'ipv4',
    source,
    destination,
    service,
    inInterfaces: interfaceOf(draft, 'SrcIf', 'source interface'),
    outInterfaces: interfaceOf(draft, 'DstIf', 'destination interface'),
    conditions: conditionsOf(draft),
    origin,
    purpose: purposeOf(draft, origin),
    comment: columns.Comment.text(index) || null,
    logged: isOn(columns.Log.text(index)),
    ...(management === null ? {} : { management }),
    created: timeOf(columns.TimeCreated.text(index)),
    updated: timeOf(columns.TimeUpdated.text(index)),
    lastUsed: timeOf(columns.TimeLastHit.text(index)),
    approximate,
    location: context.reader.locate(`policyAction${mark}_N`, index),
  };
  return { rule, from, to, priority: integer(columns.Priority.text(index)) };
}

function textOf({ columns, index }: Draft, field: RuleField): string | undefined {
  return columns[field].text(index);
}

function placedOf({ columns, index }: Draft, field: RuleField): Value | undefined {
  return columns[field].at(index);
}

/** Says that a value is absent or not understood, and that the rule is taken at its widest. */
function doubt(draft: Draft, field: RuleField, what: string, taken: string): void {
  const value = placedOf(draft, field);
  const { log, reader } = draft.context;
  const location = value?.location ?? reader.locate(`policy${field}${draft.mark}_N`, draft.index);
  const trouble = value === undefined ? 'is not in the file' : 'cannot be read';
  log.note(
    value === undefined ? 'missing-value' : 'malformed-value',
    `the ${what} of an access rule ${trouble}: taken as ${taken}`,
    location,
  );
  draft.approximate.push(`its ${what} ${trouble}: taken as ${taken}`);
}

/** A field that came with a later version: absent everywhere it is its default, absent here it is missing. */
function later(draft: Draft, field: RuleField, what: string, taken: string): string | undefined {
  const value = textOf(draft, field);
  if (value === undefined && draft.context.reader.has(`policy${field}${draft.mark}_N`)) {
    doubt(draft, field, what, taken);
  }
  return value;
}

function zoneOf(draft: Draft, field: 'SrcZone' | 'DstZone', what: string): string | null {
  const zone = textOf(draft, field);
  if (zone === undefined || zone === '') {
    doubt(draft, field, what, 'every zone');
    return null;
  }
  if (zone.toLowerCase() !== 'any') return zone;
  draft.approximate.push(`its ${what} is any: its place among the rules of two zones is not known`);
  return null;
}

function enabledOf(draft: Draft): boolean {
  const enabled = isOn(textOf(draft, 'Enabled'));
  if (enabled === null) doubt(draft, 'Enabled', 'switch', 'on');
  return enabled ?? true;
}

/** 2 permits, 0 denies, 1 discards. */
function actionOf(draft: Draft): Action {
  const action = textOf(draft, 'Action');
  if (action === '0' || action === '1') return { kind: 'deny' };
  if (action !== '2') doubt(draft, 'Action', 'action', 'allow');
  return { kind: 'permit' };
}

function sideOf(draft: Draft, field: 'SrcNet' | 'DstNet', what: string): AddressMatch {
  const value = placedOf(draft, field);
  if (value === undefined) {
    doubt(draft, field, what, 'any');
    return { any: true, objects: [], negated: false };
  }
  const { location } = value;
  if (value.text === '') return { any: true, objects: [], negated: false, location };
  const objects = draft.context.addresses.resolve(value.text, draft.mark === 'V6' ? 'ipv6' : 'ipv4');
  return { any: false, objects, negated: false, location };
}

function serviceOf(draft: Draft): ServiceMatch {
  const value = placedOf(draft, 'DstSvc');
  if (value === undefined) doubt(draft, 'DstSvc', 'service', 'any');
  const from = later(draft, 'SrcSvc', 'source service', 'any') ?? '';
  const location = value === undefined ? {} : { location: value.location };
  const name = value?.text ?? '';
  const plain: ServiceMatch =
    name === ''
      ? { any: true, objects: [], negated: false, ...location }
      : { any: false, objects: [name], negated: false, ...location };
  if (from === '') return plain;
  const { services } = draft.context;
  const wanted = name === '' ? ServiceSet.ALL : services.setOf(name);
  const sources = services.setOf(from);
  if (wanted === null || sources === null) {
    draft.approximate.push('its source ports are not known: taken as any');
    return plain;
  }
  return {
    any: false,
    objects: [],
    literal: wanted.intersect(bySourcePort(sources)),
    negated: false,
    ...location,
  };
}

/** A service named as the source of a rule: its ports are those that packets come from. */
function bySourcePort(services: ServiceSet): ServiceSet {
  return ServiceSet.unionOf(
    services
      .protocols()
      .map((protocol) =>
        ServiceSet.of(protocol, PortSet.ALL, portsOrAll(services.destinationPorts(protocol))),
      ),
  );
}

function portsOrAll(ports: PortSet): PortSet {
  return ports.isEmpty() ? PortSet.ALL : ports;
}

const ANY_INTERFACE: ReadonlySet<string> = new Set(['', '-1', '4294967295']);

function interfaceOf(draft: Draft, field: 'SrcIf' | 'DstIf', what: string): readonly string[] | null {
  const value = later(draft, field, what, 'any');
  if (value === undefined || ANY_INTERFACE.has(value)) return null;
  const name = draft.context.interfaces.get(integer(value) ?? -1);
  if (name !== undefined) return [name];
  doubt(draft, field, what, 'any');
  return null;
}

function conditionsOf(draft: Draft): readonly Condition[] {
  const conditions: Condition[] = [];
  const schedule = later(draft, 'Time', 'schedule', 'always') ?? '';
  if (schedule !== '') conditions.push({ kind: 'schedule', description: `only during "${schedule}"` });
  const users = later(draft, 'Whom', 'user condition', 'everybody') ?? '0';
  if (users !== '0' && users !== '')
    conditions.push({ kind: 'users', description: `only for users ${users}` });
  const without = later(draft, 'WhomExcl', 'user exception', 'nobody') ?? '0';
  if (without !== '0' && without !== '') {
    conditions.push({ kind: 'users', description: `not for users ${without}` });
  }
  return conditions;
}

function timeOf(text: string | undefined): number | null {
  return integer(text) || null;
}

/** Masks of the last rule of a pair of zones: 0 and 1, with or without a bit of 5.9. */
const CATCH_ALL_MASKS: ReadonlySet<string> = new Set(['0', '1', '1073741824', '1073741825']);

/**
 * Who made the rule. The mask says, never the comment: a person can write any comment. The rule that
 * ends a pair of zones is marked as such since 6.1, before that by its automatic priority; it counts
 * as implied only while it still says Any on every side.
 */
function ruleOrigin(
  draft: Draft,
  source: AddressMatch,
  destination: AddressMatch,
  service: ServiceMatch,
): Origin {
  const mask = textOf(draft, 'Props');
  const everything = source.any && destination.any && service.any;
  if (everything && CATCH_ALL_MASKS.has(mask ?? '')) {
    const mark = textOf(draft, 'DefaultRule');
    if (mark === '2') return 'implied';
    if (mark === undefined && textOf(draft, 'PriType') === '1') return 'implied';
    if (mark === undefined && mask !== '0') return 'implied';
  }
  return originOf(mask);
}

/** The appliance's own words for its automatic rules. */
const PURPOSES: readonly (readonly [RegExp, string])[] = [
  [/^Auto-added management rule$/, 'management'],
  [/^Auto-added GMS rule$/, 'gms'],
  [/^Auto added for VPN enabled management via this SA/, 'vpn-management'],
  [/^Auto-added (?:in|out)bound IKE rule$/, 'ike'],
  [/^Auto added for (?:in|out)bound SSL VPN Traffic$/, 'ssl-vpn'],
  [/^Auto added for (?:in|out)bound VPN/, 'vpn'],
  [/^Auto-added Interface Trust rule$/, 'interface-trust'],
  [/^Auto generated Multicast Policy/, 'multicast'],
];

/** What the mask tells when the comment is not the appliance's own. */
const MASK_PURPOSES: ReadonlyMap<string, string> = new Map([
  ['6159', 'vpn'],
  ['16777213', 'vpn-management'],
  ['2063', 'ssl-vpn'],
]);
const INTERFACE_MASKS: ReadonlySet<string> = new Set(['4093', '16773117']);

function purposeOf(draft: Draft, origin: Origin): string | null {
  if (origin === 'implied') return 'catch-all';
  if (origin !== 'automatic') return null;
  const comment = textOf(draft, 'Comment') ?? '';
  const stated = PURPOSES.find(([words]) => words.test(comment));
  if (stated !== undefined) return stated[1];
  const mask = textOf(draft, 'Props') ?? '';
  if (!INTERFACE_MASKS.has(mask)) return MASK_PURPOSES.get(mask) ?? null;
  return textOf(draft, 'DstSvc')?.startsWith('IKE') === true ? 'ike' : 'management';
}

/** One policy a pair of zones and address family. Rules for every zone come first: see README.md. */
export function toPolicies(rows: readonly RuleRow[]): readonly Policy[] {
  const pairs = new Map<string, RuleRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.from, row.to, row.rule.family]);
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, [row]);
    else pair.push(row);
  }
  const policies = [...pairs.values()].map(toPolicy);
  const general = (policy: Policy): boolean => policy.applies?.from === null || policy.applies?.to === null;
  return [...policies.filter(general), ...policies.filter((policy) => !general(policy))];
}

function toPolicy(rows: readonly RuleRow[]): Policy {
  const [first] = rows;
  const from = first?.from ?? null;
  const to = first?.to ?? null;
  const suffix = first?.rule.family === 'ipv6' ? ' (IPv6)' : '';
  return {
    name: `${from ?? 'any'} to ${to ?? 'any'}${suffix}`,
    applies: { from: from === null ? null : [from], to: to === null ? null : [to], covers: 'both' },
    ...familyOf(rows),
    stage: 1,
    sees: { address: 'original', port: 'original' },
    rules: inOrder(rows).map(({ rule }) => rule),
    default: { action: 'deny', source: 'SonicOS drops what no access rule between the two zones admits' },
  };
}

/** Rules of the two families stand apart, but for those that the export only implies. */
function familyOf(rows: readonly RuleRow[]): Pick<Policy, 'family'> {
  const family = rows[0]?.rule.family;
  return family === undefined || family === 'both' ? {} : { family };
}

/** By priority where every rule of the pair has one, else by index. */
function inOrder(rows: readonly RuleRow[]): readonly RuleRow[] {
  if (rows.some(({ priority }) => priority === null)) return rows;
  return [...rows].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || a.rule.number - b.rule.number);
}
