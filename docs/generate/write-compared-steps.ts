/** Writes the list of the steps that plans and drifts run, from the setup's state machine. */
import { workflowOf } from '../../infra/definition/definition.ts'
import { stepsOf } from '../../infra/definition/source.ts'
import { keep } from './page.ts'
import { importsOf, listedSteps, listOf } from './step-list.ts'

const file = 'lambdas/workflows/comparison/compared-steps.ts'

const compared = listedSteps(file, stepsOf(workflowOf('compare')), (description) => description.compared !== undefined)

keep(
  file,
  `/** Made by \`npm run docs\` from statemachine/setup.asl.yaml. */
${importsOf(compared, { name: 'ComparedParts, StepDescription', from: '../../steps/description.ts' })}

/**
 * The steps that a plan and a drift run dry, in the order of the setup. They are listed here because the bundle of a
 * function contains only what the function imports.
 */
${listOf('export const comparedDescriptions: readonly (StepDescription & { readonly compared: ComparedParts })[]', compared)}
`,
  'npm run docs',
)
