import type { CommandModule } from 'yargs';
import { cidrText } from '../analysis/path.js';
import { type Question, query } from '../analysis/query.js';
import { hostServices } from '../audit.js';
import { FwauditError } from '../model/error.js';
import type { Reach } from '../model/exposure.js';
import { inert, inertJson } from '../report/inert.js';
import { type IpSet, parseIpSet } from '../sets/ip-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { configOptions, readDevices } from './devices.js';
import { readPack } from './pack.js';

interface QueryArguments {
  readonly inputs: string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly service: string | undefined;
  readonly entry: string | undefined;
  readonly admin: boolean;
  readonly platform: string | undefined;
  readonly config: string | undefined;
  readonly format: string;
}

/** `fwaudit query`: who can reach what, as exact sets. */
export function queryCommand(setExit: (code: number) => void): CommandModule<object, QueryArguments> {
  return {
    command: 'query <inputs..>',
    describe: 'Who can reach what: --to 192.0.2.0/24 --service tcp/22',
    builder: (yargs) =>
      configOptions(yargs)
        .option('from', { type: 'string', describe: 'Only these sources: address, CIDR or range' })
        .option('to', { type: 'string', describe: 'Only these destinations' })
        .option('service', { type: 'string', describe: 'tcp/443, udp/161-162, or a service id' })
        .option('entry', { type: 'string', describe: 'Only from this zone or interface' })
        .option('admin', { type: 'boolean', default: false, describe: 'Only what administers something' })
        .option('format', {
          alias: 'f',
          choices: ['terminal', 'json'],
          default: 'terminal',
          describe: 'Output format',
        }),
    handler: async (argv) => {
      const question = {
        sources: addresses('--from', argv.from),
        destinations: addresses('--to', argv.to),
        ...(await servicesOf(argv.service, argv.admin)),
        entry: argv.entry ?? null,
      };
      const { devices, incomplete } = await readDevices(argv.inputs, argv.platform, argv.config);
      const answers = devices.flatMap(({ config, overrides }) => query(config, overrides, question));
      process.stdout.write(argv.format === 'json' ? json(answers) : text(answers));
      setExit(incomplete ? 3 : 0);
    },
  };
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

function json(answers: readonly Reach[]): string {
  const list = answers.map(({ device, entry, target, service, sources, approximate }) => ({
    device,
    entry: { kind: entry.kind, name: entry.name, interfaces: entry.interfaces },
    target,
    service,
    sources,
    approximate,
  }));
  return `${inertJson(JSON.stringify({ schemaVersion: '1.0', answers: list }, null, 2))}\n`;
}

function text(answers: readonly Reach[]): string {
  if (answers.length === 0) return 'nobody\n';
  return answers.map((each) => `${line(each)}\n`).join('');
}

function line({ device, entry, target, service, sources, approximate }: Reach): string {
  const where = target.addresses.isEmpty() ? (target.dynamic ?? '') : cidrText(target.addresses);
  const what = `${service.id} ${service.protocol}/${service.ports.join(',')}`.replace(/\/$/, '');
  const doubt = approximate.length === 0 ? '' : ' (at most)';
  const by = target.interfaces.join(', ');
  return inert(
    `${device}  ${entry.name} > ${target.kind === 'self' ? 'itself' : 'host'} ${by} ${where}  ${what}  from ${cidrText(sources)}${doubt}`,
    { max: 400 },
  );
}
