/** A deployment that leaves no data behind. */
import { App } from 'aws-cdk-lib'
import { productBundles } from '../../../infra/functions/kept-bundles.ts'
import { localStack } from '../../../sandbox/aws/local-stack.ts'

localStack(new App(), { bundles: productBundles(), chosen: { removalPolicy: 'destroy' } })
