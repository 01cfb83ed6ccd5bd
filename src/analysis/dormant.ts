import type { DormantDoor, DormantReason, Entry, Target, TunnelEnd } from '../model/exposure.js';
import type { AddressMatch, ServiceMatch } from '../model/objects.js';
import type { AccessRule, Listener, Policy } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { digestOf } from '../text/digest.js';
import { isLessTrusted } from './entries.js';
import type { Ground } from './ground.js';
import { aboutRule, listenerStep, rulePath } from './path.js';
import { hears } from './reach.js';
import type { ResolvedAddresses } from './resolve.js';
import { originsOf } from './stages.js';
import type { SelfTarget } from './targets.js';
import { matchTarget } from './targets.js';
import { sendsFamily } from './tunnel-entries.js';

/**
 * The rules that would open the appliance's own services to an entry but admit nobody today. Each
 * rule is judged by itself: what stands above it may change before it is woken.
 */
export function findDormant(
  ground: Ground,
  entry: Entry,
  targets: readonly SelfTarget[],
): readonly DormantDoor[] {
  const from = new Set(originsOf(entry));
  const doors = ground.config.policies.flatMap((policy) => {
    if (policy.applies === null || policy.applies.covers === 'transit') return [];
    const here = policy.applies.from === null || policy.applies.from.some((name) => from.has(name));
    if (!here) return [];
    const rules = policy.rules.filter(
      entry.tunnel !== undefined ? isFor(entry, entry.tunnel) : isLessTrusted(entry) ? isWritten : () => true,
    );
    return rules.flatMap((rule) => dormantRule(ground, entry, targets, policy, rule));
  });
  return entry.tunnel !== undefined && entry.interfaces.length === 0 ? onePerService(doors) : doors;
}

/**
 * The rules of a zone of tunnels that say something of one of them: to a tunnel that is off, those for it
 * alone. Whatever else sleeps there would sleep with every one of them.
 */
function isFor({ interfaces }: Entry, { from }: TunnelEnd): (rule: AccessRule) => boolean {
  return ({ inInterfaces }) => {
    if (inInterfaces === null) return interfaces.length > 0;
    return inInterfaces.some((name) => from.includes(name));
  };
}

/** What the appliance keeps by itself for a zone of one's own sleeps as long as nobody ticks a box. */
function isWritten({ origin }: AccessRule): boolean {
  return origin === 'user' || origin === 'unknown';
}

/** One switch wakes a tunnel: which of its addresses it then opens makes no difference. */
function onePerService(doors: readonly DormantDoor[]): readonly DormantDoor[] {
  const chosen = new Map<string, DormantDoor>();
  for (const door of doors) {
    const before = chosen.get(door.service.id);
    if (before === undefined || door.reasons.length < before.reasons.length)
      chosen.set(door.service.id, door);
  }
  return [...chosen.values()];
}

/** Each rule of a zone of tunnels sleeps once, with the first of them, and not with every one. */
export function asleepOnce(doors: readonly DormantDoor[]): readonly DormantDoor[] {
  const seen = new Set<string>();
  return doors.filter(({ entry, policy, number, service, path }) => {
    if (entry.tunnel === undefined || entry.interfaces.length === 0) return true;
    const key = JSON.stringify([policy, number, path[0]?.name, service.id]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function dormantRule(
  ground: Ground,
  entry: Entry,
  targets: readonly SelfTarget[],
  policy: Policy,
  rule: AccessRule,
): readonly DormantDoor[] {
  if (rule.action.kind !== 'permit' || rule.transitOnly === true) return [];
  if (!sendsFamily(entry, rule.family)) return [];
  const source = ground.resolver.addresses(rule.source, rule.location);
  const destination = ground.resolver.addresses(rule.destination, rule.location);
  const asleep: DormantReason[] = [];
  if (!rule.enabled) asleep.push(rule.lapsed === true ? 'lapsed' : 'disabled');
  if (namesNothing(source)) asleep.push('empty-source');
  if (entry.interfaces.length === 0) {
    asleep.push(entry.tunnel === undefined ? 'interface-down' : 'tunnel-off');
  }
  if (asleep.length === 0 && destination.addressless.size === 0 && !namesNothing(destination)) return [];
  const aim = aimOf(ground, targets, policy, rule, destination);
  if (aim === null) return [];
  const reasons = [...aim.reasons, ...asleep];
  if (reasons.length === 0) return [];
  // Behind a tunnel, rules for interfaces without an address are the rest of what the appliance made.
  if (entry.tunnel !== undefined && asleep.length === 0) return [];
  return ground.config.listeners.flatMap((listener) => {
    if (!hears(listener, entry) || !concerns(ground, rule, listener, aim.target)) return [];
    return [dormantDoor(ground, entry, policy, rule, listener, aim, reasons, source)];
  });
}

function namesNothing({ may, dynamic }: ResolvedAddresses): boolean {
  return may.isEmpty() && dynamic.size === 0;
}

interface Aim {
  readonly target: Target;
  readonly self: SelfTarget | null;
  readonly reasons: readonly DormantReason[];
}

/** What of the appliance a rule aims at; null when it aims elsewhere. */
function aimOf(
  ground: Ground,
  targets: readonly SelfTarget[],
  policy: Policy,
  rule: AccessRule,
  destination: ResolvedAddresses,
): Aim | null {
  const hit = targets.filter(
    (self) =>
      (rule.family === 'both' || rule.family === self.family) &&
      inPolicy(policy, self) &&
      matchTarget(destination, self, ground.known) !== 'no',
  );
  const [first] = hit;
  if (first !== undefined) {
    const interfaces = [...new Set(hit.flatMap((self) => self.target.interfaces))];
    const addresses = IpSet.unionOf(hit.map((self) => self.target.addresses));
    const dynamic = hit.find((self) => self.target.dynamic !== null)?.target.dynamic ?? null;
    return { target: { kind: 'self', addresses, dynamic, interfaces }, self: first, reasons: [] };
  }
  if (destination.addressless.size > 0) {
    return { target: emptyTarget([...destination.addressless]), self: null, reasons: ['no-address'] };
  }
  // An empty destination names nothing of the appliance, but a rule for one of its own services
  // that stands where such rules stand would open it as soon as the group is filled.
  if (!namesNothing(destination) || rule.service.any) return null;
  return { target: emptyTarget([]), self: null, reasons: ['empty-destination'] };
}

function emptyTarget(interfaces: readonly string[]): Target {
  return { kind: 'self', addresses: IpSet.EMPTY, dynamic: null, interfaces };
}

function inPolicy(policy: Policy, self: SelfTarget): boolean {
  const to = policy.applies?.to ?? null;
  if (to === null) return true;
  return (
    to.includes(self.interface.name) || (self.interface.zone !== null && to.includes(self.interface.zone))
  );
}

function concerns(ground: Ground, rule: AccessRule, listener: Listener, target: Target): boolean {
  const services = ground.resolver.services(rule.service).may;
  if (!services.overlaps(listener.services)) return false;
  if (listener.interfaces === null || target.interfaces.length === 0) return true;
  return target.interfaces.some((name) => listener.interfaces?.includes(name));
}

function dormantDoor(
  ground: Ground,
  entry: Entry,
  policy: Policy,
  rule: AccessRule,
  listener: Listener,
  aim: Aim,
  reasons: readonly DormantReason[],
  source: ResolvedAddresses,
): DormantDoor {
  const { resolver, config, known } = ground;
  const { self } = aim;
  const goal = {
    sources: IpSet.ALL,
    services: listener.services,
    concerns: (destination: ResolvedAddresses) =>
      self === null || matchTarget(destination, self, known) !== 'no',
  };
  const subject = [
    sideLabel(ground, rule.source),
    sideLabel(ground, rule.destination),
    sideLabel(ground, rule.service),
  ].join(' > ');
  const identity = [config.id, entry.name, subject, listener.service, ...reasons].join('\n');
  return {
    key: digestOf(`dormant\n${identity}`, 16),
    device: config.id,
    entry,
    target: aim.target,
    service: {
      id: listener.service,
      protocol: listener.services.toTexts()[0]?.split('/')[0] ?? 'any',
      ports: listener.services
        .protocols()
        .flatMap((protocol) => listener.services.destinationPorts(protocol).toRanges()),
    },
    sources: source.may,
    reasons,
    subject,
    path: [...rulePath(rule, policy, resolver, goal), listenerStep(listener)],
    ...aboutRule(rule, policy),
  };
}

function sideLabel(ground: Ground, match: AddressMatch | ServiceMatch): string {
  if (match.any && match.objects.length === 0) return 'Any';
  const { resolver } = ground;
  const labels = match.objects.map(
    (name) => resolver.addressObject(name)?.label ?? resolver.serviceObject(name)?.label ?? name,
  );
  const all = [...labels, ...(match.literal?.toJSON() ?? [])];
  return match.negated ? `not ${all.join(', ')}` : all.join(', ');
}
