import { describe, expect, it } from 'vitest';
import { emptyRegister } from '../../src/explanations/register.js';
import { reviewExplanations } from '../../src/explanations/review.js';
import { load } from './build.js';

const REGISTER = load(`policy: { max-lifetime: 366d, max-prefix: { ipv4: 28 }, require: [owner] }
parties: [{ id: acme, name: ACME, role: reseller, networks: [203.0.113.0/28] }]
explanations:
  - { id: used, devices: [fw-1], reason: r, owner: o, until: 2026-12-31, fact: { check: C, subject: s } }
  - { id: stale-fact, devices: [fw-1], reason: r, owner: o, until: 2026-12-31, fact: { check: C, subject: t } }
  - id: stale-door
    devices: [fw-1]
    access: { via: [WAN], sources: [203.0.113.7], targets: [self], services: [snmp] }
    reason: r
    owner: o
    until: 2026-12-31
  - id: stranger
    party: acme
    devices: [fw-1]
    access: { via: [WAN], sources: [198.51.100.9], targets: [self], services: [snmp] }
    reason: r
    owner: o
    until: 2026-12-31
  - { id: elsewhere, devices: [fw-lyon-*, x], reason: r, owner: o, until: 2026-12-31, fact: { check: C, subject: u } }
  - { id: expired, devices: [fw-1], reason: r, owner: o, until: 2026-10-31, fact: { check: C, subject: s } }
  - { id: early, devices: [fw-1], reason: r, owner: o, from: 2026-11-23, until: 2026-12-31, fact: { check: C, subject: s } }
  - { id: long, devices: [fw-1], reason: r, owner: o, until: 2029-12-31, fact: { check: C, subject: s } }
  - { id: nobody, devices: [fw-1], reason: r, until: 2026-12-31, fact: { check: C, subject: s } }
  - id: wide
    devices: [fw-1]
    access: { via: [WAN], sources: [203.0.113.0/27], targets: [self], services: [snmp] }
    reason: r
    until: 2026-10-01
    owner: o
`);

const AT = '2026-11-22';

describe('the review of a register', () => {
  const review = reviewExplanations(REGISTER, new Set(['used']), AT);

  it('says how each explanation fares, and where it stands', () => {
    expect(review.map(({ id, status, message, location }) => [location.line, id, status, message])).toEqual([
      [4, 'used', 'used', 'valid until 2026-12-31'],
      [5, 'stale-fact', 'stale', 'matches nothing any more: C reports nothing about t'],
      [6, 'stale-door', 'stale', 'matches no door any more: remove it, or correct what it names'],
      [
        12,
        'stranger',
        'stale',
        'matches no door: the party acme declares none of its sources (198.51.100.9/32)',
      ],
      [19, 'elsewhere', 'stale', 'matches nothing any more: C reports nothing about u'],
      [20, 'expired', 'expired', 'expired on 2026-10-31'],
      [21, 'early', 'not-yet-valid', 'is not valid before 2026-11-23'],
      [22, 'long', 'too-long', 'lasts 1135 days from today to 2029-12-31, and the policy allows 366'],
      [23, 'nobody', 'incomplete', 'has no owner, which the policy requires'],
      [
        24,
        'wide',
        'expired',
        'expired on 2026-10-01; names 203.0.113.0/27, and the policy allows nothing wider than a /28',
      ],
    ]);
    expect(review.map((each) => each.until)).toEqual(REGISTER.explanations.map((each) => each.until));
  });

  it('tells what could not be used from what nothing uses, when it knows the devices', () => {
    const known = reviewExplanations(REGISTER, new Set(['used']), AT, ['fw-1']);
    expect(
      known.filter(({ status }) => status === 'not-audited').map(({ id, message }) => [id, message]),
    ).toEqual([['elsewhere', 'no device of this run is named fw-lyon-* or x']]);
    const lyon = reviewExplanations(REGISTER, new Set(['used']), AT, ['fw-lyon-7']);
    expect(lyon.find(({ id }) => id === 'elsewhere')?.status).toBe('stale');
  });

  it('an expired explanation is no less expired for having matched', () => {
    expect(reviewExplanations(REGISTER, new Set(['expired']), AT)[5]?.status).toBe('expired');
  });

  it('of nothing is empty', () => {
    expect(reviewExplanations(emptyRegister(), new Set(), AT)).toEqual([]);
  });
});
