import { defineConfig } from 'vitest/config'
import { rulesProject } from '../../vitest.config.ts'

/** The project of the rules alone: Stryker's runner cannot choose among projects. */
export default defineConfig({ test: rulesProject })
