/** Writes the lists of the steps that act on clusters, from the state machines. */
import { readWorkflow, stepsOf } from '../../infra/definition/source.ts'
import { keep } from './page.ts'
import { importsOf, listedSteps, listOf } from './step-list.ts'

const file = 'lambdas/rights/steps-on-clusters.ts'

const teardownStates = stepsOf(readWorkflow('teardown'))
const setupStates = stepsOf(readWorkflow('setup'))
// Steps of both workflows except ObserveCluster are listed under teardown only, because they need its rights.
const setup = stepsOnClusters(
  setupStates.filter((state) => state === 'ObserveCluster' || !teardownStates.includes(state)),
)
const teardown = stepsOnClusters(teardownStates)

keep(
  file,
  `/** Made by \`npm run docs\` from statemachine/setup.asl.yaml and teardown.asl.yaml. */
${importsOf([...setup, ...teardown], { name: 'StepOnClusters', from: '../steps/description.ts' })}

/** In the order in which they run. The steps of the webhook precede those of the roles, which run in parallel. */
${listOf('export const setupSteps: readonly StepOnClusters[]', setup)}

${listOf('export const teardownSteps: readonly StepOnClusters[]', teardown)}
`,
  'npm run docs',
)

function stepsOnClusters(states: readonly string[]) {
  return listedSteps(file, states, ({ client }) => client === 'kubernetes')
}
