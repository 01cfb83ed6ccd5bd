import type { ValidateFunction } from 'ajv';
import type {
  Explanation,
  Party,
  Register,
  RegisterChecks,
  RegisterPolicy,
  ZoneOverride,
} from '../model/explanation.js';
import type { Location } from '../model/location.js';
import { problemsError } from '../text/problems.js';
import { crossReferenceProblems } from './cross-references.js';
import { DEFAULT_POLICY, emptyRegister } from './empty-register.js';
import { domainsIn, parseLifetime, parseNetworks } from './formats.js';
import type { RawChecks, RawExplanation, RawParty, RawPolicy, RawRegister } from './validate.js';
import { registerValidator, schemaProblems } from './validate.js';
import type { YamlDocument } from './yaml-document.js';
import { pointerPart, readYaml } from './yaml-document.js';

export { emptyRegister };

export interface RegisterOptions {
  /** Canonical service ids; when given, an explanation that names another one is an error. */
  readonly services?: ReadonlySet<string>;
}

let compiled: ValidateFunction<RawRegister> | null = null;

/**
 * Reads `fwaudit.yaml`. `file` is its name in locations and errors. An empty text is an empty
 * register; what the policy leaves out is `DEFAULT_POLICY`.
 * @throws FwauditError `register`: everything that is wrong with the text, each with its line and
 * column, in one error.
 */
export function loadRegister(text: string, file: string, options: RegisterOptions = {}): Register {
  compiled ??= registerValidator();
  const document = readYaml(text);
  if (document.problems.length > 0) throw problemsError('register', file, document.problems);
  if (document.value === null) return { ...emptyRegister(), file };

  const problems = [...schemaProblems(compiled, document), ...crossReferenceProblems(document, options)];
  if (problems.length > 0 || !compiled(document.value)) throw problemsError('register', file, problems);
  return toRegister(document.value, document, file);
}

function toRegister(raw: RawRegister, document: YamlDocument, file: string): Register {
  const locate = (pointer: string): Location => ({ file, line: document.positionOf(pointer).line });
  return {
    file,
    organisation: {
      name: raw.organisation?.name ?? null,
      networks: parseNetworks(raw.organisation?.networks ?? []),
    },
    parties: (raw.parties ?? []).map((each, index) => toParty(each, locate(`/parties/${index}`))),
    explanations: (raw.explanations ?? []).map((each, index) =>
      toExplanation(each, locate(`/explanations/${index}`)),
    ),
    zones: toZones(raw, document, file),
    acceptLimits: raw['accept-limits'] ?? [],
    policy: toPolicy(raw.policy ?? {}),
    ...(raw.checks === undefined ? {} : { checks: toChecks(raw.checks) }),
  };
}

function toChecks({
  folders = [],
  only = [],
  skip = [],
  severity = {},
  language,
}: RawChecks): RegisterChecks {
  return { folders, only, skip, severity, language: language ?? null };
}

function toParty(raw: RawParty, location: Location): Party {
  return {
    id: raw.id,
    name: raw.name,
    role: raw.role,
    networks: parseNetworks(raw.networks),
    contract: raw.contract ?? null,
    contact: raw.contact ?? null,
    location,
  };
}

function toExplanation(raw: RawExplanation, location: Location): Explanation {
  const base = {
    id: raw.id,
    party: raw.party ?? null,
    devices: raw.devices,
    reason: raw.reason,
    owner: raw.owner ?? null,
    ticket: raw.ticket ?? null,
    from: raw.from ?? null,
    until: raw.until,
    location,
  };
  if (raw.fact !== undefined) return { ...base, kind: 'fact', ...raw.fact };
  const { via, sources, targets, services } = raw.access ?? NO_ACCESS;
  const addresses = targets.filter((target) => target !== 'self');
  return {
    ...base,
    kind: 'access',
    via,
    sources: parseNetworks(sources),
    domains: domainsIn(sources),
    targets: { self: addresses.length < targets.length, addresses: parseNetworks(addresses) },
    services,
  };
}

/** For the types only: the schema asks for one of the two. */
const NO_ACCESS = { via: [], sources: [], targets: [], services: [] };

/** In the order of the document, because a later override wins over an earlier one. */
function toZones(raw: RawRegister, document: YamlDocument, file: string): ZoneOverride[] {
  const overrides = Object.entries(raw.zones ?? {}).flatMap(([devices, roles]) =>
    Object.entries(roles).map(([zone, role]) => {
      const position = document.positionOfField(`/zones/${pointerPart(devices)}/${pointerPart(zone)}`);
      return { position, override: { devices, zone, role, location: { file, line: position.line } } };
    }),
  );
  overrides.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
  return overrides.map(({ override }) => override);
}

function toPolicy(raw: RawPolicy): RegisterPolicy {
  const lifetime = raw['max-lifetime'];
  const { ipv4, ipv6 } = DEFAULT_POLICY.maxPrefix;
  return {
    maxLifetimeDays:
      (lifetime === undefined ? null : parseLifetime(lifetime)) ?? DEFAULT_POLICY.maxLifetimeDays,
    maxPrefix: { ipv4: raw['max-prefix']?.ipv4 ?? ipv4, ipv6: raw['max-prefix']?.ipv6 ?? ipv6 },
    require: raw.require ?? DEFAULT_POLICY.require,
  };
}
