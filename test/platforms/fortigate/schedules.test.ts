import { describe, expect, it } from 'vitest';
import { onDay } from '../../../src/analysis/lapsed.js';
import { deviceOf, HEADER, rulesOf } from './support.js';

const SCHEDULES = `config firewall schedule onetime
edit "over"
set start 09:00 2023/01/05
set end 18:00 2023/1/9
next
edit "later"
set end 00:00 2030/01/01
next
edit "open"
next
end
config firewall schedule recurring
edit "none"
next
edit "idle"
set day none
next
edit "unsaid"
next
edit "weekly"
set day monday
next
end
config firewall schedule group
edit "mixed"
set member "over" "later"
next
edit "past"
set member "over" "none"
next
edit "again"
set member "over" "weekly"
next
edit "loop"
set member "loop"
next
end
`;

function device(settings: string, header = HEADER) {
  return deviceOf(
    `${header}\n${SCHEDULES}config firewall policy\nedit 1\nset srcintf "any"\nset dstintf "any"\nset srcaddr "all"\nset dstaddr "all"\nset service "ALL"\nset action accept\n${settings}\nnext\nend\n`,
  );
}

function until(settings: string, header?: string): string | undefined {
  return rulesOf(device(settings, header))[0]?.conditions[0]?.until;
}

describe('schedules', () => {
  it('for once are over behind their last day', () => {
    expect(until('set schedule "over"')).toBe('2023-01-09');
    expect(until('set schedule "later"')).toBe('2030-01-01');
    expect(until('set schedule "open"')).toBeUndefined();
    expect(until('set schedule "absent"')).toBeUndefined();
  });

  it('that come again are never over, unless they name no day', () => {
    expect(until('set schedule "weekly"')).toBeUndefined();
    expect(until('set schedule "none"')).toBe('0000-00-00');
    expect(until('set schedule "idle"')).toBe('0000-00-00');
    expect(until('set schedule "unsaid"')).toBe('0000-00-00');
    expect(until('set schedule "unsaid"', HEADER.replace('7.4.5', '5.0.9'))).toBeUndefined();
  });

  it('of a group are over with the last of them', () => {
    expect(until('set schedule "mixed"')).toBe('2030-01-01');
    expect(until('set schedule "past"')).toBe('2023-01-09');
    expect(until('set schedule "again"')).toBeUndefined();
    expect(until('set schedule "loop"')).toBeUndefined();
  });

  it('end where a policy expires', () => {
    expect(until('set policy-expiry enable\nset policy-expiry-date 2024-03-01 10:00:00')).toBe('2024-03-01');
    expect(until('set policy-expiry enable\nset policy-expiry-date 0000-00-00 00:00:00')).toBeUndefined();
    expect(until('set policy-expiry disable\nset policy-expiry-date 2024-03-01 10:00:00')).toBeUndefined();
  });
});

describe('a rule on a day', () => {
  const rule = (settings: string, day: string) => rulesOf(onDay(device(settings), day))[0];

  it('is switched off once its time is over', () => {
    expect(rule('set schedule "over"', '2023-01-10')).toMatchObject({ enabled: false, lapsed: true });
    expect(rule('set schedule "over"', '2023-01-09')).toMatchObject({ enabled: true });
    expect(rule('set schedule "none"', '2000-01-01')).toMatchObject({ enabled: false, lapsed: true });
    expect(rule('set schedule "over"\nset status disable', '2026-01-01')?.lapsed).toBeUndefined();
  });

  it('is the very same where nothing is over', () => {
    const found = device('set schedule "weekly"');
    expect(onDay(found, '2026-01-01')).toBe(found);
  });
});
