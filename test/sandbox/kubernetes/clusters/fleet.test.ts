import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { ClusterFiles } from '../../../../sandbox/kubernetes/clusters/cluster-files.ts'
import { Fleet } from '../../../../sandbox/kubernetes/clusters/fleet.ts'
import { startProxy } from '../../../../sandbox/network/proxy.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('clusters can be created and closed while the periodic write to disk runs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const [directory, egress, bastion] = await Promise.all([temporaryDirectory(), startProxy(), startProxy()])
  const fleet = await Fleet.open(new ClusterFiles(directory.path), { egress, bastion })

  await whileTimerFires(async () => {
    await Promise.all(['one', 'two', 'three'].map((name) => fleet.create(settingsOf(name))))
    await fleet.close()
  })

  const opened = await Fleet.open(new ClusterFiles(directory.path), { egress, bastion })
  expect(opened.names().toSorted()).toEqual(['one', 'three', 'two'])
  await opened.close()
  await Promise.all([egress.close(), bastion.close(), directory.remove()])
})

function settingsOf(name: string) {
  const host = `${name}.clusters.example`
  return { name, gitVersion: 'v1.33.2', host, port: 443, issuer: `https://${name}.example`, isManagement: false }
}

/** Fires the timer repeatedly until the work is done. */
async function whileTimerFires(work: () => Promise<void>): Promise<void> {
  let isDone = false
  const working = work().finally(() => {
    isDone = true
  })
  while (!isDone) {
    vi.advanceTimersByTime(2000)
    await setImmediate()
  }
  await working
}
