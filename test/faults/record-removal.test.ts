import { ownMatrixOf } from './support/own-tests.ts'

await ownMatrixOf('removal (record)')
