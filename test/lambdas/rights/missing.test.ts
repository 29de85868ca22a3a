import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AccessRule, accessText, allows } from '../../../lambdas/clouds/kubernetes/access.ts'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { AccessDenied, CloudUnavailable } from '../../../lambdas/errors/step-errors.ts'
import { againOfSetup, againOfTeardown, missing, missingRights, requireNone } from '../../../lambdas/rights/missing.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'

type Reviews = Pick<ClusterClient, 'rulesIn' | 'mayDo'>

const everything = '* *.*'
const escalate = 'escalate clusterroles.rbac.authorization.k8s.io'
const rbacGroup = 'rbac.authorization.k8s.io'

/** A server with these rules by namespace, which answers the reviews of other rights with yes for these texts. */
class Server implements Reviews {
  readonly asked: string[] = []
  readonly listedIn: string[] = []
  readonly #listed: Readonly<Record<string, readonly AccessRule[]>>
  readonly #allowed: readonly string[]

  constructor(listed: Readonly<Record<string, readonly AccessRule[]>> = {}, allowed: readonly string[] = []) {
    this.#listed = listed
    this.#allowed = allowed
  }

  async rulesIn(namespace: string) {
    this.listedIn.push(namespace)
    return this.#listed[namespace] ?? []
  }

  async mayDo(access: Parameters<Reviews['mayDo']>[0]) {
    const text = accessText(access)
    this.asked.push(text)
    return this.#allowed.includes(text)
  }
}

function rule(fields: Partial<Rule> = {}): Rule {
  const verbs = fields.verbs ?? ['get']
  const reasons = [{ verbs, steps: [], why: 'It is read.', alsoOfWebhook: false }]
  return { apiGroup: '', resources: ['pods'], verbs, reasons, ...fields }
}

function listed(resources: string[], verbs: string[] = ['get'], resourceNames?: string[]): AccessRule {
  return { apiGroups: [''], resources, verbs, ...(resourceNames && { resourceNames }) }
}

interface Case {
  readonly what: string
  readonly rules: readonly Rule[]
  readonly server: Server
  readonly missing: readonly string[]
  readonly asked: readonly string[]
}

const inApps = rule({ namespace: 'apps' })
const inReports = rule({ namespace: 'reports' })
const nodes = rule({ resources: ['nodes'] })

const cases: readonly Case[] = [
  {
    what: 'none, without a review, if the rules of the namespace allow all',
    rules: [inApps],
    server: new Server({ apps: [listed(['secrets']), listed(['pods'])] }),
    missing: [],
    asked: [],
  },
  {
    what: 'none if there are no rules',
    rules: [],
    server: new Server(),
    missing: [],
    asked: [],
  },
  {
    what: 'a right that only another namespace allows',
    rules: [inApps, inReports],
    server: new Server({ apps: [listed(['pods'])] }),
    missing: ['get pods in reports'],
    asked: [everything, 'get pods in reports'],
  },
  {
    what: 'a right on the whole cluster that one namespace does not list',
    rules: [inApps, inReports, nodes],
    server: new Server({ apps: [listed(['pods', 'nodes'])], reports: [listed(['pods'])] }),
    missing: ['get nodes'],
    asked: [everything, 'get nodes'],
  },
  {
    what: 'none if each namespace lists the right on the whole cluster',
    rules: [inApps, inReports, nodes],
    server: new Server({ apps: [listed(['pods', 'nodes'])], reports: [listed(['pods', 'nodes'])] }),
    missing: [],
    asked: [],
  },
  {
    what: 'a right on the whole cluster, if no namespace is listed',
    rules: [nodes],
    server: new Server(),
    missing: ['get nodes'],
    asked: [everything, 'get nodes'],
  },
  {
    what: 'no right that another authorizer allows, and the others in the order of the rules',
    rules: [rule({ namespace: 'apps', resources: ['pods', 'services'], verbs: ['get', 'list'] })],
    server: new Server({}, ['list pods in apps']),
    missing: ['get pods in apps', 'get services in apps', 'list services in apps'],
    asked: [everything, 'get pods in apps', 'list pods in apps', 'get services in apps', 'list services in apps'],
  },
  {
    what: 'none, after one review, if the credentials may do everything',
    rules: [inApps, nodes],
    server: new Server({}, [everything]),
    missing: [],
    asked: [everything],
  },
  {
    what: 'only those names that are not allowed',
    rules: [rule({ namespace: 'apps', names: ['reader', 'writer'] })],
    server: new Server({ apps: [listed(['pods'], ['get'], ['reader'])] }),
    missing: ['get pods writer in apps'],
    asked: [everything, 'get pods writer in apps'],
  },
  {
    what: 'a right on any name, if only one name is allowed',
    rules: [inApps],
    server: new Server({ apps: [listed(['pods'], ['get'], ['reader'])] }),
    missing: ['get pods in apps'],
    asked: [everything, 'get pods in apps'],
  },
  {
    what: 'a right of two rules once',
    rules: [inApps, rule({ namespace: 'apps', verbs: ['get', 'list'] })],
    server: new Server(),
    missing: ['get pods in apps', 'list pods in apps'],
    asked: [everything, 'get pods in apps', 'list pods in apps'],
  },
]

describe('the missing rights are', () => {
  it.each(cases)('$what', async ({ rules, server, missing, asked }) => {
    const { rights } = await missingRights(server, rules)
    expect(rights.map(accessText)).toEqual(missing)
    expect(server.asked).toEqual(asked)
    expect(server.listedIn).toEqual([...new Set(rules.flatMap(({ namespace }) => namespace ?? []))])
  })

  it('in the form of the reviews, without fields for any name and for the whole cluster', async () => {
    const rules = [nodes, rule({ namespace: 'apps', names: ['web'], apiGroup: 'apps', resources: ['deployments'] })]
    const { rights } = await missingRights(new Server(), rules)
    expect(rights).toStrictEqual([
      { verb: 'get', group: '', resource: 'nodes' },
      { verb: 'get', group: 'apps', resource: 'deployments', namespace: 'apps', name: 'web' },
    ])
    expect(missing.parse({ rights, byName: true })).toEqual({ rights, byName: true })
    expect(missing.safeParse({ byName: true }).success).toBe(false)
  })

  it('found with at most 20 reviews at once', async () => {
    let running = 0
    let most = 0
    const server: Reviews = {
      rulesIn: async () => [],
      mayDo: async () => {
        running += 1
        most = Math.max(most, running)
        await Promise.resolve()
        running -= 1
        return false
      },
    }
    const names = Array.from({ length: 45 }, (_, index) => `pod-${index}`)
    expect((await missingRights(server, [rule({ names })])).rights).toHaveLength(45)
    expect(most).toBe(20)
  })
})

const ofWebhook = rule({
  resources: ['serviceaccounts'],
  verbs: ['get', 'list'],
  reasons: [
    { verbs: ['get', 'list'], steps: [], why: 'The webhook gets it.', alsoOfWebhook: true },
    { verbs: ['get'], steps: [], why: 'The account is read.', alsoOfWebhook: false },
  ],
})

describe('a missing right that only the webhook uses', () => {
  it('is reported if the credentials may not escalate', async () => {
    const server = new Server()
    const { rights } = await missingRights(server, [ofWebhook, nodes])
    expect(rights.map(accessText)).toEqual(['get serviceaccounts', 'list serviceaccounts', 'get nodes'])
    expect(server.asked.at(-1)).toBe(escalate)
  })

  it('is not reported if they may, unlike the rights that a step uses', async () => {
    const { rights } = await missingRights(new Server({}, [escalate]), [ofWebhook, nodes])
    expect(rights.map(accessText)).toEqual(['get serviceaccounts', 'get nodes'])
  })

  it('is the only kind for which the right to escalate is reviewed', async () => {
    const server = new Server({}, ['list serviceaccounts', escalate])
    const { rights } = await missingRights(server, [ofWebhook, nodes])
    expect(rights.map(accessText)).toEqual(['get serviceaccounts', 'get nodes'])
    expect(server.asked).not.toContain(escalate)
  })
})

it.each([
  ['accounts by name', { apps: [], reports: [listed(['serviceaccounts'], ['patch'], ['reader'])] }, true],
  ['all accounts', { apps: [listed(['serviceaccounts'], ['patch'])], reports: [] }, false],
  ['no accounts', { apps: [listed(['pods'])] }, undefined],
])('the answer says whether the credentials have rights on %s', async (_, rules, byName) => {
  expect(await missingRights(new Server(rules), [inApps, inReports])).toMatchObject({ byName })
})

describe('an error of the server', () => {
  const explanation = { object: 'cluster prod', reason: 'it answers 403', action: 'Try again' }
  const failing = (error: Error, call: keyof Reviews): Reviews => {
    const server = new Server()
    const fail = () => Promise.reject(error)
    const calls = { rulesIn: (namespace: string) => server.rulesIn(namespace), mayDo: fail }
    return call === 'mayDo' ? calls : { ...calls, rulesIn: fail }
  }

  it.each(['rulesIn', 'mayDo'] as const)('that refuses the reviews means that none is missing (%s)', async (call) => {
    const answer = await missingRights(failing(new AccessDenied(explanation), call), [inApps])
    expect(answer).toEqual({ rights: [] })
  })

  it.each(['rulesIn', 'mayDo'] as const)('of any other kind is thrown (%s)', async (call) => {
    const error = new CloudUnavailable(explanation)
    await expect(missingRights(failing(error, call), [inApps])).rejects.toBe(error)
  })
})

const namespace = fc.constantFrom('apps', 'reports')
const verb = fc.constantFrom('get', 'list')
const resource = fc.constantFrom('pods', 'services')
const name = fc.option(fc.constantFrom('one', 'other'), { nil: undefined })
const grants = fc.array(fc.record({ namespace, verb, resource, name }), { maxLength: 8 })

it('in namespaces, exactly those rights are missing that neither the rules nor another authorizer allow', async () => {
  await fc.assert(
    fc.asyncProperty(grants, grants, grants, async (wanted, byRules, byOther) => {
      const rules = wanted.map(({ namespace, verb, resource, name }) =>
        rule({ namespace, verbs: [verb], resources: [resource], ...(name !== undefined && { names: [name] }) }),
      )
      const rulesIn = (namespace: string | undefined, granted = byRules) =>
        granted
          .filter((one) => one.namespace === namespace)
          .map(({ resource, verb, name }) => listed([resource], [verb], name === undefined ? undefined : [name]))
      const server: Reviews = {
        rulesIn: async (namespace) => rulesIn(namespace),
        mayDo: async (access) => rulesIn(access.namespace, byOther).some((one) => allows(one, access)),
      }
      const accesses = wanted.map(({ verb, resource, namespace, name }) => ({
        ...{ verb, group: '', resource, namespace },
        ...(name !== undefined && { name }),
      }))
      const refused = accesses.filter((access) =>
        [...rulesIn(access.namespace), ...rulesIn(access.namespace, byOther)].every((one) => !allows(one, access)),
      )
      const { rights } = await missingRights(server, rules)
      expect(rights.map(accessText)).toEqual([...new Set(refused.map(accessText))])
    }),
  )
})

describe('the error for missing rights', () => {
  const target = { name: 'prod', credentialsSecretArn: 'arn:secret' }
  const again = againOfSetup('prod')
  const rights = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      verb: 'get',
      group: rbacGroup,
      resource: 'roles',
      name: `${index}`,
    }))
  const textOf = (index: number) => `get roles.${rbacGroup} ${index}`

  it('is not thrown if none is missing', () => {
    expect(() => requireNone({ rights: [] }, target, { again })).not.toThrow()
  })

  it.each([
    ['all of five', 5, '; get roles.rbac.authorization.k8s.io 4. Nothing'],
    ['five of seven, and how many more there are', 7, '; get roles.rbac.authorization.k8s.io 4; and 2 more. Nothing'],
  ])('names the cluster, the credentials, and %s', (_, count, end) => {
    const reason = `the credentials of arn:secret may not: ${[0, 1, 2, 3].map(textOf).join('; ')}${end}`
    expect(() => requireNone({ rights: rights(count) }, target, { again })).toThrow(
      expect.objectContaining({
        name: 'AccessDenied',
        object: 'cluster prod',
        reason: `${reason} in the cluster has been changed`,
      }),
    )
  })

  const unknown = /as before\. Add --named-accounts where accounts are granted by name: /
  it.each([
    [
      'accounts are granted by name',
      true,
      undefined,
      /^Run "wid rights prod --named-accounts --apply" as .*as before$/,
    ],
    ['all accounts are granted', false, undefined, /^Run "wid rights prod --apply" as .*as before$/],
    ['that is unknown', undefined, undefined, /^Run "wid rights prod --apply" as /],
    ['that is unknown, with a hint,', undefined, undefined, unknown],
    [
      'the caller has a command',
      undefined,
      'wid rights prod --management',
      /^Run "wid rights prod --management" .*as before$/,
    ],
    ['it has one, and accounts are granted by name', true, 'wid rights', /^Run "wid rights" as .*as before$/],
  ])('has the command that grants them, when %s', (_, byName, command, action) => {
    const advice = { again, ...(command !== undefined && { command }) }
    expect(() => requireNone({ rights: rights(1), byName }, target, advice)).toThrow(
      expect.objectContaining({ action: expect.stringMatching(action) }),
    )
  })

  it('has the commands that send the request again', () => {
    expect(again).toBe('"wid workload add prod" or "wid apply", as before')
    expect(againOfTeardown('prod')).toBe('"wid teardown prod" or "wid workload remove prod", as before')
  })
})
