import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, AssetStaging } from 'aws-cdk-lib'
import { bundleName } from '../../../infra/functions/entry.ts'
import { entries } from '../../../infra/functions/functions.ts'
import { defaultWorkloadActions } from '../../../infra/settings/workload-actions.ts'
import { WorkloadIdentityStack, type WorkloadIdentityStackProps } from '../../../infra/stack.ts'
import { accessSettings } from '../../../lambdas/access/configuration.ts'

export const stackProps = {
  secretPrefix: 'workload-identity',
  rolePath: '/workload-identity/',
  allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
  inlinePolicyActions: ['s3:*'],
  workloadActions: defaultWorkloadActions,
  assumableRoleArns: [],
  access: accessSettings.parse({
    grants: [{ name: 'administrators', role: 'administrator', to: [{ iam: { role: 'Administrator' } }] }],
  }),
  accounts: {},
  kmsKeys: {},
  webhookTimeoutSeconds: 600,
  rotationSchedule: 'rate(6 hours)',
  driftSchedule: 'rate(1 day)',
  operationDays: { looks: 90, changes: 365 },
  notifications: { emails: [] },
  logDays: 30,
  limits: { requestsPerSecond: 50, burst: 100, runningPerCaller: 20 },
  tags: {},
  removalPolicy: 'retain',
  env: { account: '123456789012', region: 'eu-west-1' },
} as const satisfies Omit<WorkloadIdentityStackProps, 'bundles'>

/** A folder for the files of this Vitest worker: another worker could read a file while this one writes it. */
const folder = join(import.meta.dirname, '../../../.sandbox/templates', `${process.env.VITEST_POOL_ID}`)

export function exampleApp(context: Record<string, unknown> = {}): App {
  // CDK caches the hash of a folder. An earlier test may have synthesized other files with the same folder.
  AssetStaging.clearAssetHashCache()
  return new App({ outdir: join(folder, 'cdk.out'), context })
}

/** The stack with empty bundles, for tests of its template. */
export function exampleStack(
  app = exampleApp(),
  props: Partial<WorkloadIdentityStackProps> = {},
): WorkloadIdentityStack {
  return new WorkloadIdentityStack(app, 'WorkloadIdentity', { ...stackProps, bundles: emptyBundles(), ...props })
}

export function emptyBundles(): string {
  const bundles = join(folder, 'bundles')
  for (const name of entries.map(bundleName)) {
    mkdirSync(join(bundles, name), { recursive: true })
    writeFileSync(join(bundles, name, 'index.mjs'), `// ${name}`)
  }
  return bundles
}

/** The additional properties of a stack with a portal. */
export function portalProps() {
  const issuers = { staff: { issuer: 'https://login.example.com/tenant', audience: ['workload-identity'] } }
  const portal = {
    domain: 'roles.example.com',
    certificateArn: `arn:aws:acm:us-east-1:${stackProps.env.account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
    issuer: 'staff',
    clientId: 'portal',
    scope: 'openid',
    origins: ['https://tokens.example.com'],
  }
  return { access: { ...stackProps.access, issuers }, portal, portalFiles: portalFiles() }
}

/** A folder with example files of a portal. */
function portalFiles(): string {
  const files = join(folder, 'portal')
  mkdirSync(join(files, 'assets'), { recursive: true })
  writeFileSync(join(files, 'index.html'), '<p>the page</p>')
  writeFileSync(join(files, 'assets', 'app.js'), '// the page')
  return files
}
