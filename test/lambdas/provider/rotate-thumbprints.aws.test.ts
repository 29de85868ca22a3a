import { beforeEach, describe, expect, it } from 'vitest'
import { description } from '../../../lambdas/provider/rotate-thumbprints.step.ts'
import * as step from '../../../lambdas/provider/rotate-thumbprints.ts'
import * as record from '../../../lambdas/provider/thumbprint-record.ts'
import type { History } from '../../../lambdas/provider/thumbprint-rotation.ts'
import type { Leaf } from '../../../sandbox/network/authority.ts'
import { issuerHost, keysHost, old, registration, thumbprint } from '../../support/steps/registration.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const fixture = registration()
let count = 0
let cluster: string

beforeEach(() => {
  count += 1
  cluster = `rotated-${count}`
})

async function rotate(dryRun = false, providerChangedAt?: string) {
  const input = { issuerUrl: fixture.issuerUrl(), providerArn: fixture.arn() }
  const status = providerChangedAt === undefined ? {} : { providerArn: fixture.arn(), providerChangedAt }
  const result = await step.run(description.input.parse(input), stepContext(cluster, 20_000, dryRun, status))
  if ('waiting' in result) throw new Error('a rotation of thumbprints never waits')
  return { ...result.output, change: result.changes[0] }
}

const register = (jwksHost = issuerHost) => {
  fixture.publishKeysAt(jwksHost)
  return fixture.register({ clusterName: cluster, jwksHost })
}

/** Moves each time in the history back by this number of hours. */
async function hoursPass(hours: number): Promise<void> {
  const before = await record.readThumbprintHistory(cluster)
  const earlier = (at: string) => new Date(Date.parse(at) - hours * 3_600_000).toISOString()
  const moved = Object.entries(before).map(([one, sighting]) => [
    one,
    Object.fromEntries(Object.entries(sighting).map(([name, at]) => [name, earlier(at)])),
  ])
  await record.writeThumbprintHistory(cluster, Object.fromEntries(moved) as History)
}

/** A certificate that another intermediate CA has signed. */
async function nextLeaf(host = issuerHost): Promise<Leaf> {
  await fixture.authority.rotate()
  return fixture.authority.issue([host])
}

const writes = () => fixture.aws.writes()
const update = 'iam:UpdateOpenIDConnectProviderThumbprint'

describe('rotate-thumbprints', () => {
  it('waits for IAM just after the creation of the provider, and reports a missing one later', async () => {
    const now = new Date().toISOString()
    await expect(rotate(false, now)).rejects.toMatchObject({ name: 'NotYetConsistent', object: fixture.arn() })
    const before = new Date(Date.now() - 121_000).toISOString()
    await expect(rotate(false, before)).rejects.toMatchObject({ name: 'ObjectMissing', object: fixture.arn() })
    await register()
    fixture.issuer.present(await nextLeaf())
    await fixture.aws.faults.add({ kind: 'refuse', operation: update, times: 1 })
    await expect(rotate()).rejects.toMatchObject({ name: 'NotYetConsistent' })
  })

  it('changes nothing while the server presents the same certificate', async () => {
    await register()
    await fixture.aws.calls.clear()
    const { added, removed, change } = await rotate()
    expect({ added, removed, change }).toEqual({
      added: [],
      removed: [],
      change: { object: fixture.arn(), action: 'unchanged' },
    })
    expect((await writes()).filter((operation) => operation.startsWith('iam:'))).toEqual([])
  })

  it('adds the thumbprint of a second address in one update, and removes the old one a day after the change', async () => {
    await register()
    await rotate()
    const [before, desired] = [thumbprint(fixture.issuerLeaf), await nextLeaf()]
    await fixture.issuer.announce(desired)
    await fixture.aws.calls.clear()
    expect(await rotate()).toMatchObject({
      added: [thumbprint(desired)],
      removed: [],
      change: { action: 'updated', detail: `added ${thumbprint(desired)}` },
    })
    expect((await writes()).filter((operation) => operation.startsWith('iam:'))).toEqual([update])
    expect((await fixture.provider()).thumbprints).toEqual([before, thumbprint(desired)])

    fixture.issuer.present(desired)
    expect(await rotate()).toMatchObject({ added: [], removed: [] })
    await hoursPass(25)
    expect(await rotate()).toMatchObject({
      added: [],
      removed: [before],
      thumbprints: [thumbprint(desired)],
      change: { action: 'updated', detail: `removed ${before}` },
    })
    expect((await fixture.provider()).thumbprints).toEqual([thumbprint(desired)])
    await fixture.issuer.withdraw()
  })

  it('reads the hosts of issuer and keys, also when the discovery document has changed', async () => {
    await register()
    const other = await nextLeaf(keysHost)
    fixture.keys.present(other)
    fixture.publishKeysAt(keysHost)
    await rotate()
    expect((await fixture.provider()).thumbprints).toEqual([thumbprint(fixture.issuerLeaf), thumbprint(other)])
  })

  describe('keeps a thumbprint that an address may still present', () => {
    /** Changes the certificates of both hosts, and moves the history a day back. Returns the old thumbprint. */
    async function changeCertificates(): Promise<string> {
      await register(keysHost)
      await rotate()
      await fixture.authority.rotate()
      fixture.issuer.present(await fixture.authority.issue([issuerHost]))
      fixture.keys.present(await fixture.authority.issue([keysHost]))
      expect((await rotate()).removed).toEqual([])
      await hoursPass(25)
      return thumbprint(fixture.issuerLeaf)
    }

    it('with a chain that does not validate', async () => {
      const leftBehind = await fixture.authority.issue([keysHost], { notAfter: new Date(Date.now() - 1000) })
      const before = await changeCertificates()
      expect(thumbprint(leftBehind)).toBe(before)
      await fixture.keys.announce(leftBehind)
      const { removed } = await rotate().finally(() => fixture.keys.withdraw())
      expect(removed).toEqual([])
      await hoursPass(25)
      expect((await rotate()).removed).toEqual([before])
    })

    it('if the address cannot be read', async () => {
      const before = await changeCertificates()
      await fixture.loseAddressOfKeys()
      const { removed, change } = await rotate().finally(() => fixture.keys.withdraw())
      expect(removed).toEqual([])
      expect(change).toMatchObject({
        action: 'unchanged',
        detail: expect.stringContaining('until every address is read'),
      })
      expect((await rotate()).removed).toEqual([before])
    })
  })

  it('keeps the unused thumbprints of an adopted provider for a day', async () => {
    await fixture.foreignProvider()
    fixture.publishKeysAt(issuerHost)
    await fixture.register({ clusterName: cluster, adopt: true })
    await rotate()
    await hoursPass(23)
    expect((await rotate()).removed).toEqual([])
    await hoursPass(2)
    expect((await rotate()).removed).toEqual([old])
  })

  it('reports the differences in a dry run, and writes neither the list nor the history', async () => {
    await register()
    fixture.issuer.present(await nextLeaf())
    await fixture.aws.calls.clear()
    const { change } = await rotate(true)
    expect(change).toMatchObject({
      action: 'updated',
      differences: [{ field: 'thumbprints', observed: [thumbprint(fixture.issuerLeaf)] }],
    })
    expect(await writes()).toEqual([])
    expect(await record.readThumbprintHistory(cluster)).toEqual({})
  })

  it('continues after a crash between the update and the history', async () => {
    await register()
    fixture.issuer.present(await nextLeaf())
    await fixture.aws.faults.add({ kind: 'refuse', operation: 'dynamodb:UpdateItem', times: 1 })
    await expect(rotate()).rejects.toMatchObject({ name: 'AccessDenied' })
    expect((await fixture.provider()).thumbprints).toHaveLength(2)
    expect(await rotate()).toMatchObject({ added: [], removed: [] })
  })
})

describe('rotate-thumbprints and untrusted certificates', () => {
  it('adds no thumbprint of a chain that does not validate, and names the host', async () => {
    await register()
    fixture.issuer.present(await fixture.authority.issue([issuerHost], { untrusted: true }))
    await fixture.aws.calls.clear()
    await expect(rotate()).rejects.toMatchObject({
      name: 'UntrustedCertificate',
      object: expect.stringContaining(issuerHost),
    })
    expect(await writes()).toEqual([])
  })

  it('continues with the addresses whose chain validates, and reports the others', async () => {
    await register(keysHost)
    await fixture.keys.announce(await fixture.authority.issue([keysHost], { untrusted: true }))
    const { added, change } = await rotate().finally(() => fixture.keys.withdraw())
    expect(added).toEqual([])
    expect(change?.detail).toContain('its TLS certificate does not validate')
  })
})
