import { goPrograms } from './go-programs.ts'
import { pythonPackages } from './python-packages.ts'
import type { Target } from './target.ts'

const kubernetes = {
  name: 'Kubernetes',
  module: 'k8s.io/kubernetes',
  packages: {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  },
  links: { etcd: '../../etcd/etcd' },
  linkerFlags: kubernetesVersion,
}

const etcd = goPrograms({
  name: 'etcd',
  folder: 'etcd',
  recipe: 'etcd',
  module: 'go.etcd.io/etcd/server/v3',
  version: 'v3.6.16',
  packages: { etcd: 'go.etcd.io/etcd/server/v3' },
  toolchain: 'auto',
})

const versions = {
  '1.37': goPrograms({
    ...kubernetes,
    version: 'v1.37.2',
    folder: 'kubernetes/1.37',
    recipe: 'kubernetes-1.37',
    toolchain: 'auto',
  }),
  // The last version with certificates.k8s.io/v1beta1. Newer Go does not compile it.
  '1.21': goPrograms({
    ...kubernetes,
    version: 'v1.21.14',
    folder: 'kubernetes/1.21',
    recipe: 'kubernetes-1.21',
    prepare: 'prepare.sh',
    toolchain: 'go1.16.15',
  }),
}

export type KubernetesVersion = keyof typeof versions

export const kubernetesVersions: readonly KubernetesVersion[] = ['1.37', '1.21']

/** The targets that KUBEBUILDER_ASSETS replaces. */
export function kubernetesTargets(chosen: readonly KubernetesVersion[]): Target[] {
  return chosen.length === 0 ? [] : [etcd, ...chosen.map((version) => versions[version])]
}

/** Compares descriptions of APIs. The npm package of this name is a placeholder. */
export const oasdiff = goPrograms({
  name: 'oasdiff',
  folder: 'oasdiff',
  recipe: 'oasdiff',
  module: 'github.com/oasdiff/oasdiff',
  version: 'v1.38.0',
  packages: { oasdiff: 'github.com/oasdiff/oasdiff' },
  toolchain: 'auto',
})

/** Installs the chart of the agent. */
export const helm = goPrograms({
  name: 'Helm',
  folder: 'helm',
  recipe: 'helm',
  module: 'helm.sh/helm/v4',
  version: 'v4.3.2',
  packages: { helm: 'helm.sh/helm/v4/cmd/helm' },
  toolchain: 'auto',
})

export const otherTargets: readonly Target[] = [
  pythonPackages,
  goPrograms({
    name: 'fake-gcs-server',
    folder: 'bin',
    recipe: 'fake-gcs-server',
    module: 'github.com/fsouza/fake-gcs-server',
    version: 'v1.56.1',
    packages: { 'fake-gcs-server': 'github.com/fsouza/fake-gcs-server' },
    toolchain: 'auto',
  }),
  oasdiff,
  helm,
]

/** The linker flags of Kubernetes' own build: https://github.com/kubernetes/kubernetes/blob/v1.37.2/hack/lib/version.sh */
function kubernetesVersion(version: string): string {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor }
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap((goPackage) => Object.entries(variables).map(([name, value]) => `-X ${goPackage}.${name}=${value}`))
    .join(' ')
}
