/** The text of a capture. Bytes that are no UTF-8 become U+FFFD; a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

/** Every line of a text, without its end. A line end at the very end starts no further line. */
export function splitLines(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The words of a line, as iptables-restore splits them: by blanks, double quotes, and `\` in them. */
export function words(line: string): readonly string[] {
  const trimmed = line.trim();
  if (trimmed === '') return [];
  return trimmed.includes('"') || trimmed.includes('\\') ? quotedWords(trimmed) : trimmed.split(/\s+/);
}

function quotedWords(line: string): readonly string[] {
  const found: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const character = line[i] as string;
    if (character === '\\' && i + 1 < line.length) {
      i += 1;
      word = (word ?? '') + line[i];
    } else if (character === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (!quoted && /\s/.test(character)) {
      if (word !== null) found.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) found.push(word);
  return found;
}
