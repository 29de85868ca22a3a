import path from 'node:path'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { requestValidator } from './portal/validator.ts'

// The CDK's own check of a template takes 4 seconds each time; cfn-lint looks at the same in test/validators.
process.env.CDK_VALIDATION = 'false'

const limits = { testTimeout: 30_000, hookTimeout: 120_000 }

/** The contract suite, and what else only a real API server can tell. */
const kubernetesTests = ['test/**/*.kubernetes.test.ts', 'test/peers/kubernetes/*.test.ts']

/** On the API server of KUBEBUILDER_ASSETS, or on those that `npm run test:peers` and `npm run test:peers -- --full` build. */
function kubernetesPeers(): TestProjectConfiguration[] {
  const assets = process.env.KUBEBUILDER_ASSETS
  if (assets) return [kubernetesPeer('here', assets)]
  return ['1.37', '1.21'].map((version) => kubernetesPeer(version, `.peers/kubernetes/${version}`))
}

function kubernetesPeer(name: string, folder: string): TestProjectConfiguration {
  return {
    test: {
      name: `kubernetes ${name}`,
      include: kubernetesTests,
      provide: { kubernetesAssets: path.resolve(import.meta.dirname, folder) },
      sequence: { groupOrder: 4 },
      ...limits,
      testTimeout: 120_000,
    },
  }
}

/** What a server of Cloud Storage has of the contract suite. */
function googlePeer(name: 'gcp-storage-emulator' | 'fake-gcs-server', files: readonly string[]) {
  return {
    test: {
      name: `google on ${name}`,
      include: files.map((file) => `test/lambdas/bucket/${file}.google.test.ts`),
      provide: { googlePeer: name },
      sequence: { groupOrder: 4 },
      ...limits,
    },
  }
}

/** Tests of parts that take longer than `npm test` has time for: `npm run test:long` runs them. */
const slowParts = [
  'test/lambdas/webhook/{dry-run-webhook,remove-webhook,renew-certificate,webhook-line}.kubernetes.test.ts',
  'test/lambdas/webhook/candidate/*.kubernetes.test.ts',
  'test/lambdas/webhook/webhook-line-calls.sandbox.test.ts',
  'test/lambdas/rights/{narrow-rights,narrow-teardown-rights,renew-certificate-rights,change-rights}.kubernetes.test.ts',
  'test/infra/permissions/granted-callers.sandbox.test.ts',
  'test/sandbox/aws/schedule-context.test.ts',
  'test/sandbox/start.test.ts',
]

/**
 * The slowest tests. Only `npm run test:full` runs them. CI runs a sample of most: test/long/faults/{crashes-in-one-setup,faults},
 * test/e2e/{batches,plan-and-drift,rotation}, test/peers/state-machines, the tests of single steps on clusters,
 * test/infra/recovery, test/sandbox/start, and for retained hosts test/lambdas/discovery/hosts-in-use and test/infra/host/issuer-host.
 * Operations during a deployment, the command that deletes a deployment, and idle functions have no other test.
 */
const onlyInFull = {
  inOneSandbox: [
    'test/long/clusters/{batches,drift,rotation,teardown}.test.ts',
    'test/long/commands/cli-connect.test.ts',
    'test/long/faults/{crashes,record-faults,teardown-crashes}.test.ts',
  ],
  withOwnServers: [
    'test/long/acceptance/acceptance-failures.test.ts',
    'test/long/deployment/{destroy,recovery,releases}.test.ts',
    'test/long/webhook/{change-rights,newest-image,webhook-change}.test.ts',
    'test/infra/host/guarded-hosts.sandbox.test.ts',
    'test/sandbox/aws/idle-functions.test.ts',
    'test/sandbox/{interrupted-everywhere,killed}.test.ts',
  ],
}

/** Long tests that start their own servers. They cannot share the modules of a worker, which hold the state of another AWS. */
const ownServers = [
  'test/long/acceptance/acceptance.test.ts',
  'test/long/commands/documented-commands.test.ts',
  'test/long/deployment/{egress-proxy,token-callers,two-deployments}.test.ts',
  'test/long/faults/{clock-ahead,clock-behind}.test.ts',
  'test/long/webhook/documented-upgrade.test.ts',
]

/**
 * Rules, which decide without I/O: they share a worker, since it takes longer to start one than to run them. Tests that need
 * servers say in their names which: `X.sandbox.test.ts` those of the sandbox, `X.kubernetes.test.ts`, `X.aws.test.ts` and
 * `X.google.test.ts` those of the sandbox and, in test:peers, others of the kind too.
 */
const rules = ['test/lambdas/**/*.test.ts']
const withServers = 'test/**/*.{sandbox,kubernetes,aws,google}.test.ts'
export const rulesProject = { name: 'rules', include: rules, exclude: [withServers], isolate: false, ...limits }

/** How tests run that start servers of their own in a shared worker. */
export const withOwnModules = {
  // A worker keeps its process and the packages that it has loaded: most files take less time than these.
  isolate: false,
  setupFiles: 'test/support/own-modules.ts',
  ...limits,
}

/** Long tests that share the sandbox of their worker. */
function longInOneSandbox(name: string, include: string[], exclude: string[]): TestProjectConfiguration {
  return {
    test: {
      name,
      include,
      exclude,
      setupFiles: 'test/long/support/remove-providers.ts',
      sequence: { groupOrder: 2 },
      isolate: false,
      globalSetup: 'test/e2e/support/directory.ts',
      ...limits,
      testTimeout: 240_000,
    },
  }
}

function longWithOwnServers(name: string, include: string[]): TestProjectConfiguration {
  return {
    test: {
      name,
      include,
      sequence: { groupOrder: 3 },
      globalSetup: 'test/e2e/support/directory.ts',
      ...limits,
      testTimeout: 240_000,
    },
  }
}

export default defineConfig({
  test: {
    // The issuer of test/support/network/people-issuer.ts warns of what would be wrong in production.
    onConsoleLog: (text) => !text.startsWith('oidc-provider '),
    projects: [
      { test: rulesProject },
      {
        plugins: [requestValidator()],
        test: {
          name: 'parts',
          include: [
            'test/!(browser|e2e|faults|image|integrations|lambdas|long|permissions|peers|schemathesis|shells|validators)/**/*.test.ts',
            'test/faults/rules/*.test.ts',
            withServers,
          ],
          exclude: [...slowParts, ...onlyInFull.withOwnServers],
          ...withOwnModules,
        },
      },
      {
        test: {
          name: 'end to end',
          include: ['test/e2e/*.test.ts'],
          // One sandbox for all files of a worker: they share their modules.
          isolate: false,
          globalSetup: 'test/e2e/support/directory.ts',
          ...limits,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/*.test.ts'],
          // One sandbox and one browser for all files.
          sequence: { groupOrder: 5 },
          isolate: false,
          fileParallelism: false,
          globalSetup: 'test/e2e/support/directory.ts',
          ...limits,
          testTimeout: 120_000,
        },
      },
      { test: { name: 'validators', include: ['test/validators/*.test.ts'], isolate: false, ...limits } },
      longInOneSandbox(
        'long',
        ['test/long/*/*.test.ts'],
        [...ownServers, ...onlyInFull.inOneSandbox, ...onlyInFull.withOwnServers],
      ),
      longWithOwnServers('long parts', [...ownServers, ...slowParts]),
      longInOneSandbox('full', onlyInFull.inOneSandbox, []),
      longWithOwnServers('full parts', onlyInFull.withOwnServers),
      {
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          // A sandbox for each file: a rotation takes the clusters of all.
          fileParallelism: false,
          maxConcurrency: 8,
          globalSetup: 'test/e2e/support/directory.ts',
          ...limits,
          // A call that is always 20 seconds late makes an operation last for minutes.
          testTimeout: 1_500_000,
        },
      },
      {
        test: {
          // They install what they need: Buildah, shells, Backstage's packages, and a generator in Python.
          name: 'programs',
          include: ['test/{image,integrations,shells}/*.test.ts'],
          sequence: { groupOrder: 5 },
          isolate: false,
          fileParallelism: false,
          globalSetup: ['test/e2e/support/directory.ts', 'test/shells/install.ts'],
          ...limits,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'schemathesis',
          include: ['test/schemathesis/*.test.ts'],
          sequence: { groupOrder: 5 },
          globalSetup: 'test/e2e/support/directory.ts',
          ...limits,
        },
      },
      {
        test: {
          name: 'permissions',
          include: ['test/permissions/*.test.ts'],
          // What a role may do holds for all setups of a sandbox at once: each worker has one of its own.
          sequence: { groupOrder: 3 },
          isolate: false,
          globalSetup: 'test/e2e/support/directory.ts',
          ...limits,
          // More than a test waits for an operation: one that is given up here does not put the permission back.
          testTimeout: 240_000,
          // A file waits for the operations that the one before has left.
          hookTimeout: 240_000,
        },
      },
      ...kubernetesPeers(),
      // It answers 404 without the error that Google explains itself by, so that absent buckets cannot be told from a proxy's
      // answer: https://cloud.google.com/storage/docs/json_api/v1/status-codes
      googlePeer('gcp-storage-emulator', ['bucket-policies']),
      // It keeps neither labels nor access settings, and has no IAM policies.
      googlePeer('fake-gcs-server', ['buckets']),
      {
        test: {
          name: 'aws on moto',
          include: ['test/**/*.aws.test.ts'],
          provide: { awsPeer: 'moto' },
          sequence: { groupOrder: 4 },
          ...limits,
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/*.test.ts'],
          sequence: { groupOrder: 4 },
          ...limits,
          testTimeout: 240_000,
        },
      },
    ],
    maxWorkers: 2,
  },
})
