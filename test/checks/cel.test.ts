import { describe, expect, it } from 'vitest';
import { compileCondition, conditionProblem, evaluationProblem } from '../../src/checks/cel.js';
import { projectExposure } from '../../src/checks/project-doors.js';
import { record } from '../../src/checks/records.js';
import type { CheckSubject } from '../../src/model/check.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { ABOUT, config, exposure } from './worlds.js';

/** A condition over one exposure, evaluated. */
function evaluate(condition: string, fields: Parameters<typeof exposure>[0] = {}): boolean {
  return compileCondition(
    condition,
    'exposure',
    ABOUT,
  )(projectExposure(exposure(fields), config(), new Map()));
}

describe('what a condition may not say', () => {
  it.each<[string, CheckSubject, string, number]>([
    ['exposure.anyon', 'exposure', 'Exposure has no field anyon', 9],
    ['exposure.target.sefl', 'exposure', 'Target has no field sefl', 16],
    ['device.interfaces.exists(i, i.rol == "untrusted")', 'device', 'Interface has no field rol', 30],
    ['tunnel.enabled', 'exposure', 'Unknown variable: tunnel', 0],
    ['exposure.party', 'exposure', 'the condition must be true or false, not string', 0],
    ['exposure.sources', 'exposure', 'the condition must be true or false, not list<string>', 0],
    ['capture.unknown', 'capture', 'the condition must be true or false, not int', 0],
    ['exposure.service.id == 443', 'exposure', 'no such overload: string == int', 0],
    ['accessRule.number == 31.0', 'access-rule', 'no such overload: int == double', 0],
    ['exposure.anyone == null', 'exposure', 'no such overload: bool == null', 0],
    ['exposure.', 'exposure', 'Expected IDENTIFIER, got EOF', 9],
    ['glob(exposure.party, 1)', 'exposure', "found no matching overload for 'glob(string, int)'", 0],
    ['nothing(1)', 'exposure', "found no matching overload for 'nothing(int)'", 0],
    ['re(exposure.party, "(")', 'exposure', 'not a pattern that RE2 accepts', 19],
    ['re(exposure.party, "(?=a)")', 'exposure', 'not a pattern that RE2 accepts', 19],
    ['inCidr(exposure.sources, "10.0.0.300/8")', 'exposure', 'not an address or a network', 25],
    ['true && inCidr("10.0.0.1", "10.0.0.0/33")', 'exposure', 'not an address or a network', 27],
    ['daysUntil("2026-13-01") > 1', 'exposure', 'not a day: YYYY-MM-DD is needed', 10],
    ['exposure["anyon"]', 'exposure', 'Exposure has no field anyon', 0],
    ['dyn(exposure).anything', 'exposure', 'dyn() would switch the type check off', 0],
    [
      'has(exposure.anyon)',
      'exposure',
      'has() is true of nothing that is misspelt; every field is always there: compare it instead',
      0,
    ],
    [
      'cel.bind(x, "a", x == "a")',
      'exposure',
      'cel.bind() is not available: a condition is one expression over its subject',
      4,
    ],
    [
      'exposure.rules.all(a, exposure.rules.all(b, exposure.rules.all(c, a == b)))',
      'exposure',
      'more than 2 loops within each other',
      44,
    ],
  ])('%s', (text, over, message, offset) => {
    const problem = conditionProblem(text, over);
    expect([problem?.message, problem?.offset]).toEqual([message, offset]);
  });

  it.each([
    '"a".matches("b")',
    'exposure.rules.exists(r, r.matches("b"))',
    'exposure.rules.all(r, r.matches("b"))',
    'exposure.rules.exists_one(r, r.matches("b"))',
    'exposure.rules.filter(r, r.matches("b")).size() > 0',
    'exposure.rules.map(r, r.matches("b"), r).size() > 0',
    'exposure.rules.map(r, r.matches("b")).exists(x, x)',
    '[{"a": "a".matches("b")}][0].a',
    'exposure.anyone ? "a".matches("b") : false',
    're("a" + string("a" .matches ("b")), "c")',
    '!(-1 == 1 || !"a".matches("b"))',
    'exposure.rules[["a".matches("b")].size()] == "a"',
  ])('%s: JavaScript expressions, wherever they hide', (text) => {
    const problem = conditionProblem(text, 'exposure');
    expect(problem?.message).toBe('matches() can run for minutes on a hostile text: use re(text, pattern)');
    expect(problem?.offset).toBe(text.indexOf('matches'));
  });

  it.each([
    ['exposure.anyon', 'did you mean anyone?'],
    ['exposure.Anyone', 'did you mean anyone?'],
    ['exposure["anyon"]', 'did you mean anyone?'],
    ['exposure.entry.nonsense', 'its fields are kind, name, role, interfaces'],
    ['exposures.anyone', 'a check over exposure sees one variable: exposure'],
  ])('%s: a hint', (text, hint) => {
    expect(conditionProblem(text, 'exposure')?.hint).toBe(hint);
  });

  it('too much of it', () => {
    const long = Array.from({ length: 600 }, () => 'exposure.anyone').join(' || ');
    expect(conditionProblem(long, 'exposure')?.message).toMatch(/maxAstNodes|maxDepth|Exceeded/i);
    const deep = `${'('.repeat(300)}exposure.anyone${')'.repeat(300)}`;
    expect(conditionProblem(deep, 'exposure')?.message).toMatch(/maxDepth|Exceeded/i);
  });
});

describe('what a condition may say', () => {
  it.each<[string, CheckSubject]>([
    ['exposure.target.self && exposure.thirdParty && !exposure.anyone', 'exposure'],
    ['exposure.entry.kind in ["zone", "interface"]', 'exposure'],
    ['device.tunnels.exists(t, t.peers.exists(p, isPublic([p])))', 'device'],
    ['device.interfaces.filter(i, i.enabled).filter(i, i.dynamic).exists(i, i.name == "X1")', 'device'],
    ['accessRule.source.any && accessRule.number > 3 && accessRule.created == 0', 'access-rule'],
    ['setting.name == "snmp" && (setting.on || setting.number >= 2 || setting.text == "v2")', 'setting'],
    ['capture.unknownThatMatter > 0', 'capture'],
    ['daysUntil(explanation.until) < 30', 'explanation'],
    ['natRule.translatesDestination && listener', 'nat-rule'],
  ])('%s', (text, over) => {
    const problem = conditionProblem(text, over);
    expect(problem?.message ?? null).toBe(text.endsWith('listener') ? 'Unknown variable: listener' : null);
  });
});

describe('the functions of conditions', () => {
  it.each([
    ['re(exposure.device, "^fw-[a-z]+-\\\\d$")', true],
    ['re(exposure.device, "^paris")', false],
    ['re(exposure.device, "paris")', true],
    ['glob(exposure.device, "fw-*-?")', true],
    ['glob(exposure.device, "fw-*-")', false],
    ['glob(exposure.device, "fw-paris.1")', false],
    ['glob("a\\nb", "a*b")', true],
    ['glob("a.b", "a.b") && !glob("axb", "a.b")', true],
    ['hasWord("TEMP-2 rule", ["temp"])', true],
    ['hasWord("template", ["temp"])', false],
    ['hasWord("\u00C0 supprimer !", ["\u00E0 supprimer"])', true],
    ['hasWord("to be deleted", ["to delete", "deleted"])', true],
    ['hasWordLike("j.Tempo2", ["temp"]) && hasWordLike("x-CONSULTANT", ["consult"])', true],
    ['hasWordLike("contemporary", ["temp"])', false],
    ['hasWord("", ["temp"]) || hasWord("temp", [])', false],
    ['inCidr(exposure.sources, "203.0.113.0/24")', true],
    ['inCidr(exposure.sources, "203.0.113.8/29")', false],
    ['inCidr("203.0.113.7", "203.0.113.7")', true],
    ['inCidr("2001:db8::1", "2001:db8::/32")', true],
    ['inCidr(["203.0.113.7", "192.0.2.1"], "203.0.113.0/24")', false],
    ['inCidr(exposure.named, "0.0.0.0/0")', false],
    ['overlaps(exposure.sources, ["203.0.113.0/29", "192.0.2.0/24"])', true],
    ['overlaps(exposure.sources, ["203.0.113.0/30"])', false],
    ['overlaps([], exposure.sources)', false],
    ['isPublic(exposure.sources)', true],
    ['isPublic(["10.0.0.0/8", "fd00::/8", "169.254.1.1", "127.0.0.1", "100.64.0.0/10"])', false],
    ['isPublic(["10.0.0.0/7"])', true],
    ['isPublic(["198.51.100.0/24"])', true],
    ['isPublic(["224.0.0.1"])', false],
    ['daysUntil("2026-11-22") == 0', true],
    ['daysUntil("2026-12-22") == 30', true],
    ['daysUntil("2025-11-22") == -365', true],
    ['daysUntil("2028-02-29") > 0', true],
  ])('%s is %s', (condition, expected) => {
    expect(conditionProblem(condition, 'exposure')).toBeNull();
    expect(evaluate(condition)).toBe(expected);
  });

  it('needs no minutes for a hostile pattern', () => {
    const hostile = `${'a'.repeat(5000)}!`;
    const started = performance.now();
    const entry = { ...exposure().entry, name: hostile };
    expect(evaluate('re(exposure.entry.name, "^(a+)+$")', { entry })).toBe(false);
    expect(evaluate('glob(exposure.entry.name, "*a*a*a*a*a*a*b")', { entry })).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each([
    ['inCidr(exposure.entry.name, "10.0.0.0/8")', 'not an address or a network'],
    ['daysUntil(exposure.entry.name) > 1', 'not a day: YYYY-MM-DD is needed'],
    ['daysUntil("2026-13-" + "01") > 1', 'not a day: YYYY-MM-DD is needed'],
    ['re("a", exposure.entry.name + "(")', 'not a pattern that RE2 accepts'],
    ['exposure.rules[7] == "x"', 'No such key: index out of bounds, index 7 >= size 1'],
    ['1 / (exposure.rules.size() - 1) == 1', 'division by zero'],
  ])('%s fails when it is evaluated, without quoting what it met', (condition, problem) => {
    expect(conditionProblem(condition, 'exposure')).toBeNull();
    try {
      evaluate(condition, { entry: { ...exposure().entry, name: 'hunter2' } });
      expect.unreachable();
    } catch (error) {
      expect(evaluationProblem(error)).toBe(problem);
    }
  });
});

describe('compileCondition', () => {
  it('evaluates what a check says', () => {
    const condition = 'exposure.target.self && exposure.thirdParty && !exposure.anyone';
    expect(evaluate(condition)).toBe(true);
    expect(evaluate(condition, { anyone: true, sources: IpSet.IPV4 })).toBe(false);
    expect(evaluate(condition, { party: 'own', thirdParty: false })).toBe(false);
  });

  it('takes numbers as whole numbers of 64 bits', () => {
    const compiled = compileCondition('capture.unknown > 2 && capture.unknown == 3', 'capture', ABOUT);
    expect(compiled(record('Capture', { unknown: 3n }))).toBe(true);
    expect(() => compiled(record('Capture', { unknown: 3 }))).toThrow(/int.*double/);
  });

  it('throws for a field that is not there, rather than finding nothing', () => {
    expect(() => compileCondition('capture.unknown > 2', 'capture', ABOUT)(record('Capture', {}))).toThrow(
      'No such key',
    );
  });

  it('throws for a condition that was never checked', () => {
    expect(() => compileCondition('capture.', 'capture', ABOUT)).toThrow('EOF');
    expect(() =>
      compileCondition('capture.file', 'capture', ABOUT)(record('Capture', { file: 'a' })),
    ).toThrow('neither true nor false');
  });
});
