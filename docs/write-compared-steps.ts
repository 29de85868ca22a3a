/**
 * Writes the list of the steps that plans and drifts run, from the setup's state machine. With --check it writes nothing,
 * and fails when the list is out of date.
 */
import path from 'node:path'
import { workflowOf } from '../infra/definition/definition.ts'
import { stepsOf } from '../infra/definition/source.ts'
import { steps } from '../infra/steps.ts'
import { keep } from './page.ts'

const file = 'lambdas/workflows/comparison/compared-steps.ts'

const compared = stepsOf(workflowOf('compare')).flatMap((state) => {
  const step = steps.get(state)
  return step?.description.compared ? [{ name: nameOf(state), from: fromList(step.entry) }] : []
})

const imports = [
  ...compared.map(({ name, from }) => ({ from, text: `import { description as ${name} } from '${from}'` })),
  {
    from: '../../steps/description.ts',
    text: "import type { ComparedParts, StepDescription } from '../../steps/description.ts'",
  },
].toSorted((a, b) => a.from.localeCompare(b.from, 'en'))

keep(
  file,
  `/** Made by \`npm run docs\` from statemachine/setup.asl.yaml. */
${imports.map(({ text }) => text).join('\n')}

/**
 * The steps that a plan and a drift run dry, in the order of the setup. They are listed here because the bundle of a
 * function contains only what the function imports.
 */
export const comparedDescriptions: readonly (StepDescription & { readonly compared: ComparedParts })[] = [
${compared.map(({ name }) => `  ${name},`).join('\n')}
]
`,
  'npm run docs',
)

function nameOf(state: string): string {
  return state.charAt(0).toLowerCase() + state.slice(1)
}

/** @param entry the handler's file, relative to the repository's root */
function fromList(entry: string): string {
  return path.relative(path.dirname(file), entry).replace(/\.ts$/, '.step.ts')
}
