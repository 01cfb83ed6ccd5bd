// Stands in for node:assert in the bundle, where yargs asks it two things when it is set up: loading the
// real one is a good part of the start of a command.
export function strictEqual(actual, expected) {
  if (!Object.is(actual, expected)) throw new Error(`${actual} is not ${expected}`);
}

export function notStrictEqual(actual, expected) {
  if (Object.is(actual, expected)) throw new Error(`${actual} is ${expected}`);
}
