import type { Diagnostic } from '../model/coverage.js';
import type { Entry } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { Location } from '../model/location.js';
import type { AccessRule, NatRule, Policy } from '../model/policy.js';
import type { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import { chainOf, selfStages } from './candidates.js';
import { findEntries, type RoleOverrides } from './entries.js';
import { type Direction, stagesOf } from './flow-rules.js';
import { type Ground, groundOf } from './ground.js';
import { translate } from './nat.js';
import type { Packet } from './packet.js';
import { exitsOf } from './routing.js';
import { matchTarget, type SelfTarget, selfTargets } from './targets.js';

/** What became of one packet. `perhaps`: the file leaves a doubt, and the steps say which. */
export type Verdict = 'permitted' | 'denied' | 'perhaps';

export interface TraceStep {
  readonly kind: 'entry' | 'nat' | 'target' | 'policy' | 'rule' | 'default' | 'listener';
  /** What happens here, in words. */
  readonly text: string;
  /** For a rule: whether it matched, and if not, what of it did not fit. */
  readonly matched: 'yes' | 'perhaps' | 'no' | null;
  readonly location: Location | null;
}

export interface Trace {
  readonly device: string;
  readonly packet: string;
  readonly entry: string;
  readonly verdict: Verdict;
  readonly steps: readonly TraceStep[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The packet at one point of its way. */
interface Traveller {
  readonly source: IpSet;
  readonly original: { readonly destination: IpSet; readonly service: ServiceSet };
  readonly current: { readonly destination: IpSet; readonly service: ServiceSet };
}

/**
 * Follows one packet through a device, one trace an entry by which it could come in.
 *
 * @param wanted the name of an entry or of one of its interfaces; null: every entry
 */
export function trace(
  config: FirewallConfig,
  overrides: RoleOverrides,
  packet: Packet,
  wanted: string | null,
): readonly Trace[] {
  const ground = groundOf(config);
  const entries = findEntries(config, overrides)
    .filter((entry) => wanted === null || entry.name === wanted || entry.interfaces.includes(wanted))
    .map((entry) =>
      entry.interfaces.includes(wanted ?? '') ? { ...entry, interfaces: [wanted ?? ''] } : entry,
    );
  return entries.map((entry) => traceFrom(ground, entry, packet));
}

function traceFrom(ground: Ground, entry: Entry, packet: Packet): Trace {
  const steps: TraceStep[] = [
    step(
      'entry',
      `comes in from ${entry.name}${listed(entry.interfaces)}: ${entry.role.value}, ${entry.role.evidence}`,
      {
        location: entry.location,
      },
    ),
  ];
  const traveller = natStep(ground, entry, packet, steps);
  const verdict = travel(ground, entry, traveller, steps);
  return {
    device: ground.config.id,
    packet: packet.text,
    entry: entry.name,
    verdict,
    steps,
    diagnostics: ground.resolver.diagnostics(),
  };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

/** The first NAT rule that takes the packet; what it makes of it. */
function natStep(ground: Ground, entry: Entry, packet: Packet, steps: TraceStep[]): Traveller {
  const original = { destination: packet.destination, service: packet.service };
  const whole = PacketSet.of(packet.source, packet.destination, packet.service);
  const { translations } = translate(ground.config.natRules, ground.resolver, entry, whole);
  const [first] = translations;
  if (first === undefined) return { source: packet.source, original, current: original };
  const current = {
    destination: first.destinations ?? packet.destination,
    service: first.services ?? packet.service,
  };
  steps.push(
    step(
      'nat',
      `${natText(first.rule)}: becomes ${current.destination.toCidrs().join(', ')} ${current.service.toTexts().join(', ')}`,
      {
        location: first.rule.location,
      },
    ),
  );
  return { source: packet.source, original, current };
}

function natText(rule: NatRule): string {
  return rule.comment === null ? rule.name : `${rule.name} (${rule.comment})`;
}

function travel(ground: Ground, entry: Entry, traveller: Traveller, steps: TraceStep[]): Verdict {
  const { config } = ground;
  const self = selfFor(ground, entry, traveller.current.destination);
  if (self !== null || config.silence?.addresses === true) {
    steps.push(
      step(
        'target',
        self === null
          ? 'any address may be the appliance’s own: taken as itself'
          : `${self.target.dynamic === null ? 'is' : 'may be'} ${self.interface.name} of the appliance itself`,
        {
          location: self?.interface.location ?? config.location,
        },
      ),
    );
    const verdict = decide(ground, { entry, exit: null, self }, traveller, steps);
    return self === null || verdict === 'denied' ? verdict : listen(ground, self, traveller, verdict, steps);
  }
  const exit = exitsOf(config, entry).find((each) =>
    each.destinations.contains(traveller.current.destination),
  );
  if (exit === undefined) {
    steps.push(step('target', 'is neither the appliance itself nor anything that it routes to inside', {}));
    return 'denied';
  }
  steps.push(step('target', `leaves by ${exit.zone ?? ''}${listed(exit.interfaces)}`.trim(), {}));
  return decide(ground, { entry, exit, self: null }, traveller, steps);
}

/** The appliance's own address that this is; an address that nobody has may be one that it got by DHCP. */
function selfFor({ config, known }: Ground, entry: Entry, destination: IpSet): SelfTarget | null {
  const targets = selfTargets(config);
  const exact = targets.find((each) => each.target.addresses.equals(destination));
  if (exact !== undefined) return exact;
  if (known.overlaps(destination)) return null;
  const family = familyOf(destination);
  const moving = (each: SelfTarget) =>
    each.target.dynamic !== null && each.family === family && entry.interfaces.includes(each.interface.name);
  return targets.find(moving) ?? null;
}

interface Way extends Direction {
  readonly self: SelfTarget | null;
}

/** Every stage has to permit. */
function decide(ground: Ground, way: Way, traveller: Traveller, steps: TraceStep[]): Verdict {
  const { entry, self } = way;
  const stages = self === null ? stagesOf(ground.config, way) : selfStages(ground.config, entry, self);
  if (stages.length === 0) return byTable(ground, way, steps);
  let verdict: Verdict = 'permitted';
  for (const policies of stages) {
    const stage = throughStage(ground, policies, way, traveller, steps);
    if (stage === 'denied') return 'denied';
    if (stage === 'perhaps') verdict = 'perhaps';
  }
  return verdict;
}

function byTable(ground: Ground, { entry }: Way, steps: TraceStep[]): Verdict {
  const row = ground.config.defaults.find((each) => each.from === '*' || each.from === entry.role.value);
  steps.push(
    step(
      'default',
      `no policy is written for this way: ${row?.action ?? 'deny'} (${row?.source ?? 'no default is known'})`,
      {},
    ),
  );
  return row?.action === 'permit' ? 'permitted' : 'denied';
}

function throughStage(
  ground: Ground,
  policies: readonly Policy[],
  way: Way,
  traveller: Traveller,
  steps: TraceStep[],
): Verdict {
  let doubt = false;
  const here = policies.filter(
    (policy) => policy.family === undefined || policy.family === familyOf(traveller.source),
  );
  for (const policy of here) {
    steps.push(step('policy', `policy ${policy.name}`, {}));
    const outcome = throughPolicy(ground, policy, way, traveller, steps, []);
    if (outcome === 'permitted' || outcome === 'denied')
      return doubt && outcome === 'denied' ? 'perhaps' : outcome;
    if (outcome === 'perhaps') doubt = true;
  }
  const last = here.at(-1);
  const permits = last?.default.action === 'permit';
  steps.push(
    step('default', `no rule decides: ${permits ? 'permit' : 'deny'} (${last?.default.source ?? ''})`, {}),
  );
  return permits ? 'permitted' : doubt ? 'perhaps' : 'denied';
}

/** What one policy says; null: nothing. `perhaps`: a rule may permit, and none below it is certain. */
function throughPolicy(
  ground: Ground,
  policy: Policy,
  way: Way,
  traveller: Traveller,
  steps: TraceStep[],
  above: readonly string[],
): Verdict | null {
  let doubt: Verdict | null = null;
  for (const rule of policy.rules) {
    const { matched, why } = matchPacket(ground, rule, policy, way, traveller);
    const action = rule.action.kind;
    const words =
      matched === 'no'
        ? `does not match: ${why}`
        : matched === 'perhaps'
          ? `${action}, perhaps: ${why}`
          : action;
    steps.push(step('rule', `${rule.name}: ${words}`, { matched, location: rule.location }));
    if (matched === 'no') continue;
    if (action === 'return' && matched === 'yes') return doubt;
    const outcome = consequence(ground, rule, policy, way, traveller, steps, above);
    if (outcome === null) continue;
    if (matched === 'yes' && outcome !== 'perhaps')
      return doubt !== null && outcome === 'denied' ? 'perhaps' : outcome;
    if (outcome !== 'denied') doubt = 'perhaps';
    if (matched === 'yes' && action === 'goto') return doubt;
  }
  return doubt;
}

function consequence(
  ground: Ground,
  rule: AccessRule,
  policy: Policy,
  way: Way,
  traveller: Traveller,
  steps: TraceStep[],
  above: readonly string[],
): Verdict | null {
  if (rule.action.kind === 'permit') return 'permitted';
  if (rule.action.kind === 'deny') return 'denied';
  const chain = [...above, policy.name];
  const next = chainOf(rule.action, ground.policies, chain);
  return next === null ? null : throughPolicy(ground, next, way, traveller, steps, chain);
}

interface Matched {
  readonly matched: 'yes' | 'perhaps' | 'no';
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
  if (!rule.enabled) return { matched: 'no', why: 'disabled' };
  const seen = {
    destination: traveller[policy.sees.address === 'original' ? 'original' : 'current'].destination,
    service: traveller[policy.sees.port === 'original' ? 'original' : 'current'].service,
  };
  const family = familyOf(seen.destination);
  if (rule.family !== 'both' && rule.family !== family) return { matched: 'no', why: `for ${rule.family}` };
  if (!passesBy(rule.inInterfaces, way.entry.interfaces))
    return { matched: 'no', why: 'another interface in' };
  if (!passesBy(rule.outInterfaces, way.exit?.interfaces ?? []))
    return { matched: 'no', why: 'another interface out' };
  const source = resolver.addresses(rule.source, rule.location);
  const destination = resolver.addresses(rule.destination, rule.location);
  const service = resolver.services(rule.service, rule.location);
  if (!source.may.contains(traveller.source)) return { matched: 'no', why: 'another source' };
  const aims = way.self === null ? null : matchTarget(destination, way.self, ground.known);
  if (aims === null ? !destination.may.contains(seen.destination) : aims === 'no') {
    return { matched: 'no', why: 'another destination' };
  }
  if (!service.may.contains(seen.service)) return { matched: 'no', why: 'another service' };
  const doubts = [
    ...rule.conditions.map((condition) => condition.description),
    ...rule.approximate,
    ...(source.must.contains(traveller.source) ? [] : source.approximate),
    ...(aims === 'possible' ? ['the address of the interface is not in the file'] : []),
    ...(aims !== null || destination.must.contains(seen.destination) ? [] : destination.approximate),
    ...(service.must.contains(seen.service) ? [] : service.approximate),
  ];
  return doubts.length === 0 ? { matched: 'yes', why: '' } : { matched: 'perhaps', why: doubts.join('; ') };
}

function familyOf(addresses: IpSet): 'ipv4' | 'ipv6' {
  return addresses.ipv4().isEmpty() ? 'ipv6' : 'ipv4';
}

function passesBy(asked: readonly string[] | null, by: readonly string[]): boolean {
  return asked === null || asked.some((name) => by.includes(name));
}

/** Whether the appliance itself answers. */
function listen(
  ground: Ground,
  self: SelfTarget,
  traveller: Traveller,
  verdict: Verdict,
  steps: TraceStep[],
): Verdict {
  const listener = ground.config.listeners.find(
    (each) =>
      each.services.overlaps(traveller.current.service) &&
      (each.interfaces === null || each.interfaces.includes(self.interface.name)) &&
      (each.addresses === null || each.addresses.contains(traveller.current.destination)),
  );
  if (listener === undefined) {
    steps.push(step('listener', 'nothing that the file tells of listens there', {}));
    return ground.config.silence?.listeners === true ? 'perhaps' : 'denied';
  }
  const accepted =
    listener.sources === null || ground.resolver.addresses(listener.sources).may.contains(traveller.source);
  steps.push(
    step('listener', `${listener.name} ${accepted ? 'answers' : 'does not accept this source'}`, {
      location: listener.location,
    }),
  );
  return accepted ? verdict : 'denied';
}

function step(
  kind: TraceStep['kind'],
  text: string,
  { matched = null, location = null }: { matched?: TraceStep['matched']; location?: Location | null },
): TraceStep {
  return { kind, text, matched, location };
}
