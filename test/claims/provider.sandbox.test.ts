import { UntagOpenIDConnectProviderCommand, UpdateOpenIDConnectProviderThumbprintCommand } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { issuerResource, providerResource } from '../../lambdas/claims/claim.ts'
import { release } from '../../lambdas/claims/claims.ts'
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import { description as deleteProvider } from '../../lambdas/provider/delete-provider.step.ts'
import * as removal from '../../lambdas/provider/delete-provider.ts'
import { description as rotateThumbprints } from '../../lambdas/provider/rotate-thumbprints.step.ts'
import * as rotation from '../../lambdas/provider/rotate-thumbprints.ts'
import { issuerHost, old, registration, tags } from '../support/steps/registration.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { giveAway, ownerOf, testCells } from './cell-tests.ts'

const world = registration()
const { aws } = world
const issuer = () => issuerResource(world.issuerUrl())
const provider = () => providerResource(world.arn())

function rotate(dryRun = false) {
  const input = { issuerUrl: world.issuerUrl(), providerArn: world.arn() }
  return rotation.run(rotateThumbprints.input.parse(input), stepContext('prod', 20_000, dryRun))
}

function remove(dryRun = false) {
  const context = stepContext('prod', 20_000, dryRun, { formerProviderArns: [world.arn()] })
  return removal.run(deleteProvider.input.parse({ clusterName: 'prod' }), context)
}

/** A provider with the tags of the cluster, whose servers present another certificate by now. */
async function rotatable(): Promise<void> {
  world.publishKeysAt(issuerHost)
  await world.register()
  await world.authority.rotate()
  world.issuer.present(await world.authority.issue([issuerHost]))
}

const replaceThumbprints = () =>
  aws.iam.send(
    new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn: world.arn(), ThumbprintList: [old] }),
  )
const untag = () =>
  aws.iam.send(
    new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: world.arn(), TagKeys: Object.values(tagKeys) }),
  )

testCells('provider', world, {
  RegisterOidc: {
    issuer: {
      async own() {
        expect((await world.register()).change).toMatchObject({ action: 'created' })
      },
      async another(refuses) {
        await giveAway(issuer(), 'prod')
        for (const ask of [{}, { adopt: true }, { dryRun: true }])
          await refuses(world.issuerUrl(), () => world.register({ ownsIssuer: false, ...ask }))
      },
      async unmarked(refuses) {
        await refuses(world.issuerUrl(), () => world.register({ ownsIssuer: false }))
      },
    },
    provider: {
      async own() {
        await world.register()
        await replaceThumbprints()
        expect((await world.register()).change).toMatchObject({ action: 'updated' })
        expect(await ownerOf(provider())).toBe('prod')
      },
      async another(refuses) {
        await world.register()
        await giveAway(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.arn(), () => world.register({ adopt: true, dryRun }))
        await untag()
        await refuses(world.arn(), () => world.register({ adopt: true }))
      },
      async marked(refuses) {
        await world.register()
        await release(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.arn(), () => world.register({ adopt: true, dryRun }))
      },
      async unmarked() {
        await world.register({ dryRun: true })
        expect(await ownerOf(provider())).toBeUndefined()
        await world.register()
        expect(await ownerOf(provider())).toBe('prod')
        await world.next()
        await world.foreignProvider()
        expect((await world.register({ adopt: true })).change).toMatchObject({ action: 'adopted' })
        expect(await ownerOf(provider())).toBe('prod')
      },
    },
  },
  RotateThumbprints: {
    issuer: {
      async own() {
        await rotatable()
        expect(await rotate()).toMatchObject({ changes: [{ action: 'updated' }] })
      },
      async another(refuses) {
        await rotatable()
        await giveAway(issuer(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.issuerUrl(), () => rotate(dryRun))
      },
      async unmarked(refuses) {
        await rotatable()
        await release(issuer(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.issuerUrl(), () => rotate(dryRun))
      },
    },
    provider: {
      async own() {
        await rotatable()
        expect(await rotate()).toMatchObject({ changes: [{ object: world.arn(), action: 'updated' }] })
      },
      async another(refuses) {
        await rotatable()
        await giveAway(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.arn(), () => rotate(dryRun))
      },
      async marked(refuses) {
        await rotatable()
        await release(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.arn(), () => rotate(dryRun))
      },
      async unmarked(refuses) {
        await rotatable()
        await release(provider(), 'prod')
        await untag()
        for (const dryRun of [true, false]) await refuses(world.arn(), () => rotate(dryRun))
      },
    },
  },
  DeleteProvider: {
    provider: {
      async own() {
        await world.register()
        expect(await remove()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'deleted' }] })
        expect(await ownerOf(provider())).toBeUndefined()
      },
      async another(refuses) {
        await world.register()
        await giveAway(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.arn(), () => remove(dryRun))
        expect((await world.provider()).tags).toEqual(tags)
      },
      async marked(refuses) {
        await world.register()
        await release(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(world.arn(), () => remove(dryRun))
      },
      async unmarked() {
        await world.foreignProvider()
        const before = await world.provider()
        expect(await remove()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'unchanged' }] })
        expect(await world.provider()).toEqual(before)
      },
    },
  },
})
