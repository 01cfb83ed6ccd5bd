// Loaded before a measured program: leaves the most memory that it held, in kB, in a file.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.FWAUDIT_MAX_RSS, String(process.resourceUsage().maxRSS)));
