import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import {
  canaryConfiguration,
  configurationMeanwhile,
  configurationTakenOver,
  configurationTrusting,
  namespaceOf,
  realConfiguration,
  trusts,
  trustsExactly,
} from '../../../../lambdas/webhook/desired/configuration.ts'
import { deploymentManifest } from '../../../../lambdas/webhook/desired/manifest.ts'
import { refuseFail } from '../../../../lambdas/webhook/desired/selectors.ts'

const namespace = 'workload-identity-webhook'
const old = '-----BEGIN CERTIFICATE-----\nold\n-----END CERTIFICATE-----\n'
const desired = '-----BEGIN CERTIFICATE-----\ncoming\n-----END CERTIFICATE-----\n'

const expression = z.object({ key: z.string(), operator: z.string(), values: z.optional(z.array(z.string())) })
const schema = z.object({
  webhooks: z.tuple([
    z.object({
      name: z.string(),
      failurePolicy: z.string(),
      sideEffects: z.string(),
      admissionReviewVersions: z.array(z.string()),
      clientConfig: z.object({
        caBundle: z.string(),
        service: z.object({ namespace: z.string(), name: z.string(), path: z.string() }),
      }),
      namespaceSelector: z.object({
        matchExpressions: z.optional(z.array(expression)),
        matchLabels: z.optional(z.record(z.string(), z.string())),
      }),
      objectSelector: z.object({
        matchExpressions: z.optional(z.array(expression)),
        matchLabels: z.optional(z.record(z.string(), z.string())),
      }),
    }),
  ]),
})
const parse = (manifest: Manifest) => schema.parse(manifest)
const webhookIn = (manifest: Manifest) => parse(manifest).webhooks[0]
const real = (authorities: string, failurePolicy: 'Ignore' | 'Fail' = 'Ignore') =>
  realConfiguration({ namespace, authorities }, failurePolicy)

describe('the real configuration', () => {
  it('speaks v1beta1 reviews, has no side effects, and keeps the documented names', () => {
    const manifest = real(old)
    expect(manifest).toMatchObject({
      apiVersion: 'admissionregistration.k8s.io/v1',
      metadata: { name: 'pod-identity-webhook' },
    })
    expect(webhookIn(manifest)).toMatchObject({
      name: 'pod-identity-webhook.amazonaws.com',
      sideEffects: 'None',
      admissionReviewVersions: ['v1beta1'],
      clientConfig: { caBundle: Buffer.from(old).toString('base64'), service: { namespace, path: '/mutate' } },
    })
  })

  it.each(['Ignore', 'Fail'] as const)('with %s never concerns kube-system and its own namespace', (failurePolicy) => {
    const webhook = webhookIn(real(old, failurePolicy))
    expect(webhook.failurePolicy).toBe(failurePolicy)
    expect(webhook.namespaceSelector.matchExpressions).toEqual([
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', namespace] },
    ])
  })

  it("never concerns the webhook's own pods, whatever their namespace is labelled", () => {
    const [{ key, operator } = { key: '', operator: '' }] = webhookIn(real(old)).objectSelector.matchExpressions ?? []
    const parts = { namespace, mode: 'csr', image: 'a', replicas: 2, region: 'b', kubernetesMinor: 33 } as const
    const deployment = deploymentManifest(parts)
    expect(operator).toBe('DoesNotExist')
    expect(deployment).toMatchObject({ spec: { template: { metadata: { labels: { [key]: 'true' } } } } })
  })
})

it("the canary's configuration concerns pods of its own label in the webhook's namespace only, and fails aloud", () => {
  const manifest = canaryConfiguration({ namespace, authorities: old })
  expect(manifest.metadata.name).toBe('pod-identity-webhook-canary')
  expect(webhookIn(manifest)).toMatchObject({
    failurePolicy: 'Fail',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    objectSelector: { matchLabels: { 'workload-identity/canary': 'true' } },
  })
})

describe('while the webhook changes', () => {
  it('the API server trusts what the pods serve by and what they will', () => {
    const meanwhile = parse(configurationMeanwhile(parse(real(old)), { namespace, authorities: desired }))
    expect(trustsExactly(meanwhile, old + desired)).toBe(true)
  })

  it('each certificate stays one when the bundle that is there ends without a line break', () => {
    const meanwhile = configurationMeanwhile(parse(real(old.trimEnd())), { namespace, authorities: desired })
    expect(trustsExactly(parse(meanwhile), old + desired)).toBe(true)
  })

  it('nothing differs when it trusts the coming authority already', () => {
    const now = real(desired, 'Fail')
    expect(configurationMeanwhile(parse(now), { namespace, authorities: desired })).toEqual(now)
  })

  it('what comes is trusted alone where nothing was', () => {
    expect(configurationMeanwhile({}, { namespace, authorities: desired })).toEqual(real(desired))
  })

  it('a bundle is trusted exactly when it is the same, and among others when it is a part', () => {
    const both = parse(real(old + desired))
    expect([trusts(both, desired), trustsExactly(both, desired), trustsExactly(both, old + desired)]).toEqual([
      true,
      false,
      true,
    ])
    expect([trusts(parse(real(old)), desired), trustsExactly(parse(real(old)), desired)]).toEqual([false, false])
    expect(trusts(parse(real(desired.trimEnd())), desired)).toBe(true)
  })

  it('a configuration that sends pods to the candidate keeps its call and its authorities', () => {
    const candidate = { namespace, authorities: old, service: 'pod-identity-webhook-candidate' }
    const switched = realConfiguration(candidate, 'Fail')
    expect(configurationTrusting(parse(switched), { namespace, authorities: desired })).toEqual(switched)
  })

  it('one that somebody made by hand is written in our form, with the same call and authorities', () => {
    const clientConfig = { caBundle: Buffer.from(old).toString('base64'), service: { namespace } }
    const byHand = { webhooks: [{ failurePolicy: 'Fail', clientConfig }] }
    expect(configurationTakenOver(byHand, namespace)).toEqual(real(old, 'Fail'))
  })

  it('the failure policy stays, and one that is not given is Ignore', () => {
    const failing = parse(real(old, 'Fail'))
    expect(webhookIn(configurationMeanwhile(failing, { namespace, authorities: desired })).failurePolicy).toBe('Fail')
    expect(webhookIn(configurationMeanwhile({}, { namespace, authorities: desired })).failurePolicy).toBe('Ignore')
  })
})

it('a configuration tells in which namespace its webhook is', () => {
  expect(namespaceOf(parse(real(old)))).toBe(namespace)
  expect(namespaceOf({})).toBeUndefined()
  expect(namespaceOf({ webhooks: [{ clientConfig: {} }] })).toBeUndefined()
})

it('Fail is refused where kube-system has no label to be left out by', () => {
  expect(refuseFail({ 'kubernetes.io/metadata.name': 'kube-system' })).toBeUndefined()
  for (const labels of [undefined, {}, { 'kubernetes.io/metadata.name': 'other' }]) {
    expect(refuseFail(labels)).toMatchObject({
      object: 'Namespace kube-system',
      action: expect.stringContaining('kubectl label namespace kube-system'),
    })
  }
})
