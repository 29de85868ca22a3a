import { expect, it } from 'vitest'
import { webhook } from '../../../../lambdas/spec/setup-request.ts'
import { previousWebhook } from '../../../../lambdas/webhook/candidate/trial.ts'
import { installed, installedFor } from '../../../../lambdas/webhook/desired/installed.ts'
import { deploymentManifest } from '../../../../lambdas/webhook/desired/manifest.ts'
import { allSettings } from '../../../support/webhook/deployment-settings.ts'

const choice = { mode: 'own-ca', image: allSettings.image } as const
const kubernetesMinor = 33
const cluster = { region: 'eu-west-1', kubernetesMinor }
const own = installedFor(webhook.parse(allSettings), choice)

it('the manifest of the Deployment has each setting of a request', () => {
  const manifest = JSON.stringify(deploymentManifest({ ...own, ...cluster }))
  const missing = Object.entries(allSettings).filter(([, value]) => !manifest.includes(JSON.stringify(value)))
  expect(missing).toEqual([])
})

it('the recorded webhook and the request that restores it give the same Deployment', () => {
  const recorded = installed.parse(JSON.parse(JSON.stringify(own)))
  expect(recorded).toEqual(own)
  const observed = { configuration: {}, deployment: {} }
  const previous = previousWebhook(observed, recorded, { namespace: own.namespace, kubernetesMinor })
  expect(installedFor(webhook.parse(previous), choice)).toEqual(own)
})
