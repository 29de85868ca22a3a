/** Prints the packages of the product as a CycloneDX bill of materials: `npm run deployment -- sbom`. */
import { parseArgs } from 'node:util'
import { runCommand } from '../command.ts'
import { allPackages, ofProduct } from './bill-of-materials.ts'

const help = `Prints the packages of the product with their licences, as a CycloneDX bill of materials:

  npm run --silent deployment -- sbom > sbom.json`

await runCommand(help, async (args) => {
  parseArgs({ args })
  return `${JSON.stringify(ofProduct(await allPackages()), undefined, 2)}\n`
})
