import { describe, expect, it } from 'vitest'
import { apiError, mayBeReadingRoles, missingResourceType } from '../../../../lambdas/clouds/kubernetes/api-error.ts'
import { parseApiStatus } from '../../../../lambdas/clouds/kubernetes/api-status.ts'
import { connectionText } from '../../../../lambdas/clouds/kubernetes/connection-text.ts'
import { conflictsOf, isOnlyKubectl } from '../../../../lambdas/clouds/kubernetes/field-conflict.ts'

const secretArn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu/user-cluster-d4e5f6'
const call = {
  verb: 'patch',
  resource: 'serviceaccounts',
  object: 'ServiceAccount default/s3-reader',
  cluster: 'prod-eu',
  connection: connectionText({ name: 'prod', credentialsSecretArn: secretArn }),
  rightsCommand: 'wid rights prod-eu',
}

const status = (fields: object) => parseApiStatus(JSON.stringify({ kind: 'Status', ...fields }))
const answer = (httpStatus: number, fields?: object) => ({
  httpStatus,
  status: fields === undefined ? undefined : status(fields),
})

/** In the words of kube-apiserver. */
const conflict = (...managers: string[]) => ({
  reason: 'Conflict',
  message: 'Apply failed with conflicts',
  details: {
    causes: managers.map((manager) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${manager}" using v1`,
      field: '.metadata.annotations.eks.amazonaws.com/role-arn',
    })),
  },
})

describe('a read of /readyz', () => {
  const failed = (check: string) => `[+]ping ok\n[-]${check} failed: reason withheld\nreadyz check failed\n`

  it.each([
    [403, undefined, true],
    [500, failed('poststarthook/rbac/bootstrap-roles'), true],
    [500, failed('informer-sync'), true],
    [500, failed('etcd'), false],
    [500, '[+]informer-sync ok\n[+]poststarthook/rbac/bootstrap-roles ok\n[-]shutdown failed: reason withheld', false],
    [500, failed('informer-sync-of-others'), false],
    [401, undefined, false],
    [404, '', false],
  ])('that ends with %i %j says whether roles may still be read', (httpStatus, body, expected) => {
    expect(mayBeReadingRoles(httpStatus, body)).toBe(expected)
  })
})

describe('an error of an API server', () => {
  it.each([
    [401, undefined, 'InvalidCredentials', secretArn],
    [403, { message: 'serviceaccounts is forbidden' }, 'AccessDenied', call.object],
    [403, undefined, 'AccessDenied', call.object],
    [404, { message: 'namespaces "default" not found' }, 'InvalidObject', call.object],
    [404, { message: 'the server could not find the requested resource' }, 'Unsupported', call.object],
    [405, undefined, 'Unsupported', call.object],
    [415, undefined, 'Unsupported', call.object],
    [409, { reason: 'AlreadyExists' }, 'ConcurrentChange', call.object],
    [409, conflict('helm'), 'FieldConflict', call.object],
    [422, { reason: 'Invalid' }, 'InvalidObject', call.object],
    [400, { reason: 'BadRequest' }, 'InvalidObject', call.object],
    [429, undefined, 'CloudUnavailable', call.object],
    [500, { message: 'etcd is away' }, 'CloudUnavailable', call.object],
    [503, undefined, 'CloudUnavailable', call.object],
  ])('%i %o is %s', (httpStatus, fields, name, object) => {
    expect(apiError(call, answer(httpStatus, fields))).toMatchObject({ name, object })
  })

  it('names verb and resource when access is denied', () => {
    const { reason, action } = apiError(call, answer(403))

    expect(reason).toContain(`${secretArn} may not patch serviceaccounts on cluster prod-eu`)
    expect(action).toContain('Allow patch on serviceaccounts')
    expect(action).toContain('; "wid rights prod-eu --apply" grants all rights')
  })

  it.each([
    [
      'serviceaccounts "s3-reader" is forbidden: User "otto" cannot create resource "serviceaccounts" in API group "" in the namespace "default"',
      'may not create serviceaccounts on',
      'Allow create on serviceaccounts',
    ],
    // An apply that may patch and not create, up to 1.21.
    [
      'serviceaccounts "s3-reader" is forbidden: ',
      'may not create serviceaccounts on',
      'Allow create on serviceaccounts',
    ],
    [
      'serviceaccounts "s3-reader" is forbidden: RBAC: role.rbac.authorization.k8s.io "gone" not found',
      'may not create serviceaccounts on',
      'Allow create on serviceaccounts',
    ],
    [
      'certificatesigningrequests.certificates.k8s.io "csr-x" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/legacy-unknown"',
      'may not approve requests for the signer kubernetes.io/legacy-unknown on',
      'resourceNames [kubernetes.io/legacy-unknown]',
    ],
    [
      'clusterroles.rbac.authorization.k8s.io "w" is forbidden: user "otto" (groups=["a"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""]}',
      'may not grant rights that they do not have themselves on',
      'escalate and bind',
    ],
  ])('names the missing permission for the message: %s', (message, reason, action) => {
    const error = apiError(call, answer(403, { message }))
    expect(error).toMatchObject({ name: 'AccessDenied', reason: expect.stringContaining(reason) })
    expect(error.action).toContain(action)
    expect(error.message).not.toContain('otto')
  })

  it('names field and manager of a conflict', () => {
    expect(apiError(call, answer(409, conflict('helm', 'argocd'))).reason).toBe(
      'another field manager owns the fields that would be set: .metadata.annotations.eks.amazonaws.com/role-arn (helm), .metadata.annotations.eks.amazonaws.com/role-arn (argocd)',
    )
  })

  it('shows only names of a conflict, and not all of them', () => {
    const secret = `eyJhbGciOiJSUzI1NiIsImtpZCI6ImFiY2RlZmdoaWprbG1ub3BxcnN0In0.${'e'.repeat(100)}.${'s'.repeat(342)}`
    const causes = Array.from({ length: 50_000 }, () => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${secret}" using v1`,
      field: `.spec.${secret}`,
    }))
    const { reason } = apiError(call, answer(409, { details: { causes } }))

    expect(reason).toMatch(/: unnamed \(unnamed\), .*, and 49990 more$/)
    expect(reason.length).toBeLessThan(1000)
    expect(reason).not.toContain('eyJ')
  })

  it('names at most some of the fields of an invalid object', () => {
    const causes = Array.from({ length: 50_000 }, (_, index) => ({
      reason: 'FieldValueInvalid',
      field: `spec.f${index}`,
    }))
    const issues = causes.map(({ field }) => `  .${field}: field not declared in schema`).join('\n')
    const message = `failed to create typed patch object (a/b; v1, Kind=Pod): errors:\n${issues}`

    for (const fields of [{ details: { causes } }, { message }]) {
      expect(apiError(call, answer(422, fields)).reason).toMatch(/spec\.f9.*, and 49990 more\)$/)
    }
  })

  it.each([
    `admission webhook "${'a'.repeat(300)}" denied the request`,
    `pods "x" is forbidden: exceeded quota: ${'a'.repeat(300)}, requested: pods=1`,
    `pods "x" is forbidden: violates PodSecurity "${'a'.repeat(300)}:latest": no`,
    `ValidatingAdmissionPolicy '${'a'.repeat(300)}' denied request: no`,
  ])('does not show a rule with an invalid name: %s', (message) => {
    expect(apiError(call, answer(403, { message })).message).not.toContain('aaaa')
  })

  it('says that an object of another tool cannot be shared', () => {
    const causes = [
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "helm" using v1',
        field: '.metadata.labels.app.kubernetes.io/managed-by',
      },
    ]
    expect(apiError(call, answer(409, { details: { causes } })).action).toContain('serviceAccount.create false')
  })

  it('names the fields of an invalid object, and not their values', () => {
    const causes = [
      { reason: 'FieldValueInvalid', message: 'Invalid value: "s3cr3t"', field: 'spec.region' },
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.networking.vpcID' },
      { reason: 'Unknown', message: 'x', field: 'a sentence that somebody wrote' },
    ]
    const { message } = apiError(call, answer(422, { message: 's3cr3t', details: { causes } }))

    expect(message).toContain(
      'spec.region FieldValueInvalid, spec.networking.vpcID FieldValueRequired, unnamed Unknown',
    )
    expect(message).not.toContain('s3cr3t')
  })

  it('is an invalid object when server-side apply does not know a field or its type, which comes as 500', () => {
    const message =
      'failed to create typed patch object (default/a; apps/v1, Kind=Deployment): errors:\n' +
      '  .spec.template.spec.containers[name="main"].imagee: field not declared in schema\n' +
      '  .spec.replicas: expected numeric (int or float), got &value.valueUnstructured{Value:"s3cr3t"}'
    const error = apiError(call, answer(500, { message }))

    expect(error).toMatchObject({ name: 'InvalidObject', transient: false })
    expect(error.reason).toContain(
      '(500: .spec.template.spec.containers[name="main"].imagee field not declared in schema, .spec.replicas expected numeric)',
    )
    expect(error.message).not.toContain('s3cr3t')
  })

  it.each([
    ['admission webhook "policy.example.com" denied the request: because', 'the admission webhook policy.example.com'],
    [
      'admission webhook "old.example.com" does not support dry run',
      'the admission webhook old.example.com, which supports no dry run,',
    ],
    ['exceeded quota: small, requested: pods=1', 'the quota small'],
    ['pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot', 'PodSecurity restricted:latest'],
    [
      'pods "x" is forbidden: minimum cpu usage per Container is 100m, but request is 10m',
      'a LimitRange of the namespace',
    ],
    ['pods "x" is forbidden: PodSecurityPolicy: unable to admit pod: []', 'PodSecurityPolicy'],
    [
      'pods "x" is forbidden: error looking up service account a/b: serviceaccount "b" not found',
      "the admission of pods, which does not find the pod's service account,",
    ],
    ['pods "x" is forbidden: some other plug-in says no', 'an admission rule'],
    ["ValidatingAdmissionPolicy 'names' with binding 'b' denied request: no", 'the ValidatingAdmissionPolicy names'],
  ])('is an invalid object, and names what refused it: %s', (message, by) => {
    for (const httpStatus of by === 'an admission rule' ? [403] : [400, 403]) {
      expect(apiError(call, answer(httpStatus, { message }))).toMatchObject({
        name: 'InvalidObject',
        reason: `${by} on cluster prod-eu refuses it`,
      })
    }
  })

  it('is transient while the namespace is being deleted', () => {
    const fields = { details: { causes: [{ reason: 'NamespaceTerminating' }] } }
    expect(apiError(call, answer(403, fields))).toMatchObject({ name: 'ConcurrentChange', transient: true })
  })

  it('names the type that a server does not have', () => {
    const error = missingResourceType({ apiVersion: 'multicloud.cluster.gke.io/v1', kind: 'AWSCluster' }, 'prod-eu')
    expect(error).toMatchObject({ name: 'MissingResourceType', object: 'AWSCluster (multicloud.cluster.gke.io/v1)' })
  })

  it('is no Status when another server answered', () => {
    expect(parseApiStatus('<html>502</html>')).toBeUndefined()
    expect(parseApiStatus('{"kind":"Pod"}')).toBeUndefined()
  })
})

describe('the field managers whose fields an adoption may take over', () => {
  it.each([
    ['kubectl-client-side-apply', true],
    ['kubectl-annotate', true],
    ['kubectl', true],
    ['before-first-apply', true],
    ['helm', false],
    ['kubectl.example', false],
    ['notkubectl', false],
  ])('%s: %s', (manager, expected) => {
    expect(isOnlyKubectl(conflictsOf(status(conflict(manager))))).toBe(expected)
  })

  it('are none when one of several is not kubectl', () => {
    expect(isOnlyKubectl(conflictsOf(status(conflict('kubectl-edit', 'helm'))))).toBe(false)
  })

  it('are none when there is no conflict', () => {
    expect(isOnlyKubectl([])).toBe(false)
  })
})
