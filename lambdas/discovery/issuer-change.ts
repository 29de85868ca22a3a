import type { ObservedNode } from '../clouds/kubernetes/nodes.ts'
import type { ClusterFacts } from '../operations/record.ts'
import type { Task } from '../report/waiting.ts'
import { type Distribution, distributionOf } from './distribution.ts'

/** The change of a cluster from one issuer of service account tokens to another. */
export interface IssuerDifference {
  /** The hosted issuer: `https://HOST/CLUSTER`. */
  readonly desired: string
  /** The `iss` of the tokens that the cluster makes now. It comes from outside. */
  readonly observed: string
  /** 33 for Kubernetes 1.33. */
  readonly kubernetesMinor: number
}

export interface IssuerChange {
  /** What a person has to do: a reason to wait, of 700 characters at most. */
  readonly instruction: string
  /** The same as commands to copy, and how to see that it is done. */
  readonly task: Task
  /** Whether the API server still takes the tokens of the old issuer after that. */
  readonly keepsOldTokens: boolean
}

/** How a distribution is told its issuers. docs/issuer-change.md has the same in full, with the sources. */
interface Way {
  /** The file, the object or the command. */
  readonly place: string
  /** The setting, with the old issuer second where it can stay. */
  readonly setting: (desired: string, old?: string) => string
  /** The setting as lines to copy; without it, the setting is one. */
  readonly lines?: (desired: string, old?: string) => string
  /** How it takes effect. */
  readonly effect: string
  /** The command by which it takes effect, where there is one. */
  readonly apply?: string
  /** The heading of docs/issuer-change.md. */
  readonly heading: string
  /** The first minor version of Kubernetes on which the old issuer can stay second. */
  readonly keepsFrom: number
}

const longestInstruction = 700

/** Of an issuer that IAM can hold: see requireRegistrable. */
const longestIssuer = 255

/**
 * Kubernetes 1.22 is the first whose --service-account-issuer may be repeated:
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection
 */
const firstMinorWithTwo = 22

/** k3s keeps repeated arguments from v1.23.6 on, and RKE2 reads them as it does: https://github.com/k3s-io/k3s/pull/5373 */
const firstMinorOfK3sWithTwo = 24

/** The first with `kubeadm.k8s.io/v1beta4`: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/ */
const firstMinorOfKubeadmWithLists = 31

/** The first with `rawArgs`: https://github.com/k0sproject/k0s/pull/6354 */
const firstMinorOfK0sWithTwo = 35

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

function each(desired: string, old: string | undefined, form: (issuer: string) => string): string[] {
  return old === undefined ? [form(desired)] : [form(desired), form(old)]
}

function flags(desired: string, old?: string): string {
  return each(desired, old, (issuer) => `--service-account-issuer=${issuer}`).join(', then ')
}

/** Lines of a manifest's command, or of a list of flags. */
function flagLines(desired: string, old?: string): string {
  return each(desired, old, (issuer) => `- --service-account-issuer=${issuer}`).join('\n')
}

function argLines(desired: string, old?: string): string {
  return ['kube-apiserver-arg:', ...each(desired, old, (issuer) => `  - service-account-issuer=${issuer}`)].join('\n')
}

function kubeApiserverArg(desired: string, old?: string): string {
  return `kube-apiserver-arg: [${each(desired, old, (issuer) => `service-account-issuer=${issuer}`).join(', ')}]`
}

/** Said only where there is an old issuer to keep. */
function ifOld(old: string | undefined, text: (old: string) => string): string {
  return old === undefined ? '' : text(old)
}

/** A file that the kubelet watches: https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/ */
const staticPod = {
  setting: flags,
  lines: flagLines,
  effect: 'The kubelet restarts the API server by itself.',
  keepsFrom: firstMinorWithTwo,
}

const ways: Readonly<Record<Distribution | 'kubeadm-1.30', Way>> = {
  'cluster-api': {
    heading: 'cluster-api',
    lines: (desired, old) =>
      old === undefined
        ? `service-account-issuer: ${desired}`
        : `[{"op": "add", "path": "/spec/containers/0/command/1", "value": "--service-account-issuer=${desired}"}]`,
    place: 'the KubeadmControlPlane',
    setting: (desired, old) =>
      old === undefined
        ? `apiServer.extraArgs service-account-issuer=${desired}`
        : `a kubeadm patch that adds --service-account-issuer=${desired} at /spec/containers/0/command/1, before that of ${old}`,
    effect: 'Cluster API replaces the control plane machines.',
    keepsFrom: firstMinorWithTwo,
  },
  'eks-anywhere': {
    heading: 'eks-anywhere',
    apply: 'eksctl anywhere upgrade cluster -f FILE',
    place: 'the cluster spec',
    setting: (desired) => `spec.podIamConfig.serviceAccountIssuer: ${desired}`,
    effect: 'eksctl anywhere upgrade cluster -f FILE applies it.',
    keepsFrom: Number.POSITIVE_INFINITY,
  },
  k0s: {
    heading: 'k0s',
    lines: (desired, old) =>
      [
        `extraArgs:\n  service-account-issuer: ${desired}`,
        ...(old === undefined ? [] : [`rawArgs:\n  - --service-account-issuer=${old}`]),
      ].join('\n'),
    apply: 'sudo k0s stop && sudo k0s start',
    place: '/etc/k0s/k0s.yaml of each controller, in spec.api',
    setting: (desired, old) =>
      `extraArgs {service-account-issuer: ${desired}}${ifOld(old, (issuer) => ` and rawArgs [--service-account-issuer=${issuer}]`)}`,
    effect: 'k0s stop and k0s start apply it.',
    keepsFrom: firstMinorOfK0sWithTwo,
  },
  k3s: {
    heading: 'k3s',
    lines: argLines,
    apply: 'sudo systemctl restart k3s',
    place: '/etc/rancher/k3s/config.yaml of each server',
    setting: kubeApiserverArg,
    effect: 'systemctl restart k3s applies it.',
    keepsFrom: firstMinorOfK3sWithTwo,
  },
  kind: { ...staticPod, heading: 'kind', place: `${manifest} of each control-plane container` },
  kubeadm: {
    heading: 'kubeadm',
    lines: (desired, old) =>
      each(desired, old, (issuer) => `- { name: service-account-issuer, value: '${issuer}' }`).join('\n'),
    apply: [
      "kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > cluster.yaml",
      'sudo kubeadm init phase control-plane apiserver --config cluster.yaml',
    ].join('\n'),
    place: 'ConfigMap kube-system/kubeadm-config, in apiServer.extraArgs',
    setting: (desired, old) =>
      each(desired, old, (issuer) => `{name: service-account-issuer, value: ${issuer}}`).join(', then '),
    effect:
      'kubeadm init phase control-plane apiserver, with that ClusterConfiguration, applies it on each control-plane node.',
    keepsFrom: firstMinorWithTwo,
  },
  'kubeadm-1.30': {
    ...staticPod,
    heading: 'kubeadm',
    place: `${manifest} of each control-plane node`,
    effect: `${staticPod.effect} kubeadm upgrade writes the file anew: give it the same by --patches.`,
  },
  microk8s: {
    heading: 'microk8s',
    lines: (desired, old) => each(desired, old, (issuer) => `--service-account-issuer=${issuer}`).join('\n'),
    apply: 'sudo microk8s stop && sudo microk8s start',
    place: '/var/snap/microk8s/current/args/kube-apiserver of each control-plane node',
    setting: flags,
    effect: 'Each is a line of its own. microk8s stop and microk8s start apply it.',
    keepsFrom: firstMinorWithTwo,
  },
  minikube: {
    ...staticPod,
    heading: 'minikube',
    place: `${manifest} (minikube ssh)`,
    effect: `${staticPod.effect} minikube start writes the file anew.`,
  },
  openshift: {
    heading: 'openshift',
    lines: (desired) => `spec:\n  serviceAccountIssuer: ${desired}`,
    place: 'Authentication cluster (oc edit authentication cluster)',
    setting: (desired, old) =>
      `spec.serviceAccountIssuer: ${desired}${ifOld(old, (issuer) => ` (${issuer} stays second for 24 hours)`)}`,
    effect: 'Its operator restarts the API servers.',
    keepsFrom: firstMinorWithTwo,
  },
  rancher: {
    heading: 'rancher',
    lines: argLines,
    place: "spec.rkeConfig.machineGlobalConfig of Rancher's Cluster",
    setting: kubeApiserverArg,
    effect: 'Rancher restarts the servers.',
    keepsFrom: firstMinorOfK3sWithTwo,
  },
  rke2: {
    heading: 'rke2',
    lines: argLines,
    apply: 'sudo systemctl restart rke2-server',
    place: '/etc/rancher/rke2/config.yaml of each server',
    setting: kubeApiserverArg,
    effect: 'systemctl restart rke2-server applies it.',
    keepsFrom: firstMinorOfK3sWithTwo,
  },
  talos: {
    heading: 'talos',
    lines: (desired, old) => ['service-account-issuer:', ...each(desired, old, (issuer) => `  - ${issuer}`)].join('\n'),
    apply: 'talosctl patch machineconfig --nodes NODES --patch @FILE',
    place: 'cluster.apiServer.extraArgs of each control-plane machine config',
    setting: (desired, old) => `service-account-issuer: [${each(desired, old, (issuer) => issuer).join(', ')}]`,
    effect: 'talosctl patch machineconfig applies it.',
    keepsFrom: firstMinorWithTwo,
  },
  'talos-1.12': {
    heading: 'talos',
    apply: 'talosctl patch machineconfig --nodes NODES --patch @FILE',
    place: 'cluster.apiServer.extraArgs of each control-plane machine config',
    setting: (desired) => `service-account-issuer: ${desired}`,
    effect: 'talosctl patch machineconfig applies it. From Talos 1.13 on, the old issuer can stay second.',
    keepsFrom: Number.POSITIVE_INFINITY,
  },
  unknown: {
    heading: 'a-bare-kube-apiserver',
    lines: (desired, old) => each(desired, old, (issuer) => `--service-account-issuer=${issuer}`).join('\n'),
    place: 'the command line of each kube-apiserver',
    setting: flags,
    effect: 'Restart them one after the other.',
    keepsFrom: firstMinorWithTwo,
  },
}

/** Kubernetes' API server has its own issuers as its audiences, unless the distribution names others: docs/issuer-change.md. */
const withOwnAudience: readonly Distribution[] = ['k0s', 'k3s', 'openshift', 'rancher', 'rke2', 'talos', 'talos-1.12']

/**
 * What has to be done on a cluster of this distribution so that its tokens carry the desired issuer. What else is known
 * about it is said as far as there is room.
 */
export function issuerChange(distribution: Distribution, difference: IssuerDifference): IssuerChange {
  const way = wayOf(distribution, difference.kubernetesMinor)
  const keepsOldTokens = difference.kubernetesMinor >= way.keepsFrom
  const consequences = keepsOldTokens
    ? [way.effect, ...inTwoRounds(distribution)]
    : [refusal, way.effect, ...newAudience(distribution)]
  const instruction = [changeOf(way, difference, keepsOldTokens), ...consequences].reduce(addIfItFits)
  return { instruction, keepsOldTokens, task: taskOf(way, difference, keepsOldTokens) }
}

/** docs/issuer-change.md#check has the same. */
const shownIssuerOfTokens =
  "kubectl create token default --duration 10m | cut -d . -f 2 | tr '_-' '/+' | base64 -d 2>/dev/null"

function taskOf(way: Way, { desired, observed }: IssuerDifference, keepsOld: boolean): Task {
  const { place, setting, lines = setting, effect, apply, heading } = way
  const old = shownIssuer(observed)
  const kept = old === unshown ? `, and keep ${old} as the second one` : ''
  return {
    title: 'Set the issuer on the API servers',
    commands: [
      {
        purpose: keepsOld ? `In ${place}, set${kept}${severalServers(heading)}` : `In ${place}, set in place of ${old}`,
        command: keepsOld ? withoutUnshown(lines(desired, old)) : lines(desired),
      },
      ...(apply === undefined ? [] : [{ purpose: effect.replace(/\.$/, ''), command: apply }]),
      { purpose: `See that new tokens have "iss": "${desired}"`, command: shownIssuerOfTokens },
    ],
    link: `docs/issuer-change.md#${heading}`,
  }
}

/** The two rounds of {@link inTwoRounds}. */
function severalServers(heading: string): string {
  return heading === 'openshift'
    ? ''
    : ' (with several API servers, first set the new issuer second on all of them, and then in this order)'
}

/** The lines are pasted as they are: what stands for an issuer that is not shown is none. */
function withoutUnshown(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => !line.includes(unshown))
    .join('\n')
}

/** The change on the cluster with these nodes, to the issuer of these facts. */
export function changeOnNodes(
  nodes: readonly ObservedNode[],
  { issuerUrl: desired, kubernetesVersion = '', kubernetesMinor = 0 }: ClusterFacts,
  observed: string,
): IssuerChange {
  return issuerChange(distributionOf(`v${kubernetesVersion}`, nodes), { desired, observed, kubernetesMinor })
}

function wayOf(distribution: Distribution, minor: number): Way {
  return ways[distribution === 'kubeadm' && minor < firstMinorOfKubeadmWithLists ? 'kubeadm-1.30' : distribution]
}

function changeOf({ place, setting }: Way, { desired, observed }: IssuerDifference, keepsOld: boolean): string {
  if (observed === `${desired}/` || desired === `${observed}/`) {
    const second = keepsOld ? ', and keep the wrong one second' : ''
    return `Its tokens name ${observed}, not ${desired} (mind the last slash): correct ${place}${second}.`
  }
  const old = shownIssuer(observed)
  if (keepsOld) return `In ${place}, set ${setting(desired, old)}.`
  return `In ${place}, set ${setting(desired)}, in place of ${old}.`
}

/** Stands in sentences for an issuer that is not shown. */
const unshown = 'the issuer that is set now'

/** An issuer is a URL or a name, such as `k3s` of old releases. Nothing else that a token says is shown. */
function shownIssuer(observed: string): string {
  return /^[\w.~:/-]+$/.test(observed) && observed.length <= longestIssuer ? observed : unshown
}

/** Or until the kubelet renews it, within the hour: docs/issuer-change.md. */
const refusal = 'This refuses every bound token until its pod restarts.'

/**
 * A pod may ask for a token of the old audience by name. ToAuthenticationConfig in
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubeapiserver/options/authentication.go
 */
function newAudience(distribution: Distribution): string[] {
  if (withOwnAudience.includes(distribution)) return []
  return ['If pods ask for tokens of the old audience by name, set --api-audiences to both issuers.']
}

/**
 * Until all servers know the new issuer, one refuses what another signs:
 * https://kops.sigs.k8s.io/operations/service_account_issuer_migration/. OpenShift's operator has one round only.
 */
function inTwoRounds(distribution: Distribution): string[] {
  if (distribution === 'openshift') return []
  return [
    'With several API servers, do it in two rounds: first all with the new issuer second, then all in this order.',
  ]
}

function addIfItFits(text: string, sentence: string): string {
  const longer = `${text} ${sentence}`
  return longer.length <= longestInstruction ? longer : text
}
