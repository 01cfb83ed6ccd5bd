/**
 * What a terminal would show of one line, for the few things that appliances do on one: colours,
 * cursor movements to erase a pager's prompt, backspaces, and a carriage return to write over it.
 *
 * @param line without its line feed
 */
export function shownLine(line: string): string {
  const text = withoutEscapes(line).replace(/\r+$/, '');
  if (!/[\r\b\ue000]/.test(text)) return text.replaceAll('\0', '');
  const cells: string[] = [];
  let at = 0;
  for (const character of text) {
    if (character === '\r') at = 0;
    else if (character === ERASE) cells.length = Math.min(cells.length, at);
    else if (character === '\b') at = Math.max(0, at - 1);
    else if (character !== '\0') {
      cells[at] = character;
      at += 1;
    }
  }
  return cells.join('').trimEnd();
}

const ESC = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** To the end of the line. No byte is this character. */
const ERASE = '\ue000';
const ERASE_LINE = new RegExp(`${ESC}\\[0?K`, 'g');
const CURSOR_LEFT = new RegExp(`${ESC}\\[(\\d*)D`, 'g');
/** Control sequences (ECMA-48): CSI, OSC, and the short ones. The text is bytes, so C1 is not among them. */
const OTHERS = new RegExp(
  `${ESC}\\[[0-9;?]*[ -/]*[@-~]|${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)|${ESC}[ -/]*[0-~]`,
  'g',
);

function withoutEscapes(line: string): string {
  if (!line.includes(ESC)) return line;
  return line
    .replace(CURSOR_LEFT, (_, count: string) => '\b'.repeat(Math.min(Number(count || '1'), 1000)))
    .replace(ERASE_LINE, ERASE)
    .replace(OTHERS, '');
}
