import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { managementFileForAll, userClusterFileForAll } from '../../../lambdas/rights/files.ts'
import { managementManifests, userClusterManifests } from '../../../lambdas/rights/manifests.ts'
import { managementRights, setupStates, userClusterRights } from '../../../lambdas/rights/rights.ts'
import { type Rule, rulesFor, rulesForAll } from '../../../lambdas/rights/rules.ts'
import { rightsSetupOf, type Setup } from '../../../lambdas/rights/setup.ts'
import { readRequest } from '../../support/kubernetes/request-of.ts'

const root = path.resolve(import.meta.dirname, '../../..')

const namespace = fc.constantFrom('default', 'kube-public', 'apps', 'reports')
const account = fc.constantFrom('default', 'reader', 'writer')

const anySetup: fc.Arbitrary<Setup> = fc.record({
  cluster: fc.constantFrom('prod', 'test'),
  secretArn: fc.constant('arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod/user-cluster'),
  management: fc.record({
    secretArn: fc.constant('arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod/management'),
    namespace: fc.constantFrom('default', 'clusters'),
    applies: fc.boolean(),
    nodePools: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
  }),
  mode: fc.constantFrom('own-ca', 'csr', 'managed', 'none'),
  webhookNamespace: fc.constantFrom('workload-identity-webhook', 'hooks'),
  failurePolicy: fc.constantFrom('Ignore', 'Fail'),
  hosted: fc.boolean(),
  namedAccounts: fc.boolean(),
  workloads: fc.uniqueArray(fc.record({ namespace, serviceAccount: account }), {
    minLength: 1,
    selector: (one) => `${one.namespace}/${one.serviceAccount}`,
  }),
})

/** The accounts whose tokens a setup may create; `undefined` stands for all of a namespace. */
function accountsOf({ workloads, namedAccounts, mode }: Setup): readonly string[] {
  const namespaces = workloads.map((workload) => workload.namespace)
  const others = ['default', 'kube-public', ...namespaces].map((one) => `${one}/default`)
  const own = workloads.map(
    (one) => `${one.namespace}/${namedAccounts || mode === 'none' ? one.serviceAccount : undefined}`,
  )
  return [...own, ...others]
}

const isInstalled = ({ mode }: Setup) => mode === 'own-ca' || mode === 'csr'
const rulesOf = (setup: Setup) => [...rulesFor(setup, userClusterRights), ...rulesFor(setup, managementRights)]

/** One right on the objects of one name, or of all. */
interface Atom {
  readonly namespace: string | undefined
  readonly what: string
  readonly name: string | undefined
}

function atomsOf(rules: readonly Rule[]): Atom[] {
  return rules.flatMap(({ namespace, apiGroup, resources, names, verbs }) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        (names ?? [undefined]).map((name) => ({ namespace, what: `${verb} ${resource}.${apiGroup}`, name })),
      ),
    ),
  )
}

/** RBAC cannot restrict the creation of a Secret by name. It does not allow to read one. */
type SecretRights = readonly (readonly [verb: string, name?: string])[]
const ofCandidate: SecretRights = ['get', 'create', 'patch', 'delete'].map((verb) => [
  verb,
  'pod-identity-webhook-candidate-tls',
])
const secretRights: Partial<Record<Setup['mode'], SecretRights>> = {
  'own-ca': [
    ['get', 'pod-identity-webhook-tls'],
    ['create', 'pod-identity-webhook-tls'],
    ['patch', 'pod-identity-webhook-tls'],
    ...ofCandidate,
  ],
  csr: [
    ['create'],
    ['get', 'pod-identity-webhook'],
    ['update', 'pod-identity-webhook'],
    ['patch', 'pod-identity-webhook'],
    ...ofCandidate.filter(([verb]) => verb !== 'create'),
  ],
}

const covers = (wide: Atom, narrow: Atom) =>
  wide.what === narrow.what &&
  (wide.namespace === undefined || wide.namespace === narrow.namespace) &&
  (wide.name === undefined || wide.name === narrow.name)

describe('the rights for a request', () => {
  it('have no wildcard, no empty list of names, and no verb that allows an escalation of rights', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        for (const { apiGroup, resources, names, verbs } of rulesOf(setup)) {
          const words = [apiGroup, ...resources, ...(names ?? []), ...verbs]
          expect(words.filter((word) => word.includes('*'))).toEqual([])
          expect(names?.length).not.toBe(0)
          expect(resources.length * verbs.length).toBeGreaterThan(0)
          expect(
            verbs.filter((verb) => ['escalate', 'bind', 'impersonate', 'deletecollection'].includes(verb)),
          ).toEqual([])
        }
      }),
    )
  })

  it("include only the webhook's Secrets, by name, in its namespace", () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        const { mode, webhookNamespace } = setup
        const reached = atomsOf(rulesOf(setup)).filter(({ what }) => what.includes(' secrets.'))
        expect(reached).toEqual(
          (secretRights[mode] ?? []).map(([verb, name]) => ({
            namespace: webhookNamespace,
            what: `${verb} secrets.`,
            name,
          })),
        )
      }),
    )
  })

  it('allow tokens only of the requested accounts and of accounts named default, and pods only in their namespaces', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        const namespaces = setup.workloads.map((workload) => workload.namespace)
        const atoms = atomsOf(rulesFor(setup, userClusterRights))
        const tokens = atoms.filter(({ what }) => what === 'create serviceaccounts/token.')
        for (const { namespace, name } of tokens) {
          expect(accountsOf(setup)).toContain(`${namespace}/${name}`)
        }
        const pods = atoms.filter(({ what }) => what === 'create pods.').map((atom) => atom.namespace)
        const own = isInstalled(setup) ? [setup.webhookNamespace] : []
        const ofWorkloads = setup.mode === 'none' ? [] : namespaces
        expect(new Set(pods)).toEqual(new Set([...own, ...ofWorkloads]))
      }),
    )
  })

  it('have no right that another one includes', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        for (const rights of [userClusterRights, managementRights]) {
          const atoms = atomsOf(rulesFor(setup, rights))
          const twice = atoms.filter((atom) => atoms.some((other) => other !== atom && covers(other, atom)))
          expect(twice).toEqual([])
        }
      }),
    )
  })

  it('have a reason for each verb, with existing steps', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        for (const { verbs, reasons } of rulesOf(setup)) {
          expect(new Set(reasons.flatMap((reason) => reason.verbs))).toEqual(new Set(verbs))
          for (const { state } of reasons.flatMap(({ steps }) => steps)) expect(setupStates).toContain(state)
        }
      }),
    )
  })

  it('are included in the rights for a whole cluster, which have no redundant right', () => {
    fc.assert(
      fc.property(anySetup, (setup) => {
        fc.pre(isInstalled(setup))
        const mode = setup.mode === 'csr' ? 'csr' : 'own-ca'
        for (const rights of [userClusterRights, managementRights]) {
          const whole = atomsOf(rulesForAll(mode, setup.webhookNamespace, rights))
          const remaining = atomsOf(rulesFor(setup, rights)).filter((atom) => !whole.some((wide) => covers(wide, atom)))
          expect(remaining).toEqual([])
          expect(whole.filter((atom) => whole.some((other) => other !== atom && covers(other, atom)))).toEqual([])
        }
      }),
    )
  })

  it('are refused for a webhook or a workload in the namespace of the account that gets them', () => {
    const setup = rightsSetupOf(readRequest(path.join(root, 'examples/setup.json')))
    expect(() => userClusterManifests({ ...setup, webhookNamespace: accountNamespace })).toThrow(accountNamespace)
    const workloads = [{ namespace: accountNamespace, serviceAccount: 'reader' }]
    expect(() => userClusterManifests({ ...setup, workloads })).toThrow(accountNamespace)
  })

  it('have different names for each cluster on a management cluster', () => {
    const setup = rightsSetupOf(readRequest(path.join(root, 'examples/setup.json')))
    const named = (cluster: string) =>
      managementManifests({ ...setup, cluster })
        .objects.filter(({ kind }) => kind !== 'Namespace')
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(named('one').filter((object) => named('other').includes(object))).toEqual([])
  })
})

describe('the rights for a whole cluster', () => {
  it('have no wildcard, and include no Secret outside the namespace of the webhook', () => {
    for (const mode of ['own-ca', 'csr'] as const) {
      const rules = rulesForAll(mode, 'hooks', userClusterRights)
      expect(JSON.stringify(rules)).not.toContain('*')
      const secrets = rules.filter(({ resources }) => resources.includes('secrets'))
      expect(new Set(secrets.map(({ namespace }) => namespace))).toEqual(new Set(['hooks']))
    }
  })

  it('have a warning before the command that applies them', () => {
    const files = [userClusterFileForAll('own-ca'), userClusterFileForAll('csr'), managementFileForAll()]
    for (const { text } of files) expect(text.indexOf('DANGER')).toBeLessThan(text.indexOf('kubectl apply'))
  })
})

describe('the mode of the webhook', () => {
  const mode = (example: string, minor?: number) =>
    rightsSetupOf(readRequest(path.join(root, `examples/${example}.json`)), minor).mode

  it('follows the version in the spec, or the given version, or else the newest version', () => {
    expect(mode('setup')).toBe('own-ca')
    expect(mode('csr-cluster')).toBe('csr')
    expect(mode('existing-cluster')).toBe('own-ca')
    expect(mode('existing-cluster', 21)).toBe('csr')
  })

  it('is refused when the webhook does not work on the version', () => {
    expect(() => mode('csr-cluster', 22)).toThrow(/1\.22 signs no certificate request/)
  })
})
