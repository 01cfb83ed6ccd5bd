import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** A session as an appliance would hold it: `fixtures/<platform>/session*.yaml`. */
export interface Recorded {
  readonly platform: string;
  readonly user: string;
  readonly password: string;
  readonly 'enable-password'?: string;
  /** By what it lets SSH in. */
  readonly login: 'none' | 'password' | 'keyboard-interactive';
  /** What it asks, and has to be answered with `yes`, before the password. */
  readonly banner?: string;
  /** What it knows, when that is not what ssh2 offers. */
  readonly algorithms?: Readonly<Record<string, readonly string[]>>;
  /** What the device has to be allowed. */
  readonly 'old-algorithms'?: readonly string[];
  readonly sudo?: boolean;
  /** What a terminal shows first. */
  readonly opens?: string;
  readonly steps: readonly RecordedStep[];
  readonly expects: Readonly<Record<string, ExpectedFile>>;
  readonly normalised?: Readonly<Record<string, ExpectedFile>>;
}

export interface RecordedStep {
  /** The line that has to come, or with `key` the characters. */
  readonly hears: string;
  readonly key?: boolean;
  /** False: it is not shown while it is typed. */
  readonly echo?: boolean;
  /** Milliseconds in the middle of what it prints. */
  readonly pauses?: number;
  readonly prints?: string;
  /** Printed instead: a file beside it. */
  readonly 'prints-file'?: string;
  readonly pager?: {
    readonly lines: number;
    readonly asks: string;
    readonly key: string;
    readonly erases: string;
  };
  /** Printed behind that: the prompt, mostly. */
  readonly more?: string;
  /** Without a terminal: how the command ends. */
  readonly exit?: number;
  readonly complains?: string;
  readonly closes?: boolean;
}

export interface ExpectedFile {
  readonly is?: string;
  readonly 'same-as'?: string;
  readonly has?: readonly string[];
  readonly not?: readonly string[];
}

export interface RecordedSession extends Recorded {
  /** `sonicwall/session.yaml` */
  readonly name: string;
}

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** Every recorded session of every platform. */
export function recordedSessions(): readonly RecordedSession[] {
  return readdirSync(fixtures, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(fixtures, name))
        .filter((file) => /^session.*\.yaml$/.test(file))
        .map((file) => recordedSession(`${name}/${file}`)),
    );
}

export function recordedSession(name: string): RecordedSession {
  return { ...(parse(readFileSync(join(fixtures, name), 'utf8')) as Recorded), name };
}

/** A file beside the sessions of a platform, as text of bytes. */
export function beside(platform: string, file: string): string {
  return readFileSync(join(fixtures, platform, file), 'latin1');
}

/** What a step prints, line ends as a terminal has them. */
export function printedBy(platform: string, step: RecordedStep, terminal: boolean): string {
  const file = step['prints-file'];
  const text =
    file === undefined ? Buffer.from(step.prints ?? '').toString('latin1') : beside(platform, file);
  return terminal ? text.replace(/\r?\n/g, '\r\n') : text;
}
