import { declaredSpec } from './support/declared-spec.ts'
import { system } from './support/system.ts'

declaredSpec(system)
