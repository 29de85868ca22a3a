/** Changes of the webhook of the one cluster, which need all that their steps may do. */
import { otherImage } from '../../support/webhook/other-image.ts'
import type { World } from './world.ts'

/** Starts a setup with an image that is not installed, so that there is something to try out. */
export function startChange(world: World): Promise<string> {
  const { system } = world
  const { name } = world.cluster
  const cluster = system.sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`there is no cluster ${name}`)
  return system.start(world.body({ 'webhook.image': otherImage(cluster) }))
}

/** By function and action; each changes the webhook. */
export function changePreparations() {
  const steps = ['deploy-candidate', 'check-candidate', 'switch-to-candidate', 'remove-candidate', 'delete-requests']
  const needed = steps.flatMap((step) =>
    ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'secretsmanager:GetSecretValue'].map(
      (action) => `${step} ${action}`,
    ),
  )
  const prepare = (world: World) => Promise.resolve({ start: () => startChange(world) })
  return Object.fromEntries(needed.map((key) => [key, prepare]))
}
