import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import {
  adoptedConfiguration,
  configurationMeanwhile,
  configurationTrusting,
  namespaceOf,
  realConfiguration,
  trusts,
  trustsExactly,
} from '../../../../lambdas/webhook/desired/configuration.ts'
import { reasonAgainstFail } from '../../../../lambdas/webhook/desired/selectors.ts'

const namespace = 'workload-identity-webhook'
const old = '-----BEGIN CERTIFICATE-----\nold\n-----END CERTIFICATE-----\n'
const desired = '-----BEGIN CERTIFICATE-----\ncoming\n-----END CERTIFICATE-----\n'

const schema = z.object({
  webhooks: z.tuple([
    z.object({
      name: z.string(),
      failurePolicy: z.string(),
      clientConfig: z.object({
        caBundle: z.string(),
        service: z.object({ namespace: z.string(), name: z.string() }),
      }),
    }),
  ]),
})
const parse = (manifest: Manifest) => schema.parse(manifest)
const webhookIn = (manifest: Manifest) => parse(manifest).webhooks[0]
const real = (authorities: string, failurePolicy: 'Ignore' | 'Fail' = 'Ignore') =>
  realConfiguration({ namespace, authorities }, failurePolicy)

describe('while the webhook changes', () => {
  it('the API server trusts the current CA and the new one', () => {
    const meanwhile = parse(configurationMeanwhile(parse(real(old)), { namespace, authorities: desired }))
    expect(trustsExactly(meanwhile, old + desired)).toBe(true)
  })

  it('certificates stay separate when the current bundle ends without a line break', () => {
    const meanwhile = configurationMeanwhile(parse(real(old.trimEnd())), { namespace, authorities: desired })
    expect(trustsExactly(parse(meanwhile), old + desired)).toBe(true)
  })

  it('the configuration does not change when it trusts the new CA already', () => {
    const now = real(desired, 'Fail')
    expect(configurationMeanwhile(parse(now), { namespace, authorities: desired })).toEqual(now)
  })

  it('the API server trusts only the new CA when no configuration exists', () => {
    expect(configurationMeanwhile({}, { namespace, authorities: desired })).toEqual(real(desired))
  })

  it('a configuration trusts each CA of its bundle, and exactly the complete bundle', () => {
    const both = parse(real(old + desired))
    expect([trusts(both, desired), trustsExactly(both, desired), trustsExactly(both, old + desired)]).toEqual([
      true,
      false,
      true,
    ])
    expect([trusts(parse(real(old)), desired), trustsExactly(parse(real(old)), desired)]).toEqual([false, false])
    expect(trusts(parse(real(desired.trimEnd())), desired)).toBe(true)
  })

  it('a configuration that sends pods to the candidate keeps its Service and its CAs', () => {
    const candidate = { namespace, authorities: old, service: 'pod-identity-webhook-candidate' }
    const switched = realConfiguration(candidate, 'Fail')
    expect(configurationTrusting(parse(switched), { namespace, authorities: desired })).toEqual(switched)
  })

  it('a configuration that was created by hand gets our fields, and keeps its Service and its CAs', () => {
    const clientConfig = { caBundle: Buffer.from(old).toString('base64'), service: { namespace } }
    const byHand = { webhooks: [{ failurePolicy: 'Fail', clientConfig }] }
    expect(adoptedConfiguration(byHand, namespace)).toEqual(real(old, 'Fail'))
  })

  it('the failure policy is kept, and defaults to Ignore', () => {
    const failing = parse(real(old, 'Fail'))
    expect(webhookIn(configurationMeanwhile(failing, { namespace, authorities: desired })).failurePolicy).toBe('Fail')
    expect(webhookIn(configurationMeanwhile({}, { namespace, authorities: desired })).failurePolicy).toBe('Ignore')
  })
})

it('reads the namespace of the webhook from its configuration', () => {
  expect(namespaceOf(parse(real(old)))).toBe(namespace)
  expect(namespaceOf({})).toBeUndefined()
  expect(namespaceOf({ webhooks: [{ clientConfig: {} }] })).toBeUndefined()
})

it('refuses failurePolicy Fail where kube-system has no label by which a selector could exclude it', () => {
  expect(reasonAgainstFail({ 'kubernetes.io/metadata.name': 'kube-system' })).toBeUndefined()
  for (const labels of [undefined, {}, { 'kubernetes.io/metadata.name': 'other' }]) {
    expect(reasonAgainstFail(labels)).toMatchObject({
      object: 'Namespace kube-system',
      action: expect.stringContaining('kubectl label namespace kube-system'),
    })
  }
})
