/** Words behind which a secret may stand, also inside other words: `psksecret`, `<bcrypt-hash>`. */
const SECRET_WORD =
  /(?:pass|pw|secret|psk|shared|key|community|snmp|token|hash|crypt|auth|user|admin|login|credential|seed|private|salt|cookie)/i;

/** A word of a question: letters, with what may stand around them. */
const PLAIN_WORD = /^[("'[<{]*[A-Za-z][A-Za-z'’/-]{0,19}[)"'\]>},.:;?!…-]*$/;

const LONGEST_LINE = 160;

/**
 * The last lines of a session for an error: enough to recognise a question, and nothing that may be a
 * secret. Only plain words stay, and nothing of a line behind a word that announces a secret.
 *
 * @param secrets those that were sent, which an appliance may echo
 */
export function maskLines(lines: readonly string[], secrets: readonly string[]): readonly string[] {
  return lines
    .map((line) => maskLine(line, secrets))
    .filter((line) => line !== '')
    .slice(-3);
}

function maskLine(line: string, secrets: readonly string[]): string {
  // Between the tags of XML anything may stand.
  const text = secrets
    .filter((secret) => secret !== '')
    .reduce((masked, secret) => masked.replaceAll(secret, '…'), line)
    .replace(/>[^<]+</g, '>…<');
  const shown: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const plain = PLAIN_WORD.test(word) || /^[^A-Za-z0-9]{1,6}$/.test(word);
    shown.push(plain ? word : '…');
    if (!SECRET_WORD.test(word)) continue;
    // `Password:` at the end of a line is the question itself.
    if (!text.trimEnd().endsWith(word)) shown.push('…');
    break;
  }
  const masked = shown.join(' ').replace(/…(?: …)+/g, '…');
  return masked.length > LONGEST_LINE ? `${masked.slice(0, LONGEST_LINE)}…` : masked;
}
