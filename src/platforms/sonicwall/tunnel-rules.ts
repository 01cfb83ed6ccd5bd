import type { Interface, Tunnel } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import type { AccessRule } from '../../model/policy.js';
import { type AutomaticRules, bareRule, interfaceAddress, serviceFor } from './implied-rules.js';
import type { KeyReader } from './key-reader.js';
import { serviceSetOf } from './listeners.js';
import type { RuleRow } from './rules.js';
import type { ServiceBook } from './service-objects.js';
import { L2TP_SERVER, SSL_VPN } from './tunnels.js';
import { isOn } from './values.js';

/** What the rules of tunnels are worked out from. */
export interface TunnelRuleContext {
  readonly reader: KeyReader;
  readonly tunnels: readonly Tunnel[];
  readonly rules: readonly RuleRow[];
  readonly interfaces: readonly Interface[];
  readonly addressObjects: readonly AddressObject[];
  readonly services: ServiceBook;
  readonly automaticRules: AutomaticRules;
}

/** The rules of an appliance with what is known of its tunnels, and the objects that implied ones name. */
export interface TunnelRules {
  readonly rules: readonly RuleRow[];
  readonly objects: readonly AddressObject[];
}

const ANYTHING = { any: true, objects: [], negated: false } as const;

/** Services of the appliance that a box of a tunnel opens. */
const MANAGEMENT: ReadonlySet<string> = new Set([
  'https-management',
  'http-management',
  'ssh-management',
  'snmp',
]);

/**
 * Ties automatic rules to the tunnels that they are for, and adds those that a format leaves out. SonicOS
 * writes the rules for management over VPN for every zone, whether a tunnel has a box ticked or not (the
 * real exports have them enabled with every box off): the box of each tunnel decides. Rules for what a
 * tunnel carries are no way to the appliance's own administration, which asks for "Enable Management".
 */
export function withTunnelRules(context: TunnelRuleContext): TunnelRules {
  const known: Known = {
    zones: new Set(context.tunnels.flatMap(({ ingress }) => ingress?.from ?? [])),
    objects: new Set(context.addressObjects.map(({ name }) => name)),
  };
  const written = context.rules.map((row) => tied(row, context, known));
  const objects = new Map<string, AddressObject>();
  const implied = context.tunnels.flatMap((tunnel) => [
    ...managementRules(tunnel, written, context, objects),
    ...carriedRules(tunnel, context),
  ]);
  implied.push(...boxRules(context, objects));
  return { rules: [...implied, ...written], objects: [...objects.values()] };
}

/** The tunnel's name in the appliance's own comment on a rule for what it carries. */
const CARRIED_BY = /^Auto added for inbound VPN - (.+)$/;

/** Zones that tunnels end in, and the address objects of the file. */
interface Known {
  readonly zones: ReadonlySet<string>;
  readonly objects: ReadonlySet<string>;
}

function tied(row: RuleRow, context: TunnelRuleContext, { zones, objects }: Known): RuleRow {
  const { rule, from } = row;
  const outOfTunnel = from !== null && zones.has(from);
  if (rule.origin !== 'automatic') {
    // What a person writes for everything is for what tunnels carry, as long as it does not ask for more.
    const carries = outOfTunnel && rule.service.any && rule.management === false;
    return carries ? { ...row, rule: { ...rule, transitOnly: true } } : row;
  }
  if (rule.purpose === 'vpn-management') {
    const services = serviceSetOf(rule, context.services);
    const ticked = context.tunnels.filter((tunnel) =>
      boxesOf(tunnel).some((box) =>
        serviceSetOf({ service: serviceFor(box, context.services) }, context.services).overlaps(services),
      ),
    );
    return { ...row, rule: { ...rule, inInterfaces: ticked.flatMap(ingressName) } };
  }
  const carries = rule.purpose === 'vpn' || (rule.purpose === 'ssl-vpn' && outOfTunnel);
  if (!carries || rule.management === true) return row;
  const named = CARRIED_BY.exec(rule.comment ?? '')?.[1];
  const owners = context.tunnels.filter(({ name }) => name === named);
  const inInterfaces = owners.length === 0 ? rule.inInterfaces : withClients(owners, context.tunnels);
  return { ...row, rule: { ...held(rule, objects), inInterfaces, transitOnly: true } };
}

/**
 * A rule for what a tunnel carries, whatever of its sides the file does not hold taken as any: the tunnel has
 * bounds of its own.
 */
function held(rule: AccessRule, objects: ReadonlySet<string>): AccessRule {
  const known = (side: AccessRule['source']) => side.objects.every((name) => objects.has(name));
  const source = known(rule.source);
  const destination = known(rule.destination);
  if (source && destination) return rule;
  return {
    ...rule,
    source: source ? rule.source : ANYTHING,
    destination: destination ? rule.destination : ANYTHING,
    approximate: [...rule.approximate, 'it names an address object that is not in the file: taken as any'],
  };
}

/** Clients of the L2TP server come in by the rules of the GroupVPN. */
function withClients(owners: readonly Tunnel[], tunnels: readonly Tunnel[]): readonly string[] {
  const dialIn = owners.some(({ kind }) => kind === 'remote-access');
  const l2tp = dialIn ? tunnels.filter(({ name }) => name === L2TP_SERVER) : [];
  return [...new Set([...owners, ...l2tp].flatMap(ingressName))];
}

function ingressName({ ingress }: Tunnel): readonly string[] {
  return ingress === undefined ? [] : [ingress.interface];
}

/** Boxes for management; user login is no administration. */
function boxesOf({ management }: Tunnel): readonly string[] {
  return management.filter((service) => MANAGEMENT.has(service));
}

/**
 * The rules that boxes of a tunnel stand for, where no rule of the file says it: of SSL VPN, of the formats
 * that leave automatic rules out, and of exports that somebody took them from.
 */
function managementRules(
  tunnel: Tunnel,
  written: readonly RuleRow[],
  { reader, interfaces, addressObjects, services, automaticRules }: TunnelRuleContext,
  objects: Map<string, AddressObject>,
): readonly RuleRow[] {
  const { ingress } = tunnel;
  if (ingress === undefined || (tunnel.kind === 'remote-access' && !tunnel.enabled)) return [];
  const switchedOff = isOn(reader.single('DisableVpnMgmtRules')) === true;
  if (switchedOff && automaticRules !== 'left-out' && tunnel.name !== SSL_VPN) return [];
  const [from = null] = ingress.from;
  return boxesOf(tunnel).flatMap((box) => {
    const service = serviceFor(box, services);
    const wanted = serviceSetOf({ service }, services);
    const said = new Set(
      written.flatMap(({ rule, from: zone, to }) =>
        rule.purpose === 'vpn-management' && zone === from && serviceSetOf(rule, services).overlaps(wanted)
          ? [to]
          : [],
      ),
    );
    return interfaces.flatMap((iface): readonly RuleRow[] => {
      if (iface.zone === null || said.has(iface.zone) || said.has(null)) return [];
      const object = interfaceAddress(iface, addressObjects);
      if (!addressObjects.includes(object)) objects.set(object.name, object);
      const rule: AccessRule = {
        ...bareRule(`${from} to ${iface.zone}, ${box} over ${tunnel.name}`, object, service),
        family: 'both',
        inInterfaces: [ingress.interface],
        purpose: 'vpn-management',
        management: true,
        approximate: ['no rule of the file says so: taken from the box of the tunnel'],
        location: tunnel.location,
      };
      return [{ rule, from, to: iface.zone, priority: -1 }];
    });
  });
}

/** Boxes of an inner interface that open it to what comes out of tunnels too, in every real export. */
const OPEN_TO_TUNNELS: ReadonlySet<string> = new Set(['ping', 'snmp']);

/** The rules from VPN that those boxes stand for, where automatic rules are left out. */
function boxRules(
  { automaticRules, tunnels, interfaces, addressObjects, services }: TunnelRuleContext,
  objects: Map<string, AddressObject>,
): readonly RuleRow[] {
  const zones = new Set(
    tunnels.filter(({ name }) => name !== SSL_VPN).flatMap(({ ingress }) => ingress?.from ?? []),
  );
  if (automaticRules !== 'left-out') return [];
  return [...zones].flatMap((from) =>
    interfaces.flatMap((iface): readonly RuleRow[] => {
      const { zone } = iface;
      if (zone === null || iface.role.value !== 'trusted') return [];
      const object = interfaceAddress(iface, addressObjects);
      if (!addressObjects.includes(object)) objects.set(object.name, object);
      const boxes = iface.managementFlags.filter((box) => OPEN_TO_TUNNELS.has(box));
      return boxes.map((box) => {
        const name = `${from} to ${zone}, ${box} ticked on ${iface.name}`;
        const rule: AccessRule = {
          ...bareRule(name, object, serviceFor(box, services)),
          management: true,
          approximate: ['the automatic rule is not in the file: taken from the interface flag'],
          location: iface.location,
        };
        return { rule, from, to: zone, priority: -1 };
      });
    }),
  );
}

/** Where automatic rules are left out, a tunnel may carry anything to anywhere inside. */
function carriedRules(tunnel: Tunnel, { automaticRules }: TunnelRuleContext): readonly RuleRow[] {
  const { ingress } = tunnel;
  if (automaticRules !== 'left-out' || ingress === undefined || !tunnel.enabled) return [];
  const [from = null] = ingress.from;
  const rule: AccessRule = {
    ...bareRule(`${from} to any, what ${tunnel.name} carries`, null, ANYTHING),
    family: 'both',
    inInterfaces: [ingress.interface],
    purpose: 'vpn',
    transitOnly: true,
    approximate: ['the automatic rules of the tunnel are not in the file: it may carry anything'],
    location: tunnel.location,
  };
  return [{ rule, from, to: null, priority: -1 }];
}
