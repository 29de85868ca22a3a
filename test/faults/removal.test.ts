import { matrixOf } from './support/tests.ts'

await matrixOf('removal')
