import { digestOf } from '../text/digest.js';
import type { FindingSubject, RawFinding } from './finding.js';
import type { WorldCapture } from './world.js';

const HEX_DIGITS = 16;

/** Where something stands and when it was touched say nothing about what it is. */
const ELSEWHERE = new Set(['location', 'number', 'created', 'updated', 'lastUsed']);

/**
 * What exactly a finding is about, as 16 hexadecimal digits: with the same key and another hash, it
 * changed. Neither texts nor places are in it, so that a rewording or a line inserted above changes
 * nothing. A door is its exact set, what explanations leave of it where they can cover it, and what
 * else must hold for it to be open.
 */
export function findingHash({ check, subject }: Pick<RawFinding, 'check' | 'subject'>): string {
  const facts = factsOf(subject, check.explainable === 'sets');
  // A door's facts are texts alone: nothing in them is a place, and there are thousands of doors.
  const text = subject.kind === 'exposure' ? JSON.stringify(facts) : JSON.stringify(facts, withoutPlaces);
  return digestOf(text, HEX_DIGITS);
}

function factsOf(subject: FindingSubject, bySets: boolean): unknown {
  switch (subject.kind) {
    case 'exposure': {
      const { hash, remainder, conditions } = subject.exposure;
      return [hash, bySets ? remainder.key() : '', [...conditions].sort()];
    }
    case 'dormant': {
      const { sources, target, service, reasons } = subject.dormant;
      return [sources.key(), target.addresses.key(), service.protocol, service.ports, [...reasons].sort()];
    }
    case 'access-rule':
      return subject.accessRule;
    case 'capture':
      return captureFacts(subject.capture);
    case 'device':
      return subject.device.id;
    case 'explanation':
      return [subject.explanation.status, subject.explanation.until];
    default:
      return subject;
  }
}

function captureFacts({ coverage, diagnostics, limits }: WorldCapture): unknown {
  return [
    coverage?.unknownFamilies.map(({ name, count, section }) => [name, count, section]) ?? null,
    diagnostics.filter((each) => each.incomplete).map((each) => each.code),
    limits.map((each) => each.id),
  ];
}

function withoutPlaces(name: string, value: unknown): unknown {
  return ELSEWHERE.has(name) ? undefined : value;
}
