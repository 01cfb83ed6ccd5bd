import { whyNot } from './lab.js';
import { LAYOUTS } from './layout.js';

/** Why the kernel cannot be asked on this machine, or null when it can. Whoever skips a test for it says so. */
export const unavailable = await whyNot(LAYOUTS.ipv4);

if (unavailable !== null) process.stderr.write(`\nSKIPPED, the Linux kernel is not asked: ${unavailable}\n`);

/** Behind the name of what is skipped. */
export const skipNote = unavailable === null ? '' : ` (skipped: ${unavailable})`;
