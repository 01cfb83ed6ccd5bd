import type { Origin } from '../../model/location.js';
import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { NatRule } from '../../model/policy.js';
import type { Value } from './key-reader.js';
import type { FamilyMark, NatField } from './read-families.js';
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
    const rows = context.reader
      .indices(...DECISIVE.map((field) => `natPolicy${field}${mark}_N` as const))
      .map((index) => readNatRule(context, mark, index));
    const ordered = rows.every(({ priority }) => priority !== null)
      ? [...rows].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0) || a.rule.number - b.rule.number)
      : rows;
    return ordered.map(({ rule }) => rule);
  });
}

function readNatRule(context: RuleContext, mark: FamilyMark, index: number): NatRow {
  const { reader, log } = context;
  const family = mark === 'V6' ? 'ipv6' : 'ipv4';
  const at = (field: NatField): Value | undefined => reader.at(`natPolicy${field}${mark}_N`, index);
  const location = reader.locate(`natPolicyOrigDst${mark}_N`, index);
  if (DECISIVE.some((field) => at(field) === undefined)) {
    log.note('missing-value', 'a NAT policy lacks one of its sides: taken as any or original', location);
  }
  const address = (field: NatField): AddressMatch => {
    const text = at(field)?.text ?? '';
    if (text === '') return { any: true, objects: [], negated: false };
    return { any: false, objects: context.addresses.resolve(text, family), negated: false };
  };
  const service = (field: NatField): ServiceMatch => {
    const text = at(field)?.text ?? '';
    return { any: text === '', objects: text === '' ? [] : [text], negated: false };
  };
  const rule: NatRule = {
    name: `NAT${mark === 'V6' ? ' IPv6' : ''} ${index}`,
    number: index,
    enabled: isOn(at('Enabled')) ?? true,
    family,
    inInterfaces: interfaceOf(context, at('SrcIface')),
    outInterfaces: interfaceOf(context, at('DstIface')),
    source: address('OrigSrc'),
    destination: address('OrigDst'),
    service: service('OrigSvc'),
    // '' in a translated field is Original: nothing changes.
    translatedSource: at('TransSrc')?.text ? address('TransSrc') : null,
    translatedDestination: at('TransDst')?.text ? address('TransDst') : null,
    translatedService: at('TransSvc')?.text ? service('TransSvc') : null,
    origin: natOrigin(at('NonDeletable')),
    comment: at('Comment')?.text || null,
    location,
  };
  return { rule, priority: integer(at('Priority')?.text) };
}

/** Policies that cannot be deleted are the appliance's own. */
function natOrigin(nonDeletable: Value | undefined): Origin {
  const fixed = isOn(nonDeletable);
  return fixed === null ? 'unknown' : fixed ? 'automatic' : 'user';
}

/** -1 is any; a number that no interface has is taken as any too. */
function interfaceOf(context: RuleContext, value: Value | undefined): readonly string[] | null {
  const number = integer(value?.text);
  if (number === null) return null;
  const name = context.interfaces.get(number);
  return name === undefined ? null : [name];
}
