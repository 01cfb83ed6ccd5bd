import type { Diagnostic } from '../model/coverage.js';
import type { Entry } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { Location } from '../model/location.js';
import type { Policy } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { findEntries, isNamed, type RoleOverrides } from './entries.js';
import { familyAddresses } from './family.js';
import { type Ground, groundOf } from './ground.js';
import { type Translation, translate } from './nat.js';
import type { Packet } from './packet.js';
import { renumber } from './passage.js';
import { cidrText } from './path.js';
import { hears } from './reach.js';
import { exitsOf } from './routing.js';
import { selfStages, stagesOf } from './stages.js';
import { standInsFor } from './stand-in.js';
import { type SelfTarget, selfTargets } from './targets.js';
import { familyOf, type TraceStep, type Traveller, throughPolicy, type Way } from './trace-policy.js';
import { waysIn } from './ways-in.js';

export type { TraceStep } from './trace-policy.js';

/** What became of one packet. `perhaps`: the file leaves a doubt, and the steps say which. */
export type Verdict = 'permitted' | 'denied' | 'perhaps';

export interface Trace {
  readonly device: string;
  readonly packet: string;
  readonly entry: string;
  readonly verdict: Verdict;
  readonly steps: readonly TraceStep[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Follows one packet through a device, one trace an entry by which it could come in.
 *
 * @param wanted the name of an entry, of one of its interfaces, or of the zone that a tunnel ends in; null: every
 *   entry, but of tunnels, and of zones trusted less than inside, only those that such a packet is known to come
 *   out of
 */
export function trace(
  config: FirewallConfig,
  overrides: RoleOverrides,
  packet: Packet,
  wanted: string | null,
): readonly Trace[] {
  const ground = groundOf(config);
  const entries = findEntries(config, overrides)
    .filter((entry) => (wanted === null ? maySend(entry, packet) : isNamed(entry, wanted)))
    .map((entry) =>
      entry.interfaces.includes(wanted ?? '') ? { ...entry, interfaces: [wanted ?? ''] } : entry,
    );
  return entries.flatMap((entry) => waysIn(ground, entry)).map((entry) => traceFrom(ground, entry, packet));
}

function maySend({ tunnel, interfaces, networks }: Entry, { source }: Packet): boolean {
  if (networks !== undefined) return networks.contains(source);
  if (tunnel === undefined) return true;
  return interfaces.length > 0 && tunnel.sources !== null && tunnel.sources.contains(source);
}

function traceFrom(ground: Ground, entry: Entry, packet: Packet): Trace {
  const over = entry.interfaces.filter((name) => name !== entry.name);
  const steps: TraceStep[] = [
    step(
      'entry',
      `comes in from ${entry.name}${listed(over)}: ${entry.role.value}, ${entry.role.evidence}`,
      entry.location,
    ),
  ];
  const held = heldBack(entry, packet);
  if (held !== null) steps.push(step('target', held, entry.location));
  const verdicts =
    held !== null
      ? []
      : branchesOf(ground, entry, packet).flatMap(({ traveller, said }) => {
          if (said !== null) steps.push(said);
          return travel(ground, entry, traveller, steps);
        });
  return {
    device: ground.config.id,
    packet: packet.text,
    entry: entry.name,
    verdict: joined(verdicts),
    steps,
    diagnostics: ground.resolver.diagnostics(),
  };
}

/** Why a packet cannot come in at all; null: it can. */
function heldBack({ tunnel, interfaces }: Entry, { source, destination }: Packet): string | null {
  if (tunnel === undefined) return null;
  if (interfaces.length === 0) return 'nothing comes in: the tunnel is switched off';
  if (tunnel.sources !== null && !tunnel.sources.contains(source)) {
    return `the tunnel is for ${cidrText(tunnel.sources)}: no other source comes out of it`;
  }
  if (tunnel.destinations === null || tunnel.destinations.contains(destination)) return null;
  return `the tunnel is for ${cidrText(tunnel.destinations)}: nothing else may come in by it`;
}

/** Of several things that may happen: certain only if all are. */
function joined(verdicts: readonly Verdict[]): Verdict {
  const [first = 'denied'] = verdicts;
  return verdicts.every((each) => each === first) ? first : 'perhaps';
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

interface Branch {
  readonly traveller: Traveller;
  readonly said: TraceStep | null;
}

/** What NAT makes of the packet. More than one where it is not certain that a rule takes it. */
function branchesOf(ground: Ground, entry: Entry, packet: Packet): readonly Branch[] {
  const { branches, untouched } = translatedBranches(ground, entry, packet, '');
  const moving = movingTarget(ground, entry, packet.destination);
  const standing = moving === undefined ? IpSet.EMPTY : standInsFor(ground.config, [moving.interface.name]);
  const all = [
    ...branches,
    ...(moving === undefined
      ? []
      : translatedBranches(
          ground,
          entry,
          { ...packet, destination: standing.intersect(familyAddresses(moving.family)) },
          `if ${cidrText(packet.destination)} is the address of ${moving.interface.name}, `,
        ).branches),
  ];
  if (branches.length > 0 && untouched.isEmpty()) return all;
  const original = { destination: packet.destination, service: packet.service };
  const said = all.length === 0 ? null : step('nat', 'or no NAT rule translates it', null);
  return [...all, { traveller: { source: packet.source, original, current: original, toSelf: false }, said }];
}

function translatedBranches(
  ground: Ground,
  entry: Entry,
  { source, destination, service }: Packet,
  condition: string,
): { readonly branches: readonly Branch[]; readonly untouched: PacketSet } {
  const { translations, untouched } = translate(ground, entry, PacketSet.of(source, destination, service));
  const certain = translations.length === 1 && untouched.isEmpty();
  const branches = translations.map((each): Branch => {
    const current = {
      destination: each.destinations ?? destination,
      service: each.services === null ? service : renumber(service, each.services),
    };
    return {
      traveller: { source, original: { destination, service }, current, toSelf: each.toSelf },
      said: step('nat', `${condition}${natText(each, current, certain)}`, each.rule.location),
    };
  });
  return { branches, untouched };
}

function natText(
  { rule, approximate, toSelf }: Translation,
  { destination, service }: Traveller['current'],
  certain: boolean,
): string {
  const name = rule.comment === null ? rule.name : `${rule.name} (${rule.comment})`;
  const doubt = certain ? '' : ` perhaps${approximate.length === 0 ? '' : `, ${approximate.join('; ')}`}:`;
  const to = toSelf ? 'the appliance itself' : cidrText(destination);
  return `${name}:${doubt} becomes ${to} ${service.toTexts().join(', ')}`;
}

/** One way that the packet may take, with how it is told. */
interface WayTold {
  readonly way: Way;
  readonly traveller: Traveller;
  readonly text: string;
  readonly location: Location | null;
}

function travel(ground: Ground, entry: Entry, traveller: Traveller, steps: TraceStep[]): readonly Verdict[] {
  const { ways, covered } = waysOf(ground, entry, traveller);
  const verdicts: Verdict[] = [];
  // Ways on which the same happens are told once.
  const told = new Map<
    string,
    { readonly texts: string[]; readonly first: WayTold; readonly steps: TraceStep[] }
  >();
  for (const each of ways) {
    const inner: TraceStep[] = [];
    verdicts.push(onWay(ground, each, inner));
    const key = JSON.stringify(inner);
    const before = told.get(key);
    if (before === undefined) told.set(key, { texts: [each.text], first: each, steps: inner });
    else before.texts.push(each.text);
  }
  for (const { texts, first, steps: inner } of told.values()) {
    const or = steps.at(-1)?.kind === 'entry' || steps.at(-1)?.kind === 'nat' ? '' : 'or ';
    steps.push(step('target', `${or}${texts.join(', or ')}`, first.location));
    // One by one: there may be more of them than a call takes arguments.
    for (const each of inner) steps.push(each);
  }
  if (covered) return verdicts;
  const to = cidrText(traveller.current.destination);
  steps.push(
    step('target', `${to} is neither the appliance itself nor anything that it routes to inside`, null),
  );
  return [...verdicts, 'denied'];
}

/** Where the packet may go to, and whether that is all that it may be addressed to. */
function waysOf(
  ground: Ground,
  entry: Entry,
  traveller: Traveller,
): { readonly ways: readonly WayTold[]; readonly covered: boolean } {
  const { config } = ground;
  const { destination } = traveller.current;
  const to = (part: IpSet): Traveller => ({
    ...traveller,
    current: { ...traveller.current, destination: part },
  });
  const self = selfWays(ground, entry, traveller);
  if (traveller.toSelf) return { ways: self, covered: self.length > 0 };
  const published = !traveller.original.destination.equals(destination);
  const through = exitsOf(config, entry, { published, outward: true }).flatMap((exit): readonly WayTold[] => {
    const part = exit.destinations.intersect(destination);
    if (part.isEmpty()) return [];
    const by = `leaves by ${`${exit.zone ?? ''}${listed(exit.interfaces)}`.trim()}`;
    // A ruleset without any address says it once for all ways out: any address may be anybody's.
    const text = config.silence?.addresses === true ? by : [by, ...exit.approximate].join('; ');
    return [{ way: { entry, exit, self: null }, traveller: to(part), text, location: null }];
  });
  const ways = [...self, ...through];
  let rest = destination;
  for (const { way, traveller: each } of ways) {
    rest = way.exit === null ? rest.subtract(each.current.destination) : rest.subtract(way.exit.destinations);
  }
  return { ways, covered: rest.isEmpty() };
}

/** The appliance itself, at every address of its own that the packet may be for. */
function selfWays(ground: Ground, entry: Entry, traveller: Traveller): readonly WayTold[] {
  const { config } = ground;
  const { destination } = traveller.current;
  if (config.silence?.addresses === true) {
    const text = 'any address may be the appliance’s own: taken as itself';
    return [{ way: { entry, exit: null, self: null }, traveller, text, location: config.location }];
  }
  const targets = selfTargets(config);
  const toward = (self: SelfTarget, part: IpSet): WayTold => ({
    way: { entry, exit: null, self },
    traveller: { ...traveller, current: { ...traveller.current, destination: part } },
    text: `${self.target.dynamic === null ? 'is' : 'may be'} ${self.interface.name} of the appliance itself`,
    location: self.interface.location,
  });
  const exact = targets.filter(
    (each) => each.target.dynamic === null && destination.contains(each.target.addresses),
  );
  if (exact.length > 0) return exact.map((each) => toward(each, each.target.addresses));
  const moving = movingTarget(ground, entry, destination);
  return moving === undefined ? [] : [toward(moving, destination)];
}

/** An address that nobody has may be one that the appliance got by DHCP, where the packet comes in. */
function movingTarget(
  { config, known }: Ground,
  { tunnel, interfaces }: Entry,
  destination: IpSet,
): SelfTarget | undefined {
  if (config.silence?.addresses === true || known.overlaps(destination)) return undefined;
  return selfTargets(config).find(
    (each) =>
      each.target.dynamic !== null &&
      each.family === familyOf(destination) &&
      (tunnel !== undefined || interfaces.includes(each.interface.name)),
  );
}

function onWay(ground: Ground, { way, traveller }: WayTold, steps: TraceStep[]): Verdict {
  const verdict = decide(ground, way, traveller, steps);
  return way.self === null || verdict === 'denied'
    ? verdict
    : listen(ground, way.entry, way.self, traveller, verdict, steps);
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
      null,
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
  const found = { permitted: false, denied: false };
  const here = policies.filter(
    (policy) => policy.family === undefined || policy.family === familyOf(traveller.source),
  );
  for (const policy of here) {
    steps.push(step('policy', `policy ${policy.name}`, null));
    const outcome = throughPolicy(ground, policy, way, traveller, steps);
    found.permitted ||= outcome.permitted;
    found.denied ||= outcome.denied;
    if (!outcome.open) return verdictOf(found);
  }
  const last = here.at(-1)?.default;
  const permits = last?.action === 'permit';
  steps.push(
    step('default', `no rule decides: ${permits ? 'permit' : 'deny'} (${last?.source ?? ''})`, null),
  );
  return verdictOf({ permitted: found.permitted || permits, denied: found.denied || !permits });
}

function verdictOf({
  permitted,
  denied,
}: {
  readonly permitted: boolean;
  readonly denied: boolean;
}): Verdict {
  if (!permitted) return 'denied';
  return denied ? 'perhaps' : 'permitted';
}

/** Whether the appliance itself answers. */
function listen(
  ground: Ground,
  entry: Entry,
  self: SelfTarget,
  traveller: Traveller,
  verdict: Verdict,
  steps: TraceStep[],
): Verdict {
  const listener = ground.config.listeners.find(
    (each) =>
      each.services.overlaps(traveller.current.service) &&
      hears(each, entry) &&
      (each.interfaces === null || each.interfaces.includes(self.interface.name)) &&
      (each.addresses === null || each.addresses.contains(traveller.current.destination)),
  );
  if (listener === undefined) {
    steps.push(step('listener', 'nothing that the file tells of listens there', null));
    return ground.config.silence?.listeners === true ? 'perhaps' : 'denied';
  }
  const accepted =
    listener.sources === null || ground.resolver.addresses(listener.sources).may.contains(traveller.source);
  steps.push(
    step(
      'listener',
      `${listener.name} ${accepted ? 'answers' : 'does not accept this source'}`,
      listener.location,
    ),
  );
  return accepted ? verdict : 'denied';
}

function step(kind: TraceStep['kind'], text: string, location: Location | null): TraceStep {
  return { kind, text, matched: null, location };
}
