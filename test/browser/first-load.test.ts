import { expect, it } from 'vitest'
import { setUpCluster } from './support/clusters.ts'
import { gzipSizes } from './support/gzip-sizes.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'

const visit = browserForTests()

/** The maximum that the first page may load without fonts and data, in KiB of gzip. */
const budget = 320

it('the first page stays within its budget', async () => {
  const running = await portalSystem()
  const { cluster } = await setUpCluster(running, 'first')
  const { page, responses } = await visit()
  await page.goto(running.api)
  await page.getByText(cluster.name).first().waitFor()
  const sizes = await gzipSizes(responses)
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes / 1024, 0)
  console.log(`The first page loads ${total.toFixed(0)} KiB of gzip in ${sizes.length} files.`)
  expect(total).toBeLessThanOrEqual(budget)
})
