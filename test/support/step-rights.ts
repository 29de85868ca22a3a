/** Accounts with the rights of one step each, as its description lists them. */
import { accountNamespace } from '../../lambdas/ownership/setup-account.ts'
import { manifestsFor } from '../../lambdas/rights/manifests.ts'
import type { Right } from '../../lambdas/rights/rights.ts'
import { rulesFor } from '../../lambdas/rights/rules.ts'
import type { Setup } from '../../lambdas/rights/setup.ts'
import type { AnyCluster } from '../../sandbox/kubernetes/any-cluster.ts'
import { serviceAccountUser } from '../../sandbox/kubernetes/authentication.ts'
import { attributesOf, isAllowed } from '../../sandbox/kubernetes/authorization.ts'
import { Cluster } from '../../sandbox/kubernetes/cluster.ts'
import { isResourcePath, readResourceRequest } from '../../sandbox/kubernetes/request-info.ts'
import { grant } from './rights.ts'
import { rightsOfStates } from './rights-of-states.ts'

/** The kubeconfig of each step's account, by the name of its state. `isOf` chooses the rights on this cluster. */
export async function grantEach(
  cluster: AnyCluster,
  setup: Setup,
  { states, isOf }: { readonly states: readonly string[]; readonly isOf: (right: Right) => boolean },
): Promise<ReadonlyMap<string, string>> {
  const kubeconfigs = new Map<string, string>()
  for (const state of states) {
    const rules = rulesFor(setup, rightsOfStates([state]).filter(isOf))
    const { kubeconfig } = await grant(
      cluster,
      manifestsFor({ account: accountOf(state), label: setup.cluster }, rules),
    )
    kubeconfigs.set(state, kubeconfig)
  }
  return kubeconfigs
}

/** The calls of the step's account that the API server has refused. A step that takes another way does not report them. */
export function refusedCalls(cluster: AnyCluster, states: readonly string[]): readonly string[] {
  if (!(cluster instanceof Cluster)) throw new Error('only the emulated cluster tells what it has refused')
  return states.flatMap((state) => {
    const user = serviceAccountUser(accountNamespace, accountOf(state), '')
    const operations = cluster.calls.all().filter(({ actor }) => actor === user.name)
    return operations
      .filter(({ operation }) => !isGranted(cluster, user, operation))
      .map(({ operation }) => `${state}: ${operation}`)
  })
}

function accountOf(state: string): string {
  return state.toLowerCase()
}

/** `operation` is `PATCH /apis/apps/v1/namespaces/a/deployments/b` */
function isGranted(cluster: Cluster, user: Parameters<typeof isAllowed>[0], operation: string): boolean {
  const [method = '', path = ''] = operation.split(' ')
  if (!isResourcePath(path)) return true
  const request = { method, path, query: new URLSearchParams(), accept: '', contentType: '', userAgent: '' }
  return isAllowed(user, attributesOf(readResourceRequest(request, cluster.types)), cluster.store)
}
