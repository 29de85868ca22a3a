/** Sizes of the executions of a run over all clusters, computed from the definitions. */
import { batchSize, pageSize } from '../../../lambdas/workflows/rotation/rotation.ts'
import { definition, runWithInput, type StepStub } from './definitions.ts'
import { eventsOfOneItem, type Repeats } from './item-events.ts'
import { type Failures, failing, jitter, readyAfter, waiting } from './longest-runs.ts'
import { eventsOf, eventsOfAttempt, eventsOfExecution, type WorkflowRun } from './workflow.ts'
import type { State } from './workflow-machine.ts'
import { statesOf } from './workflow-parts.ts'

const rotation = definition('rotate-thumbprints')
const batch = definition('clusters')

/** The maximum number of events of a rotation of `clusters` clusters. Scheduled drifts have fewer: they call no function at the end. */
export function eventsOfRotation(clusters: number, repeats: Repeats): number {
  const states = new Map(statesOf(rotation))
  const [pages, batches] = [Math.max(1, Math.ceil(clusters / pageSize)), Math.ceil(clusters / batchSize)]
  const ofTask = (name: string) => {
    const state = stateIn(states, name)
    return eventsOf.Task + eventsOfAttempt(state) * (1 + repeats(state))
  }
  const ofPage = ofTask('FindClusters') + eventsOf.Map + eventsOf.Choice
  const ofBatch = eventsOfOneItem(stateIn(states, 'ClustersInBatches'), repeats)
  return eventsOfExecution + eventsOf.Pass + pages * ofPage + batches * ofBatch + ofTask('RecordRotation')
}

function stateIn(states: ReadonlyMap<string, State>, name: string): State {
  const state = states.get(name)
  if (!state) throw new Error(`no state ${name}`)
  return state
}

const acquired = {
  ready: true,
  acquired: true,
  target: { name: 'prod-eu' },
  issuerUrl: 'https://issuer.example',
  hosted: true,
  providerArn: 'arn:provider',
  installed: { mode: 'csr' },
}

/**
 * A batch of `clusters` clusters that are ready at the last attempt before each deadline, and whose verifications time out.
 *
 * @param run the input of the rotation, or of the scheduled drifts
 */
export async function longestBatch(
  clusters: number,
  run: object,
  failures: (state: State) => Failures,
): Promise<WorkflowRun> {
  const names = Array.from({ length: clusters }, (_, index) => `cluster-${index}`)
  const well: Readonly<Record<string, StepStub>> = {
    AcquireLock: acquired,
    BeginVerification: { ready: true, verificationId: 'v' },
    CheckVerification: waiting,
    CompareCluster: waiting,
  }
  const others = Object.fromEntries(statesOf(batch).map(([state]) => [state, { ready: true }]))
  const runBatch = (clusters: readonly string[], stubs: Readonly<Record<string, StepStub>>) =>
    runWithInput(
      batch,
      { operationId: 'operation-1', clusters, run },
      failing(batch, failures, { ...others, ...well, ...stubs }),
      jitter,
    )
  const attemptsOf = async (state: string) => {
    const { calls } = await runBatch(['one'], { [state]: waiting })
    return calls.filter((call) => call.state === state && call.attempt === 0).length
  }
  const lock = await attemptsOf('AcquireLock')
  const [discovery, certificate] = [await attemptsOf('PublishDiscovery'), await attemptsOf('ApproveCsr')]
  return runBatch(names, {
    AcquireLock: eachReadyAfter(lock - 1, acquired),
    PublishDiscovery: eachReadyAfter(discovery - 1),
    ApproveCsr: eachReadyAfter(certificate - 1),
  })
}

/** Counts the attempts of each cluster separately. */
function eachReadyAfter(attempts: number, output: object = {}): StepStub {
  const answers = new Map<number | undefined, StepStub>()
  return (call) => {
    const answer = answers.get(call.item) ?? readyAfter(attempts, output)
    answers.set(call.item, answer)
    return typeof answer === 'function' ? answer(call) : answer
  }
}
