import { afterAll, describe } from 'vitest'
import { declaredSpec } from '../../e2e/support/declared-spec.ts'
import { peer } from '../../support/kubernetes/kubernetes-peer.ts'
import { startRealSystem } from './support/real-system.ts'

const minutes = 60_000

let end = async () => {}

afterAll(() => end(), minutes)

describe(`on a kube-apiserver of ${peer?.gitVersion}`, { timeout: 5 * minutes }, () => {
  declaredSpec(async () => {
    const started = await startRealSystem()
    end = started.end
    return started.system
  })
})
