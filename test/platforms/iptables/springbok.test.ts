import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccessRule, Policy } from '../../../src/model/policy.js';
import { type IpSet, parseIpSet } from '../../../src/sets/ip-set.js';
import { parse } from './build.js';

/**
 * Another tool's parse cases, where they are at hand: scripts of iptables commands, and what the tool
 * makes of them. Scripts are no dumps; their commands are what iptables-restore takes.
 */

const folder = '../shared/oracles/springbok/iptables_parse';
const cases = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.startsWith('test_'))
      .sort((a, b) => numberOf(a) - numberOf(b))
  : [];

function numberOf(name: string): number {
  return Number(name.replace(/\D/g, ''));
}

/** Where the reference is not what the kernel does. */
const THEIRS: ReadonlyMap<number, string> = new Map([
  [25, '-o is refused in INPUT, and never true there; the reference leaves it out of the rule'],
  [26, 'the second rule, -f, is left out of the reference'],
  [27, 'the second rule, with counters, is left out of the reference'],
]);

interface Line {
  readonly id: number;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly action: string;
}

/** The script as blocks of a restore file, one a line, so that line numbers stay those of the script. */
function toDump(script: string): string {
  return script
    .split('\n')
    .filter((line) => /^iptables /.test(line) && !/ -h$/.test(line))
    .map((line) => {
      const [, table = 'filter'] = / -t (\w+)/.exec(line) ?? [];
      return { table, command: line.replace(/^iptables /, '').replace(/-t \w+ /, '') };
    })
    .reduce<{ table: string; commands: string[] }[]>((blocks, { table, command }) => {
      const last = blocks.at(-1);
      if (last?.table === table) last.commands.push(command);
      else blocks.push({ table, commands: [command] });
      return blocks;
    }, [])
    .map(({ table, commands }) => `*${table}\n${commands.join('\n')}\nCOMMIT\n`)
    .join('');
}

function ours(script: string): readonly Line[] {
  const dump = toDump(script);
  const [device] = parse(dump).devices;
  const made = dump.split('\n').flatMap((line, at) => (/^-[AIR] /.test(line) ? [at + 1] : []));
  return ['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => {
    const policy = device?.policies.find((each) => each.name === `filter/${chain}`);
    const rules = (policy?.rules ?? []).map((rule) => ruleLine(rule, made.indexOf(rule.location.line)));
    return [...rules, { id: -1, protocol: '', source: '', destination: '', action: defaultOf(policy) }];
  });
}

function ruleLine(rule: AccessRule, id: number): Line {
  const { action } = rule;
  return {
    id,
    protocol: rule.service.any ? '' : rule.service.literal?.toTexts().join() || 'nothing',
    source: addressText(rule.source.literal),
    destination: addressText(rule.destination.literal),
    action: 'policy' in action ? action.policy.replace('filter/', '') : action.kind,
  };
}

function defaultOf(policy: Policy | undefined): string {
  return policy?.default.action ?? 'permit';
}

function addressText(set: IpSet | undefined): string {
  return set === undefined ? '' : set.key();
}

/** `.*id: 0 .*  protocol: \[\]   ip_source: \[1\.1\.1\.1 / 8.*\] …` */
function theirs(reference: string): readonly Line[] {
  return reference
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const field = (name: string) =>
        (new RegExp(`${name}: \\\\\\[(.*?)\\\\\\]`).exec(line)?.[1] ?? '')
          .replaceAll('.*', '')
          .replaceAll('\\', '');
      const address = (text: string) => addressText(parseIpSet(text.replaceAll(' ', '')) ?? undefined);
      return {
        id: Number(/id: (-?\d+)/.exec(line)?.[1]),
        protocol: field('protocol'),
        source: address(field('ip_source')),
        destination: address(field('ip_dest')),
        action: /action: (\S+)/.exec(line)?.[1] ?? '',
      };
    });
}

describe.skipIf(cases.length === 0)('Springbok’s iptables cases', () => {
  const agree = (name: string) => {
    const script = readFileSync(join(folder, name), 'utf8');
    const reference = readFileSync(join(folder, name.replace('test_', 'ref_')), 'utf8');
    return JSON.stringify(ours(script)) === JSON.stringify(theirs(reference));
  };

  it.each(cases)('%s', (name) => {
    expect(agree(name)).toBe(!THEIRS.has(numberOf(name)));
  });

  it('agree in 24 of 27', () => {
    expect([cases.filter(agree).length, cases.length]).toEqual([24, 27]);
  });
});
