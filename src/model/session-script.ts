/**
 * How the configuration of one platform is pulled over SSH: data only. Nothing but what stands here is
 * ever sent to an appliance.
 */
export interface SessionScript {
  /** The platform's folder. */
  readonly platform: string;
  /** As a person writes it: `SonicWall SonicOS`. */
  readonly name: string;
  /**
   * - `shell`: a terminal with a prompt, as a person sees it;
   * - `exec`: one channel a command, without a terminal; the exit code says whether it worked.
   */
  readonly channel: 'shell' | 'exec';
  /** The last line, without what a terminal obeys, when a shell waits for a command. */
  readonly prompt: RegExp;
  /** A banner that has to be accepted, with `yes`, before SSH asks for the password. */
  readonly banner?: RegExp;
  /** What may be asked, and what is answered. Whatever else is asked ends the session. */
  readonly questions: readonly Question[];
  /** A line that says that a command, or the login, was refused. */
  readonly refusals: readonly RegExp[];
  /** Sent before the commands: pagers off, privileges on. Their output is thrown away. */
  readonly prepare: readonly PrepareStep[];
  readonly commands: readonly CaptureCommand[];
  /** Sent at the end; the connection is closed all the same. */
  readonly finish: readonly string[];
  /** An appliance that does not say how a command ended: only what it printed can tell. */
  readonly exitCodeMayBeMissing?: boolean;
  /** What changes from one export to the next though the configuration did not. */
  readonly volatile: readonly Replacement[];
  /** Where the dialogue is known from. */
  readonly sources: readonly string[];
}

export interface Question {
  /** The last line, when this is asked. */
  readonly asks: RegExp;
  readonly answer: Answer;
  /** `login`: only before the first prompt. */
  readonly when: 'login' | 'always';
}

/** A secret is answered once: asked a second time, it was wrong. */
export type Answer =
  | { readonly kind: 'line'; readonly text: string }
  /** A key press, without Enter. */
  | { readonly kind: 'key'; readonly text: string }
  | { readonly kind: 'password' }
  | { readonly kind: 'enable-password' };

export interface PrepareStep {
  readonly send: string;
  /** The prompt is another one afterwards (`>` becomes `#`). */
  readonly changesPrompt?: boolean;
  /** Not sent unless the device has a password for it. */
  readonly needs?: 'enable-password';
}

/** One command, and the file that its output makes. */
export interface CaptureCommand {
  readonly send: string;
  /** The same for an account that has to ask for the privilege; `sudo: true` in the inventory. */
  readonly elevated?: string;
  readonly file: string;
  /** What a whole configuration holds, and how its last lines end; null: anyhow. */
  readonly expects: { readonly holds: RegExp; readonly ends: RegExp | null };
  /** Whether there may be nothing to tell: then there is no file, and a note. */
  readonly mayBeEmpty?: boolean;
}

export interface Replacement {
  readonly find: RegExp;
  readonly replace: string;
}
