import type { Location } from '../model/location.js';
import type { AccessRule, Policy } from '../model/policy.js';
import type { IpSet } from '../sets/ip-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import { type Were, wereAsked } from './before-nat.js';
import { chainOf } from './candidates.js';
import type { Ground } from './ground.js';
import { withStandIns } from './rule-packets.js';
import type { Direction } from './stages.js';
import { matchTarget, type SelfTarget } from './targets.js';

export interface TraceStep {
  readonly kind: 'entry' | 'nat' | 'target' | 'policy' | 'rule' | 'default' | 'listener';
  /** What happens here, in words. */
  readonly text: string;
  /** For a rule: whether it matched, and if not, what of it did not fit. */
  readonly matched: 'yes' | 'perhaps' | 'no' | null;
  readonly location: Location | null;
}

/** The packet at one point of its way. What NAT made of it may be one of several. */
export interface Traveller {
  readonly source: IpSet;
  readonly original: { readonly destination: IpSet; readonly service: ServiceSet };
  readonly current: { readonly destination: IpSet; readonly service: ServiceSet };
  /** It goes to the appliance itself, whatever else has its destination. */
  readonly toSelf: boolean;
}

/** From where to where; no exit: to the appliance itself, at `self` where its address is known. */
export interface Way extends Direction {
  readonly self: SelfTarget | null;
}

/** What may become of the packet. More than one is possible where the file leaves a doubt. */
export interface Outcome {
  readonly permitted: boolean;
  readonly denied: boolean;
  /** Nothing is decided, and the packet goes on behind this place. */
  readonly open: boolean;
}

interface RuleOutcome extends Outcome {
  /** It leaves the policy undecided. */
  readonly returned: boolean;
}

const NEITHER: RuleOutcome = { permitted: false, denied: false, open: false, returned: false };

/** Rules that a packet is followed through: chains that jump to the next one twice double them with every step. */
const MAX_STEPS = 200_000;

const NOT_FOLLOWED = `not followed: more than ${MAX_STEPS} rules on the way; it may do anything`;

/** What may come of one policy: first match, over all that every rule may do and surely does. */
export function throughPolicy(
  ground: Ground,
  policy: Policy,
  way: Way,
  traveller: Traveller,
  steps: TraceStep[],
  above: readonly string[] = [],
): Outcome {
  let permitted = false;
  let denied = false;
  let returned = false;
  for (const rule of policy.rules) {
    const { matched, why } = matchPacket(ground, rule, policy, way, traveller);
    const action = rule.action.kind;
    const words =
      matched === 'no'
        ? `does not match: ${why}`
        : matched === 'perhaps'
          ? `${action}, perhaps: ${why}`
          : action;
    steps.push({ kind: 'rule', text: `${rule.name}: ${words}`, matched, location: rule.location });
    if (matched === 'no') continue;
    const outcome = consequence(ground, rule, policy, way, traveller, steps, above);
    permitted ||= outcome.permitted;
    denied ||= outcome.denied;
    returned ||= outcome.returned;
    if (matched === 'yes' && !outcome.open) return { permitted, denied, open: returned };
  }
  return { permitted, denied, open: true };
}

function consequence(
  ground: Ground,
  rule: AccessRule,
  policy: Policy,
  way: Way,
  traveller: Traveller,
  steps: TraceStep[],
  above: readonly string[],
): RuleOutcome {
  switch (rule.action.kind) {
    case 'permit':
      return { ...NEITHER, permitted: true };
    case 'deny':
      return { ...NEITHER, denied: true };
    case 'return':
      return { ...NEITHER, returned: true };
    case 'continue':
      return { ...NEITHER, open: true };
    default: {
      const chain = [...above, policy.name];
      const next = chainOf(rule.action, ground.policies, chain);
      if (next === null) return { ...NEITHER, open: true };
      if (steps.length >= MAX_STEPS) {
        steps.push({ kind: 'policy', text: NOT_FOLLOWED, matched: 'perhaps', location: rule.location });
        return { permitted: true, denied: true, open: true, returned: false };
      }
      // A chain that several jump to has no view of its own: before NAT and behind it, it sees what the one above sees.
      const asSeen = next.sees === policy.sees ? next : { ...next, sees: policy.sees };
      const inner = throughPolicy(ground, asSeen, way, traveller, steps, chain);
      return rule.action.kind === 'jump'
        ? { ...inner, returned: false }
        : { ...inner, open: false, returned: inner.open };
    }
  }
}

type Passes = 'yes' | 'perhaps' | 'no';

interface Matched {
  readonly matched: Passes;
  readonly why: string;
}

/** Whether a rule matches, and which side of it does not, in the order in which people read rules. */
function matchPacket(
  ground: Ground,
  rule: AccessRule,
  policy: Policy,
  way: Way,
  traveller: Traveller,
): Matched {
  const { resolver } = ground;
  if (!rule.enabled) return { matched: 'no', why: rule.lapsed === true ? 'its time is over' : 'disabled' };
  const seen = {
    destination: traveller[policy.sees.address === 'original' ? 'original' : 'current'].destination,
    service: traveller[policy.sees.port === 'original' ? 'original' : 'current'].service,
  };
  if (rule.family !== 'both' && rule.family !== familyOf(seen.destination)) {
    return { matched: 'no', why: `for ${rule.family}` };
  }
  if (rule.transitOnly === true && way.exit === null) {
    return { matched: 'no', why: 'not for the appliance itself' };
  }
  const [comesIn, leaves] = passing(rule, way);
  if (comesIn === 'no') return { matched: 'no', why: 'another interface in' };
  if (leaves === 'no') return { matched: 'no', why: 'another interface out' };
  const source = resolver.addresses(rule.source, rule.location);
  const destination = withStandIns(resolver.addresses(rule.destination, rule.location), ground.config);
  const service = resolver.services(rule.service, rule.location);
  if (!source.may.overlaps(traveller.source)) return { matched: 'no', why: 'another source' };
  const aims =
    way.self === null || !seen.destination.equals(traveller.current.destination)
      ? null
      : matchTarget(destination, way.self, ground.known);
  if (aims === null ? !destination.may.overlaps(seen.destination) : aims === 'no') {
    return { matched: 'no', why: 'another destination' };
  }
  if (!service.may.overlaps(seen.service)) return { matched: 'no', why: 'another service' };
  if (wereBefore(rule, traveller) === 'none') return { matched: 'no', why: 'not what it was before NAT' };
  const doubts = [
    ...(comesIn === 'perhaps' ? [`only by ${rule.inInterfaces?.join(', ')}`] : []),
    ...(leaves === 'perhaps' ? [`only out by ${rule.outInterfaces?.join(', ')}`] : []),
    ...rule.conditions.map((condition) => condition.description),
    ...(wereBefore(rule, traveller) === 'some' ? ['what it was before NAT'] : []),
    ...rule.approximate,
    ...(source.must.contains(traveller.source) ? [] : reasons(source.approximate, 'some sources')),
    ...(aims === 'possible' ? ['the address of the interface is not in the file'] : []),
    ...(aims !== null || destination.must.contains(seen.destination)
      ? []
      : reasons(destination.approximate, 'some of the destinations that it may have become')),
    ...(service.must.contains(seen.service)
      ? []
      : reasons(service.approximate, 'some of the services that it may have become')),
  ];
  return doubts.length === 0 ? { matched: 'yes', why: '' } : { matched: 'perhaps', why: doubts.join('; ') };
}

/** Whether a packet comes in, and leaves, where a rule asks. */
function passing(rule: AccessRule, { entry, exit, self }: Way): readonly [Passes, Passes] {
  // What is for the appliance itself leaves by no interface; some platforms name the target's own there.
  const by = exit?.interfaces ?? self?.target.interfaces ?? [];
  return [passesBy(rule.inInterfaces, entry.interfaces), passesBy(rule.outInterfaces, by)];
}

function wereBefore({ beforeNat }: AccessRule, { original, current, toSelf }: Traveller): Were {
  if (beforeNat === undefined) return 'all';
  const { destination, service } = original;
  const moved = toSelf || !destination.equals(current.destination) || !service.equals(current.service);
  if (beforeNat.translated !== undefined && beforeNat.translated !== moved) return 'none';
  const asked = { ...beforeNat, translated: true };
  return wereAsked([asked], { originalDestinations: destination, originalServices: service });
}

function reasons(known: readonly string[], otherwise: string): readonly string[] {
  return known.length === 0 ? [`only ${otherwise}`] : known;
}

export function familyOf(addresses: IpSet): 'ipv4' | 'ipv6' {
  return addresses.ipv4().isEmpty() ? 'ipv6' : 'ipv4';
}

/** Whether a packet passes by an interface that is asked for; perhaps, where it may pass by several. */
function passesBy(asked: readonly string[] | null, by: readonly string[]): Passes {
  if (asked === null) return 'yes';
  const passing = by.filter((name) => asked.includes(name)).length;
  if (passing === 0) return 'no';
  return passing === by.length ? 'yes' : 'perhaps';
}
