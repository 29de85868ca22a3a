import * as z from 'zod/mini'
import { operationKinds } from '../operations/record/kinds.ts'
import { operationStatuses } from '../operations/record/record.ts'
import { textOf } from '../spec/format.ts'
import { dnsLabel } from '../spec/names.ts'
import { forShapeIssues, shapeIssues } from '../spec/shape.ts'
import { ProblemError, problem } from './problem.ts'

const notALimit = { error: 'is not a whole number from 1 to 100: correct it, or omit it' }
/**
 * DynamoDB rejects an empty or very long key. The longest position is that of a workload: cluster, namespace and
 * service account.
 */
const notAPosition = {
  error: 'is not 1 to 400 characters of ASCII: use the complete path in `next` of the previous page',
}

/** Query parameters of each list: the start and the size of the page. */
const page = {
  after: z.exactOptional(
    z
      .string()
      .check(
        z.regex(/^[!-~]{1,400}$/, notAPosition),
        z.describe('Only the entries after this position, which the path in `next` contains'),
      ),
  ),
  limit: z._default(
    z.coerce
      .number(notALimit)
      .check(
        z.int({ ...notALimit, abort: true }),
        z.minimum(1, notALimit),
        z.maximum(100, notALimit),
        z.describe('The highest number of entries in the response, 1 to 100'),
      ),
    50,
  ),
}

export const clustersQuery = z.strictObject(page)

export const workloadsQuery = z.strictObject({
  cluster: z.exactOptional(textOf(dnsLabel, 'Only workloads of this cluster')),
  namespace: z.exactOptional(textOf(dnsLabel, 'Only workloads of this namespace')),
  ...page,
})

const notAGeneration = {
  error: 'is not the number of a generation: use the complete path in `next` of the previous page',
}

export const generationsQuery = z.strictObject({
  after: z.exactOptional(
    z.coerce
      .number(notAGeneration)
      .check(
        z.int({ ...notAGeneration, abort: true }),
        z.minimum(1, notAGeneration),
        z.maximum(9_999_999_999, notAGeneration),
        z.describe(
          'Only generations older than this number, which the path in `next` contains: the newest comes first',
        ),
      ),
  ),
  limit: page.limit,
})

export const operationsQuery = z.strictObject({
  cluster: z.exactOptional(textOf(dnsLabel, 'Only operations on this cluster')),
  kind: z.exactOptional(z.enum(operationKinds)),
  status: z.exactOptional(z.enum(operationStatuses)),
  ...page,
})

export const accessQuery = z.strictObject({
  cluster: z.exactOptional(
    textOf(
      dnsLabel,
      'The actions that are allowed on this cluster. Default: those that are allowed on at least one cluster',
    ),
  ),
  namespace: z.exactOptional(
    textOf(
      dnsLabel,
      'The actions that are allowed on workloads of this namespace. Default: those on the cluster with all its namespaces',
    ),
  ),
  requestedBy: z.exactOptional(
    z
      .string()
      .check(
        z.minLength(1),
        z.maxLength(2048),
        z.describe('The `requestedBy` of the operation to which the actions apply. Default: the caller'),
      ),
  ),
})

const oneOf = (...choices: readonly string[]) => ({ error: `is not one of ${choices.join(', ')}` })

export const manifestQuery = z.strictObject({
  kind: z._default(
    z
      .enum(['Pod', 'Deployment', 'patch'], oneOf('Pod', 'Deployment', 'patch'))
      .check(z.describe('patch: a strategic merge patch for an existing Deployment, for example for Kustomize')),
    'Pod',
  ),
  webhook: z.exactOptional(
    z.pipe(
      z
        .enum(['true', 'false'], oneOf('true', 'false'))
        .check(
          z.describe(
            'false: the manifest itself contains what the webhook would add. Default: false if the status has the webhook mode `none`, otherwise true',
          ),
        ),
      z.transform((value) => value === 'true'),
    ),
  ),
  image: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(512), z.describe('The image of the container'))),
  command: z.exactOptional(
    z.string().check(z.minLength(1), z.maxLength(4096), z.describe('The commands that /bin/sh of the image runs')),
  ),
  name: z.exactOptional(textOf(dnsLabel, 'The name of the pod or the Deployment')),
  container: z.exactOptional(textOf(dnsLabel, 'The container that gets the credentials')),
  format: z._default(z.enum(['yaml', 'json'], oneOf('yaml', 'json')), 'yaml'),
})

const trueOrFalse = (description: string) =>
  z.pipe(
    z.enum(['true', 'false'], oneOf('true', 'false')).check(z.describe(description)),
    z.transform((value) => value === 'true'),
  )

const flag = (description: string, value = false) => z._default(trueOrFalse(description), value)

export const rightsQuery = z.strictObject({
  management: flag('The rights on the management cluster, not those on the cluster itself'),
  teardown: z.exactOptional(
    trueOrFalse(
      'Also the rights that a teardown needs. Default: true. With `management`, the default is false, because these rights would allow the deletion of the cluster',
    ),
  ),
  namedAccounts: flag(
    'Rights only on the named service accounts. Each new workload then needs new rights, even in a known namespace',
  ),
  renewal: flag(
    'Also the right to renew the token of the service account. The response always has this right if the record says that rotations renew the token',
  ),
  kubernetes: z.exactOptional(
    z.pipe(
      z
        .string()
        .check(
          z.regex(/^1\.\d{1,3}$/, { error: 'is not a version of Kubernetes such as 1.21' }),
          z.describe(
            'Kubernetes version of the cluster. Default: the recorded version, otherwise that of the spec, otherwise the newest',
          ),
        ),
      z.transform((version) => Number(version.slice('1.'.length))),
    ),
  ),
  format: z._default(z.enum(['yaml', 'json'], oneOf('yaml', 'json')), 'yaml'),
})

const teardownFlags = {
  force: flag(
    'Leave behind the objects in a cluster that cannot be reached, and delete inline policies that others have added to a role of the deployment',
  ),
  dryRun: flag('Change nothing, and report what would be removed, what would stay, and why'),
}

export const workloadTeardownQuery = z.strictObject(teardownFlags)

/** The manager when a request names none. */
const usualManager = 'api'

/** Query parameters of each request that writes workloads into a spec. */
const declaring = {
  manager: z._default(
    textOf(
      dnsLabel,
      'The name of the manager that declares the workloads, like fieldManager in Kubernetes: a name for a file, for the portal, or any other',
    ),
    usualManager,
  ),
  takeOver: flag('The manager takes over the workloads in the request that other managers declare'),
}

export const declaringQuery = z.strictObject(declaring)

export const clusterPutQuery = z.strictObject({
  ...declaring,
  removals: z._default(
    z
      .enum(['allow', 'refuse'], oneOf('allow', 'refuse'))
      .check(
        z.describe(
          'allow: removes the recorded workloads of this manager that are not in the spec, after everything else has succeeded',
        ),
      ),
    'refuse',
  ),
  dryRun: flag('Change nothing, and report as a plan what a setup would do, and what it would remove'),
})

export const clusterTeardownQuery = z.strictObject({
  deleteCluster: flag(
    'Also delete the node pools and the cluster itself. Allowed only if a setup has created the cluster',
  ),
  ...teardownFlags,
})

/**
 * The validated query parameters of a call.
 *
 * @throws {ProblemError} 400 when a parameter is invalid or unknown; the error names each of them
 */
export function readQuery<Query>(schema: z.ZodMiniType<Query>, query: Readonly<Record<string, string>>): Query {
  const parsed = schema.safeParse(query, forShapeIssues)
  if (parsed.success) return parsed.data
  const issues = shapeIssues(parsed.error.issues, schema)
  throw new ProblemError(problem('invalid-request', { detail: 'Query parameters have to be corrected', issues }))
}

/** Path of the page that starts after this position. An empty object when there is no next page. */
export function nextPage(
  path: string,
  query: Readonly<Record<string, string | number>> & { readonly limit: number },
  after: string | undefined,
): { next?: string } {
  if (after === undefined) return {}
  const parameters = new URLSearchParams({ ...query, limit: String(query.limit), after })
  return { next: `${path}?${parameters}` }
}
