/** Replaces infra/built.ts in the kit, which contains the bundles and the portal. */
import path from 'node:path'

const root = path.dirname(import.meta.dirname)

/** Absolute path of the folder with the bundles of all functions. */
export function productBundles(): string {
  return path.join(root, 'functions')
}

/** Absolute path of the folder with the files of the portal. */
export async function builtPortal(): Promise<string> {
  return path.join(root, 'portal/dist')
}
