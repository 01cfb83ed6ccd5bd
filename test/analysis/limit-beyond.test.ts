import { describe, expect, it, vi } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SetLimitError } from '../../src/sets/steps.js';
import { device, iface, policy, rule } from './build.js';

vi.mock('../../src/analysis/transit.js', async (original) => ({
  ...(await original<typeof import('../../src/analysis/transit.js')>()),
  reachHosts: () => {
    throw new SetLimitError('even so');
  },
}));

describe('rules that not even an answer wider than the truth can be given for', () => {
  it('lose their entry alone, and the scan is incomplete', () => {
    const config = device({
      zones: [],
      interfaces: [iface('eth0', null, '192.0.2.1/24'), iface('eth1', null, '198.51.100.1/24')],
      policies: [policy([rule(1, 'permit')])],
    });
    const { reaches, diagnostics } = analyse(config, new Map());
    expect(reaches).toEqual([]);
    expect(diagnostics.filter(({ message }) => message.includes('its doors are not told'))).toHaveLength(2);
    expect(diagnostics.every(({ incomplete }) => incomplete)).toBe(true);
  });
});
