import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Which part of the repository may import which: `npm run check` holds every import against this list, of types too.
 * The tool's own words for it: https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */

/** Types and values that everything else of lambdas/ is built from; settings.ts, log.ts and metrics.ts are among them. */
const ground = ['errors', 'report', 'spec', 'ownership']
const things = [
  'provider',
  'role',
  'webhook',
  'cluster',
  'service-account',
  'proof',
  'bucket',
  'discovery',
  'credentials',
]

/** What each folder of lambdas/ may import of the others. The arrows point one way: a folder names only folders above it. */
const mayImport = {
  errors: [],
  spec: [],
  report: ['errors'],
  clouds: ['errors'],
  ownership: ['errors', 'clouds'],
  operations: [...ground, 'clouds'],
  claims: [...ground, 'clouds', 'operations'],
  agent: [...ground, 'clouds', 'operations'],
  objects: [...ground, 'clouds', 'agent'],
  steps: [...ground, 'operations', 'claims'],
  provider: [...ground, 'clouds', 'operations', 'claims', 'steps'],
  role: [...ground, 'clouds', 'operations', 'claims', 'steps'],
  webhook: [...ground, 'clouds', 'operations', 'objects', 'steps'],
  // Their handlers check the rights of an operation, which are made from the descriptions of its steps.
  discovery: [...ground, 'clouds', 'operations', 'claims', 'objects', 'steps', 'rights'],
  cluster: [...ground, 'clouds', 'operations', 'claims', 'objects', 'steps', 'webhook', 'discovery', 'rights'],
  'service-account': [...ground, 'clouds', 'operations', 'objects', 'steps', 'webhook'],
  proof: [...ground, 'clouds', 'operations', 'objects', 'steps', 'webhook', 'role'],
  bucket: [...ground, 'clouds', 'operations', 'claims', 'steps', 'cluster'],
  credentials: [...ground, 'clouds', 'operations', 'objects', 'steps'],
  rights: [...ground, 'clouds', 'steps', ...things],
  access: [...ground],
  workflows: [...ground, 'clouds', 'operations', 'claims', 'objects', 'steps', ...things],
  api: [
    ...ground,
    'clouds',
    'operations',
    'claims',
    'agent',
    'objects',
    'steps',
    ...things,
    'workflows',
    'rights',
    'access',
  ],
}

/** Folders that take settings, the log and metrics as parameters, so that anything can be built on them. */
const withoutSettings = ['errors', 'spec', 'report', 'clouds', 'ownership', 'rights', 'access']

/** Folders whose calls name the step that is at work. */
const callingForSteps = ['steps', 'clouds']

const foldersOfLambdas = Object.entries(mayImport).map(([folder, others]) => {
  const allowed = [folder, ...others].join('|')
  const files = [
    'version',
    ...(withoutSettings.includes(folder) ? [] : ['settings', 'log', 'metrics']),
    ...(callingForSteps.includes(folder) ? ['current-step'] : []),
  ].join('|')
  return {
    name: `${folder}-imports`,
    comment: `lambdas/${folder}/ may import ${others.join(', ') || 'nothing'} of lambdas/.`,
    severity: 'error',
    from: { path: `^lambdas/${folder}/` },
    to: { path: '^lambdas/', pathNot: `^lambdas/((${allowed})/|(${files})\\.ts$)` },
  }
})

/**
 * Files that act: a function's handler, the cluster part of a step, and what reads and writes the record or the published documents.
 * All others decide.
 */
const acting = globSync('lambdas/**/*.ts', { cwd: import.meta.dirname }).filter(
  (file) =>
    /((record|published-documents)[^/]*|\.cluster)\.ts$/.test(file) ||
    /^export const handler\b/m.test(readFileSync(path.join(import.meta.dirname, file), 'utf8')),
)

/** What of the folders below acts on nothing: names, addresses, documents and shapes. */
const withoutEffects = [
  'clouds/aws/(iam-names|policy-document)',
  'clouds/google/bucket-url',
  'clouds/kubernetes/(access|connection-text|object|events|version|shown)',
  'clouds/network/address',
  'claims/(bucket-claim|claim|refusal)',
  'clouds/public-key',
  'operations/(record/(record|copy-key|expiry|hash|issuer-move|kinds|condition|providers)|reconcile/operation-end)',
]

/** What a step does at a cluster: lambdas/objects/cluster-part.ts. */
const clusterParts = '\\.cluster\\.ts$'

/** The steps that have such parts. */
const inTwoParts = acting.filter((file) =>
  /^import .*\.cluster\.ts'$/m.test(readFileSync(path.join(import.meta.dirname, file), 'utf8')),
)

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other cannot be read one at a time.',
      severity: 'error',
      from: { path: '^(agent|lambdas|infra|docs|bench|cli|client|portal|sandbox|test|tools)/' },
      to: { circular: true },
    },
    ...foldersOfLambdas,
    {
      name: 'known-folders',
      comment: 'A folder of lambdas/ says in mayImport what it is built on.',
      severity: 'error',
      from: { path: '^lambdas/[^/]+/', pathNot: `^lambdas/(${Object.keys(mayImport).join('|')})/` },
      to: {},
    },
    {
      name: 'rules-do-no-io',
      comment: 'Rules are given what was read, and say what to write: only handlers and files of the record act.',
      severity: 'error',
      from: {
        path: `^lambdas/(${[...things, 'workflows', 'rights'].join('|')})/`,
        pathNot: acting.map((file) => `^${file.replaceAll('.', '\\.')}$`),
      },
      to: {
        path: '^lambdas/(claims|clouds|objects|operations)/',
        pathNot: `^lambdas/(${withoutEffects.join('|')})\\.ts$`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'cluster-parts-need-a-cluster-alone',
      comment:
        'The cluster part of a step gets what it needs in its question: it can run where nobody has rights in AWS, a record or settings. STS takes a token from whoever has it.',
      severity: 'error',
      from: { path: clusterParts },
      to: {
        path: '^lambdas/(clouds/(aws|google)|operations|claims)/|^lambdas/(settings|metrics)\\.ts$',
        pathNot: '^lambdas/clouds/aws/web-identity\\.ts$',
      },
    },
    {
      name: 'cluster-parts-reach-no-cloud',
      comment: 'Nor does anything that they import call a cloud, or read a secret or the record.',
      severity: 'error',
      from: { path: clusterParts },
      to: {
        path: '^lambdas/(clouds/aws/clients/|clouds/google/|operations/record/table\\.ts$)',
        pathNot: '^lambdas/clouds/aws/clients/(sts|config|aws-responses)\\.ts$',
        reachable: true,
      },
    },
    {
      name: 'steps-in-two-parts-hold-no-client',
      comment: 'Such a step comes to a cluster by its cluster parts alone: lambdas/objects/reach.ts.',
      severity: 'error',
      from: { path: inTwoParts.map((file) => `^${file.replaceAll('.', '\\.')}$`) },
      to: { path: '^lambdas/(objects/connect|clouds/kubernetes/(client|cluster-client|nodes))\\.ts$' },
    },
    {
      name: 'infra-reads-descriptions',
      comment: 'What is deployed is made from what lambdas/ says of itself, without loading a handler.',
      severity: 'error',
      from: { path: '^infra/', pathNot: '^infra/(rbac|recovery)/' },
      to: {
        path: '^lambdas/',
        pathNot:
          '^lambdas/(.*\\.step|steps/(description|iam-access|kubernetes-right)|api/(routes|agents/agent-routes)|access/(configuration|check-policies|named-callers)|operations/(record/(copy-key|end-attributes|expiry|kinds)|notifications/event-source)|clouds/network/address-ranges|report/severity|ownership/labels|metrics|settings)\\.ts$',
      },
    },
    {
      name: 'product-knows-no-sandbox',
      comment: 'The sandbox runs the product as AWS does; a switch for it would go untested in production.',
      severity: 'error',
      from: { path: '^(lambdas|infra)/' },
      to: { path: '^(agent|sandbox|cli|client|portal)/', pathNot: '^portal/(build|config|headers)\\.ts$' },
    },
    {
      name: 'sandbox-is-the-judge',
      comment: 'The sandbox shares no code with what it checks; it reads the list of routes alone.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^lambdas/', pathNot: '^lambdas/api/routes\\.ts$' },
    },
    {
      name: 'cli-knows-the-api-alone',
      comment:
        'The command is a client like any other: what it knows of the product it knows from the description of the API.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(agent|lambdas|infra|sandbox|docs|bench|test|portal)/' },
    },
    {
      name: 'agent-knows-the-messages-alone',
      comment: 'The agent runs outside AWS: it shares the messages, their encryption and the codes of network errors.',
      severity: 'error',
      from: { path: '^agent/' },
      to: {
        path: '^(lambdas|infra|sandbox|docs|bench|test|cli|client|portal|tools)/',
        pathNot: '^lambdas/(agent/(messages|sealing)|clouds/network/connection-error|version)\\.ts$',
      },
    },
    {
      name: 'agent-reaches-no-cloud',
      comment: 'Nor does anything that it imports have a client of a cloud, the record or settings.',
      severity: 'error',
      from: { path: '^agent/' },
      to: {
        path: '^lambdas/(clouds/(aws|google)|operations)/|^lambdas/settings\\.ts$|^node_modules/(@aws-sdk|@google-cloud)/',
        reachable: true,
      },
    },
    {
      name: 'portal-knows-the-api-alone',
      comment:
        'The portal is a client like any other: of the product it knows what client/ says of the API and of requests, and the pictures of the state machines.',
      severity: 'error',
      from: { path: '^portal/' },
      to: {
        path: '^(agent|lambdas|infra|sandbox|docs|bench|test|cli)/|^client/schema-file\\.ts$',
        pathNot: '^docs/[a-z-]+\\.svg$',
      },
    },
    {
      name: 'client-is-below-its-users',
      comment: 'The command line, the portal and the sandbox are built on what they share.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(agent|lambdas|infra|sandbox|docs|bench|test|cli|portal)/' },
    },
    {
      name: 'pages-run-in-browsers',
      comment: 'No page loads a module of Node, neither itself nor by what client/ imports.',
      severity: 'error',
      from: { path: '^(client|portal/src)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-clouds-call-out',
      comment: 'Whoever else talks to a cloud does it through its client in clouds/.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: '^lambdas/clouds/' },
      to: {
        path: '^node_modules/(@google-cloud|google-auth-library|@kubernetes|undici)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'start-needs-no-tools',
      comment: 'What `npm start` runs is installed without the packages of tools/package.json.',
      severity: 'error',
      from: {
        path: '^(lambdas|infra|sandbox|cli|client)/|^(docs/generate/(print-access|access-table)|portal/(build|config|headers))\\.ts$',
      },
      // The root's package.json has these two, the one under another name.
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/(undici|esbuild)/',
      },
    },
    {
      name: 'agpl-in-peers-only',
      comment: 'AGPL-3.0: a second opinion for test/peers, and for nothing that is deployed or handed on.',
      severity: 'error',
      from: { pathNot: '^test/peers/' },
      to: { path: '^node_modules/@cloud-copilot/' },
    },
    {
      name: 'no-test-in-the-product',
      severity: 'error',
      from: { path: '^(agent|lambdas|infra|sandbox|cli|client|portal)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-test-in-the-pages',
      comment:
        'Three pages show what tests hold: what is tried to get more rights, what steps do by the owner of a resource, and how large a setup gets.',
      severity: 'error',
      from: { path: '^docs/' },
      to: { path: '^test/', pathNot: '^test/(escalations|claims|statemachine)/table\\.ts$' },
    },
  ],
  options: {
    // It sees imports of types, too. TypeScript 7 has no API for the tool yet.
    parser: 'swc',
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(portal|docs/site)/dist/' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  },
}
