import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { objectIn } from '../../support/kubernetes/clusters.ts'
import { peerMinor } from '../../support/kubernetes/kubernetes-peer.ts'
import { type Both, startBoth } from './support/both-clusters.ts'
import { kubectlHere } from './support/kubectl.ts'
import { namespace } from './support/manifests.ts'
import { printed } from './support/printed.ts'

/** A state that each cluster reaches at its own time. The test waits for it, because not every version of kubectl can. */
interface Settling {
  readonly until: string
  readonly holds: (cluster: AnyCluster, namespace: string) => Promise<boolean>
}

function statusOfWeb(kind: string, field: string, value: unknown): Settling['holds'] {
  return async (cluster, namespace) =>
    at(await objectIn(cluster, kind, { name: 'web', namespace }), 'status', field) === value
}

const onePodIsReady: Settling = { until: 'one pod is ready', holds: statusOfWeb('Deployment', 'readyReplicas', 1) }
const certificateExists: Settling = {
  until: 'the certificate exists',
  holds: async (cluster) => {
    const request = await objectIn(cluster, 'CertificateSigningRequest', { name: 'asked' })
    return at(request, 'status', 'certificate') !== undefined
  },
}
/** The sandbox deletes pods with their Deployment, and a real cluster a moment later, so that the output would differ. */
const podsAreGone: Settling = {
  until: 'the pods are gone',
  holds: async (cluster, namespace) => {
    const remaining = await Promise.all(['ReplicaSet', 'Pod'].map((kind) => cluster.objects(kind, namespace)))
    return remaining.flat().length === 0
  },
}

type Chapter = readonly (string | Settling)[]

/**
 * The commands run in sequence, each against the sandbox's API server and a real one of the same version. Their output and
 * their exit status must be the same. `NS` is the namespace of the objects. Commands of kubectl's typed clients, like "create
 * namespace", are not tested, because they send protobuf, which the sandbox does not read.
 */
const creating: Chapter = [
  'create -f namespace.yaml',
  'create -f namespace.yaml',
  'get namespace NS --show-labels',
  'create -f created.yaml -n nowhere',
  'create -f created.yaml -n NS',
  'create -f created.yaml -n NS',
  'create -f wrong-name.yaml -n NS',
  'create -f webhook.yaml',
  'wait --for condition=Available deployment/web -n NS --timeout 60s',
]

const getting = [
  'get deployments -n NS',
  'get deployments,replicasets,services -n NS',
  'get pods -n NS',
  'get deploy web -n NS -o name',
  'get deploy web -n NS -o yaml',
  'get deploy web -n NS -o json',
  "get deploy web -n NS -o jsonpath='{.spec.template.spec.containers[*].image}'",
  'get configmap settings -n NS -o yaml',
  'get secret keys -n NS -o yaml',
  'get secrets/keys configmaps/settings serviceaccounts/reader -n NS',
  'get service web -n NS -o yaml',
  'get serviceaccount reader -n NS -o name',
  'get roles,rolebindings -n NS -o name',
  'get rolebindings -n NS',
  'get rolebinding reader -n NS -o yaml',
  'get clusterrole NS -o yaml',
  'get clusterrolebinding NS',
  'get mutatingwebhookconfigurations',
  'get mutatingwebhookconfiguration described -o yaml',
  'get all -n NS',
  'get pods -n NS -l app=web -o name',
  "get pods -n NS -l 'app in (web,other),!absent' -o name",
  'get pods -n NS -l app=other',
  'get configmaps -n NS --field-selector metadata.name=settings',
  'get configmap settings -n NS --show-labels',
  'get configmaps,secrets -n NS -l absent --ignore-not-found',
  'get deployments -A -l app=web',
  'get services -n NS --sort-by .metadata.name -o custom-columns=NAME:.metadata.name,TYPE:.spec.type',
  'get services -n NS --sort-by .metadata.name',
  'get configmap settings -n NS --watch --request-timeout 2s',
  'get deployment nothing -n NS',
  'get nonsense -n NS',
  'get pods -n nowhere',
  'get events -n NS --field-selector involvedObject.name=web,involvedObject.kind=Deployment -o custom-columns=T:.type,R:.reason,M:.message,F:.source.component',
  'get --raw /healthz',
  'get --raw /nowhere',
]

const describing = [
  'describe namespace NS',
  'describe serviceaccount reader -n NS',
  'describe configmap settings -n NS',
  'describe secret keys -n NS',
  'describe role reader -n NS',
  'describe rolebinding reader -n NS',
  'describe clusterrole NS',
  'describe clusterrolebinding NS',
  'describe service web -n NS',
  'describe deployment web -n NS',
  'describe replicaset -n NS',
  'describe mutatingwebhookconfiguration described',
  'describe deployment nothing -n NS',
]

const applying = [
  'apply -n NS -f applied.yaml --dry-run=client',
  'apply -n NS -f applied.yaml --dry-run=server',
  'get configmap applied -n NS',
  'diff -n NS -f applied.yaml',
  'apply -n NS -f applied.yaml',
  'apply -n NS -f applied.yaml',
  'diff -n NS -f applied.yaml',
  'apply view-last-applied configmap applied -n NS',
  'apply -n NS -f changed.yaml --dry-run=server',
  'apply -n NS -f changed.yaml',
  'get configmap applied -n NS -o yaml --show-managed-fields',
  'apply -n NS -f owned.yaml --server-side',
  'apply -n NS -f owned.yaml --server-side --field-manager other',
  'apply -n NS -f applied.yaml --server-side --field-manager other',
  'apply -n NS -f applied.yaml --server-side --field-manager other --force-conflicts',
  'apply -n NS -f applied.yaml --server-side --dry-run=server',
  'apply -n NS -f unknown-field.yaml',
  'apply -n NS -f unknown-field.yaml --validate=false',
  'apply -n NS -f wrong-type.yaml',
  'apply -n NS -f wrong-value.yaml',
  'apply -n NS -f invalid.yaml',
  'replace -n NS -f applied.yaml',
]

const changing: Chapter = [
  'annotate configmap settings -n NS team=a',
  'annotate configmap settings -n NS team=b',
  'annotate configmap settings -n NS team=b --overwrite',
  'annotate configmap settings -n NS team-',
  'label configmap settings -n NS tier=back',
  "label configmap settings -n NS 'tier=not valid' --overwrite",
  'label configmap settings -n NS tier-',
  `patch configmap settings -n NS --type merge -p '{"data":{"a":null,"e":"f"}}'`,
  `patch configmap settings -n NS --type json -p '[{"op":"test","path":"/data/e","value":"g"}]'`,
  `patch configmap settings -n NS --type json -p '[{"op":"replace","path":"/data/e","value":"g"}]'`,
  `patch deployment web -n NS -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}'`,
  `patch deployment web -n NS -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'`,
  'get configmap settings -n NS -o yaml',
  'set image deployment/web -n NS web=registry.example/web:2',
  'rollout status deployment/web -n NS --timeout 60s',
  'rollout history deployment/web -n NS',
  'rollout undo deployment/web -n NS',
  'rollout status deployment/web -n NS --timeout 60s',
  "get deployment web -n NS -o jsonpath='{.spec.template.spec.containers[*].image}'",
  'rollout restart deployment/web -n NS',
  'rollout pause deployment/web -n NS',
  'rollout resume deployment/web -n NS',
  'rollout status deployment/web -n NS --timeout 60s',
  'scale deployment/web -n NS --replicas 3',
  'scale deployment/web -n NS --replicas 1 --current-replicas 7',
  'scale deployment/web -n NS --replicas 1',
  'scale deployment/nothing -n NS --replicas 1',
  "wait --for=jsonpath='{.status.readyReplicas}'=1 deployment/web -n NS --timeout 60s",
  onePodIsReady,
  'get replicasets -n NS -l app=web --sort-by .metadata.creationTimestamp -o custom-columns=WANTED:.spec.replicas',
]

const reviewing = [
  'create -f reviews.yaml --validate=false -o custom-columns=ALLOWED:.status.allowed --as anna',
  'get deployments -n NS --as anna',
  'get configmaps -n NS --as anna',
  'create -f owned.yaml -n NS --as anna',
  'delete deployment web -n NS --as anna',
]

const signing: Chapter = [
  'apply -f request.yaml',
  'get csr asked',
  `patch csr asked --subresource approval --type merge -p '{"status":{"conditions":[{"type":"Approved","status":"True","reason":"Asked"}]}}'`,
  "wait --for=jsonpath='{.status.conditions[0].type}'=Approved csr/asked --timeout 60s",
  certificateExists,
  'get csr asked -o yaml',
  'describe csr asked',
  'delete csr asked',
]

const deleting: Chapter = [
  'delete configmap settings -n NS',
  'delete configmap settings -n NS',
  'delete configmap settings -n NS --ignore-not-found',
  'delete secret keys -n NS --dry-run=server',
  'delete secret keys -n NS --cascade=orphan',
  'delete -f applied.yaml -n NS',
  'delete deployments -n NS -l app=web --wait',
  podsAreGone,
  'wait --for=delete pods -n NS -l app=web --timeout 60s',
  'get pods,replicasets,deployments -n NS',
  'delete clusterrole,clusterrolebinding NS',
  'delete mutatingwebhookconfiguration described',
  'delete namespace NS --wait --timeout 90s',
  'get namespace NS',
]

let both: Both
beforeAll(async () => {
  both = await startBoth({ management: false })
})
afterAll(() => both?.end())

/** kubectl 1.21 reads OpenAPI 2 in protobuf, which the sandbox does not have. */
describe.runIf(peerMinor() >= 27)('kubectl', async () => {
  const kubectl = await kubectlHere()
  const chapters = { creating, getting, describing, applying, changing, reviewing, signing, deleting }
  const settle = ({ until, holds }: Settling) => both.until(until, (cluster) => holds(cluster, namespace))
  const compare = async (command: string) => {
    const { emulated, real } = await both.run(kubectl, command.replaceAll('NS', namespace))
    expect(printed(emulated)).toEqual(printed(real))
  }
  for (const [chapter, parts] of Object.entries(chapters)) {
    describe(chapter, () => {
      for (const [index, part] of parts.entries()) {
        if (typeof part === 'string') test(`${index + 1}. ${part}`, () => compare(part))
        else test(`${index + 1}. ${part.until}`, () => settle(part))
      }
    })
  }
})
