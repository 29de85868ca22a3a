/** What a deployment needs besides its settings, built from the sources. The kit has these files ready: tools/release/prebuilt.ts. */
export { builtPortal } from '../portal/build.ts'
export { productBundles } from './functions/kept-bundles.ts'
