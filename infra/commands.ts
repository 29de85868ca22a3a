/** `npm run deployment -- COMMAND`: the commands for operators of a deployment. */
import { runNamed } from './command.ts'
import { deploymentCommands } from './deployment-commands.ts'

await runNamed('deployment', deploymentCommands)
