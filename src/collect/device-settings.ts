import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { DEFAULT_LIMITS, type Device } from './device.js';
import type { SecretSource } from './secrets.js';

/** How devices are reached, as an inventory or a command line writes it. */
export interface RawSettings {
  readonly platform?: string | undefined;
  readonly method?: 'ssh' | 'https' | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly identity?: string | undefined;
  readonly agent?: boolean | undefined;
  readonly 'password-env'?: string | undefined;
  readonly 'password-fd'?: number | undefined;
  readonly 'password-command'?: string | undefined;
  readonly 'passphrase-env'?: string | undefined;
  readonly 'passphrase-fd'?: number | undefined;
  readonly 'passphrase-command'?: string | undefined;
  readonly 'enable-password-env'?: string | undefined;
  readonly 'enable-password-fd'?: number | undefined;
  readonly 'enable-password-command'?: string | undefined;
  readonly 'two-factor'?: boolean | undefined;
  readonly 'one-time-code-env'?: string | undefined;
  readonly 'one-time-code-fd'?: number | undefined;
  readonly 'one-time-code-command'?: string | undefined;
  readonly 'host-key'?: string | readonly string[] | undefined;
  readonly 'host-keys'?: 'strict' | 'accept-new' | undefined;
  readonly 'old-algorithms'?: readonly string[] | undefined;
  readonly jump?: string | readonly string[] | undefined;
  readonly sudo?: boolean | undefined;
  readonly certificate?: string | undefined;
  readonly 'certificate-authority'?: string | undefined;
  readonly 'connect-timeout'?: number | undefined;
  readonly 'step-timeout'?: number | undefined;
  readonly timeout?: number | undefined;
}

export interface RawDevice extends RawSettings {
  readonly name: string;
  readonly site?: string | undefined;
  readonly host: string;
}

const SECRETS = ['password', 'passphrase', 'enable-password', 'one-time-code'] as const;
const SOURCES = ['env', 'fd', 'command'] as const;

/**
 * One device from its own settings and the layers below them, the lowest first. A source of a secret
 * replaces every source of it in a lower layer.
 *
 * @param folder what relative paths of files start from
 */
export function toDevice(device: RawDevice, layers: readonly RawSettings[], folder: string): Device {
  const raw = [...layers, device].reduce<RawSettings>(overlay, {});
  const path = (text: string | undefined) => (text === undefined ? null : pathOf(text, folder));
  return {
    name: device.name,
    site: device.site ?? 'default',
    platform: raw.platform ?? '',
    method: raw.method ?? 'ssh',
    host: device.host,
    port: raw.port ?? null,
    user: raw.user ?? null,
    identity: path(raw.identity),
    agent: raw.agent ?? true,
    password: sourceOf(raw, 'password'),
    passphrase: sourceOf(raw, 'passphrase'),
    enablePassword: sourceOf(raw, 'enable-password'),
    oneTimeCode: sourceOf(raw, 'one-time-code') ?? (raw['two-factor'] === true ? { kind: 'prompt' } : null),
    hostKeys: { pins: [raw['host-key'] ?? []].flat(), mode: raw['host-keys'] ?? 'strict' },
    oldAlgorithms: raw['old-algorithms'] ?? [],
    jump: raw.jump === undefined ? null : raw.jump === 'none' ? [] : jumpsOf(raw.jump),
    sudo: raw.sudo ?? false,
    certificate: raw.certificate ?? null,
    certificateAuthority: path(raw['certificate-authority']),
    limits: {
      ...DEFAULT_LIMITS,
      ...milliseconds('connect', raw['connect-timeout']),
      ...milliseconds('step', raw['step-timeout']),
      ...milliseconds('total', raw.timeout),
    },
  };
}

function overlay(below: RawSettings, above: RawSettings): RawSettings {
  const said = new Map(Object.entries(below));
  for (const secret of SECRETS) {
    const names = SOURCES.map((source) => `${secret}-${source}`);
    const replaced = names.some((name) => new Map(Object.entries(above)).get(name) !== undefined);
    if (replaced) for (const name of names) said.delete(name);
  }
  for (const [name, value] of Object.entries(above)) if (value !== undefined) said.set(name, value);
  return Object.fromEntries(said);
}

function sourceOf(raw: RawSettings, secret: (typeof SECRETS)[number]): SecretSource | null {
  const name = raw[`${secret}-env`];
  const number = raw[`${secret}-fd`];
  const command = raw[`${secret}-command`];
  if (number !== undefined) return { kind: 'file-descriptor', number };
  if (command !== undefined) return { kind: 'command', command };
  return name === undefined ? null : { kind: 'environment', name };
}

function jumpsOf(jump: string | readonly string[]): readonly string[] {
  return typeof jump === 'string' ? jump.split(',').map((each) => each.trim()) : jump;
}

function pathOf(text: string, folder: string): string {
  return resolve(folder, text.replace(/^~(?=\/|$)/, homedir()));
}

function milliseconds<Name extends string>(
  name: Name,
  seconds: number | undefined,
): Partial<Record<Name, number>> {
  return (seconds === undefined ? {} : { [name]: Math.ceil(seconds * 1000) }) as Partial<
    Record<Name, number>
  >;
}
