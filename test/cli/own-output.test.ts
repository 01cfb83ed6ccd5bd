import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { builtProgram } from './program.js';
import { layOut } from './scenario.js';

/** Reports that lie beside the configurations that they are about are no configurations. */

const program = builtProgram();

const cases: readonly (readonly [string, string])[] = [
  ['sonicwall/nsa-240-reseller/config.exp', 'config.exp'],
  ['sonicwall/cli-text-6.5/config.log', 'config.log'],
  ['fortigate/anyone-https-ssh/config.conf', 'config.conf'],
  ['iptables/any-ssh/config.rules', 'config.rules'],
  ['pfsense/custom-web-port/config.xml', 'config.xml'],
];

const reports = {
  json: 'json',
  sarif: 'sarif',
  junit: 'junit.txt',
  github: 'github.txt',
  gitlab: 'gitlab.json',
  markdown: 'md',
  csv: 'csv',
  terminal: 'txt',
};

describe.each(cases)('%s', (source, name) => {
  it('is the one configuration of its folder, whatever is printed beside it', async ({ onTestFinished }) => {
    const folder = layOut({ copies: { [name]: source } }, onTestFinished);
    const scan = async () => {
      const { stdout } = await program.shell('fwaudit scan . --at 2026-11-22 -f json', folder);
      return JSON.parse(stdout) as AuditReport;
    };
    const before = await scan();
    const outputs = Object.entries(reports).map(([format, ending]) => `-o.${format} report.${ending}`);
    const lines = [
      `fwaudit scan ${name} -v ${outputs.join(' ')}`,
      `fwaudit convert ${name} > converted.json`,
      `fwaudit query ${name} -f json > query.json`,
      `fwaudit trace ${name} --from 203.0.113.7 --to 198.51.100.2:443/tcp -f json > trace.json`,
      ...['json', 'markdown', 'terminal'].map(
        (form) => `fwaudit secrets ${name} -f ${form} > secrets.${form}`,
      ),
    ];
    for (const line of lines) await program.shell(line, folder);
    const { status, stdout } = await program.shell(
      'wc -c report.* *.json secrets.* | grep -c " [1-9]"',
      folder,
    );
    expect([status, Number(stdout) > lines.length]).toEqual([0, true]);
    const after = await scan();
    expect(after.captures.map(({ file }) => file)).toEqual([name]);
    expect(after.findings).toEqual(before.findings);
    expect(after.summary).toEqual(before.summary);
  });
});
