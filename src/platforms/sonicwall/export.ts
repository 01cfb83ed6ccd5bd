import type { Capture } from '../../model/capture.js';
import type { Diagnostic, Limit } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';
import type { Parsed } from '../platform.js';
import { createDiagnosticLog, type DiagnosticLog } from '../shared/diagnostic-log.js';
import { refused } from '../shared/refused.js';
import { type ExpDocument, readExport } from './exp.js';
import { createKeyReader, type KeyReader } from './key-reader.js';
import { coverageOf } from './keys.js';
import { majorVersion, normalise, unclassified } from './normalise.js';
import { RULE_FIELDS } from './read-families.js';
import { isStandard, parseStandard } from './standard.js';

/** What no export can show, whatever it holds. */
const LIMITS: readonly Limit[] = [
  {
    id: 'sonicwall-exp-registration-not-in-file',
    message:
      "An export does not say whose MySonicWall account the appliance is registered to. Whose is it? MySonicWall, My Products, lists the serial numbers of your accounts; of one that is in none of them, ask the vendor's support.",
  },
  {
    id: 'sonicwall-exp-built-in-administrator-not-in-file',
    message: 'An export holds neither the name nor the password of the built-in administrator.',
  },
  {
    id: 'sonicwall-exp-vpn-users-not-told-apart',
    message:
      'Which VPN user may go where is not told apart: whoever dials in by SSL VPN is taken to get what the access lists of all users and groups name together. Of a rule for any service out of a tunnel it is taken that it leads to no administration of the appliance unless it asks for management.',
  },
  {
    id: 'sonicwall-exp-probes-of-route-policies-not-read',
    message:
      'Of route policies, metric and probe are not read: one that may lead somewhere is taken to lead there.',
  },
];

const SEVEN: Limit = {
  id: 'sonicwall-7-enumerations-unverified',
  message: 'SonicOS 7 exports are read with the numbers of SonicOS 6.5, which nobody has verified for it.',
};

/** Reads one export into one device, or says in one line why it cannot. Never throws. */
export function parseExport(capture: Capture): Parsed {
  if (capture.bytes.length === 0) return refused(capture.file, 'empty-input', 'the file is empty');
  const document = readExport(capture);
  if (document === null) {
    return refused(
      capture.file,
      'unrecognised-input',
      'this is neither a SonicWall export nor its decoded text',
    );
  }
  if (isStandard(document)) return standard(capture, document);
  const reader = createKeyReader(document.pairs);
  const reason = refusal(reader);
  if (reason !== null) return refused(capture.file, reason.code, reason.message);
  const log = createDiagnosticLog();
  noteContainer(document, reader, log);
  const device = normalise(reader, log);
  const coverage = coverageOf(document.pairs);
  const seven = majorVersion(device.firmware) >= 7;
  return {
    devices: [device],
    coverage: [coverage],
    diagnostics: [...log.list(), ...unclassified(coverage)],
    limits: seven ? [...LIMITS, SEVEN] : LIMITS,
  };
}

function standard(capture: Capture, document: ExpDocument): Parsed {
  const log = createDiagnosticLog();
  const end: Location = { file: capture.file, line: document.pairs.last()?.location.line ?? 1 };
  if (document.cuts.length > 0)
    log.note('truncated', `the export is cut off: ${document.cuts.join('; ')}`, end);
  return parseStandard(capture, document, log);
}

function refusal(reader: KeyReader): { readonly code: Diagnostic['code']; readonly message: string } | null {
  if (reader.has('policyAction_N') || reader.has('policySrcZone_N')) return null;
  if (majorVersion(reader.single('buildNum')?.text ?? null) >= 7) {
    const message =
      'this export of SonicOS 7 is in policy mode, or holds no access rules: security policies are not supported';
    return { code: 'unsupported-format', message };
  }
  const anything = (
    ['shortProdName', 'zoneObjId_N', 'iface_name_N', 'addrObjId_N', 'svcObjId_N'] as const
  ).some(reader.has);
  return anything
    ? null
    : { code: 'unrecognised-input', message: 'none of the keys is one of a SonicWall export' };
}

/** What the container itself shows: a missing end, keys that repeat, parts that are no pair. */
function noteContainer(document: ExpDocument, reader: KeyReader, log: DiagnosticLog): void {
  const { file } = reader;
  const end: Location = document.pairs.last()?.location ?? { file, line: 1 };
  const ragged = lastRuleCut(reader);
  const cuts = ragged === null ? document.cuts : [...document.cuts, ragged];
  if (cuts.length > 0) log.note('truncated', `the export is cut off: ${cuts.join('; ')}`, end);
  for (const location of document.fragments)
    log.note('malformed-value', 'a part of the export is no key with a value', location);
  for (const { location, differs } of document.pairs.repeated()) {
    if (differs)
      log.note('duplicate-key', 'a key occurs again with another value: the first is read', location);
    else log.note('duplicate-key', 'a key occurs again with the same value', location, false);
  }
  if (!reader.has('policyAction_N') && !reader.has('policyActionV6_N')) {
    log.note('missing-value', 'the export holds no access rules', end);
  }
}

/** The last access rule lacks keys that the first one has: the file stops inside it. */
function lastRuleCut(reader: KeyReader): string | null {
  for (const mark of ['', 'V6'] as const) {
    const families = RULE_FIELDS.map((field) => `policy${field}${mark}_N` as const);
    const indices = reader.indices(...families);
    const first = indices[0];
    const last = indices.at(-1);
    if (first === undefined || last === undefined || first === last) continue;
    if (
      families.some(
        (family) => reader.at(family, first) !== undefined && reader.at(family, last) === undefined,
      )
    ) {
      return `access rule ${last} lacks keys that the others have`;
    }
  }
  return null;
}
