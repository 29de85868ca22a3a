import { App } from 'aws-cdk-lib'
import { productBundles } from '../../infra/functions/kept-bundles.ts'
import { localStack, sandboxSettings } from './local-stack.ts'

localStack(new App(), { bundles: productBundles(), chosen: sandboxSettings })
