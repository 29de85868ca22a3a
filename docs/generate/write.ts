/**
 * Writes the generated pages, drawings, the lists of steps, the types of the API, and the schemas of a request and
 * of the settings: `npm run docs`. With --check it writes nothing, and fails when a file is out of date.
 */
import './write-compared-steps.ts'
import './write-steps-on-clusters.ts'

// CDK's template validation takes seconds, and cfn-lint checks the same in test/validators.
process.env.CDK_VALIDATION = 'false'

// These modules load the lists of steps, which must be written first.
await import('./write-api-types.ts')
await import('./write-pages.ts')
await import('./write-request-schema.ts')
await import('./write-settings.ts')
await import('./draw-state-machine.ts')
await import('./draw-architecture.ts')
