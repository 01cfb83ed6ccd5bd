import type { CommandModule, InferredOptionTypes } from 'yargs';
import { type Packet, parsePacket } from '../analysis/packet.js';
import { type Trace, type TraceStep, trace } from '../analysis/trace.js';
import { FwauditError } from '../model/error.js';
import { inert, inertJson } from '../report/inert.js';
import { ANSWER_FORMAT, INPUT_HELP, inputsOf, type OptionTable } from './arguments.js';
import { checkEntry, PLATFORM_OPTION, REGISTER_OPTIONS, readDevices } from './devices.js';

/** The options of `fwaudit trace`. */
export const traceOptions = {
  from: { type: 'string', requiresArg: true, describe: 'Source address' },
  to: { type: 'string', requiresArg: true, describe: 'Destination: ADDRESS:PORT/PROTOCOL' },
  entry: {
    type: 'string',
    requiresArg: true,
    describe: 'Zone, interface or tunnel it comes in by; else every entry',
  },
  format: ANSWER_FORMAT,
  verbose: { alias: 'v', type: 'count', describe: 'Also the rules that do not match, and why' },
  platform: PLATFORM_OPTION,
  ...REGISTER_OPTIONS,
} as const satisfies OptionTable;

type TraceArguments = InferredOptionTypes<typeof traceOptions>;

/** `fwaudit trace`: what becomes of one packet, step by step. */
export function traceCommand(setExit: (code: number) => void): CommandModule<object, TraceArguments> {
  return {
    command: 'trace',
    describe: 'Follow one packet: --from 203.0.113.7 --to 198.51.100.1:443/tcp',
    builder: (yargs) =>
      yargs
        .usage(
          `$0 trace INPUT... --from ADDRESS --to ADDRESS:PORT/PROTOCOL\n\nFollows one packet through configurations, step by step.\n${INPUT_HELP}`,
        )
        .options(traceOptions),
    handler: async (argv) => {
      const packet = packetOf(argv);
      const { devices, incomplete } = await readDevices(inputsOf(argv), argv);
      if (argv.entry !== undefined) checkEntry(argv.entry, devices);
      const traces = devices.flatMap(({ config, overrides }) =>
        trace(config, overrides, packet, argv.entry ?? null),
      );
      if (traces.length === 0 && devices.length > 0) throw noEntry();
      process.stdout.write(
        argv.format === 'json' ? json(traces) : traces.map((each) => text(each, argv.verbose > 0)).join('\n'),
      );
      setExit(incomplete ? 3 : 0);
    },
  };
}

function packetOf({ from, to }: TraceArguments): Packet {
  const hint = 'write it as --from 203.0.113.7 --to 198.51.100.1:443/tcp';
  if (from === undefined || to === undefined)
    throw new FwauditError('usage', 'no packet to follow', { hint });
  const packet = parsePacket(from, to);
  if (typeof packet === 'string') throw new FwauditError('usage', packet, { hint });
  return packet;
}

function noEntry(): FwauditError {
  return new FwauditError('usage', 'no entry from outside was found', {
    hint: 'name a zone or interface in fwaudit.yaml under zones:',
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
