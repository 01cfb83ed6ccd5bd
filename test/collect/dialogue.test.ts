import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError } from '../../src/collect/collect-error.js';
import { DEFAULT_LIMITS } from '../../src/collect/device.js';
import { type CommandOutput, type DialogueSettings, runDialogue } from '../../src/collect/ssh/dialogue.js';
import type { SessionScript } from '../../src/model/session-script.js';
import { sessions } from '../../src/platforms/sessions.js';
import { noSignal } from './build.js';
import { printedBy, type Recorded, recordedSession } from './recorded.js';

function settingsFor(recorded: Recorded): DialogueSettings {
  return {
    script: sessions.get(recorded.platform) as SessionScript,
    limits: { ...DEFAULT_LIMITS, step: 20_000, quiet: 1_000 },
    sudo: false,
    hasEnablePassword: recorded['enable-password'] !== undefined,
    secret: async (kind) => (kind === 'password' ? recorded.password : (recorded['enable-password'] ?? null)),
    signal: noSignal(),
  };
}

/** A terminal without SSH, which hands its output over in pieces of the given sizes. */
function terminal(recorded: Recorded, sizes: readonly number[]): Duplex {
  let [at, heard, turn] = [0, '', 0];
  const say = (text: string) => {
    const bytes = Buffer.from(text, 'latin1');
    for (let from = 0; from < bytes.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      const part = bytes.subarray(from, from + size);
      from += size;
      setImmediate(() => stream.push(part));
    }
  };
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      heard += chunk.toString('latin1');
      const step = recorded.steps[at];
      const wanted = step === undefined ? '' : `${step.hears}${step.key === true ? '' : '\n'}`;
      if (step !== undefined && heard === wanted) {
        [at, heard] = [at + 1, ''];
        const echo = step.key === true || step.echo === false ? '' : `${step.hears}\r\n`;
        say(echo + printedBy(recorded.platform, step, true) + (step.more ?? ''));
        if (step.closes === true) setImmediate(() => stream.push(null));
      }
      done();
    },
  });
  say(recorded.opens ?? '');
  return stream;
}

async function outcome(
  stream: Duplex,
  settings: DialogueSettings,
): Promise<readonly CommandOutput[] | string> {
  try {
    return await runDialogue(stream, settings);
  } catch (error) {
    if (error instanceof CollectError) return error.reason;
    throw error;
  }
}

describe('a dialogue', () => {
  it.each([
    'sonicwall/session.yaml',
    'sonicwall/session-pager.yaml',
    'cisco-asa/session.yaml',
    'vyos/session.yaml',
  ])('%s comes out the same, in whatever pieces it comes', async (name) => {
    const recorded = recordedSession(name);
    const whole = await outcome(terminal(recorded, [1_000_000]), settingsFor(recorded));
    expect(whole).not.toBeTypeOf('string');
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (pieces) => {
        expect(await outcome(terminal(recorded, pieces), settingsFor(recorded))).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  it('ends, whatever an appliance sends', async () => {
    const recorded = recordedSession('fortigate/session.yaml');
    const settings = { ...settingsFor(recorded), limits: { ...DEFAULT_LIMITS, step: 400, quiet: 60 } };
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        'fw $ ',
        '\r\n',
        '--More-- ',
        "(Press 'a' to accept):",
        'Password: ',
        '\u001b[2J',
        '\u001b]0;',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
        for (const text of pieces) setImmediate(() => stream.push(Buffer.from(text)));
        expect(await outcome(stream, settings)).toBeTypeOf('string');
      }),
      { numRuns: 20 },
    );
  });

  it('a line of the configuration that looks like the prompt does not cut it', async () => {
    const recorded = recordedSession('vyos/session.yaml');
    const settings = settingsFor(recorded);
    const lines = Array.from({ length: 30 }, (_, index) => `set system host-name fw-${index}\r\n`).join('');
    const steps = (pause: boolean) => [
      {
        hears: 'show configuration commands | no-more',
        prints: `${lines}vyos@fw-metz-2:~$ `,
        more: pause ? '' : `is no prompt\r\n${lines}vyos@fw-metz-2:~$ `,
      },
      { hears: 'exit', prints: pause ? `is no prompt\r\n${lines}` : '', closes: true },
    ];
    const kept = await outcome(terminal({ ...recorded, steps: steps(false) }, [10_000]), settings);
    expect((kept as readonly CommandOutput[])[0]?.text.split('\n')).toHaveLength(62);
    // The appliance paused just there: what came is no whole configuration.
    expect(await outcome(terminal({ ...recorded, steps: steps(true) }, [10_000]), settings)).toBe(
      'not-a-configuration',
    );
  });
});
