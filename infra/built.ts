/**
 * Builds the function bundles and the portal from the sources. In the kit of a release, tools/release/prebuilt.ts
 * replaces this module: the kit already contains both.
 */
export { builtPortal } from '../portal/build.ts'
export { productBundles } from './functions/kept-bundles.ts'
