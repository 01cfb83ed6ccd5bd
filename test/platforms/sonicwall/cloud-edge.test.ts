import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { address, deviceOf, only, SMALL } from './exports.js';

const GROUP = {
  ...SMALL,
  buildNum: '7.1.2-7019',
  ...address(90, 'Default CSE Allowed CIDRs', 8, '0.0.0.0', '0.0.0.0'),
  ...address(91, 'Servers', 4, '192.168.10.0', '255.255.255.0'),
};

test('an export says by the group of what it leads to that a connector dials out', () => {
  const led = { ...GROUP, addro_atomToGrp_90: 'Servers', addro_grpToGrp_90: 'Default CSE Allowed CIDRs' };
  expect(deviceOf(led).tunnels.map(({ name }) => name)).toContain('Cloud Secure Edge');
  expect(deviceOf(GROUP).tunnels).toEqual([]);
});

function ofText(block: string) {
  const text = `firmware-version "SonicOS 7.1.2-7019"\n${block}`;
  const parsed = sonicwall.parse([{ file: 'box.txt', bytes: Buffer.from(text) }]);
  return only(parsed.devices).tunnels.map(({ name }) => name);
}

test.each([
  ['created in its block', 'cloud-secure-edge\n    created\n    exit\n', ['Cloud Secure Edge']],
  ['created on its line', 'cloud-secure-edge created\n', ['Cloud Secure Edge']],
  ['not created', 'cloud-secure-edge\n    no created\n    exit\n', []],
  ['nothing said', 'cloud-secure-edge\n    exit\n', []],
])('the command line says so itself: %s', (_, block, expected) => {
  expect(ofText(block)).toEqual(expected);
});
