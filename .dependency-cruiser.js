// The direction of imports: cli → audit → collect | platforms | analysis | explanations | checks |
// report → parties → sets, text, model. test/package/import-rules.test.ts breaks every rule here once.

const stages = 'analysis|checks|collect|explanations|platforms|report';

/** Built-in modules that compute and touch nothing. */
const pureModules = '^(buffer|crypto|string_decoder|url|util|zlib)$';

export default {
  forbidden: [
    {
      name: 'ground',
      comment: 'sets, text and model import nothing above them',
      severity: 'error',
      from: { path: '^src/(sets|text|model)/' },
      to: { path: '^src/', pathNot: '^src/(sets|text|model)/' },
    },
    {
      name: 'parties',
      comment: 'parties import sets, text and model only',
      severity: 'error',
      from: { path: '^src/parties/' },
      to: { path: '^src/', pathNot: '^src/(parties|sets|text|model)/' },
    },
    {
      name: 'stages',
      comment: 'a stage knows no other stage: what passes between them is in src/model',
      severity: 'error',
      from: { path: `^src/(${stages})/` },
      to: { path: '^src/', pathNot: '^src/($1|parties|sets|text|model)/' },
    },
    {
      name: 'pipeline',
      comment: 'the pipeline does not know the command line',
      severity: 'error',
      from: { path: '^src/[^/]+$' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'platforms',
      comment: 'a platform imports its own folder, shared/ and platform.ts, never another platform',
      severity: 'error',
      from: { path: '^src/platforms/([^/]+)/' },
      to: { path: '^src/platforms/', pathNot: '^src/platforms/($1/|shared/|platform[.]ts$)' },
    },
    {
      name: 'conformance',
      comment: 'conformance.ts is for the test suite',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/platforms/[^/]+/conformance[.]ts$' },
    },
    {
      name: 'purity',
      comment: 'only cli and collect touch the machine',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|collect)/' },
      to: { dependencyTypes: ['core'], pathNot: pureModules },
    },
    {
      name: 'connections',
      comment: 'only collect opens connections or starts programs',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/collect/' },
      to: {
        dependencyTypes: ['core'],
        path: '^(child_process|cluster|dgram|dns|http|http2|https|inspector|net|tls)(/|$)',
      },
    },
    {
      name: 'command-line-library',
      comment: 'only cli parses arguments',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/(@types/)?yargs/' },
    },
    {
      name: 'expression-language',
      comment: 'CEL stays behind the adapter in checks',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/checks/' },
      to: { path: 'node_modules/(@marcbachmann/cel-js|re2js)/' },
    },
    {
      name: 'tools',
      comment: 'the program does not import its tools or tests: they would be bundled',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: [
          'node_modules/(vitest|fast-check|esbuild|typescript|@biomejs|knip|dependency-cruiser)/',
          '^(bin|dist|fixtures|scripts|test)/',
        ],
      },
    },
    {
      name: 'unlisted',
      comment: 'a package that package.json does not list',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'unresolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'circular',
      comment: 'no cycle of imports that exists when the program runs',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
