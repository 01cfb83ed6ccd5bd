import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { only } from './exports.js';

/** Whom records of traffic are sent to, as texts and answers say it. */

const OUTSIDE = '203.0.113.9';
const TUNNEL = '203.0.113.1';

const RULE = {
  ipv4: {
    from: 'LAN',
    to: 'WAN',
    action: 'allow',
    source: { address: { any: true } },
    service: { any: true },
    destination: { address: { any: true } },
  },
};
const COLLECTOR = { ipv4: { name: 'collector', zone: 'WAN', host: { ip: OUTSIDE } } };

/** Collectors, and the managers that a GMS among them is. */
function told(file: string, text: string): readonly string[] {
  const { settings, managers } = only(sonicwall.parse([{ file, bytes: Buffer.from(text) }]).devices);
  const collectors = settings.filter(({ name }) => name === 'flow-collector');
  return [
    ...collectors.map(({ value }) => String(value)),
    ...managers.map(({ kind, address, enabled }) => `${kind} ${address} ${enabled ? 'on' : 'off'}`),
  ];
}

function ofText(block: string): readonly string[] {
  const lines = [
    'firmware-version "SonicOS Enhanced 6.5.4.15-117n"',
    'interface X1\n    exit',
    'access-rule ipv4 from LAN to WAN action allow\n    exit',
    `appflow\n    ${block}\n    exit`,
  ];
  return told('box.txt', lines.join('\n'));
}

function ofAnswer(appflow: object): readonly string[] {
  return told('box.json', JSON.stringify({ access_rules: [RULE], address_objects: [COLLECTOR], appflow }));
}

const server = (flows: string) =>
  `gmsflow-server\n        ${flows}\n        no real-time\n        server-ip\n            ip ${OUTSIDE}\n            vpn-source-ip ${TUNNEL}\n            exit\n        exit`;
const collector = (flows: string) =>
  `external-collector\n        ${flows}\n        ip ${OUTSIDE}\n        vpn-source-ip ${TUNNEL}\n        exit`;

describe('flow collectors', () => {
  it('are read from the text of the command line, where flows are sent', () => {
    expect(ofText(server('flows'))).toEqual([OUTSIDE, `gms-flow-server ${OUTSIDE} on`]);
    expect(ofText(server('no flows'))).toEqual([`gms-flow-server ${OUTSIDE} off`]);
    expect(ofText(collector('flows'))).toEqual([OUTSIDE]);
    expect(ofText(collector('no flows'))).toEqual([]);
  });

  it('are read from answers, by an address or by an object', () => {
    const to = (name: string, flows: boolean, host: object) => ({
      [name]: { flows, real_time: false, server_ip: { server: host, vpn_source_ip: { value: TUNNEL } } },
    });
    const ip = { ip: { value: OUTSIDE } };
    expect(ofAnswer(to('gmsflow_server', true, ip))).toEqual([OUTSIDE, `gms-flow-server ${OUTSIDE} on`]);
    expect(ofAnswer(to('appflow_server', true, { address: { name: 'collector' } }))).toEqual([OUTSIDE]);
    expect(ofAnswer(to('appflow_server', false, ip))).toEqual([]);
  });

  it('are known by an answer that says nothing else', () => {
    const bytes = Buffer.from(JSON.stringify({ appflow: { gmsflow_server: { flows: true } } }));
    expect(sonicwall.detect({ file: 'flow.json', bytes })).toBeGreaterThan(0.5);
  });
});
