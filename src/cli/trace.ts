import type { CommandModule } from 'yargs';
import { parsePacket } from '../analysis/packet.js';
import { type Trace, type TraceStep, trace } from '../analysis/trace.js';
import { FwauditError } from '../model/error.js';
import { inert, inertJson } from '../report/inert.js';
import { configOptions, readDevices } from './devices.js';

interface TraceArguments {
  readonly inputs: string[];
  readonly from: string;
  readonly to: string;
  readonly entry: string | undefined;
  readonly platform: string | undefined;
  readonly config: string | undefined;
  readonly format: string;
  readonly verbose: number;
}

/** `fwaudit trace`: what becomes of one packet, step by step. */
export function traceCommand(setExit: (code: number) => void): CommandModule<object, TraceArguments> {
  return {
    command: 'trace <inputs..>',
    describe: 'Follow one packet: --from 203.0.113.7 --to 198.51.100.1:443/tcp',
    builder: (yargs) =>
      configOptions(yargs)
        .option('from', { type: 'string', demandOption: true, describe: 'Source address' })
        .option('to', { type: 'string', demandOption: true, describe: 'Destination: ADDRESS:PORT/PROTOCOL' })
        .option('entry', { type: 'string', describe: 'Zone or interface it comes in by; else every entry' })
        .option('format', {
          alias: 'f',
          choices: ['terminal', 'json'],
          default: 'terminal',
          describe: 'Output format',
        })
        .option('verbose', {
          alias: 'v',
          type: 'count',
          describe: 'Also the rules that do not match, and why',
        }),
    handler: async (argv) => {
      const packet = parsePacket(argv.from, argv.to);
      if (typeof packet === 'string') throw new FwauditError('usage', packet);
      const { devices, incomplete } = await readDevices(argv.inputs, argv.platform, argv.config);
      const traces = devices.flatMap(({ config, overrides }) =>
        trace(config, overrides, packet, argv.entry ?? null),
      );
      if (traces.length === 0) throw noEntry(argv.entry);
      process.stdout.write(
        argv.format === 'json' ? json(traces) : traces.map((each) => text(each, argv.verbose > 0)).join('\n'),
      );
      setExit(incomplete ? 3 : 0);
    },
  };
}

function noEntry(asked: string | undefined): FwauditError {
  return asked === undefined
    ? new FwauditError('usage', 'no entry from outside was found', {
        hint: 'name a zone or interface in fwaudit.yaml under zones:',
      })
    : new FwauditError('usage', `--entry ${asked} is no entry from outside`, {
        hint: 'fwaudit scan -v lists the entries',
      });
}

function json(traces: readonly Trace[]): string {
  return `${inertJson(JSON.stringify({ schemaVersion: '1.0', traces }, null, 2))}\n`;
}

function text({ device, packet, entry, verdict, steps }: Trace, all: boolean): string {
  const shown = steps.filter((each) => all || each.matched !== 'no');
  const head = `${inert(device)}: ${inert(packet)}, from ${inert(entry)}: ${verdict}`;
  return `${[head, ...shown.map(line)].join('\n')}\n`;
}

const MARKS: Record<'yes' | 'perhaps' | 'no', string> = { yes: '>', perhaps: '?', no: ' ' };

function line({ kind, text: what, matched, location }: TraceStep): string {
  const mark = matched === null ? '-' : MARKS[matched];
  const place = location === null ? '' : `  [${location.key ?? `line ${location.line}`}]`;
  const indent = kind === 'rule' || kind === 'default' ? '    ' : '  ';
  return `${indent}${mark} ${inert(what, { max: 300 })}${inert(place)}`;
}
