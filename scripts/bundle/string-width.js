// Stands in for the package string-width in the bundle, where yargs lays out its help texts: they are
// ours, without wide characters. The package sets up tables of Unicode at every start, which takes a
// quarter of the start of `node` itself.
import { stripVTControlCharacters } from 'node:util';

export default function stringWidth(text) {
  return [...stripVTControlCharacters(text)].length;
}
