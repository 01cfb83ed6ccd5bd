import { describe, expect, it } from 'vitest';
import { collectDevice } from '../../src/collect/collect-device.js';
import { normalisedCopy } from '../../src/collect/normalised-copy.js';
import { sessions } from '../../src/platforms/sessions.js';
import { deviceFor, later, noSignal, surroundingsFor } from './build.js';
import { beside, type ExpectedFile, type Recorded, recordedSessions } from './recorded.js';
import { startAppliance } from './simulator.js';

const recorded = recordedSessions();

function scriptOf({ platform }: Recorded) {
  const script = sessions.get(platform);
  if (script === undefined) throw new Error(`no session script for ${platform}`);
  return script;
}

function check(text: string, expected: ExpectedFile, platform: string): void {
  if (expected.is !== undefined) expect(text).toBe(Buffer.from(expected.is).toString('latin1'));
  if (expected['same-as'] !== undefined) expect(text).toBe(beside(platform, expected['same-as']));
  for (const part of expected.has ?? []) expect(text).toContain(Buffer.from(part).toString('latin1'));
  for (const part of expected.not ?? []) expect(text).not.toContain(part);
}

describe('recorded sessions', () => {
  it('there is one for every platform that is collected', () => {
    expect(new Set(recorded.map((each) => each.platform))).toEqual(new Set(sessions.keys()));
  });

  it.each(recorded)('$name replays', async (session) => {
    const appliance = await startAppliance(session);
    later(() => appliance.stop());
    const collected = await collectDevice(
      deviceFor(session, appliance),
      scriptOf(session),
      surroundingsFor(session),
      noSignal(),
    );
    expect(appliance.problems).toEqual([]);
    expect(collected.files.map((each) => each.file)).toEqual(Object.keys(session.expects));
    for (const { file, bytes } of collected.files) {
      const expected = session.expects[file] as ExpectedFile;
      check(Buffer.from(bytes).toString('latin1'), expected, session.platform);
    }
    const old = session['old-algorithms'] ?? [];
    const notes = collected.notes.filter((each) => each.code === 'old-algorithm');
    expect(notes.map((each) => old.find((name) => each.message.includes(` ${name},`))).sort()).toEqual(
      [...old].sort(),
    );
    for (const [file, expected] of Object.entries(session.normalised ?? {})) {
      const bytes = collected.files.find((each) => each.file === file)?.bytes ?? new Uint8Array();
      const copy = normalisedCopy(bytes, scriptOf(session).volatile);
      check(Buffer.from(copy).toString('latin1'), expected, session.platform);
    }
  });

  it.each(recorded)('$name: nothing is sent but what the script lists', async (session) => {
    const appliance = await startAppliance(session);
    later(() => appliance.stop());
    const script = scriptOf(session);
    await collectDevice(deviceFor(session, appliance), script, surroundingsFor(session), noSignal());
    const listed: readonly string[] = [
      ...script.prepare.map((each) => each.send),
      ...script.commands.flatMap((each) => [each.send, each.elevated ?? each.send]),
      ...script.finish,
      ...script.questions.flatMap(({ answer }) => ('text' in answer ? [answer.text] : [])),
    ];
    const secrets = [session.password, session['enable-password']];
    for (const { hears } of session.steps) expect([...listed, ...secrets]).toContain(hears);
    const said = session.steps.map((step) =>
      script.channel === 'exec' || step.key === true ? step.hears : `${step.hears}\n`,
    );
    expect(appliance.heard.join('')).toBe(said.join(''));
  });
});
