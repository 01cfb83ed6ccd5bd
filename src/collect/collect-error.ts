/** Why a device could not be collected, by a stable name. */
export type CollectReason =
  | 'settings'
  | 'unreachable'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'known-hosts-unreadable'
  | 'certificate'
  | 'no-common-algorithm'
  | 'authentication'
  | 'secret-unavailable'
  | 'unexpected-question'
  | 'command-refused'
  | 'not-a-configuration'
  | 'timeout'
  | 'connection-lost'
  | 'too-large'
  | 'interrupted'
  | 'not-redacted'
  | 'not-written';

/** Why one device could not be collected. Neither message nor hint ever holds a secret. */
export class CollectError extends Error {
  readonly reason: CollectReason;
  readonly hint: string | null;

  constructor(
    reason: CollectReason,
    message: string,
    { hint = null, cause }: { readonly hint?: string | null; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CollectError';
    this.reason = reason;
    this.hint = hint;
  }
}
