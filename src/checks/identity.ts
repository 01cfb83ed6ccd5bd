import type { Check } from '../model/check.js';
import type { Location } from '../model/location.js';
import { digestOf } from '../text/digest.js';
import type { FindingSubject } from './finding.js';
import { plainAddresses, targetLabel } from './labels.js';
import type { JudgedExposure } from './world.js';

const HEX_DIGITS = 16;
/** Sources that a fact's subject spells out; more are named by the hash of the exact set. */
const MOST_SOURCES = 4;

/**
 * What a subject is called by those who explain a fact about it: stable as long as the fact is the
 * same, and written as a person would read it in the report.
 */
export function factSubjectOf(subject: FindingSubject): string {
  switch (subject.kind) {
    case 'exposure':
      return exposureSubject(subject.exposure);
    case 'dormant':
      return subject.dormant.subject;
    case 'access-rule':
      return subject.accessRule.name;
    case 'nat-rule':
      return subject.natRule.name;
    case 'administrator':
      return subject.administrator.name;
    case 'listener':
      return [subject.listener.service, ...(subject.listener.interfaces ?? [])].join(' ');
    case 'tunnel':
      return subject.tunnel.peers.length > 0 ? subject.tunnel.peers.join(', ') : subject.tunnel.name;
    case 'manager':
      return subject.manager.address ?? subject.manager.kind;
    case 'setting': {
      const { name, value } = subject.setting;
      // One server explained must not explain another.
      return typeof value === 'string' ? `${name} ${value}` : name;
    }
    case 'interface':
      return subject.interface.name;
    case 'route':
      return [subject.route.destination, subject.route.gateway ?? subject.route.interface ?? ''].join(' ');
    case 'address':
      return subject.address.address;
    case 'device':
      return subject.device.id;
    case 'capture':
      return subject.capture.file;
    case 'explanation':
      return subject.explanation.id;
  }
}

function exposureSubject(exposure: JudgedExposure): string {
  const door = `${targetLabel(exposure.target)} > ${exposure.service.id}`;
  return `${exposure.entry.name} ${sourcesSubject(exposure)} > ${door}`;
}

function sourcesSubject({ anyone, sources, party, hash }: JudgedExposure): string {
  if (anyone) return 'anyone';
  const cidrs = plainAddresses(sources.toCidrs());
  return cidrs.length <= MOST_SOURCES ? cidrs.join(', ') : `${party} ${hash}`;
}

/** The key of a door, which names it across runs; null for what is no door. */
function doorKey(subject: FindingSubject): string | null {
  if (subject.kind === 'exposure') return subject.exposure.key;
  return subject.kind === 'dormant' ? subject.dormant.key : null;
}

/** Says which findings are about the same thing: within one run only. */
export function subjectId(subject: FindingSubject, device: string | null): string {
  const door = doorKey(subject);
  return door === null
    ? JSON.stringify([subject.kind, device, factSubjectOf(subject)])
    : `${subject.kind} ${door}`;
}

/**
 * Names a finding across runs: of its check and the door's key, or the device and the fact's subject.
 * `occurrence` counts from 0 those that would otherwise be called the same.
 */
export function findingKey(
  check: Check,
  subject: FindingSubject,
  device: string | null,
  occurrence: number,
): string {
  const name = [check.id, doorKey(subject) ?? [device, factSubjectOf(subject)]];
  const text = JSON.stringify(occurrence === 0 ? name : [...name, occurrence]);
  return digestOf(text, HEX_DIGITS);
}

/** Where a subject stands, the deciding place first. */
export function locationsOf(subject: FindingSubject): readonly Location[] {
  switch (subject.kind) {
    case 'exposure':
      return subject.exposure.contributions.map((each) => each.rule.location);
    case 'dormant':
      return subject.dormant.path.slice(0, 1).map((step) => step.location);
    case 'capture':
      return captureLocations(subject.capture);
    case 'access-rule':
      return [subject.accessRule.location];
    case 'nat-rule':
      return [subject.natRule.location];
    case 'administrator':
      return [subject.administrator.location];
    case 'listener':
      return [subject.listener.location];
    case 'tunnel':
      return [subject.tunnel.location];
    case 'manager':
      return [subject.manager.location];
    case 'setting':
      return [subject.setting.location];
    case 'interface':
      return [subject.interface.location];
    case 'route':
      return [subject.route.location];
    case 'address':
      return subject.address.locations;
    case 'device':
      return [subject.device.location];
    case 'explanation':
      return [subject.explanation.location];
  }
}

function captureLocations({
  file,
  coverage,
  diagnostics,
}: Extract<FindingSubject, { kind: 'capture' }>['capture']) {
  const places = [
    ...(coverage?.unknownFamilies ?? [])
      .filter((family) => family.section !== 'other')
      .map((family) => family.location),
    ...diagnostics.filter((each) => each.incomplete).flatMap(({ location }) => location ?? []),
  ];
  return places.length > 0 ? places : [{ file, line: 1 }];
}
