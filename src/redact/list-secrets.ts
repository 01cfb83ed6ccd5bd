import type { ReportDiagnostic } from '../model/audit-report.js';
import type { Diagnostic } from '../model/coverage.js';
import type { FirewallConfig, SecretRef } from '../model/firewall-config.js';
import type { SecretsDevice, SecretsReport, SecretsStep } from '../model/secrets-report.js';
import type { ParsedCapture } from '../pipeline.js';
import type { Platform, RotationGuide } from '../platforms/platform.js';

/** From the worst way of keeping a secret to the best. */
const PROTECTIONS = ['clear', 'reversible', 'unknown', 'hashed'] as const;

const KEPT: Readonly<Record<SecretRef['protection'], string>> = {
  clear: 'Kept in the clear: whoever has the file has them',
  reversible: 'Encrypted with a key that the vendor’s software holds: whoever has the file can read them',
  unknown: 'Kept in a way that is not established',
  hashed: 'Kept as a hash: weak ones can be guessed',
};

/** Lists the secrets of parsed captures by kind, place and protection; values are in none of them. */
export function listSecrets(
  captures: readonly ParsedCapture[],
  diagnostics: readonly Diagnostic[],
  version: string,
): SecretsReport {
  const all = [...diagnostics, ...captures.flatMap((capture) => capture.diagnostics)];
  return {
    schemaVersion: '1.0',
    tool: { name: 'fwaudit', version },
    devices: captures.flatMap(({ platform, devices }) =>
      platform === null ? [] : devices.map((device) => secretsOf(device, platform)),
    ),
    diagnostics: all.map(toReport),
    complete: all.every(({ incomplete }) => !incomplete),
  };
}

function secretsOf(device: FirewallConfig, platform: Platform): SecretsDevice {
  const { rotation } = platform;
  return {
    id: device.id,
    file: device.location.file,
    platform: platform.id,
    platformName: platform.name,
    product: device.product,
    firmware: device.firmware,
    guide:
      rotation === undefined
        ? null
        : { title: rotation.title, source: rotation.source, notes: rotation.notes },
    steps: rotation === undefined ? stepsByProtection(device.secrets) : stepsOf(device.secrets, rotation),
    protections: {
      clear: count(device.secrets, 'clear'),
      reversible: count(device.secrets, 'reversible'),
      hashed: count(device.secrets, 'hashed'),
      unknown: count(device.secrets, 'unknown'),
    },
  };
}

function count(secrets: readonly SecretRef[], protection: SecretRef['protection']): number {
  return secrets.filter((each) => each.protection === protection).length;
}

function stepsOf(secrets: readonly SecretRef[], { steps }: RotationGuide): readonly SecretsStep[] {
  const named = new Set(steps.flatMap(({ kinds }) => kinds));
  const rest = { title: 'Others', elsewhere: null, secrets: secrets.filter(({ kind }) => !named.has(kind)) };
  const ordered = steps.map(({ title, elsewhere, kinds }) => ({
    title,
    elsewhere,
    secrets: secrets.filter(({ kind }) => kinds.includes(kind)),
  }));
  return [...ordered, rest].filter((step) => step.secrets.length > 0);
}

function stepsByProtection(secrets: readonly SecretRef[]): readonly SecretsStep[] {
  return PROTECTIONS.map((protection) => ({
    title: KEPT[protection],
    elsewhere: null,
    secrets: secrets.filter((each) => each.protection === protection),
  })).filter((step) => step.secrets.length > 0);
}

function toReport({ code, message, hint, location, incomplete }: Diagnostic): ReportDiagnostic {
  return { code, message, hint: hint ?? null, location: location ?? null, incomplete };
}
