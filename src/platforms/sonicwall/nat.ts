import type { Origin } from '../../model/location.js';
import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { NatRule } from '../../model/policy.js';
import type { Column } from './key-reader.js';
import { type FamilyMark, NAT_FIELDS, type NatField } from './read-families.js';
import type { RuleContext } from './rules.js';
import { integer, isOn } from './values.js';

interface NatRow {
  readonly rule: NatRule;
  readonly priority: number | null;
}

const DECISIVE = ['OrigSrc', 'OrigDst', 'OrigSvc', 'TransSrc', 'TransDst', 'TransSvc'] as const;

/** NAT policies in the order of evaluation, IPv4 before IPv6. */
export function readNatRules(context: RuleContext): readonly NatRule[] {
  return (['', 'V6'] as const).flatMap((mark) => {
    const columns = Object.fromEntries(
      NAT_FIELDS.map((field) => [field, context.reader.column(`natPolicy${field}${mark}_N`)]),
    ) as NatColumns;
    const rows = context.reader
      .indices(...DECISIVE.map((field) => `natPolicy${field}${mark}_N` as const))
      .map((index) => readNatRule(context, mark, index, columns));
    const ordered = rows.every(({ priority }) => priority !== null)
      ? [...rows].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || a.rule.number - b.rule.number)
      : rows;
    return ordered.map(({ rule }) => rule);
  });
}

type NatColumns = Readonly<Record<NatField, Column>>;

function readNatRule(context: RuleContext, mark: FamilyMark, index: number, columns: NatColumns): NatRow {
  const { reader, log } = context;
  const family = mark === 'V6' ? 'ipv6' : 'ipv4';
  const text = (field: NatField): string | undefined => columns[field].text(index);
  const location = reader.locate(`natPolicyOrigDst${mark}_N`, index);
  if (DECISIVE.some((field) => text(field) === undefined)) {
    log.note('missing-value', 'a NAT policy lacks one of its sides: taken as any or original', location);
  }
  // "Create a reflexive policy" writes a second one, and no real export keeps the tick [C: 0 of 509]. The way back of a
  // changed source leads inside.
  if (isOn(text('Reflexive')) === true && text('TransSrc')) {
    log.note('unclassified', 'a NAT policy is reflexive: its way back is not followed', location);
  }
  const address = (field: NatField): AddressMatch => {
    const name = text(field) ?? '';
    if (name === '') return { any: true, objects: [], negated: false };
    return { any: false, objects: context.addresses.resolve(name, family), negated: false };
  };
  const service = (field: NatField): ServiceMatch => {
    const name = text(field) ?? '';
    return { any: name === '', objects: name === '' ? [] : [name], negated: false };
  };
  const rule: NatRule = {
    name: `NAT${mark === 'V6' ? ' IPv6' : ''} ${index}`,
    number: index,
    enabled: isOn(text('Enabled')) ?? true,
    family,
    inInterfaces: interfaceOf(context, text('SrcIface')),
    outInterfaces: interfaceOf(context, text('DstIface')),
    source: address('OrigSrc'),
    destination: address('OrigDst'),
    service: service('OrigSvc'),
    // '' in a translated field is Original: nothing changes.
    translatedSource: text('TransSrc') ? address('TransSrc') : null,
    translatedDestination: text('TransDst') ? address('TransDst') : null,
    translatedService: text('TransSvc') ? service('TransSvc') : null,
    origin: natOrigin(text('NonDeletable')),
    comment: text('Comment') || null,
    location,
  };
  return { rule, priority: integer(text('Priority')) };
}

/** Policies that cannot be deleted are the appliance's own. */
function natOrigin(nonDeletable: string | undefined): Origin {
  const fixed = isOn(nonDeletable);
  return fixed === null ? 'unknown' : fixed ? 'automatic' : 'user';
}

/** -1 is any; a number that no interface has is taken as any too. */
function interfaceOf(context: RuleContext, value: string | undefined): readonly string[] | null {
  const number = integer(value);
  if (number === null) return null;
  const name = context.interfaces.get(number);
  return name === undefined ? null : [name];
}
