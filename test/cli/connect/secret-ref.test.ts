import { expect, test } from 'vitest'
import { isSameSecret, namedSecret, secretRef, usualName, withNamedSecret } from '../../../cli/connect/secret-ref.ts'

const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod/user-cluster'
const management = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod/management'

test('reads from a request the secrets of its cluster and of its management cluster', () => {
  const request = {
    cluster: { name: 'prod', credentialsSecretArn: arn, management: { credentialsSecretArn: management } },
  }
  expect(namedSecret(request, false)).toBe(arn)
  expect(namedSecret(request, true)).toBe(management)
  expect(namedSecret({ cluster: { name: 'prod' } }, false)).toBeUndefined()
  expect(namedSecret({ cluster: { name: 'prod', credentialsSecretArn: arn } }, true)).toBeUndefined()
})

test('finds a secret by its ARN, and creates it by its name without the suffix of AWS', () => {
  expect(secretRef(`${arn}-A1b2C3`)).toEqual({ id: `${arn}-A1b2C3`, name: 'workload-identity/prod/user-cluster' })
  expect(secretRef(arn).name).toBe('workload-identity/prod/user-cluster')
  expect(secretRef(usualName('staging', 'prod', true))).toEqual({
    id: 'staging/prod/management',
    name: 'staging/prod/management',
  })
})

test('keeps a name that ends like a suffix', () => {
  expect(secretRef('workload-identity/prod/user-A1b2C3').name).toBe('workload-identity/prod/user-A1b2C3')
})

test('an ARN with the suffix of AWS and one without are the same secret', () => {
  expect(isSameSecret(arn, `${arn}-A1b2C3`)).toBe(true)
  expect(isSameSecret(`${arn}-A1b2C3`, `${arn}-A1b2C3`)).toBe(true)
  expect(isSameSecret(`${arn}-A1b2C3`, `${arn}-D4e5F6`)).toBe(false)
  expect(isSameSecret(management, `${arn}-A1b2C3`)).toBe(false)
})

test('adds the secret to a request, and changes nothing else', () => {
  const request = { cluster: { name: 'prod', management: { namespace: 'clusters' } }, workloads: [] }
  expect(withNamedSecret(request, arn, false)).toEqual({
    ...request,
    cluster: { ...request.cluster, credentialsSecretArn: arn },
  })
  expect(withNamedSecret(request, management, true)).toEqual({
    ...request,
    cluster: { name: 'prod', management: { namespace: 'clusters', credentialsSecretArn: management } },
  })
  expect(withNamedSecret({ cluster: { name: 'prod' } }, management, true)).toEqual({ cluster: { name: 'prod' } })
})
