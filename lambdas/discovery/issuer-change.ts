import type { ObservedNode } from '../clouds/kubernetes/nodes.ts'
import type { ClusterFacts } from '../operations/record/record.ts'
import type { Task } from '../report/waiting.ts'
import { type Distribution, distributionOf } from './distribution.ts'

/** The change of a cluster from one issuer of service account tokens to another. */
export interface IssuerDifference {
  /** The hosted issuer: `https://HOST/CLUSTER`. */
  readonly desired: string
  /** The `iss` of the tokens that the cluster currently issues. It is untrusted. */
  readonly observed: string
  /** 33 for Kubernetes 1.33. */
  readonly kubernetesMinor: number
}

export interface IssuerChange {
  /** The manual steps: a reason to wait, with at most 700 characters. */
  readonly instruction: string
  /** The same steps as commands to copy, with a check of the result. */
  readonly task: Task
  /** Whether the API server still accepts tokens of the old issuer afterwards. */
  readonly keepsOldTokens: boolean
}

/** How to set the issuer in a distribution. docs/issuer.md has the details and the sources. */
interface IssuerSetting {
  /** The file or the object that contains the setting. */
  readonly place: string
  /** The setting as lines to copy, with the old issuer if it is given and the setting accepts two issuers. */
  readonly lines: (desired: string, old?: string) => string
  /** How the setting takes effect: automatically, or through `apply`. */
  readonly effect: string
  /** The command that applies the setting, if one is needed. */
  readonly apply?: string
  /** The heading in docs/issuer.md. */
  readonly heading: string
  /** The first minor version of Kubernetes that can retain the old issuer as the second issuer. */
  readonly keepsFrom: number
}

const longestInstruction = 700

/** The limit of IAM: see requireRegistrable. */
const longestIssuer = 255

/**
 * Kubernetes 1.22 is the first version that accepts --service-account-issuer more than once:
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection
 */
const firstMinorWithTwo = 22

/**
 * The first minor version whose releases all support repeated arguments. k3s and RKE2 support them since v1.23.6:
 * https://github.com/k3s-io/k3s/pull/5373
 */
const firstMinorOfK3sWithTwo = 24

/**
 * The first version with `kubeadm.k8s.io/v1beta4`:
 * https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
const firstMinorOfKubeadmWithLists = 31

/** The first version with `rawArgs`: https://github.com/k0sproject/k0s/pull/6354 */
const firstMinorOfK0sWithTwo = 35

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

function each(form: (issuer: string) => string, ...before: string[]): IssuerSetting['lines'] {
  return (...issuers) =>
    [...before, ...issuers.flatMap((issuer) => (issuer === undefined ? [] : form(issuer)))].join('\n')
}

const flagLines = each((issuer) => `--service-account-issuer=${issuer}`)

/** The configuration file of k3s and RKE2. */
const argLines = each((issuer) => `  - service-account-issuer=${issuer}`, 'kube-apiserver-arg:')

/**
 * The kubelet watches the file of a static pod: https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
const staticPod = {
  lines: each((issuer) => `- --service-account-issuer=${issuer}`),
  effect: 'The kubelet restarts the API server by itself',
  keepsFrom: firstMinorWithTwo,
}

const issuerSettings: Readonly<Record<Distribution | 'cluster-api-1.21' | 'kubeadm-1.30', IssuerSetting>> = {
  'cluster-api': {
    heading: 'cluster-api',
    place: 'a kubeadm patch of the KubeadmControlPlane',
    lines: (desired) =>
      `[{"op": "add", "path": "/spec/containers/0/command/1", "value": "--service-account-issuer=${desired}"}]`,
    effect: 'Cluster API replaces the control plane machines',
    keepsFrom: firstMinorWithTwo,
  },
  'cluster-api-1.21': {
    heading: 'cluster-api',
    place: 'apiServer.extraArgs of the KubeadmControlPlane',
    lines: (desired) => `service-account-issuer: ${desired}`,
    effect: 'Cluster API replaces the control plane machines',
    keepsFrom: firstMinorWithTwo,
  },
  'eks-anywhere': {
    heading: 'eks-anywhere',
    place: 'the cluster spec',
    lines: (desired) => `spec:\n  podIamConfig:\n    serviceAccountIssuer: ${desired}`,
    effect: 'Apply it',
    apply: 'eksctl anywhere upgrade cluster -f FILE',
    keepsFrom: Number.POSITIVE_INFINITY,
  },
  k0s: {
    heading: 'k0s',
    place: '/etc/k0s/k0s.yaml of each controller, in spec.api',
    lines: (desired, old) => {
      const first = `extraArgs:\n  service-account-issuer: ${desired}`
      return old === undefined ? first : `${first}\nrawArgs:\n  - --service-account-issuer=${old}`
    },
    effect: 'Restart each controller',
    apply: 'sudo k0s stop && sudo k0s start',
    keepsFrom: firstMinorOfK0sWithTwo,
  },
  k3s: {
    heading: 'k3s',
    place: '/etc/rancher/k3s/config.yaml of each server',
    lines: argLines,
    effect: 'Restart each server',
    apply: 'sudo systemctl restart k3s',
    keepsFrom: firstMinorOfK3sWithTwo,
  },
  kind: { ...staticPod, heading: 'kind', place: `${manifest} of each control-plane container` },
  kubeadm: {
    heading: 'kubeadm',
    place: 'ConfigMap kube-system/kubeadm-config, in apiServer.extraArgs',
    lines: each((issuer) => `- { name: service-account-issuer, value: '${issuer}' }`),
    effect: 'Apply it on each control-plane node',
    apply: [
      "kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > cluster.yaml",
      'sudo kubeadm init phase control-plane apiserver --config cluster.yaml',
    ].join('\n'),
    keepsFrom: firstMinorWithTwo,
  },
  'kubeadm-1.30': {
    ...staticPod,
    heading: 'kubeadm',
    place: `${manifest} of each control-plane node`,
    effect: `${staticPod.effect}. kubeadm upgrade overwrites the file: give it the same flags with --patches`,
  },
  microk8s: {
    heading: 'microk8s',
    place: '/var/snap/microk8s/current/args/kube-apiserver of each control-plane node',
    lines: flagLines,
    effect: 'Restart each control-plane node',
    apply: 'sudo microk8s stop && sudo microk8s start',
    keepsFrom: firstMinorWithTwo,
  },
  minikube: {
    ...staticPod,
    heading: 'minikube',
    place: `${manifest} (minikube ssh)`,
    effect: `${staticPod.effect}. minikube start overwrites the file`,
  },
  openshift: {
    heading: 'openshift',
    place: 'Authentication cluster (oc edit authentication cluster)',
    lines: (desired) => `spec:\n  serviceAccountIssuer: ${desired}`,
    effect: 'OpenShift restarts the API servers, and keeps the old issuer for 24 hours',
    keepsFrom: firstMinorWithTwo,
  },
  rancher: {
    heading: 'rancher',
    place: "spec.rkeConfig.machineGlobalConfig of Rancher's Cluster",
    lines: argLines,
    effect: 'Rancher restarts the servers',
    keepsFrom: firstMinorOfK3sWithTwo,
  },
  rke2: {
    heading: 'rke2',
    place: '/etc/rancher/rke2/config.yaml of each server',
    lines: argLines,
    effect: 'Restart each server',
    apply: 'sudo systemctl restart rke2-server',
    keepsFrom: firstMinorOfK3sWithTwo,
  },
  talos: {
    heading: 'talos',
    place: 'cluster.apiServer.extraArgs of each control-plane machine config',
    lines: each((issuer) => `  - ${issuer}`, 'service-account-issuer:'),
    effect: 'Apply it',
    apply: 'talosctl patch machineconfig --nodes NODES --patch @FILE',
    keepsFrom: firstMinorWithTwo,
  },
  'talos-1.12': {
    heading: 'talos',
    place: 'cluster.apiServer.extraArgs of each control-plane machine config',
    lines: (desired) => `service-account-issuer: ${desired}`,
    effect: 'Apply it (from Talos 1.13 on, the old issuer can stay second)',
    apply: 'talosctl patch machineconfig --nodes NODES --patch @FILE',
    keepsFrom: Number.POSITIVE_INFINITY,
  },
  unknown: {
    heading: 'a-bare-kube-apiserver',
    place: 'the command line of each kube-apiserver',
    lines: flagLines,
    effect: 'Restart them one after the other',
    keepsFrom: firstMinorWithTwo,
  },
}

/** These distributions set --api-audiences themselves: docs/issuer.md. */
const withOwnAudience: readonly Distribution[] = ['k0s', 'k3s', 'openshift', 'rancher', 'rke2', 'talos', 'talos-1.12']

/**
 * Returns the manual steps that change the issuer of the cluster's tokens. The instruction omits sentences that do not
 * fit.
 */
export function issuerChange(distribution: Distribution, difference: IssuerDifference): IssuerChange {
  const issuerSetting = issuerSettingOf(distribution, difference.kubernetesMinor)
  const { place, effect, apply, heading } = issuerSetting
  const keepsOldTokens = difference.kubernetesMinor >= issuerSetting.keepsFrom
  const { lines, beside } = settingOf(issuerSetting, difference, keepsOldTokens)
  const rounds = keepsOldTokens && distribution !== 'openshift' ? [twoRounds] : []
  const task: Task = {
    title: 'Set the issuer on the API servers',
    commands: [
      { purpose: [`In ${place}, set this${beside}`, ...rounds].join('. '), command: lines },
      ...(apply === undefined ? [] : [{ purpose: effect, command: apply }]),
      { purpose: `Check that new tokens have "iss": "${difference.desired}"`, command: shownIssuerOfTokens },
    ],
    link: `docs/issuer.md#${heading}`,
  }
  const setting = slashOf(place, difference, keepsOldTokens) ?? `In ${place}, set ${inOneLine(lines)}${beside}`
  const applied = apply === undefined ? effect : `${effect}: ${inOneLine(apply)}`
  const consequences = keepsOldTokens ? [applied, ...rounds] : [refusal, applied, restart, ...newAudience(distribution)]
  const instruction = [setting, ...consequences].map((sentence) => `${sentence}.`).reduce(addIfItFits)
  return { instruction, keepsOldTokens, task }
}

/** docs/issuer.md#check contains the same command. */
const shownIssuerOfTokens =
  "kubectl create token default --duration 10m | cut -d . -f 2 | tr '_-' '/+' | base64 -d 2>/dev/null"

/** Returns the lines to copy, and a clause that says what happens to the old issuer. */
function settingOf({ lines }: IssuerSetting, { desired, observed }: IssuerDifference, keepsOld: boolean) {
  const old = shownIssuer(observed)
  const named = old ?? 'the issuer that is set now'
  const alone = lines(desired)
  if (!keepsOld) return { lines: alone, beside: ` in place of ${named}` }
  const both = lines(desired, old)
  return { lines: both, beside: both === alone ? `, with ${named} as the second one` : '' }
}

/** Joins lines of YAML, flags or shell commands, for use in a sentence. */
function inOneLine(lines: string): string {
  return lines
    .replace(/^- /, '')
    .replace(/:\n\s*(?:- )?/g, ': ')
    .replace(/\n\s*(?:- )?/g, ', then ')
}

/** Returns the correction for two issuers that differ only by a slash at the end, or undefined for other issuers. */
function slashOf(place: string, { desired, observed }: IssuerDifference, keepsOld: boolean): string | undefined {
  if (observed !== `${desired}/` && desired !== `${observed}/`) return undefined
  const second = keepsOld ? ', and keep the wrong issuer as the second one' : ''
  return `Its tokens name ${observed}, not ${desired} (mind the last slash): correct ${place}${second}`
}

/** Returns the change of a cluster to the issuer in its facts. The nodes show its distribution. */
export function changeOnNodes(
  nodes: readonly ObservedNode[],
  { issuerUrl: desired, kubernetesVersion = '', kubernetesMinor = 0 }: ClusterFacts,
  observed: string,
): IssuerChange {
  return issuerChange(distributionOf(`v${kubernetesVersion}`, nodes), { desired, observed, kubernetesMinor })
}

function issuerSettingOf(distribution: Distribution, minor: number): IssuerSetting {
  if (distribution === 'kubeadm' && minor < firstMinorOfKubeadmWithLists) return issuerSettings['kubeadm-1.30']
  if (distribution === 'cluster-api' && minor < firstMinorWithTwo) return issuerSettings['cluster-api-1.21']
  return issuerSettings[distribution]
}

/** Returns an issuer that is safe to display: a URL, or a name such as `k3s` in old releases. */
function shownIssuer(observed: string): string | undefined {
  return /^[\w.~:/-]+$/.test(observed) && observed.length <= longestIssuer ? observed : undefined
}

/** The API server rejects tokens of the old issuer until the kubelet renews them: docs/issuer.md. */
const refusal = 'Bound tokens are refused for up to 50 minutes'
const restart = 'Restart programs that read the token only at their start'

/**
 * By default, the audiences of the API server are its issuers, so a new issuer replaces the audience. See
 * ToAuthenticationConfig in
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubeapiserver/options/authentication.go
 */
function newAudience(distribution: Distribution): string[] {
  if (withOwnAudience.includes(distribution)) return []
  return ['If pods ask for tokens of the old audience by name, set --api-audiences to both issuers']
}

/**
 * Until all servers know the new issuer, one server rejects the tokens of another server:
 * https://kops.sigs.k8s.io/operations/service_account_issuer_migration/. OpenShift needs only one round.
 */
const twoRounds =
  'With several API servers, first set the new issuer as the second one on all of them, and then set this order'

function addIfItFits(text: string, sentence: string): string {
  const longer = `${text} ${sentence}`
  return longer.length <= longestInstruction ? longer : text
}
