import type { Location } from '../../model/location.js';
import type { XmlElement } from '../shared/xml.js';
import { decodeEntities } from '../shared/xml.js';

/** pfSense reads element names in any case; its own files write them in lower case. */
export function nameOf(element: XmlElement): string {
  return element.name.toLowerCase();
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => nameOf(each) === name);
}

/** The element at the end of a path of names, or undefined. */
export function at(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce(child, element);
}

export function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((each) => nameOf(each) === name) ?? [];
}

/** The trimmed text of a child; '' when it is absent. */
export function value(element: XmlElement | undefined, name: string): string {
  return child(element, name)?.text.trim() ?? '';
}

/** Whether a switch is on: pfSense asks only whether the element is there, whatever it holds. */
export function isSet(element: XmlElement | undefined, name: string): boolean {
  return child(element, name) !== undefined;
}

/** A switch that is there and says no: pfSense takes it for on, and whoever wrote it did not mean that. */
export function saysNo(element: XmlElement | undefined, name: string): boolean {
  return isSet(element, name) && /^(?:0|no|off|false|disabled?)$/i.test(value(element, name));
}

/** Text for people. pfSense writes it with HTML entities, inside CDATA too. */
export function label(element: XmlElement | undefined, name: string): string {
  return plainText(value(element, name));
}

export function plainText(text: string): string {
  return decodeEntities(text, LATIN_1);
}

export function locationOf(element: XmlElement, file: string): Location {
  return { file, line: element.line };
}

/** Names separated by spaces or commas. */
export function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** A decimal number that is exact in this program, or null. */
export function integer(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** HTML's names for the characters 160 to 255, in order. */
const LATIN_1: ReadonlyMap<string, string> = new Map(
  `nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3
   acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml
   Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde
   Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig
   ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide
   oslash ugrave uacute ucirc uuml yacute thorn yuml`
    .split(/\s+/)
    .map((name, index) => [name, String.fromCharCode(160 + index)]),
);

/** A port number; the other value for anything else. */
export function portOf(text: string, otherwise: number): number {
  const port = integer(text);
  return port !== null && port > 0 && port < 65_536 ? port : otherwise;
}
