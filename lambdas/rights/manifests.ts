import { rightsLabel } from '../ownership/granted-rights.ts'
import { kubernetesOwnership, manager } from '../ownership/labels.ts'
import { accountNamespace, clusterAccount, managementAccount } from '../ownership/setup-account.ts'
import { NoRights } from './no-rights.ts'
import {
  managementRenewalRights,
  managementRights,
  managementTeardownRights,
  type Right,
  renewalRights,
  userClusterRights,
  userClusterTeardownRights,
} from './rights.ts'
import { type Rule, rulesFor, rulesForAll } from './rules.ts'
import type { Setup } from './setup.ts'

type Labels = Readonly<Record<string, string>>

/** An object to apply. The rules of a role contain their reasons. */
export interface RightsObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels }
  readonly rules?: readonly Rule[]
  readonly roleRef?: object
  readonly subjects?: readonly object[]
}

export type Purpose = 'setups' | 'setups and teardowns'

export function purposeOf({ teardown }: { readonly teardown: boolean }): Purpose {
  return teardown ? 'setups and teardowns' : 'setups'
}

/** All objects to apply to one cluster, and the account that gets the rights. */
export interface Rights {
  readonly account: string
  /** Value of the label `workload-identity/rights`. */
  readonly label: string
  readonly objects: readonly RightsObject[]
}

const rbac = 'rbac.authorization.k8s.io'

/**
 * The rights on the cluster whose workloads get roles.
 *
 * @throws {NoRights} when the webhook or a workload would share the namespace of the account
 */
export function userClusterManifests(setup: Setup, forWhat: Purpose = 'setups'): Rights {
  refuseSharing(setup)
  const owner = { account: clusterAccount, label: setup.cluster }
  const rights = rightsTo(forWhat, { setups: userClusterRights, teardowns: userClusterTeardownRights })
  const renewal = setup.renewal ? renewalRights : []
  return manifestsFor(owner, rulesFor(setup, [...rights, ...renewal]), installs(setup) ? [setup.webhookNamespace] : [])
}

/** The rights on the management cluster. Each cluster has a separate account, which may not change other clusters. */
export function managementManifests(setup: Setup, forWhat: Purpose = 'setups'): Rights {
  const owner = { account: managementAccount(setup.cluster), label: setup.cluster }
  const rights = rightsTo(forWhat, { setups: managementRights, teardowns: managementTeardownRights })
  return manifestsFor(owner, rulesFor(setup, [...rights, ...(setup.renewal ? managementRenewalRights : [])]))
}

interface ByPurpose {
  readonly setups: readonly Right[]
  readonly teardowns: readonly Right[]
}

function rightsTo(forWhat: Purpose, { setups, teardowns }: ByPurpose): readonly Right[] {
  return forWhat === 'setups' ? setups : [...setups, ...teardowns]
}

/** The rights for all requests that install their webhook in this namespace, in this certificate mode. */
export function wholeUserClusterManifests(mode: 'own-ca' | 'csr', webhookNamespace: string): Rights {
  const owner = { account: manager, label: 'all' }
  return manifestsFor(owner, rulesForAll(mode, webhookNamespace, userClusterRights), [webhookNamespace])
}

/** The rights on a management cluster for all requests. */
export function wholeManagementManifests(): Rights {
  return manifestsFor({ account: manager, label: 'all' }, rulesForAll('none', '', managementRights))
}

function installs({ mode }: Setup): boolean {
  return mode === 'own-ca' || mode === 'csr'
}

/** The object as an API server accepts it. */
export function plainObject(object: RightsObject): Record<string, unknown> {
  return { ...object, ...(object.rules && { rules: object.rules.map(plainRule) }) }
}

function plainRule({ apiGroup, resources, names, verbs }: Rule) {
  return { apiGroups: [apiGroup], resources, ...(names && { resourceNames: names }), verbs }
}

function refuseSharing({ webhookNamespace, workloads }: Setup): void {
  const others = [webhookNamespace, ...workloads.map(({ namespace }) => namespace)]
  if (!others.includes(accountNamespace)) return
  throw new NoRights(
    `The namespace ${accountNamespace} is for the setups' own account: use another one for webhook and workloads`,
  )
}

export interface Owner {
  readonly account: string
  readonly label: string
}

/** The objects that grant the rules: the account, and a role with its binding for each namespace of the rules. */
export function manifestsFor(owner: Owner, rules: readonly Rule[], webhookNamespaces: readonly string[] = []): Rights {
  const { account, label } = owner
  const [wide, inNamespaces] = [rules.filter((rule) => !rule.namespace), rules.filter((rule) => rule.namespace)]
  const byNamespace = Map.groupBy([...wide, ...inNamespaces], ({ namespace }) => namespace)
  return {
    ...owner,
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: accountNamespace } },
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: account, namespace: accountNamespace, labels: { [rightsLabel]: label } },
      },
      ...webhookNamespaces.map(webhookNamespaceObject),
      ...[...byNamespace].flatMap(([namespace, own]) => roleAndBinding(owner, namespace, own)),
    ],
  }
}

/** The namespace has the ownership label, so that a setup treats it as created by the product. */
function webhookNamespaceObject(name: string): RightsObject {
  const labels = { [kubernetesOwnership.managedByLabel]: manager }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

function roleAndBinding(
  { account, label }: Owner,
  namespace: string | undefined,
  rules: readonly Rule[],
): RightsObject[] {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role'
  const apiVersion = `${rbac}/v1`
  const labels = { [rightsLabel]: label }
  const metadata = { name: account, ...(namespace !== undefined && { namespace }), labels }
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: rbac, kind, name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: accountNamespace }],
    },
  ]
}
