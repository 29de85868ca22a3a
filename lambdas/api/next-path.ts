import * as z from 'zod/mini'

export const nextPath = z.exactOptional(z.string().check(z.describe('Path of the next page, when there may be one')))
