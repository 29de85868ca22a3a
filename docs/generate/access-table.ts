/** The tables of what each role may do: every route, on the cluster of the grant and on another. */
import type { AuthorizationRequest, Resource } from '../../lambdas/access/authorization-request.ts'
import { type AccessRules, accessSettings, rulesOf } from '../../lambdas/access/configuration.ts'
import { accessOf } from '../../lambdas/access/decide.ts'
import { namedCallers } from '../../lambdas/access/named-callers.ts'
import { iamPrincipal } from '../../lambdas/access/principal.ts'
import { roleNames } from '../../lambdas/access/roles.ts'
import {
  addedWorkloadChecks,
  chosenResource,
  clusterResource,
  clusterTeardownChecks,
  deploymentResource,
  planChecks,
  revocationChecks,
  type SpecChange,
  setupChecks,
  specChecks,
  workloadResource,
  workloadTeardownChecks,
} from '../../lambdas/api/access/checks.ts'
import type { Checks } from '../../lambdas/api/operation.ts'
import { type OperationName, routes } from '../../lambdas/api/routes.ts'
import { defaultRoleName } from '../../lambdas/role/name.ts'
import type { SetupRequest } from '../../lambdas/spec/setup-request.ts'

const accountId = '000000000000'
const deployment = `${accountId}/eu-west-1/WorkloadIdentity`
const policyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const workload = { namespace: 'team', serviceAccount: 'reader' }
const to = (role: string) => [{ iam: { role } }]
const scope = { clusters: ['own'] }

const roleOnAll = 'operator-of-all'

/** One grant per role, for the cluster `own`. The administrator and a second operator have all clusters. */
const rules: AccessRules = rulesOf(
  accessSettings.parse({
    grants: [
      { name: 'v', role: 'viewer', to: to('viewer'), ...scope },
      { name: 'd', role: 'developer', to: to('developer'), ...scope, namespaces: ['team'], policyArns: [policyArn] },
      { name: 'o', role: 'operator', to: to('operator'), ...scope },
      { name: 'all', role: 'operator', to: to(roleOnAll), clusters: ['*'] },
      { name: 'a', role: 'administrator', to: to('administrator') },
    ],
  }),
)

const access = accessOf(rules, {
  accountId,
  callerIds: new Map(namedCallers(rules.grants).map(({ key }) => [key, key])),
})

/** A request with one workload in the developer's namespace, with an allowed policy and the default role name. */
function requestOf(name: string, role: object = {}): SetupRequest {
  const roleName = defaultRoleName(deployment, name, workload)
  return {
    cluster: { name, provider: 'existing', credentialsSecretArn: 'arn', readyTimeoutMinutes: 60 },
    webhook: { mode: 'none', certificate: 'auto', namespace: 'w', failurePolicy: 'Ignore' },
    workloads: [{ ...workload, role: { name: roleName, policyArns: [policyArn], maxSessionSeconds: 3600, ...role } }],
    adopt: false,
    reconcile: 'report',
  }
}

function inMember({ cluster, ...request }: SetupRequest): SetupRequest {
  return { ...request, cluster: { ...cluster, awsAccountId: '222233334444' } }
}

function added(cluster: string, workload: Parameters<typeof addedWorkloadChecks>[1]): Checks {
  return addedWorkloadChecks(cluster, workload, deployment)
}

/** The checks for a PUT of a spec. By default the spec changes only the workload. */
function put(request: SetupRequest, change: Partial<SpecChange>, dryRun = false): Checks {
  const own = { ofCluster: false, changed: request.workloads, removed: [], adopts: false }
  const [first, ...others] = specChecks(request, { ...own, ...change }, { dryRun, deployment })
  if (!first) throw new Error('a spec that changes something checks for rights')
  return [first, ...others]
}

type ChecksOf = (cluster: string, caller: string) => Checks

interface Row {
  /** The variant of the request. */
  readonly what: string
  readonly checks: ChecksOf
}

const plain = (checks: ChecksOf): Row[] => [{ what: '', checks }]
const one = (action: AuthorizationRequest['action'], resourceOf: (cluster: string) => Resource): Row[] =>
  plain((cluster) => [{ action, resource: resourceOf(cluster) }])

function operationOf(cluster: string, owner: string): Resource {
  return { type: 'Operation', operationId: 'id', kind: 'setup', cluster, owner, namespaces: [workload.namespace] }
}

const ofAll = () => deploymentResource
const ofWorkload = (cluster: string) => workloadResource(cluster, workload)
const teardown = { force: false, deleteCluster: false, dryRun: false }
const inlinePolicy = { Version: '2012-10-17', Statement: [] }

/** The requests for each route. The first row of a route is its plain form. The other rows are options or variants. */
const rows: Readonly<Record<OperationName, readonly Row[]>> = {
  'start-setup': [
    ...plain((cluster) => setupChecks(requestOf(cluster), deployment)),
    { what: '`adopt`', checks: (cluster) => setupChecks({ ...requestOf(cluster), adopt: true }, deployment) },
    {
      what: 'with `cluster.awsAccountId`',
      checks: (cluster) => setupChecks(inMember(requestOf(cluster)), deployment),
    },
    {
      what: 'with `role.name`',
      checks: (cluster) => setupChecks(requestOf(cluster, { name: 'own-name' }), deployment),
    },
    {
      what: 'with `role.inlinePolicy`',
      checks: (cluster) => setupChecks(requestOf(cluster, { inlinePolicy }), deployment),
    },
  ],
  'put-cluster': [
    {
      what: 'with a change of the cluster',
      checks: (cluster) => put(requestOf(cluster), { ofCluster: true, changed: [] }),
    },
    { what: 'with a change of one workload', checks: (cluster) => put(requestOf(cluster), {}) },
    {
      what: 'with a change of one workload in another namespace',
      checks: (cluster) => {
        const { workloads, ...request } = requestOf(cluster)
        const changed = workloads.map((one) => ({ ...one, namespace: 'other' }))
        return put({ ...request, workloads: changed }, { changed })
      },
    },
    {
      what: 'with `removals=allow`',
      checks: (cluster) => put(requestOf(cluster), { changed: [], removed: [workload] }),
    },
    {
      what: 'with `dryRun`, and a change of one workload',
      checks: (cluster) => put(requestOf(cluster), { removed: [workload] }, true),
    },
  ],
  'start-plan': [
    {
      what: 'with the recorded spec',
      checks: (cluster) => planChecks(requestOf(cluster), true, deployment),
    },
    { what: 'with another spec', checks: (cluster) => planChecks(requestOf(cluster), false, deployment) },
  ],
  'start-rotation': one('start-rotation', ofAll),
  'list-operations': one('list-operations', ofAll),
  'get-operation': plain((cluster) => [{ action: 'get-operation', resource: operationOf(cluster, 'somebody') }]),
  'cancel-operation': [
    {
      what: "the caller's own operation",
      checks: (cluster, caller) => [{ action: 'cancel-operation', resource: operationOf(cluster, caller) }],
    },
    {
      what: "another caller's operation",
      checks: (cluster) => [{ action: 'cancel-operation', resource: operationOf(cluster, 'somebody') }],
    },
  ],
  'list-clusters': one('list-clusters', ofAll),
  'list-workloads': one('list-workloads', ofAll),
  'get-cluster': one('get-cluster', clusterResource),
  'list-generations': one('get-cluster', clusterResource),
  'get-generation': one('get-cluster', clusterResource),
  'tear-down-cluster': [
    ...plain((cluster) => clusterTeardownChecks(cluster, teardown)),
    { what: '`force`', checks: (cluster) => clusterTeardownChecks(cluster, { ...teardown, force: true }) },
    {
      what: '`deleteCluster`',
      checks: (cluster) => clusterTeardownChecks(cluster, { ...teardown, deleteCluster: true }),
    },
  ],
  'add-workload': [
    ...plain((cluster) => added(cluster, { ...workload, role: { policyArns: [policyArn] } })),
    {
      what: 'with a policy that the grant does not have',
      checks: (cluster) => added(cluster, { ...workload, role: { policyArns: ['arn:other'] } }),
    },
    {
      what: 'in another namespace',
      checks: (cluster) => added(cluster, { ...workload, namespace: 'other', role: {} }),
    },
    {
      what: 'with `role.name`',
      checks: (cluster) => added(cluster, { ...workload, role: { name: 'own-name' } }),
    },
    {
      what: 'with `role.inlinePolicy`',
      checks: (cluster) => added(cluster, { ...workload, role: { inlinePolicy } }),
    },
  ],
  'tear-down-workload': [
    ...plain((cluster) => workloadTeardownChecks(cluster, workload, false)),
    { what: '`force`', checks: (cluster) => workloadTeardownChecks(cluster, workload, true) },
  ],
  'get-manifest': one('get-manifest', ofWorkload),
  'get-rights': one('get-rights', clusterResource),
  'compute-rights': one('compute-rights', clusterResource),
  'start-verification': [
    { what: 'one workload', checks: (cluster) => [{ action: 'start-verification', resource: ofWorkload(cluster) }] },
    {
      what: 'all workloads',
      checks: (cluster) => [{ action: 'start-verification', resource: chosenResource(cluster, undefined) }],
    },
  ],
  'start-drift': [
    { what: 'one workload', checks: (cluster) => [{ action: 'start-drift', resource: ofWorkload(cluster) }] },
    {
      what: 'all workloads',
      checks: (cluster) => [{ action: 'start-drift', resource: chosenResource(cluster, undefined) }],
    },
  ],
  'create-enrolment': one('create-enrolment', clusterResource),
  'refresh-signing-keys': one('refresh-signing-keys', clusterResource),
  'revoke-signing-key': [
    ...plain((cluster) => revocationChecks(cluster, { force: false })),
    { what: '`force`', checks: (cluster) => revocationChecks(cluster, { force: true }) },
  ],
  'accept-signing-key': one('accept-signing-key', clusterResource),
  'get-access': one('get-access', ofAll),
  'get-openapi': one('get-openapi', ofAll),
}

/**
 * A Markdown table of every route and option. It says whether each role may use them on the grant's cluster, and on
 * another cluster.
 */
export function accessTable(): string {
  const head = ['request', ...roleNames.flatMap((role) => [`${role}: own cluster`, 'other'])]
  return tableOf(
    head,
    routes.flatMap(({ operation, method, path }) =>
      rows[operation].map(({ what, checks }) => [
        `\`${method} ${path}\`${what === '' ? '' : `, ${what}`}`,
        ...cells(checks).map((may) => (may ? 'yes' : '')),
      ]),
    ),
  )
}

const everyRole = 'every role'

/** A Markdown table of the requests by the roles that may send them. Requests that more roles may send come first. */
export function accessSummary(): string {
  const requests = routes.flatMap(({ operation, method, path }) =>
    rows[operation].map(({ what, checks }) => ({ route: `\`${method} ${path}\``, what, who: whoMay(checks) })),
  )
  const groups = [...Map.groupBy(requests, ({ who }) => who)]
  const rolesIn = (who: string) => (who === everyRole ? Infinity : who.split(', ').length)
  return tableOf(
    ['roles', 'requests'],
    groups
      .toSorted(([one], [other]) => rolesIn(other) - rolesIn(one))
      .map(([who, some]) => [
        who,
        [...Map.groupBy(some, ({ route }) => route)]
          .map(([route, variants]) =>
            withVariants(
              route,
              variants.map(({ what }) => what),
            ),
          )
          .join('<br>'),
      ]),
  )
}

/** `viewer, operator, administrator`, or `every role` when each role may send the request on all clusters. */
function whoMay(checks: ChecksOf): string {
  const may = cells(checks)
  if (!may.includes(false)) return everyRole
  const names: string[] = roleNames.filter((_, index) => may[2 * index])
  const needsAll = !names.includes('operator') && mayDo(roleOnAll, 'own', checks)
  return [...(needsAll ? ['operator with all clusters'] : []), ...names].join(', ')
}

function withVariants(route: string, variants: readonly string[]): string {
  const [first, ...more] = variants
  if (first === '' && more.length === 0) return route
  return `${route} (${variants.map((what) => what || 'without options').join('; ')})`
}

function tableOf(head: readonly string[], body: readonly (readonly string[])[]): string {
  const [titles = '', ...lines] = [head, ...body].map((cells) => `| ${cells.join(' | ')} |`)
  return [titles, `|${'---|'.repeat(head.length)}`, ...lines].join('\n')
}

/** For each role, whether it may send the request on the cluster of its grant, and on another cluster. */
function cells(checks: ChecksOf): boolean[] {
  return roleNames.flatMap((role) => ['own', 'other'].map((cluster) => mayDo(role, cluster, checks)))
}

/** @throws {Error} when the schema does not contain a check */
function mayDo(role: string, cluster: string, checks: ChecksOf): boolean {
  const principal = iamPrincipal(`arn:aws:sts::${accountId}:assumed-role/${role}/session`, `role/${role}`)
  return checks(cluster, principal.name).every((check) => {
    const { allowed, errors } = access.decide(principal, check)
    if (errors.length > 0) throw new Error(`${check.action}: ${errors.join('; ')}`)
    return allowed
  })
}
