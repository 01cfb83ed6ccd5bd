import type { SecretSource } from './secrets.js';
import type { HostKeyPolicy } from './ssh/host-key.js';

/** One appliance, and how it is reached. Plain data: it never holds a secret. */
export interface Device {
  /** Names its folder of captures, and the device in messages. */
  readonly name: string;
  readonly site: string;
  readonly platform: string;
  readonly method: 'ssh' | 'https';
  /** As the user wrote it; ~/.ssh/config may say another name, port or user. */
  readonly host: string;
  readonly port: number | null;
  readonly user: string | null;
  /** A private key file; null: the ones that ssh would take. */
  readonly identity: string | null;
  readonly agent: boolean;
  readonly password: SecretSource | null;
  readonly passphrase: SecretSource | null;
  readonly enablePassword: SecretSource | null;
  /** HTTPS: where the second factor comes from; null: the login asks for none. */
  readonly oneTimeCode: SecretSource | null;
  readonly hostKeys: Pick<HostKeyPolicy, 'pins' | 'mode'>;
  /** Names of old algorithms that are allowed. */
  readonly oldAlgorithms: readonly string[];
  /** `user@host:port`, in the order of the hops; null: as ~/.ssh/config says. */
  readonly jump: readonly string[] | null;
  /** The commands are sent in the form that asks for the privilege. */
  readonly sudo: boolean;
  /** HTTPS: SHA-256 fingerprint of the certificate (`AB:CD:…`), and a file of authorities; null: the system's. */
  readonly certificate: string | null;
  readonly certificateAuthority: string | null;
  readonly limits: Limits;
}

/** Milliseconds. */
export interface Limits {
  /** Until the connection stands and both sides have agreed. */
  readonly connect: number;
  /** Until a command has answered. */
  readonly step: number;
  /** For the whole device, retries and waiting included. */
  readonly total: number;
  /** How long an appliance may wait in the middle of a line before that counts as a question. */
  readonly quiet: number;
}

export const DEFAULT_LIMITS: Limits = { connect: 15_000, step: 300_000, total: 900_000, quiet: 10_000 };

/** The largest output that is taken from an appliance, in bytes; the largest export known is 4 MB. */
export const MAX_OUTPUT = 64 * 1024 * 1024;
