import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../../../src/platforms/shared/xml.js';
import { decodeEntities, parseXml } from '../../../src/platforms/shared/xml.js';

function rootOf(text: string): XmlElement {
  const result = parseXml(text);
  if (!result.ok) throw new Error(`${result.line}:${result.column} ${result.message}`);
  return result.root;
}

function failureOf(text: string) {
  const result = parseXml(text);
  if (result.ok) throw new Error('it is well formed');
  return result;
}

/** The tree without attributes, as nested arrays. */
function outline(element: XmlElement): unknown {
  const name = `${element.name} ${element.line}-${element.endLine} ${element.text.trim()}`.trimEnd();
  return element.children.length === 0 ? name : [name, ...element.children.map(outline)];
}

describe('the tree', () => {
  it('keeps order, text and lines', () => {
    const text = '<?xml version="1.0"?>\n<a>\n  <b>007</b>\n  <c/><b>\n10.10\n</b>\n</a>\n';
    expect(outline(rootOf(text))).toEqual(['a 2-7', 'b 3-3 007', 'c 4-4', 'b 4-6 10.10']);
  });

  it('counts lines with carriage returns and behind a byte order mark', () => {
    expect(outline(rootOf('\ufeff<a>\r\n<b>\r\nx</b>\r\n</a>\r\n'))).toEqual(['a 1-4', 'b 2-3 x']);
  });

  it('reads attributes', () => {
    expect([...rootOf('<a x="1 &amp; &#50;" y=\'"\'/>').attributes]).toEqual([
      ['x', '1 & 2'],
      ['y', '"'],
    ]);
  });

  it('decodes entities once, and never inside CDATA', () => {
    expect(rootOf('<a>&lt;&#65;&#x42;&amp;#67;<![CDATA[&#68;<b>]]></a>').text).toBe('<AB&#67;&#68;<b>');
  });

  it('leaves what it does not know and what is no character', () => {
    expect(rootOf('<a>&eacute;&#0;&#xd800;&#99999999;</a>').text).toBe('&eacute;&#0;&#xd800;&#99999999;');
  });

  it('skips comments and processing instructions', () => {
    expect(outline(rootOf('<!-- <x> --><a><?php 1 ?>t<!-- c -->u</a>'))).toBe('a 1-1 tu');
  });

  it('takes names that objects have', () => {
    const root = rootOf('<a><toString>1</toString><hasOwnProperty/><valueOf valueOf="2"/></a>');
    expect(root.children.map(({ name }) => name)).toEqual(['toString', 'hasOwnProperty', 'valueOf']);
    expect(root.children[2]?.attributes.get('valueOf')).toBe('2');
  });

  it('keeps text exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (raw) => {
        const text = raw.replace(/[\u0000-\u0008\u000b-\u001f\ufeff\ufffe\uffff]/g, '');
        const escaped = text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
        expect(rootOf(`<a>${escaped}</a>`).text).toBe(text);
      }),
    );
  });
});

describe('what is not well formed', () => {
  it.each([
    ['<a>\n  <b></c>\n</a>', 2, 6],
    ['<a>\n<b x></b></a>', 2, 4],
    ['', 1, 1],
    ['hello', 1, 1],
    ['<a/>\n<b/>', 2, 1],
  ])('%j fails in line %i, column %i', (text, line, column) => {
    const failure = failureOf(text);
    expect([failure.line, failure.column]).toEqual([line, column]);
    expect(failure.cut).toBeNull();
  });

  it('never quotes the input', () => {
    for (const text of [
      '<a><PLANTED/x></a>',
      '<a PLANTED></a>',
      '<a></PLANTED>',
      '&PLANTED',
      '<a>PLANTED&</a>',
    ]) {
      expect(JSON.stringify(parseXml(text))).not.toMatch(/"message":"[^"]*PLANTED/);
    }
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'refuses an element called %s, with its line',
    (name) => {
      expect(failureOf(`<a>\n<${name}>1</${name}></a>`)).toMatchObject({ line: 2, cut: null });
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it('refuses what nests too deep, at once', () => {
    const deep = `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`;
    expect(failureOf(deep).message).toContain('deeper than 256');
    expect(parseXml(`${'<a>'.repeat(200)}${'</a>'.repeat(200)}`).ok).toBe(true);
  });

  it('expands no entity', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x "0123456789">${Array.from(
      { length: 30 },
      (_, i) => `<!ENTITY x${i} "${`&x${i === 0 ? '' : i - 1};`.repeat(10)}">`,
    ).join('')}]><a>&x29;</a>`;
    const result = parseXml(bomb);
    if (result.ok) expect([result.root.text, result.doctype]).toEqual(['&x29;', true]);
    const external = parseXml('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>');
    expect(JSON.stringify(external)).not.toContain('root:');
  });
});

describe('what is cut off', () => {
  const whole = '<?xml version="1.0"?>\n<a>\n<b>1</b>\n<c>\n<d>2</d>\n<e>3</e>\n</c>\n</a>\n';

  it.each([
    ['between elements', whole.indexOf('<e>'), ['a 2-5', 'b 3-3 1', ['c 4-5', 'd 5-5 2']]],
    ['inside a tag', whole.indexOf('<e>') + 2, ['a 2-5', 'b 3-3 1', ['c 4-5', 'd 5-5 2']]],
  ])('%s: gives what stands before', (_, at, expected) => {
    const { cut, line } = failureOf(whole.slice(0, at));
    expect(cut === null ? null : outline(cut)).toEqual(expected);
    expect(line).toBe(6);
  });

  it('gives nothing when something else is wrong', () => {
    expect(failureOf('<a><b></c><d>').cut).toBeNull();
  });
});

it('never throws', () => {
  const pieces = fc.constantFrom(
    '<a>',
    '</a>',
    '<b x="',
    '"',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '&amp;',
    '<',
    '>',
    '<!DOCTYPE',
    '<?',
    'text',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => void parseXml(parts.join(''))),
    {
      numRuns: 2000,
    },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => void parseXml(text)));
});

it('decodes names that it is given', () => {
  expect(decodeEntities('R&eacute;seau &amp; &lt;', new Map([['eacute', 'é']]))).toBe('Réseau & <');
});
