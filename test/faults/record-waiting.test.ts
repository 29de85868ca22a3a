import { ownMatrixOf } from './support/own-tests.ts'

await ownMatrixOf('waiting (record)')
