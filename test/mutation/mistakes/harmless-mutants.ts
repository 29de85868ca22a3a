/** A mutant of a rule that no test needs to notice. */
export interface HarmlessMutant {
  readonly file: string
  /** The lines that the mutant touches, on one line, as bench/MUTATION.md has them; `put` is what it makes of them. */
  readonly find: string
  readonly put: string
  readonly harmless: string
}

export const harmlessMutants: readonly HarmlessMutant[] = [
  {
    file: 'lambdas/ownership/kubernetes-removal.ts',
    find: 'const [ours, others] = [managersOf(live).filter(isUs), managersOf(live).filter((one) => !isUs(one))]',
    put: 'const [ours, others] = [managersOf(live), managersOf(live).filter((one) => !isUs(one))]',
    harmless: 'what the others own is left out in the end',
  },
  {
    file: 'lambdas/ownership/kubernetes-removal.ts',
    find: 'const owners = one.metadata?.ownerReferences?.map(({ kind, name }) => `${kind} ${name}`) ?? []',
    put: 'const owners = one.metadata?.ownerReferences?.map(({ kind, name }) => `${kind} ${name}`) ?? ["Stryker was here"]',
    harmless: 'nothing that is deleted has this kind and name',
  },
  {
    file: 'lambdas/role/role.ts',
    find: 'return observed && /:role(\\/(?:.*\\/)?)[^/]+$/.exec(observed.roleArn)?.[1]',
    put: 'return observed && /:role(\\/(?:.*\\/)?)[^/]+/.exec(observed.roleArn)?.[1]',
    harmless: 'the greedy .* ends at the last slash of the ARN with the anchor and without it',
  },
  {
    file: 'lambdas/role/rules.ts',
    find: 'return repeated(names.map((name) => name?.toLowerCase()))',
    put: 'return repeated(names.map((name) => name?.toUpperCase()))',
    harmless: 'either makes names that differ in case alike',
  },
  {
    file: 'lambdas/webhook/desired/choose.ts',
    find: "const host = URL.parse(issuerUrl)?.hostname ?? ''",
    put: 'const host = URL.parse(issuerUrl)?.hostname ?? "Stryker was here!"',
    harmless: 'neither is a host of EKS',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "const { partition, account = '', role } = assumedRole.exec(userArn)?.groups ?? {}",
    put: 'const { partition, account = "Stryker was here!", role } = assumedRole.exec(userArn)?.groups ?? {}',
    harmless: 'where there is no account there is no role either, and nothing reads it',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "return requestedBy.startsWith('arn:') ? iamPrincipal(requestedBy).name : requestedBy",
    put: 'return requestedBy.startsWith("") ? iamPrincipal(requestedBy).name : requestedBy',
    harmless: 'what is no ARN is its own name',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "const payload = bearer.exec(authorization ?? '')?.groups?.payload",
    put: 'const payload = bearer.exec(authorization ?? "Stryker was here!")?.groups?.payload',
    harmless: 'neither is a token',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "return typeof claims === 'object' && claims !== null ? { ...claims } : {}",
    put: 'return true ? { ...claims } : {}',
    harmless: 'what is no object has no claims when it is spread',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "return typeof claims === 'object' && claims !== null ? { ...claims } : {}",
    put: "return typeof claims === 'object' || claims !== null ? { ...claims } : {}",
    harmless: 'what is no object has no claims when it is spread',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "return typeof claims === 'object' && claims !== null ? { ...claims } : {}",
    put: 'return true && claims !== null ? { ...claims } : {}',
    harmless: 'what is no object has no claims when it is spread',
  },
  {
    file: 'lambdas/access/principal.ts',
    find: "return typeof claims === 'object' && claims !== null ? { ...claims } : {}",
    put: "return typeof claims === 'object' && true ? { ...claims } : {}",
    harmless: 'what is no object has no claims when it is spread',
  },
  {
    file: 'lambdas/access/decide.ts',
    find: "return { decision: 'deny', policies: [], errors: answer.errors.map(({ message }) => message) }",
    put: 'return { decision: \'deny\', policies: ["Stryker was here"], errors: answer.errors.map(({ message }) => message) }',
    harmless: 'the errors beside them refuse the question, and then nothing reads the policies',
  },
  {
    file: 'lambdas/access/decide.ts',
    find: 'prepared += 1',
    put: 'prepared -= 1',
    harmless: 'each set of policies has a number of its own either way',
  },
  {
    file: 'lambdas/api/json-syntax.ts',
    find: "const message = error instanceof Error ? error.message : ''",
    put: 'const message = error instanceof Error ? error.message : "Stryker was here!"',
    harmless: 'JSON.parse throws nothing but errors',
  },
  {
    file: 'lambdas/api/json-syntax.ts',
    find: "const [first = ''] = text.split('\\n').filter((line) => !/^\\s*(#.*)?$/.test(line))",
    put: 'const [first = "Stryker was here!"] = text.split(\'\\n\').filter((line) => !/^\\s*(#.*)?$/.test(line))',
    harmless: 'neither looks like YAML',
  },
  {
    file: 'lambdas/api/normalise.ts',
    find: '...(bucket !== undefined && { workloadIdentity: { oidcDiscoveryGCSBucket: bucket } }),',
    put: '...(true && { workloadIdentity: { oidcDiscoveryGCSBucket: bucket } }),',
    harmless: 'a request with a spec and without a bucket is refused before it has a normal form',
  },
  {
    file: 'lambdas/bucket/bucket-removal.ts',
    find: 'const own = labels[managedBy] === manager ? [managedBy] : []',
    put: 'const own = labels[managedBy] === manager ? [managedBy] : ["Stryker was here"]',
    harmless: 'no label can have this name: its keys are in lower case and without spaces',
  },
  {
    file: 'lambdas/cluster/readiness.ts',
    find: "return { kubernetesVersion: gitVersion.replace(/^v/, ''), kubernetesMinor: minor }",
    put: "return { kubernetesVersion: gitVersion.replace(/v/, ''), kubernetesMinor: minor }",
    harmless: 'what is read as a version begins with v',
  },
  {
    file: 'lambdas/operations/operation-end.ts',
    find: ".sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))[0]",
    put: '.sort((a, b) => (b.endedAt ?? "Stryker was here!").localeCompare(a.endedAt ?? \'\'))[0]',
    harmless: 'a step that has failed has the time of its end',
  },
  {
    file: 'lambdas/operations/operation-end.ts',
    find: ".sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))[0]",
    put: '.sort((a, b) => (b.endedAt ?? \'\').localeCompare(a.endedAt ?? "Stryker was here!"))[0]',
    harmless: 'a step that has failed has the time of its end',
  },
  {
    file: 'lambdas/operations/operation-end.ts',
    find: 'if (action === undefined || resource === undefined) return undefined',
    put: 'if (false || resource === undefined) return undefined',
    harmless: 'the pattern finds both or neither',
  },
  {
    file: 'lambdas/proof/token-audience.ts',
    find: 'return [decodeJwt(token).aud ?? []].flat()',
    put: 'return [decodeJwt(token).aud ?? ["Stryker was here"]].flat()',
    harmless: 'no token is asked for this audience',
  },
  {
    file: 'lambdas/proof/token-audience.ts',
    find: 'return []',
    put: 'return ["Stryker was here"]',
    harmless: 'no token is asked for this audience',
  },
  {
    file: 'lambdas/provider/thumbprint-rotation.ts',
    find: ': outlived(isComplete ? unseen : [], { seen, noted, now })',
    put: ': outlived(isComplete ? unseen : ["Stryker was here"], { seen, noted, now })',
    harmless: 'what no run has noted is not removed',
  },
  {
    file: 'lambdas/operations/operation-end.ts',
    find: "function refusedToWorkflow({ error, cause = '' }: Caught): OperationError | undefined {",
    put: 'function refusedToWorkflow({ error, cause = "Stryker was here!" }: Caught): OperationError | undefined {',
    harmless: 'neither is a message of AWS',
  },
  {
    file: 'lambdas/operations/operation-end.ts',
    find: 'const [, action, resource] = denial.exec(cause) ?? []',
    put: 'const [, action, resource] = denial.exec(cause) ?? ["Stryker was here"]',
    harmless: 'the first element, the whole match, is not read',
  },
  {
    file: 'lambdas/role/rules.ts',
    find: 'namespace !== undefined && remaining.includes(namespace)',
    put: 'true && remaining.includes(namespace)',
    harmless: 'a namespace that is missing has its issue by its shape, and gets no second',
  },
  {
    file: 'lambdas/service-account/pods.ts',
    find: "return `${metadata?.namespace ?? ''}/${spec?.serviceAccountName ?? 'default'}`",
    put: 'return `${metadata?.namespace ?? "Stryker was here!"}/${spec?.serviceAccountName ?? \'default\'}`',
    harmless: 'each pod that an API server lists has a namespace',
  },
  {
    file: 'lambdas/service-account/unmutated.ts',
    find: "const { namespace = '', name = '', annotations } = metadata ?? {}",
    put: 'const { namespace = "Stryker was here!", name = \'\', annotations } = metadata ?? {}',
    harmless: 'each account that an API server lists has a namespace',
  },
  {
    file: 'lambdas/service-account/unmutated.ts',
    find: "const { namespace = '', name = '', annotations } = metadata ?? {}",
    put: 'const { namespace = \'\', name = "Stryker was here!", annotations } = metadata ?? {}',
    harmless: 'each account that an API server lists has a name',
  },
  {
    file: 'lambdas/spec/issue.ts',
    find: 'return kinds[typeof value] ?? `a ${typeof value}`',
    put: 'return kinds[typeof value] ?? ``',
    harmless: 'no value of JSON is of another type',
  },
  {
    file: 'lambdas/webhook/certificate/pkcs10.ts',
    find: "const isP256 = algorithm.name === 'ECDSA' && 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'",
    put: "const isP256 = true && algorithm.namedCurve === 'P-256'",
    harmless: 'the library gives the curve P-256 to keys of ECDSA alone',
  },
  {
    file: 'lambdas/webhook/certificate/pkcs10.ts',
    find: "const isP256 = algorithm.name === 'ECDSA' && 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'",
    put: "const isP256 = algorithm.name === 'ECDSA' || 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'",
    harmless: 'the library gives the curve P-256 to keys of ECDSA alone, and the curve is compared either way',
  },
  {
    file: 'lambdas/webhook/certificate/pkcs10.ts',
    find: "const isP256 = algorithm.name === 'ECDSA' && 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'",
    put: "const isP256 = true && 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'",
    harmless: 'the library gives the curve P-256 to keys of ECDSA alone',
  },
  {
    file: 'lambdas/webhook/desired/image.ts',
    find: "const [reference = ''] = image.split('@')",
    put: 'const [reference = "Stryker was here!"] = image.split(\'@\')',
    harmless: 'a text that is split has a first part',
  },
  {
    file: 'lambdas/webhook/desired/image.ts',
    find: "const [, major, minor, patch = '0'] =",
    put: 'const [, major, minor, patch = ""] =',
    harmless: 'Number makes 0 of either',
  },
  {
    file: 'lambdas/webhook/desired/image.ts',
    find: '/^(?:release-|v)?(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:[-+_.].*)?$/.exec(tag) ?? []',
    put: '/^(?:release-|v)?(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:[-+_.].*)?$/.exec(tag) ?? ["Stryker was here"]',
    harmless: 'the first element, the whole match, is not read',
  },
  {
    file: 'lambdas/webhook/desired/image.ts',
    find: 'if (observed !== part) return observed > part',
    put: 'if (observed !== part) return observed >= part',
    harmless: 'the two differ there',
  },
  {
    file: 'lambdas/webhook/removal.ts',
    find: "const pem = Buffer.from(data?.['tls.crt'] ?? '', 'base64')",
    put: "const pem = Buffer.from(data?.['tls.crt'] ?? \"Stryker was here!\", 'base64')",
    harmless: 'neither is a certificate',
  },
  {
    file: 'lambdas/workflows/teardown/teardown.ts',
    find: "const there = all.filter(({ step = '' }) => !(isGone && inCluster.includes(step)))",
    put: 'const there = all.filter(({ step = "Stryker was here!" }) => !(isGone && inCluster.includes(step)))',
    harmless: 'each failure has its step',
  },
  {
    file: 'lambdas/workflows/teardown/teardown.ts',
    find: "const isAbandoned = ({ step = '', name }: OperationError) =>",
    put: 'const isAbandoned = ({ step = "Stryker was here!", name }: OperationError) =>',
    harmless: 'each failure has its step',
  },
  {
    file: 'lambdas/workflows/teardown/teardown.ts',
    find: "const seen = steps.flatMap(({ state, item = '', output }) =>",
    put: 'const seen = steps.flatMap(({ state, item = "Stryker was here!", output }) =>',
    harmless: 'each UnbindKsa is of a workload, which is its item',
  },
  {
    file: 'lambdas/workflows/teardown/teardown.ts',
    find: "state === 'UnbindKsa' ? [{ namespace: item.split('/')[0] ?? '', ...users.parse(output ?? {}) }] : [],",
    put: "state === 'UnbindKsa' ? [{ namespace: item.split('/')[0] ?? \"Stryker was here!\", ...users.parse(output ?? {}) }] : [],",
    harmless: 'a text that is split has a first part',
  },
  {
    file: 'lambdas/workflows/teardown/teardown.ts',
    find: "const abandonedIn = [...inCluster, 'ObserveCluster', ...(deleteCluster ? [] : ['DeleteCluster'])]",
    put: "const abandonedIn = [...inCluster, 'ObserveCluster', ...(deleteCluster ? [\"Stryker was here\"] : ['DeleteCluster'])]",
    harmless: 'no step has this name',
  },
  {
    file: 'lambdas/workflows/comparison/comparison.ts',
    find: "export function objectsOf({ state, item = '' }: ComparedStep, request: ComparedRequest): string[] {",
    put: 'export function objectsOf({ state, item = "Stryker was here!" }: ComparedStep, request: ComparedRequest): string[] {',
    harmless: 'only steps of a workload read the item, and each of them has one',
  },
  {
    file: 'lambdas/workflows/webhook-upgrade/result.ts',
    find: "const { trial, switched } = deployed.safeParse(outputOf('DeployCandidate')).data ?? { trial: false, switched: false }",
    put: "const { trial, switched } = deployed.safeParse(outputOf('DeployCandidate')).data ?? {}",
    harmless: 'what is not known counts as false',
  },
  {
    file: 'lambdas/discovery/hosts-in-use-decision.ts',
    find: "const after = change.kind === 'Update' ? change.after : []",
    put: 'const after = change.kind === \'Update\' ? change.after : ["Stryker was here"]',
    harmless: 'no host has this name',
  },
]
