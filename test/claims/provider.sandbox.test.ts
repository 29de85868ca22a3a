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

const registered = registration()
const { aws } = registered
const issuer = () => issuerResource(registered.issuerUrl())
const provider = () => providerResource(registered.arn())

function rotate(dryRun = false) {
  const input = { issuerUrl: registered.issuerUrl(), providerArn: registered.arn() }
  return rotation.run(rotateThumbprints.input.parse(input), stepContext('prod', 20_000, dryRun))
}

function remove(dryRun = false) {
  const context = stepContext('prod', 20_000, dryRun, { formerProviderArns: [registered.arn()] })
  return removal.run(deleteProvider.input.parse({ clusterName: 'prod' }), context)
}

/** Registers a provider, and then changes the certificate of its host. */
async function rotatable(): Promise<void> {
  registered.publishKeysAt(issuerHost)
  await registered.register()
  await registered.authority.rotate()
  registered.issuer.present(await registered.authority.issue([issuerHost]))
}

const replaceThumbprints = () =>
  aws.iam.send(
    new UpdateOpenIDConnectProviderThumbprintCommand({
      OpenIDConnectProviderArn: registered.arn(),
      ThumbprintList: [old],
    }),
  )
const untag = () =>
  aws.iam.send(
    new UntagOpenIDConnectProviderCommand({
      OpenIDConnectProviderArn: registered.arn(),
      TagKeys: Object.values(tagKeys),
    }),
  )

testCells('provider', registered, {
  RegisterOidc: {
    issuer: {
      async own() {
        expect((await registered.register()).change).toMatchObject({ action: 'created' })
      },
      async another(refuses) {
        await giveAway(issuer(), 'prod')
        for (const ask of [{}, { adopt: true }, { dryRun: true }])
          await refuses(registered.issuerUrl(), () => registered.register({ ownsIssuer: false, ...ask }))
      },
      async unlabelled(refuses) {
        await refuses(registered.issuerUrl(), () => registered.register({ ownsIssuer: false }))
      },
    },
    provider: {
      async own() {
        await registered.register()
        await replaceThumbprints()
        expect((await registered.register()).change).toMatchObject({ action: 'updated' })
        expect(await ownerOf(provider())).toBe('prod')
      },
      async another(refuses) {
        await registered.register()
        await giveAway(provider(), 'prod')
        for (const dryRun of [true, false])
          await refuses(registered.arn(), () => registered.register({ adopt: true, dryRun }))
        await untag()
        await refuses(registered.arn(), () => registered.register({ adopt: true }))
      },
      async labelled(refuses) {
        await registered.register()
        await release(provider(), 'prod')
        for (const dryRun of [true, false])
          await refuses(registered.arn(), () => registered.register({ adopt: true, dryRun }))
      },
      async unlabelled() {
        await registered.register({ dryRun: true })
        expect(await ownerOf(provider())).toBeUndefined()
        await registered.register()
        expect(await ownerOf(provider())).toBe('prod')
        await registered.next()
        await registered.foreignProvider()
        expect((await registered.register({ adopt: true })).change).toMatchObject({ action: 'adopted' })
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
        for (const dryRun of [true, false]) await refuses(registered.issuerUrl(), () => rotate(dryRun))
      },
      async unlabelled(refuses) {
        await rotatable()
        await release(issuer(), 'prod')
        for (const dryRun of [true, false]) await refuses(registered.issuerUrl(), () => rotate(dryRun))
      },
    },
    provider: {
      async own() {
        await rotatable()
        expect(await rotate()).toMatchObject({ changes: [{ object: registered.arn(), action: 'updated' }] })
      },
      async another(refuses) {
        await rotatable()
        await giveAway(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(registered.arn(), () => rotate(dryRun))
      },
      async labelled(refuses) {
        await rotatable()
        await release(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(registered.arn(), () => rotate(dryRun))
      },
      async unlabelled(refuses) {
        await rotatable()
        await release(provider(), 'prod')
        await untag()
        for (const dryRun of [true, false]) await refuses(registered.arn(), () => rotate(dryRun))
      },
    },
  },
  DeleteProvider: {
    provider: {
      async own() {
        await registered.register()
        expect(await remove()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'deleted' }] })
        expect(await ownerOf(provider())).toBeUndefined()
      },
      async another(refuses) {
        await registered.register()
        await giveAway(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(registered.arn(), () => remove(dryRun))
        expect((await registered.provider()).tags).toEqual(tags)
      },
      async labelled(refuses) {
        await registered.register()
        await release(provider(), 'prod')
        for (const dryRun of [true, false]) await refuses(registered.arn(), () => remove(dryRun))
      },
      async unlabelled() {
        await registered.foreignProvider()
        const before = await registered.provider()
        expect(await remove()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'unchanged' }] })
        expect(await registered.provider()).toEqual(before)
      },
    },
  },
})
