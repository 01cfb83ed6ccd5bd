import type { CommandModule, InferredOptionTypes } from 'yargs';
import { plainCidrs } from '../analysis/path.js';
import { type Question, query } from '../analysis/query.js';
import { hostServices } from '../audit.js';
import { FwauditError } from '../model/error.js';
import type { Reach } from '../model/exposure.js';
import { byDomain } from '../parties/by-domain.js';
import { conditionsOf } from '../parties/split-by-party.js';
import { inert, inertJson } from '../report/inert.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { ANSWER_FORMAT, INPUT_HELP, inputsOf, type OptionTable } from './arguments.js';
import { checkEntry, PLATFORM_OPTION, REGISTER_OPTIONS, readDevices, tellDiagnostics } from './devices.js';
import { readPack } from './pack.js';

/** Ports or ranges of one answer that the text spells out; JSON has them all. */
const PORTS_SHOWN = 10;

/** The options of `fwaudit query`. */
export const queryOptions = {
  from: { type: 'string', requiresArg: true, describe: 'Only these sources: address, CIDR or range' },
  to: { type: 'string', requiresArg: true, describe: 'Only these destinations' },
  service: { type: 'string', requiresArg: true, describe: 'tcp/443, udp/161-162, or a service id' },
  entry: { type: 'string', requiresArg: true, describe: 'Only from this zone, interface or tunnel' },
  admin: { type: 'boolean', default: false, describe: 'Only what administers something' },
  format: ANSWER_FORMAT,
  platform: PLATFORM_OPTION,
  ...REGISTER_OPTIONS,
} as const satisfies OptionTable;

type QueryArguments = InferredOptionTypes<typeof queryOptions>;

/** `fwaudit query`: who can reach what, as exact sets. */
export function queryCommand(setExit: (code: number) => void): CommandModule<object, QueryArguments> {
  return {
    command: 'query',
    describe: 'Who can reach what: --to 192.0.2.0/24 --service tcp/22',
    builder: (yargs) =>
      yargs
        .usage(`$0 query INPUT... [options]\n\nSays who can reach what, as exact sets.\n${INPUT_HELP}`)
        .options(queryOptions),
    handler: async (argv) => {
      const question = {
        sources: addresses('--from', argv.from),
        destinations: addresses('--to', argv.to),
        ...(await servicesOf(argv.service, argv.admin)),
        entry: argv.entry ?? null,
      };
      const { devices, incomplete } = await readDevices(inputsOf(argv), argv);
      if (argv.entry !== undefined) checkEntry(argv.entry, devices);
      const found = devices.map(({ config, overrides }) => query(config, overrides, question));
      const answers = found.flatMap(({ reaches }) => reaches.flatMap(answersOf));
      const problems = found.flatMap((each) => each.incomplete);
      tellDiagnostics(problems);
      process.stdout.write(argv.format === 'json' ? json(answers) : text(answers, devices.length));
      setExit(incomplete || problems.length > 0 ? 3 : 0);
    },
  };
}

/** Who reaches something: some addresses, or whoever holds a domain name. */
interface Answer extends Reach {
  readonly domain: string | null;
}

function answersOf(reach: Reach): readonly Answer[] {
  const { others, holders } = byDomain(reach);
  const named = holders.map((each) => ({ domain: each.domain, ...each.reach }));
  return others.sources.isEmpty() ? named : [{ domain: null, ...others }, ...named];
}

function addresses(option: string, value: string | undefined): IpSet | null {
  if (value === undefined) return null;
  const set = parseIpSet(value);
  if (set === null) throw new FwauditError('usage', `${option} ${value} is no address, CIDR or range`);
  return set;
}

type Asked = Pick<Question, 'services' | 'listeners'>;

/** A canonical id names a service wherever it listens; a protocol and port whatever listens there. */
async function servicesOf(asked: string | undefined, admin: boolean): Promise<Asked> {
  const pack = await readPack();
  const known = pack.services.find((service) => service.id === asked);
  if (known !== undefined) {
    const services = ServiceSet.unionOf(known.services.map((each) => ServiceSet.parse(each)));
    return { services: [{ id: known.id, services }], listeners: (listener) => listener.service === known.id };
  }
  if (asked !== undefined) {
    const services = parseService(asked);
    return {
      services: [{ id: asked, services }],
      listeners: (listener) => listener.services.overlaps(services),
    };
  }
  if (!admin) return { services: [{ id: 'any', services: ServiceSet.ALL }], listeners: () => true };
  const ids = new Set(pack.services.filter((each) => each.class === 'administration').map((each) => each.id));
  return { services: hostServices(pack), listeners: (listener) => ids.has(listener.service) };
}

function parseService(asked: string): ServiceSet {
  try {
    return ServiceSet.parse(asked);
  } catch (cause) {
    throw new FwauditError('usage', `--service ${asked} is neither a service nor a service id`, {
      hint: 'write it as tcp/443, udp/161-162 or icmp',
      cause,
    });
  }
}

function json(answers: readonly Answer[]): string {
  const list = answers.map(
    ({ domain, device, entry, target, service, sources, approximate, contributions, conditional }) => ({
      device,
      entry: { kind: entry.kind, name: entry.name, interfaces: entry.interfaces },
      target,
      service,
      domain,
      sources,
      approximate,
      conditions: conditionsOf(contributions, conditional),
    }),
  );
  return `${inertJson(JSON.stringify({ schemaVersion: '1.0', answers: list }, null, 2))}\n`;
}

function text(answers: readonly Answer[], devices: number): string {
  if (devices === 0) return '';
  if (answers.length === 0) return 'nobody\n';
  return answers.map((each) => `${line(each)}\n`).join('');
}

/** One answer in one line, whole: whoever asks for a set wants all of it. */
function line(answer: Answer): string {
  const { domain, device, entry, target, service, sources, approximate, contributions, conditional } = answer;
  const what = `${service.protocol}/${portsText(service.ports)}`.replace(/\/$/, '');
  const doubt = approximate.length === 0 ? '' : ' (at most)';
  const conditions = conditionsOf(contributions, conditional);
  const asked =
    conditions.length === 0
      ? ''
      : ` (only if ${conditions.map((each) => each.replace(/^only (?:if )?/i, '')).join('; ')})`;
  const networks = `${plainCidrs(sources).join(', ')}${exceptText(sources)}`;
  const from = domain === null ? networks : `whoever holds ${domain}`;
  return inert(
    `${device}  ${entry.name} > ${whereText(target)}  ${service.id === what ? what : `${service.id} ${what}`}  from ${from}${doubt}${asked}`,
    { max: Number.POSITIVE_INFINITY },
  );
}

/** From so many networks on, a set that leaves little out is also told by that. */
const MANY_NETWORKS = 5;

/** What a long list of networks leaves out, where that is the shorter way to tell it. */
function exceptText(sources: IpSet): string {
  const networks = sources.toCidrs();
  if (networks.length < MANY_NETWORKS) return '';
  const families = [IpSet.IPV4, IpSet.IPV6].filter((family) => family.overlaps(sources));
  const everybody = IpSet.unionOf(families);
  const except = plainCidrs(everybody.subtract(sources));
  if (except.length * 2 > networks.length || except.length >= MANY_NETWORKS) return '';
  return ` (${everybody.toCidrs().join(', ')} except ${except.join(', ')})`;
}

function whereText({ kind, addresses, dynamic, interfaces }: Reach['target']): string {
  const where = dynamic === null ? plainCidrs(addresses).join(', ') : `(${dynamic})`;
  return [kind === 'self' ? 'itself' : 'host', interfaces.join(', '), where]
    .filter((part) => part !== '')
    .join(' ');
}

function portsText(ports: readonly string[]): string {
  const more = ports.length - PORTS_SHOWN;
  return more > 0 ? `${ports.slice(0, PORTS_SHOWN).join(',')} and ${more} more` : ports.join(',');
}
