import { readFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../../lambdas/discovery/distribution.ts'
import { issuerChange } from '../../../lambdas/discovery/issuer-change.ts'

const desired = 'https://oidc.example.com/prod'
const observed = 'https://kubernetes.default.svc.cluster.local'

/** Each with the first minor version on which the old issuer can be the second one. */
const distributions: readonly (readonly [Distribution, number])[] = [
  ['cluster-api', 22],
  ['eks-anywhere', Number.POSITIVE_INFINITY],
  ['k0s', 35],
  ['k3s', 24],
  ['kind', 22],
  ['kubeadm', 22],
  ['microk8s', 22],
  ['minikube', 22],
  ['openshift', 22],
  ['rancher', 24],
  ['rke2', 24],
  ['talos', 22],
  ['talos-1.12', Number.POSITIVE_INFINITY],
  ['unknown', 22],
]

const twoRounds =
  'With several API servers, first set the new issuer as the second one on all of them, and then set this order'

const names = distributions.map(([name]) => name)

function instruction(distribution: Distribution, kubernetesMinor = 37): string {
  return issuerChange(distribution, { desired, observed, kubernetesMinor }).instruction
}

describe('the commands of a task', () => {
  const taskOf = (distribution: Distribution, kubernetesMinor = 37) =>
    issuerChange(distribution, { desired, observed, kubernetesMinor }).task

  it('set both issuers, apply them, and show the issuer of new tokens', () => {
    expect(taskOf('k3s')).toEqual({
      title: 'Set the issuer on the API servers',
      commands: [
        {
          purpose: `In /etc/rancher/k3s/config.yaml of each server, set this. ${twoRounds}`,
          command: `kube-apiserver-arg:\n  - service-account-issuer=${desired}\n  - service-account-issuer=${observed}`,
        },
        { purpose: 'Restart each server', command: 'sudo systemctl restart k3s' },
        {
          purpose: `Check that new tokens have "iss": "${desired}"`,
          command: expect.stringMatching(/^kubectl create token default /),
        },
      ],
      link: 'docs/issuer.md#k3s',
    })
  })

  it('name the issuer to replace when only one is possible', () => {
    const [set] = taskOf('k3s', 22).commands
    expect(set?.purpose).toBe(`In /etc/rancher/k3s/config.yaml of each server, set this in place of ${observed}`)
    expect(set?.command).not.toContain(observed)
  })

  it.each(distributions)(
    'of %s leave out an issuer that must not be shown, and say that it is the second one',
    (distribution, first) => {
      const unshown = { desired, observed: 'https://a.example/{{x}}', kubernetesMinor: 60 }
      const [set] = issuerChange(distribution, unshown).task.commands
      expect(set?.command).toContain(desired)
      expect(set?.command).not.toMatch(/the issuer that is set now|\{\{x\}\}|:$/)
      if (first > 60) return expect(set?.purpose).toMatch(/, set this in place of the issuer that is set now$/)
      expect(set?.purpose).toMatch(
        /, set this, with the issuer that is set now as the second one(\. With several API servers|$)/,
      )
    },
  )

  it.each(names)('of %s have the issuer, and link to a heading of docs/issuer.md', async (distribution) => {
    const { commands, link } = taskOf(distribution)
    expect(commands[0]?.command).toContain(desired)
    const page = await readFile(path.resolve(import.meta.dirname, '../../../docs/issuer.md'), 'utf8')
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, text = '']) => text.toLowerCase().replaceAll(' ', '-'))
    expect(headings).toContain(link?.split('#')[1])
  })
})

describe('the setting, with the new issuer first and the old one second', () => {
  it.each<[Distribution, number, string]>([
    [
      'kubeadm',
      31,
      `In ConfigMap kube-system/kubeadm-config, in apiServer.extraArgs, set { name: service-account-issuer, value: 'https://oidc.example.com/prod' }, then { name: service-account-issuer, value: 'https://kubernetes.default.svc.cluster.local' }. Apply it on each control-plane node: kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > cluster.yaml, then sudo kubeadm init phase control-plane apiserver --config cluster.yaml. ${twoRounds}.`,
    ],
    [
      'kubeadm',
      30,
      `In /etc/kubernetes/manifests/kube-apiserver.yaml of each control-plane node, set --service-account-issuer=https://oidc.example.com/prod, then --service-account-issuer=https://kubernetes.default.svc.cluster.local. The kubelet restarts the API server by itself. kubeadm upgrade overwrites the file: give it the same flags with --patches. ${twoRounds}.`,
    ],
    [
      'k3s',
      37,
      `In /etc/rancher/k3s/config.yaml of each server, set kube-apiserver-arg: service-account-issuer=https://oidc.example.com/prod, then service-account-issuer=https://kubernetes.default.svc.cluster.local. Restart each server: sudo systemctl restart k3s. ${twoRounds}.`,
    ],
    [
      'openshift',
      37,
      'In Authentication cluster (oc edit authentication cluster), set spec: serviceAccountIssuer: https://oidc.example.com/prod, with https://kubernetes.default.svc.cluster.local as the second one. OpenShift restarts the API servers, and keeps the old issuer for 24 hours.',
    ],
  ])('%s on 1.%i has this instruction', (distribution, minor, text) => {
    expect(instruction(distribution, minor)).toBe(text)
  })

  it('cluster-api gets a patch from 1.22 on', () => {
    expect(instruction('cluster-api', 22)).toContain('a kubeadm patch of the KubeadmControlPlane')
    expect(instruction('cluster-api', 21)).toContain('apiServer.extraArgs of the KubeadmControlPlane')
  })

  it.each<[Distribution, string, string]>([
    [
      'cluster-api',
      'the KubeadmControlPlane',
      `[{"op": "add", "path": "/spec/containers/0/command/1", "value": "--service-account-issuer=${desired}"}], with ${observed} as the second one`,
    ],
    [
      'k0s',
      '/etc/k0s/k0s.yaml',
      `extraArgs: service-account-issuer: ${desired}, then rawArgs: --service-account-issuer=${observed}`,
    ],
    [
      'kind',
      '/etc/kubernetes/manifests/kube-apiserver.yaml',
      `--service-account-issuer=${desired}, then --service-account-issuer=${observed}`,
    ],
    [
      'microk8s',
      '/var/snap/microk8s/current/args/kube-apiserver',
      `--service-account-issuer=${desired}, then --service-account-issuer=${observed}`,
    ],
    ['minikube', '(minikube ssh)', `--service-account-issuer=${desired}, then --service-account-issuer=${observed}`],
    [
      'rancher',
      'spec.rkeConfig.machineGlobalConfig',
      `kube-apiserver-arg: service-account-issuer=${desired}, then service-account-issuer=${observed}`,
    ],
    [
      'rke2',
      '/etc/rancher/rke2/config.yaml',
      `kube-apiserver-arg: service-account-issuer=${desired}, then service-account-issuer=${observed}`,
    ],
    ['talos', 'cluster.apiServer.extraArgs', `service-account-issuer: ${desired}, then ${observed}`],
    [
      'unknown',
      'the command line of each kube-apiserver',
      `--service-account-issuer=${desired}, then --service-account-issuer=${observed}`,
    ],
  ])('%s has its own file and form', (distribution, file, setting) => {
    expect(instruction(distribution)).toContain(file)
    expect(instruction(distribution)).toContain(setting)
  })
})

describe('with only one issuer', () => {
  it.each<[Distribution, number, string]>([
    ['eks-anywhere', 37, `spec: podIamConfig: serviceAccountIssuer: ${desired} in place of ${observed}.`],
    ['talos-1.12', 35, `service-account-issuer: ${desired} in place of ${observed}.`],
    ['k3s', 23, `kube-apiserver-arg: service-account-issuer=${desired} in place of ${observed}.`],
    ['k0s', 34, `extraArgs: service-account-issuer: ${desired} in place of ${observed}.`],
    ['kubeadm', 21, `--service-account-issuer=${desired} in place of ${observed}.`],
    ['cluster-api', 21, `service-account-issuer: ${desired} in place of ${observed}.`],
    ['openshift', 21, `spec: serviceAccountIssuer: ${desired} in place of ${observed}.`],
  ])('%s on 1.%i replaces the issuer, and warns that tokens are refused', (distribution, minor, setting) => {
    expect(instruction(distribution, minor)).toContain(`${setting} Bound tokens are refused for up to 50 minutes.`)
  })

  it.each<Distribution>(['kubeadm', 'unknown', 'eks-anywhere'])(
    '%s also gets the new issuer as an audience',
    (name) => {
      expect(instruction(name, 21)).toContain('set --api-audiences to both issuers')
    },
  )

  it.each<Distribution>(['k0s', 'k3s', 'openshift', 'rancher', 'rke2', 'talos', 'talos-1.12'])(
    '%s sets its audiences itself',
    (name) => {
      expect(instruction(name, 21)).not.toContain('audience')
    },
  )

  it('this is the complete instruction', () => {
    const setting = `kube-apiserver-arg: service-account-issuer=${desired} in place of ${observed}`
    expect(instruction('k3s', 23)).toBe(
      `In /etc/rancher/k3s/config.yaml of each server, set ${setting}. Bound tokens are refused for up to 50 minutes. Restart each server: sudo systemctl restart k3s. Restart programs that read the token only at their start.`,
    )
  })
})

it.each(distributions)('%s accepts the tokens of the old issuer from 1.%d on', (distribution, first) => {
  fc.assert(
    fc.property(fc.integer({ min: 19, max: 60 }), (kubernetesMinor) => {
      const { keepsOldTokens } = issuerChange(distribution, { desired, observed, kubernetesMinor })
      expect(keepsOldTokens).toBe(kubernetesMinor >= first)
      if (kubernetesMinor < 22) expect(keepsOldTokens).toBe(false)
    }),
  )
})

describe('issuers that differ by a slash', () => {
  it('are both named in one short sentence', () => {
    const change = issuerChange('k3s', { desired, observed: `${desired}/`, kubernetesMinor: 33 })
    expect(change.instruction.split('. ')[0]).toBe(
      `Its tokens name ${desired}/, not ${desired} (mind the last slash): correct /etc/rancher/k3s/config.yaml of each server, and keep the wrong issuer as the second one`,
    )
    expect(change.keepsOldTokens).toBe(true)
  })

  it('are distinguished in the other direction, and the wrong one is replaced where only one is possible', () => {
    const change = issuerChange('eks-anywhere', { desired: `${desired}/`, observed: desired, kubernetesMinor: 33 })
    expect(change.instruction).toContain(
      `Its tokens name ${desired}, not ${desired}/ (mind the last slash): correct the cluster spec. Bound tokens are refused`,
    )
  })
})

it.each(['', 'https://a.example/{{x}}', 'a b', `https://${'a'.repeat(255)}`, 'https://a.example/<b>', 'a\nb'])(
  'an invalid issuer is not shown: %j',
  (text) => {
    const change = issuerChange('k3s', { desired, observed: text, kubernetesMinor: 33 })
    expect(change.instruction).toContain(
      `service-account-issuer=${desired}, with the issuer that is set now as the second one.`,
    )
  },
)

it('a name without a URL is a valid issuer, as in old releases of k3s', () => {
  expect(issuerChange('k3s', { desired, observed: 'k3s', kubernetesMinor: 33 }).instruction).toContain(
    `service-account-issuer=${desired}, then service-account-issuer=k3s.`,
  )
})

describe('instructions for two issuers of up to 255 characters', () => {
  const longest = 255
  const text = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 247 })
  const issuer = fc.oneof(
    text('abc-./').map((rest) => `https://${rest}`),
    fc.constantFrom('x', 'y').map((letter) => `https://${letter.repeat(longest - 8)}`),
  )
  const pair = fc.oneof(
    fc.tuple(issuer, issuer),
    issuer.map((url) => [url.slice(0, longest - 1), `${url.slice(0, longest - 1)}/`] as const),
  )
  const anyChange = fc.tuple(fc.constantFrom(...names), pair, fc.integer({ min: 19, max: 60 }))

  it('have at most 700 characters, both issuers, and the warning about refused tokens', () => {
    fc.assert(
      fc.property(anyChange, ([distribution, [url, old], kubernetesMinor]) => {
        fc.pre(url !== old)
        const change = issuerChange(distribution, { desired: url, observed: old, kubernetesMinor })
        expect(change.instruction.length).toBeLessThanOrEqual(700)
        expect(change.instruction).toContain(url)
        expect(change.instruction).toContain(old)
        if (!change.keepsOldTokens) expect(change.instruction).toContain('Bound tokens are refused')
      }),
      { numRuns: 2000 },
    )
  })

  it('use all 700 characters when a sentence just fits', () => {
    const ofLength = (length: number) => `https://${'a'.repeat(length - 8)}`
    const lengths = [...Array(200).keys()].map((more) => {
      const change = { desired: ofLength(55 + more), observed: ofLength(90), kubernetesMinor: 33 }
      return issuerChange('kubeadm', change).instruction.length
    })
    expect(Math.max(...lengths)).toBe(700)
  })
})
