import { productBundles } from '../../infra/kept-bundles.ts'
import { localStack } from './local-stack.ts'

localStack(productBundles())
