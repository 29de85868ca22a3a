/**
 * Writes the generated pages, drawings, docs/kubernetes, the lists of steps, the types of the API, and the schemas of a request and
 * of the settings: `npm run docs`. With --check it writes nothing, and fails when a file is out of date.
 */
import './write-compared-steps.ts'
import './write-steps-on-clusters.ts'

// The CDK's own check of a template takes seconds, and cfn-lint looks at the same in test/validators.
process.env.CDK_VALIDATION = 'false'

// These are made from the lists of steps, which have to be written before they are loaded.
await import('./write-api-types.ts')
await import('./write-pages.ts')
await import('./write-request-schema.ts')
await import('./write-rights.ts')
await import('./write-settings.ts')
await import('./draw-state-machine.ts')
await import('./draw-architecture.ts')
