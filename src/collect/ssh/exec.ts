import type { Client } from 'ssh2';
import { CollectError } from '../collect-error.js';
import { MAX_OUTPUT } from '../device.js';
import type { CommandOutput, DialogueSettings } from './dialogue.js';
import { maskLines } from './mask.js';

/** Runs a platform's commands, each in a channel of its own. */
export async function runCommands(
  client: Client,
  settings: DialogueSettings,
): Promise<readonly CommandOutput[]> {
  const outputs: CommandOutput[] = [];
  for (const { send, elevated, file } of settings.script.commands) {
    const command = settings.sudo && elevated !== undefined ? elevated : send;
    const text = await runCommand(client, command, settings);
    outputs.push({ file, command, text });
  }
  return outputs;
}

function runCommand(client: Client, command: string, settings: DialogueSettings): Promise<string> {
  const { limits, signal } = settings;
  return new Promise((resolve, reject) => {
    const seconds = Math.round(limits.step / 1000);
    const timer = setTimeout(
      () => settle(new CollectError('timeout', `“${command}” took longer than ${seconds} s`)),
      limits.step,
    );
    const aborted = () => settle(signal.reason);
    const lost = () =>
      settle(new CollectError('connection-lost', `the connection was lost during “${command}”`));
    function settle(outcome: string | Error): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      client.off('close', lost);
      if (typeof outcome === 'string') resolve(outcome);
      else reject(outcome);
    }
    signal.addEventListener('abort', aborted);
    client.on('close', lost);
    client.exec(command, (error, channel) => {
      if (error !== undefined) {
        settle(new CollectError('command-refused', `the appliance opens no channel for “${command}”`));
        return;
      }
      collectChannel(channel, command, settings.script.exitCodeMayBeMissing === true, settle);
    });
  });
}

type Channel = Parameters<Parameters<Client['exec']>[1]>[1];

function collectChannel(
  channel: Channel,
  command: string,
  mayBeMissing: boolean,
  settle: (outcome: string | Error) => void,
): void {
  const chunks: string[] = [];
  const errors: string[] = [];
  let bytes = 0;
  let code: number | null = mayBeMissing ? 0 : null;
  let ended = mayBeMissing;
  channel.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT) chunks.push(chunk.toString('latin1'));
    else settle(new CollectError('too-large', `“${command}” printed more than ${MAX_OUTPUT >> 20} MiB`));
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < 20) errors.push(chunk.toString('latin1'));
  });
  channel.on('exit', (exitCode: number | null) => {
    ended = true;
    code = exitCode;
  });
  channel.on('close', () => {
    const [said] = maskLines(errors.join('').split('\n').slice(0, 3), []);
    const why = said === undefined ? '' : `: ${said}`;
    if (!ended) settle(new CollectError('connection-lost', `“${command}” was cut off`));
    else if (code === null) settle(new CollectError('command-refused', `“${command}” was ended by a signal`));
    else if (code !== 0)
      settle(new CollectError('command-refused', `“${command}” failed with exit code ${code}${why}`));
    else settle(chunks.join(''));
  });
}
