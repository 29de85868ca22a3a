import { otherImage } from '../../support/webhook/other-image.ts'
import type { Fixture } from './fixture.ts'

/** Starts a setup that changes the image of the webhook, which needs the permissions of the candidate's steps. */
export function startChange(fixture: Fixture): Promise<string> {
  const { system } = fixture
  const { name } = fixture.cluster
  const cluster = system.sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`the cluster ${name} does not exist`)
  return system.start(fixture.body({ 'webhook.image': otherImage(cluster) }))
}

/** By function and action. Each changes the webhook. */
export function changePreparations() {
  const steps = ['deploy-candidate', 'check-candidate', 'switch-to-candidate', 'remove-candidate', 'delete-requests']
  const needed = steps.flatMap((step) =>
    ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'secretsmanager:GetSecretValue'].map(
      (action) => `${step} ${action}`,
    ),
  )
  const prepare = (fixture: Fixture) => Promise.resolve({ start: () => startChange(fixture) })
  return Object.fromEntries(needed.map((key) => [key, prepare]))
}
