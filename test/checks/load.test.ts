import { describe, expect, it } from 'vitest';
import { loadCheck, loadChecks } from '../../src/checks/load.js';
import { CHECK, problemOf, shown, whole, withLine } from './yaml.js';

function problem(text: string): string {
  return shown(problemOf(() => loadCheck(text, 'rules/mine.yaml')));
}

/** With the line and its caret. */
function quotedProblem(text: string): string {
  return whole(problemOf(() => loadCheck(text, 'rules/mine.yaml')));
}

function caret(line: string, column: number): string {
  return `\n  ${line}\n  ${' '.repeat(column - 1)}^`;
}

describe('loadCheck', () => {
  it('reads a check, with what was left out', () => {
    expect(loadCheck(CHECK, 'rules/mine.yaml')).toEqual({
      id: 'ACM-ADM-001',
      title: { en: 'A door' },
      severity: 'high',
      severityReason: 'because',
      over: 'exposure',
      when: 'exposure.anyone',
      outline: { kind: 'is', path: ['anyone'], oneOf: [true] },
      message: { en: 'from {entry.name}' },
      explainable: 'sets',
      supersedes: [],
      why: { en: 'because' },
      fix: { en: 'close it' },
      references: ['RFC 1918'],
      tags: ['cwe:284'],
      examples: { finds: ['a'], passes: ['b'] },
      location: { file: 'rules/mine.yaml', line: 1 },
    });
  });

  it('says where the check stands', () => {
    expect(loadCheck(`# yaml-language-server: $schema=schema.json\n\n${CHECK}`, 'a.yaml').location).toEqual({
      file: 'a.yaml',
      line: 3,
    });
  });

  it('knows what a check may ask its platform for, and of what', () => {
    const over = (subject: string, more: string) =>
      `${CHECK.replace('over: exposure', `over: ${subject}`)
        .replace('exposure.anyone', '"true"')
        .replace('from {entry.name}', 'x')
        .replace('explainable: sets', 'explainable: fact')}${more}`;
    expect(
      loadCheck(over('device', 'remedy: change-setting\nsetting: log-server\n'), 'a.yaml'),
    ).toMatchObject({
      remedy: 'change-setting',
      setting: 'log-server',
    });
    expect(problem(over('tunnel', 'remedy: change-setting\n'))).toContain(
      'is for checks over setting or device',
    );
    expect(problem(over('device', 'remedy: change-setting\n'))).toContain('"setting" is missing');
    expect(problem(over('setting', 'remedy: change-setting\nsetting: log-server\n'))).toContain(
      'of a check over the device',
    );
    expect(problem(over('device', 'remedy: change-setting\nsetting: log-sever\n'))).toContain(
      'there is no setting log-sever [did you mean log-server?]',
    );
  });

  it('throws an error of the check, with its file', () => {
    const error = problemOf(() => loadCheck('', 'rules/mine.yaml'));
    expect([error.code, error.location?.file]).toEqual(['check', 'rules/mine.yaml']);
  });

  it.each([
    [
      'nothing',
      '',
      '1:1 "the file" must be a mapping [One YAML file, one check. rules/README.md says how to write one.]',
    ],
    [
      'a list',
      '- a\n',
      '1:1 "the file" must be a mapping [One YAML file, one check. rules/README.md says how to write one.]',
    ],
    [
      'broken YAML',
      `${CHECK}x: [1\n`,
      '15:1 not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a field twice', `${CHECK}id: ACM-ADM-002\n`, '14:1 not valid YAML: Map keys must be unique'],
    ['a tag', withLine('severity:', 'severity: !weird high'), '3:11 not valid YAML: Unresolved tag: !weird'],
    [
      'an alias',
      withLine('over:', 'over: &o exposure\nx: *o'),
      '6:4 anchors and aliases are not used here: write the value out',
    ],
    [
      'a second document',
      `${CHECK}---\na: 1\n`,
      '14:1 not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it.each([
    [
      'an unknown field',
      withLine('severity:', 'severty: high\nseverity: high'),
      '3:1 unknown field "severty" [did you mean "severity"?]',
    ],
    [
      'a field of an object',
      withLine('why:', '__proto__: { a: 1 }\nwhy: { en: a }'),
      '9:1 unknown field "__proto__"',
    ],
    [
      'an unknown language',
      withLine('title:', 'title: { en: a, de: b }'),
      '2:17 unknown field "de" [the fields here are en, fr]',
    ],
    [
      'a missing field',
      withLine('severityReason:', '# none'),
      '1:1 "severityReason" is missing [why this severity and not another: a text, or one by language]',
    ],
    [
      'a wrong severity',
      withLine('severity:', 'severity: huge'),
      '3:11 "severity" must be one of info, low, medium, high, critical',
    ],
    [
      'a wrong subject',
      withLine('over:', 'over: rule'),
      /^5:7 "over" must be one of exposure, dormant, access-rule/,
    ],
    ['a number for text', withLine('why:', 'why: { en: 5 }'), '9:12 "en" must be text'],
    ['an empty condition', withLine('when:', 'when: ""'), '6:7 "when" is empty'],
    [
      'an id of another form',
      withLine('id:', 'id: adm-1'),
      /^1:5 "id" is not written as it must be \[a stable id of/,
    ],
    [
      'a tag of another form',
      withLine('tags:', 'tags: [ATT&CK]'),
      /^12:8 "0" is not written as it must be \[attack:T1133/,
    ],
    [
      'no reference',
      withLine('references:', 'references: []'),
      '11:13 "references" is empty [where to read more: a name and, when there is one, its address]',
    ],
    [
      'an example of one kind only',
      withLine('examples:', 'examples: { finds: [a] }'),
      '13:11 "passes" is missing [at least one folder without]',
    ],
    [
      'a remedy for no platform',
      withLine('fix:', 'fix: { en: a, X: b }'),
      '10:15 unknown field "X" [the fields here are en, fr]',
    ],
  ])('refuses %s', (_, text, expected) => {
    if (typeof expected === 'string') expect(problem(text)).toContain(expected);
    else expect(problem(text)).toMatch(expected);
  });

  it('quotes nothing that a terminal obeys', () => {
    const text = withLine(
      'when:',
      'when: exposure.party == "\u009b31m\u202e" && exposure.anyon\n"\\e]0;x\\a": 1',
    );
    expect(quotedProblem(text)).not.toMatch(/[\u001b\u009b\u202e\u0007]/);
    expect(quotedProblem(text.replace('"\\e]0;x\\a": 1', ''))).toBe(
      `6:45 Exposure has no field anyon${caret('when: exposure.party == "\ufffd31m\ufffd" && exposure.anyon', 45)} [did you mean anyone?]`,
    );
  });

  it('tells the first of several problems', () => {
    const text = withLine('severity:', 'severity: huge').replace('when: exposure.anyone', 'when: 1');
    expect(problem(text)).toMatch(/^3:11 "severity"/);
  });
});

describe('the place of an error in a condition', () => {
  const hint = '[did you mean thirdParty?]';

  it.each([
    ['plain', 'when: exposure.thirdParti', 6],
    ['in double quotes', 'when: "exposure.thirdParti"', 6],
    ['in single quotes', "when: 'exposure.thirdParti'", 6],
    ['behind an escaped quote', 'when: "exposure.party == \\"a\\" && exposure.thirdParti"', 6],
    ['behind escaped letters', 'when: "exposure.p\\x61rty == \\"\\u0061\\t\\" && exposure.thirdParti"', 6],
    ['behind a doubled quote', "when: 'exposure.party == ''a'' && exposure.thirdParti'", 6],
    ['folded', 'when: >-\n  exposure.anyone\n  && exposure.thirdParti', 8],
    ['literal', 'when: |\n    exposure.anyone\n\n      && exposure.thirdParti', 9],
    ['wrapped', 'when: exposure.anyone\n  && exposure.thirdParti', 7],
    ['behind a comment', 'when: > # why not\n  exposure.anyone\n  && exposure.thirdParti', 8],
  ])('%s', (_, lines, line) => {
    const source = lines.split('\n').at(-1) ?? '';
    const column = source.indexOf('thirdParti') + 1;
    expect(quotedProblem(withLine('when:', lines))).toBe(
      `${line}:${column} Exposure has no field thirdParti${caret(source, column)} ${hint}`,
    );
  });

  it('behind tabs, which the caret keeps', () => {
    expect(quotedProblem(withLine('when:', 'when: "exposure.anyone &&\t\texposure.thirdParti"'))).toBe(
      `6:37 Exposure has no field thirdParti\n  when: "exposure.anyone &&\t\texposure.thirdParti"\n  ${' '.repeat(25)}\t\t${' '.repeat(9)}^ ${hint}`,
    );
  });

  it('of Windows line ends', () => {
    const text = withLine('when:', 'when: >-\n  exposure.anyone\n  && exposure.thirdParti').replaceAll(
      '\n',
      '\r\n',
    );
    expect(quotedProblem(text)).toBe(
      `8:15 Exposure has no field thirdParti${caret('  && exposure.thirdParti', 15)} ${hint}`,
    );
  });

  it('at its end', () => {
    expect(quotedProblem(withLine('when:', 'when: exposure.anyone &&'))).toBe(
      `6:25 Unexpected token: EOF${caret('when: exposure.anyone &&', 25)}`,
    );
  });

  it('in a message', () => {
    expect(
      quotedProblem(withLine('message:', 'message: { en: "from {entry.nam}", fr: "de {entry.name}" }')),
    ).toBe(
      `7:23 no field entry.nam to put into the message${caret('message: { en: "from {entry.nam}", fr: "de {entry.name}" }', 23)} [did you mean name?]`,
    );
  });
});

describe('the line that an error quotes', () => {
  it.each([
    ['a field', withLine('severity:', 'severty: high'), '3:1', 'severty: high', 1],
    ['a value', withLine('severity:', 'severity: huge'), '3:11', 'severity: huge', 11],
    ['broken YAML', `${CHECK}id: ACM-ADM-002\n`, '14:1', 'id: ACM-ADM-002', 1],
  ])('is that of %s, with a caret', (_, text, place, line, column) => {
    const problem = quotedProblem(text);
    expect(problem.startsWith(`${place} `)).toBe(true);
    expect(problem).toContain(caret(line, column));
  });

  it('is left out of an empty file', () => {
    expect(quotedProblem('')).not.toContain('\n');
  });

  it('is shown in part when it is long', () => {
    const long = `when: exposure.device != "${'x'.repeat(300)}" && exposure.nope && "${'y'.repeat(300)}" == ""`;
    const [, line = '', pointer = ''] = quotedProblem(withLine('when:', long)).split('\n');
    expect(line).toMatch(/^ {2}….{120}…$/);
    expect(line.slice(pointer.indexOf('^')).startsWith('nope')).toBe(true);
  });

  it('commands no terminal', () => {
    expect(quotedProblem(withLine('severity:', 'severity: "\u001b[2J"'))).not.toContain('\u001b');
  });
});

describe('what a message may hold', () => {
  it.each([
    ['{nonsense}', 'no field nonsense to put into the message'],
    ['{entry}', 'entry is a Entry: a message takes text, whole numbers and lists of texts'],
    ['{anyone}', 'anyone is a bool: a message takes text, whole numbers and lists of texts'],
    ['{}', 'no field  to put into the message'],
    ['{__proto__}', 'no field __proto__ to put into the message'],
    ['{entry.constructor}', 'no field entry.constructor to put into the message'],
    ['{device', 'a brace that belongs to no {placeholder}'],
    ['device}', 'a brace that belongs to no {placeholder}'],
  ])('%s', (text, expected) => {
    expect(problem(withLine('message:', `message: { en: ok, fr: "${text}" }`))).toContain(expected);
  });

  it.each(['{device}', '{sources}', '{target.label}', 'no placeholder at all'])('%s', (text) => {
    expect(loadCheck(withLine('message:', `message: { en: "${text}" }`), 'a').message.en).toBe(text);
  });
});

describe('loadChecks', () => {
  const file = (id: string, supersedes: readonly string[] = []) => ({
    path: `${id}.yaml`,
    text: `${withLine('id:', `id: ${id}`)}supersedes: [${supersedes.join(', ')}]\n`,
  });
  const load = (...files: Parameters<typeof loadChecks>[0]) => shown(problemOf(() => loadChecks(files)));

  it('keeps the order of the files', () => {
    const ids = loadChecks([file('ACM-ADM-002'), file('ACM-ADM-001', ['ACM-ADM-002'])]).map(
      (check) => check.id,
    );
    expect(ids).toEqual(['ACM-ADM-002', 'ACM-ADM-001']);
  });

  it('refuses an id that is taken', () => {
    const twice = [file('ACM-ADM-001'), { ...file('ACM-ADM-001'), path: 'again.yaml' }];
    expect(load(...twice)).toBe('1:5 the id ACM-ADM-001 is taken by ACM-ADM-001.yaml:1');
  });

  it('refuses an id that a check from elsewhere has', () => {
    const known = loadChecks([file('ACM-ADM-001')]);
    const error = problemOf(() => loadChecks([{ ...file('ACM-ADM-001'), path: 'mine.yaml' }], known));
    expect([error.location?.file, shown(error)]).toEqual([
      'mine.yaml',
      '1:5 the id ACM-ADM-001 is taken by ACM-ADM-001.yaml:1',
    ]);
  });

  it('refuses to supersede what is not there, and takes what was there before', () => {
    expect(load(file('ACM-ADM-001', ['ACM-ADM-002']))).toBe(
      '14:14 there is no check ACM-ADM-002 to supersede',
    );
    const known = loadChecks([file('ACM-ADM-002')]);
    expect(loadChecks([file('ACM-ADM-001', ['ACM-ADM-002'])], known)).toHaveLength(1);
  });

  it.each([
    [
      'itself',
      [file('ACM-ADM-001', ['ACM-ADM-001'])],
      '14:14 ACM-ADM-001 and ACM-ADM-001 supersede each other',
    ],
    [
      'in a circle',
      [
        file('ACM-ADM-001', ['ACM-ADM-002']),
        file('ACM-ADM-002', ['ACM-ADM-003']),
        file('ACM-ADM-003', ['ACM-ADM-001']),
      ],
      '14:14 ACM-ADM-001 and ACM-ADM-002 supersede each other',
    ],
  ])('refuses to supersede %s', (_, files, expected) => {
    expect(load(...files)).toBe(expected);
  });
});
