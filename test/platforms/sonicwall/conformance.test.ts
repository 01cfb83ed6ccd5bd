import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { conformance } from '../../../src/platforms/sonicwall/conformance.js';
import { encodeText, pairsText, SMALL } from './exports.js';

const ENCODED = encodeText(pairsText(SMALL));

function capture(text: string) {
  return { file: 'box.exp', bytes: Buffer.from(text, 'latin1') };
}

describe('what the shared suite is given', () => {
  it.each([
    ['as it comes', ENCODED],
    ['wrapped', ENCODED.replace(/.{76}/g, '$&\n')],
    ['without its end marker', ENCODED.slice(0, -2)],
    ['decoded, one pair a line', pairsText(SMALL).replaceAll('&', '\n')],
    ['decoded, separated by ampersands', pairsText(SMALL)],
  ])('takes an export apart and puts it together, %s', (_, text) => {
    const lines = conformance.decode(capture(text));
    expect(lines).toHaveLength(Object.keys(SMALL).length);
    const again = Buffer.from(conformance.encode(lines, capture(text)).bytes).toString('latin1');
    expect(again.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    expect(again.includes('\n')).toBe(text.includes('\n'));
  });

  it('names the key that the parser reads', () => {
    expect(conformance.keyword('policyAction_2=2')).toBe('policyAction_2');
    expect(conformance.keyword('checksumVersion=1')).toBeNull();
    expect(conformance.keyword('nobodyKnows_2=2')).toBeNull();
  });

  it('counts access rules without the parser', () => {
    expect(conformance.countAccessRules(conformance.decode(capture(ENCODED)))).toBe(3);
    expect(
      conformance.countAccessRules(['policyActionV6_0=2', 'policyActionMdm_0=2', 'xpolicyAction_0=2']),
    ).toBe(1);
  });

  it('finds the object around a location', () => {
    const lines = conformance.decode(capture(ENCODED));
    const text = conformance.textAt(lines, { file: 'box.exp', line: 1, key: 'policyAction_2' });
    expect(text).toContain('policyDstNet_2=All WAN Management IP');
    expect(text).not.toContain('policyDstNet_1');
    expect(conformance.textAt(lines, { file: 'box.exp', line: 1, key: 'firewallName' })).toBe(
      'firewallName=fw-paris-1',
    );
    expect(conformance.textAt(lines, { file: 'box.exp', line: 1, key: 'iface_name_1' })).toContain(
      'interface_Zone_1=WAN',
    );
  });
});
